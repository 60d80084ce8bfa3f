"""A long day before the live screen, with a clock that is turned: `python -m tests.bench.soak [N]`.

N polls (300; 15,000 are eight hours) of a run that goes on, a key and a tick for each, a resize for
every seventh. Prints memory, time of the processor and bytes a poll, and what is open, at the
beginning and at the end; they have to be the same.
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

from cubewatch.settings import WatchFirst
from cubewatch.ui.app import CubewatchApp
from tests.bench.clocks import ClockServer
from tests.support.live import Live, session_of
from tests.support.polling import RunScript, SteppedTiming

SIZES = ((80, 40), (120, 40), (40, 12), (39, 11), (200, 60))
KEYS = ("j", "k", "plus", "minus", "pagedown", "g")


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


async def soak(polls: int) -> tuple[Figures, Figures, Figures]:
    """The figures after a tenth of the polls, after five and a half tenths, and at the end."""
    server = ClockServer()
    bodies = []
    for _ in range(8):
        server.begun -= server.step
        bodies.append(json.dumps(server.body()).encode())
    script = RunScript(SteppedTiming(), *(bodies[n % len(bodies)] for n in range(polls + 2)))
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
    return begin, middle, end


def rows(home: Path, polls: int) -> list[tuple[str, str, str]]:
    """Name, figure and aim of each line of the table."""
    begin, middle, end = asyncio.run(soak(polls))
    each = polls * 9 // 20
    earlier, later = (middle.cpu - begin.cpu) / each, (end.cpu - middle.cpu) / each
    written = (end.written - begin.written) / (2 * each)
    return [
        (f"{polls:,} polls: memory grows by", f"{end.memory - begin.memory:.1f} MB", "1 MB"),
        ("… CPU a poll, second half / first", f"{later / earlier:.2f}", "0.95–1.05"),
        ("… CPU a poll", f"{later * 1000:.1f} ms", ""),
        ("… bytes a poll, with keys and resizes", f"{written:,.0f}", ""),
        (
            "… files, threads left over",
            f"{end.files - begin.files}, {end.threads - begin.threads}",
            "0, 0",
        ),
    ]


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    for what, figure, aim in rows(Path(), count):
        sys.stdout.write(f"{what:<46}{figure:<32}{f'aim {aim}' if aim else ''}".rstrip() + "\n")
