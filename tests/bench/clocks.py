"""What a run with clocks costs that a person keeps in sight: bytes to the terminal and time of the
processor in a minute, at 80×40 cells, and after the run has ended. Beside it what others take."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.types import Receive, Scope, Send

from tests.bench import peers
from tests.bench.peers import COLUMNS, ROWS
from tests.bench.scene import RUN, environment, resident
from tests.bench.table import Row
from tests.support.runs import Json, cube, progress, run, task, workflow
from tests.support.server import serve
from tests.support.terminal import Terminal

TASKS, CUBES = 5, 8
SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


class ClockServer:
    """Run 142 with five tasks of eight cubes, one of which works in each task; each takes half a
    minute, as those before it did."""

    step = timedelta(seconds=7)

    def __init__(self) -> None:
        self.begun = datetime.now(UTC) - timedelta(seconds=70)
        self.is_over = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body: object = (
            self.body() if scope["path"] == RUN else {"page_complete": True, "done": True}
        )
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def body(self) -> Json:
        """The run as it is now."""
        tasks = [self._task(number) for number in range(TASKS)]
        status = "success" if self.is_over else "processing"
        cubes = [one for task in tasks for one in task["cubes"]]
        share = sum(one["status"] == "success" for one in cubes) / len(cubes)
        whole = workflow("release", status, *tasks, dates=self._dates(0), progress=progress(share))
        return run(status, whole, event_type="manual", user={"slug": "ann"}, dates=self._dates(0))

    def _task(self, number: int) -> Json:
        cubes = [self._cube(number, one) for one in range(CUBES)]
        done = sum(one["status"] == "success" for one in cubes)
        status = "success" if done == CUBES else "processing"
        dates = self._dates(number)
        return task(f"task-{number}", status, *cubes, dates=dates, progress=progress(done / CUBES))

    def _cube(self, of_task: int, number: int) -> Json:
        start = of_task * 3 + number * 31.0
        elapsed = (datetime.now(UTC) - self.begun).total_seconds()
        if self.is_over or elapsed > start + 31:
            return cube(f"cube-{number}", "success", dates=self._dates(start, start + 31))
        if elapsed > start:
            return cube(f"cube-{number}", "processing", dates=self._dates(start))
        return cube(f"cube-{number}", "created")

    def _dates(self, start: float, end: float | None = None) -> Json:
        begun = self.begun + timedelta(seconds=start)
        dates: Json = {"created_at": _text(begun), "started_at": _text(begun)}
        if end is not None or self.is_over:
            dates["finished_at"] = _text(self.begun + timedelta(seconds=end or 130))
        return dates


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def cpu(pid: int) -> float:
    """Seconds of the processor that a process has used, as /proc has them (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _spent(terminal: Terminal, seconds: float) -> tuple[float, float]:
    """Bytes and seconds of the processor for a minute, over `seconds`."""
    before, used, begun = len(terminal.raw), cpu(terminal.pid), time.monotonic()
    terminal.wait_for(lambda _: time.monotonic() - begun > seconds)
    share = 60 / (time.monotonic() - begun)
    return (len(terminal.raw) - before) * share, (cpu(terminal.pid) - used) * share


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program takes to keep a run in sight: bytes of its first screen; bytes and seconds of
    the processor for a minute; megabytes in memory."""

    first: float
    minute: float
    cpu: float
    memory: float


def cost(terminal: Terminal, seen: str, open_all: str = "") -> Cost:
    """The cost of the program in a terminal, whose first screen has the text `seen`; the keys
    `open_all` make it show every cube."""
    terminal.wait_for(seen)
    _spent(terminal, 3)
    first = len(terminal.raw)
    if open_all:
        terminal.send(open_all)
    _spent(terminal, 2)
    minute, busy = _spent(terminal, SECONDS)
    return Cost(first, minute, busy, resident(terminal.pid))


def rows(home: Path) -> Iterator[Row]:
    """Name, figure and aim of each line of the table."""
    argv = (sys.executable, "-m", "cubewatch", "-R", "acme/shop", "watch", "142")
    server = ClockServer()
    with serve(server) as served:
        environ = environment(home, served.url)
        with Terminal(argv, environ, home, columns=COLUMNS, rows=ROWS) as terminal:
            ours = cost(terminal, "task-", "+")
            server.is_over = True
            terminal.wait_for("✓ success")
            _spent(terminal, 5)
            requests = len(served.received("GET"))
            ended, idle = _spent(terminal, SECONDS / 2)
            requests = len(served.received("GET")) - requests
    yield "first screen of a run, 80×40", f"{ours.first:,} bytes", "8,000"
    yield "a minute of clocks, 80×40", f"{ours.minute:,.0f} bytes", "6,700"
    yield "… of the processor", f"{ours.cpu:.2f} s", "0.45"
    yield "… resident memory", f"{ours.memory:.0f} MB", "52 MB"
    yield "a minute after the end", f"{ended:,.0f} bytes, {requests} requests", "0, 0"
    yield "… of the processor", f"{idle:.2f} s", ""
    yield from _beside(ours, "a curses program", peers.curses_program(ClockServer(), home))
    yield from _beside(ours, "gh run watch", peers.gh(ClockServer(), home))


def _beside(
    ours: Cost, name: str, started: AbstractContextManager[Terminal | None]
) -> Iterator[Row]:
    """Our cost as a share of another program's."""
    with started as terminal:
        if terminal is None:
            yield f"beside {name}", "it is not installed", ""
            return
        other = cost(terminal, "task-")
    for what, mine, its, aim in (
        ("bytes at first", ours.first, other.first, ""),
        ("bytes a minute", ours.minute, other.minute, "0.50"),
        ("CPU a minute", ours.cpu, other.cpu, ""),
        ("memory", ours.memory, other.memory, ""),
    ):
        shown = (
            f"{mine:,.2f} / {its:,.2f}" if what.startswith("CPU") else f"{mine:,.0f} / {its:,.0f}"
        )
        yield f"{what} / {name}'s", f"{mine / its:.2f} ({shown})", aim
