"""A long day before the live screen, with a clock that is turned: `python -m tests.bench.soak [N]`.

N polls (300; 15,000 are eight hours) of a run that goes on, a key and a tick for each, a resize for
every seventh, and LOG_BYTES more of the log in sight for each request. Prints memory, time of the
processor and bytes a poll, in the first half and in the second, and what is left open in the end.
"""

import asyncio
import json
import os
import sys
import threading
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Resize
from textual.geometry import Size
from textual.pilot import Pilot

from cubewatch.api.client import Answer
from cubewatch.logs.reader import CubePath
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import LogPage
from cubewatch.settings import WatchFirst
from cubewatch.ui.app import CubewatchApp
from tests.bench.clocks import ClockServer
from tests.support.live import Live, session_of
from tests.support.polling import RunScript, SteppedTiming

SIZES = ((80, 40), (120, 40), (40, 12), (39, 11), (200, 60))
KEYS = ("plus", "pagedown", "k", "j", "pageup", "j", "minus", "f")


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
        self._sizes: dict[CubePath, int] = {}
        self.log_bytes = 0

    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer:
        self._polls += 1
        return Answer(self._bodies[self._polls % len(self._bodies)], self.timing.utc())

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> LogPage:
        size = self._sizes[cube] = self._sizes.get(cube, 0) + LOG_BYTES
        self.log_bytes += LOG_BYTES
        begin = (page - 1) * PAGE_BYTES
        lines = range(begin // len(LINE), min(size, begin + PAGE_BYTES) // len(LINE))
        text = "".join(LINE.format(number) for number in lines)
        return LogPage(text, page_complete=size >= begin + PAGE_BYTES, done=False)


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
        await live.step(20.0)
        await live.press(KEYS[number % len(KEYS)])
        if number % 7 == 0:
            driver.resize(*SIZES[number // 7 % len(SIZES)])


async def soak(polls: int) -> tuple[Figures, Figures, Figures, int]:
    """The figures after a tenth of the polls, after five and a half tenths, and at the end; and
    how many bytes of logs were read."""
    server = ClockServer()
    bodies = []
    for _ in range(8):
        server.begun -= server.step
        bodies.append(json.dumps(server.body()).encode())
    script = LastingScript(CountingTiming(), bodies)
    session = session_of(script)
    app = CubewatchApp(session, WatchFirst("142"))
    app.driver_class = CountingDriver
    app._leave_a_closed_terminal = lambda: None  # type: ignore[method-assign]
    async with app.run_test(headless=False, size=SIZES[0], notifications=True) as pilot:
        assert isinstance(pilot, Pilot)
        live = Live(pilot, session, script)
        await live.answered(1)
        found = []
        stops = (0, polls // 10, polls * 11 // 20, polls)
        for first, last in pairwise(stops):
            await _polls(live, first, last)
            found.append(_figures())
    begin, middle, end = found
    return begin, middle, end, script.log_bytes


def rows(home: Path, polls: int) -> list[tuple[str, str, str]]:
    """Name, figure and aim of each line of the table."""
    before = _figures()
    begin, middle, end, log_bytes = asyncio.run(soak(polls))
    after = _figures()
    each = polls * 9 // 20
    earlier, later = (middle.cpu - begin.cpu) / each, (end.cpu - middle.cpu) / each
    written = (end.written - begin.written) / (2 * each)
    logs = f"{polls:,} polls, {log_bytes / 1e6:.0f} MB of logs"
    return [
        (f"{logs}: memory", f"+{end.memory - begin.memory:.1f} MB", "1 MB"),
        ("… in their second half", f"+{end.memory - middle.memory:.1f} MB", "1 MB"),
        ("… CPU a poll, second half / first", f"{later / earlier:.2f}", "0.95–1.05"),
        ("… CPU a poll", f"{later * 1000:.1f} ms", ""),
        ("… bytes a poll, with keys and resizes", f"{written:,.0f}", ""),
        (
            "… files, threads left over",
            f"{after.files - before.files}, {after.threads - before.threads}",
            "0, 0",
        ),
    ]


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    for what, figure, aim in rows(Path(), count):
        sys.stdout.write(f"{what:<46}{figure:<32}{f'aim {aim}' if aim else ''}".rstrip() + "\n")
