"""A long day before the live screen, with a clock that is turned.

WHOLE polls, the length of eight hours, of a run that goes on: a key for each, a resize for every
seventh, and LOG_BYTES more of the log in sight for each request. What it takes in memory, time of
the processor and bytes to the terminal, early and late, and what is left open in the end.
"""

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Key, Resize
from textual.geometry import Size
from textual.pilot import Pilot

from cubewatch.api.client import Answer
from cubewatch.logs.reader import CubePath
from cubewatch.logs.spool import BLOCK
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import LogPage
from cubewatch.settings import WatchFirst
from cubewatch.ui.app import CubewatchApp
from cubewatch.ui.serial_input import settled
from tests.bench.clocks import ClockServer
from tests.bench.table import Row
from tests.support.live import Live, session_of
from tests.support.polling import RunScript, SteppedTiming

SIZES = ((80, 40), (120, 40), (40, 12), (39, 11), (200, 60))
WHOLE = 15_000
REPORTED = 50
"""Polls between two reports."""
KEYS = ("plus", "pagedown", "k", "j", "pageup", "j", "minus", "f")
WARM = 7 * len(SIZES) * len(KEYS)
"""Polls until each key has been pressed at each size: what is drawn for the first time is kept."""


PAGE_BYTES, LOG_BYTES = 400_000, 40_000
"""What a page of a log takes, and what each request finds more of it."""
LINE = "[unit] {:08} compiled handler.go and store.go, with a path that is as long as one\n"


class Count(list[float | None]):
    """A list of which nothing but its length is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._length = 0

    def append(self, _: float | None) -> None:
        self._length += 1

    def __len__(self) -> int:
        return self._length


class CountingTiming(SteppedTiming):
    """A clock that does not remember who waited for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waits, self.sleeps = Count(), Count()  # type: ignore[assignment]


class LastingScript(RunScript):
    """Answers with `bodies` in turn, for ever. All logs grow while they are read."""

    def __init__(self, timing: SteppedTiming, bodies: list[bytes]) -> None:
        super().__init__(timing)
        self._bodies = bodies
        self._polls = 0
        self._page = "".join(map(LINE.format, range(PAGE_BYTES // len(LINE.format(0)))))
        self._sizes: dict[CubePath, int] = {}
        self.log_bytes = 0

    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer:
        self._polls += 1
        return Answer(self._bodies[self._polls % len(self._bodies)], self.timing.utc())

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> LogPage:
        size = self._sizes[cube] = self._sizes.get(cube, 0) + LOG_BYTES
        self.log_bytes += LOG_BYTES
        text = self._page[: max(0, size - (page - 1) * len(self._page))]
        return LogPage(text, page_complete=text == self._page, done=False)


class CountingDriver(HeadlessDriver):
    """A terminal that counts what is written to it."""

    written = 0

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        CountingDriver.written += len(data)

    def resize(self, columns: int, rows: int) -> None:
        """Gives it another size, of which the app is told."""
        self._size = columns, rows
        size = Size(columns, rows)
        self.send_message(Resize(size, size))


@dataclass(frozen=True, slots=True)
class Figures:
    """What the process has taken: megabytes, seconds, bytes, and numbers of what is open."""

    memory: float
    cpu: float
    written: int
    files: int
    threads: int


def _figures() -> Figures:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    files = len(os.listdir("/proc/self/fd"))
    memory = int(line.split()[1]) / 1000
    threads = threading.active_count()
    return Figures(memory, time.process_time(), CountingDriver.written, files, threads)


async def _polls(live: Live, first: int, last: int) -> None:
    driver = live.pilot.app._driver
    assert isinstance(driver, CountingDriver)
    for number in range(first, last):
        answered = len(live.timing.waits)
        await live.timing.turn(20.0)
        while len(live.timing.waits) == answered:
            await settled(live.pilot.app)
            await asyncio.sleep(0)
        driver.send_message(Key(KEYS[number % len(KEYS)], None))
        if number % 7 == 0:
            driver.resize(*SIZES[number // 7 % len(SIZES)])
        await asyncio.sleep(0)
        await settled(live.pilot.app)


@dataclass(frozen=True, slots=True)
class Soak:
    """Figures once all has been drawn, after half of the rest, and at the end; and how many bytes
    of logs were read."""

    begin: Figures
    middle: Figures
    end: Figures
    log_bytes: int
    costs: list[float]
    """Seconds of the processor for a poll, of REPORTED polls each."""


async def soak(polls: int, report: Callable[[int], object]) -> Soak:
    """Keeps a run in sight for so many polls; tells `report` how many of them are done."""
    server = ClockServer()
    bodies = []
    for _ in range(8):
        server.begun -= server.step
        bodies.append(json.dumps(server.body()).encode())
    script = LastingScript(CountingTiming(), bodies)
    session = session_of(script)
    app = CubewatchApp(session, WatchFirst("142"))
    app.driver_class = CountingDriver
    async with app.run_test(headless=False, size=SIZES[0], notifications=True) as pilot:
        assert isinstance(pilot, Pilot)
        live = Live(pilot, session, script)
        await live.answered(1)
        found, costs = [], []
        done = 0
        for stop in (WARM, (polls + WARM) // 2, polls):
            while done < stop:
                step = min(stop - done, REPORTED)
                begun = time.process_time()
                await _polls(live, done, done + step)
                done += step
                costs.append((time.process_time() - begun) / step)
                report(done)
            found.append(_figures())
    begin, middle, end = found
    return Soak(begin, middle, end, script.log_bytes, costs[1:])


def rows(polls: int, report: Callable[[int], object] = lambda _: None) -> Iterator[Row]:
    """Name, figure and aim of each line of the table."""
    before = _figures()
    found = asyncio.run(soak(polls, report))
    after = _figures()
    begin, middle, end = found.begin, found.middle, found.end
    half = (polls - WARM) / 2
    costs = found.costs
    earlier, later = median(costs[: len(costs) // 2]), median(costs[len(costs) // 2 :])
    first, then = (middle.written - begin.written) / half, (end.written - middle.written) / half
    index = found.log_bytes / BLOCK * 4
    what = f"{polls:,} polls, {polls // 7:,} resizes, {found.log_bytes / 1e6:.0f} MB of logs"
    yield what, f"{index / 1e6:.2f} MB of it an index", ""
    yield (
        f"… memory after the first {WARM}",
        f"{end.memory - begin.memory:+.1f} MB",
        "±1 MB",
    )
    yield "… in their second half", f"{end.memory - middle.memory:+.1f} MB", "±1 MB"
    yield "… CPU a poll, second half / first", f"{later / earlier:.2f}", "0.95–1.05"
    yield "… CPU a poll, with a key", f"{later * 1000:.1f} ms", ""
    yield "… bytes a poll, with keys and resizes", f"{first:,.0f}, {then:,.0f}", ""
    files, threads = after.files - before.files, after.threads - before.threads
    yield "… files, threads left over", f"{files}, {threads}", "0, 0"
