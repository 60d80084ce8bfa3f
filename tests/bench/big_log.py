"""A log of 100 MB in the log screen, in a process of its own: `python -m tests.bench.big_log FILE`.

FILE is such a log. Prints JSON: seconds of the processor, `…_stop` the longest time in which
nothing else had a turn (seconds of the clock), `memory` how many megabytes it all takes.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cubewatch.logs.reader import CubePath
from cubewatch.logs.search import Query
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import LogPage
from cubewatch.ui.screens.log.screen import LogScreen
from cubewatch.ui.widgets.log_view import LogView
from tests.support.log_screen import LogApp, Shown
from tests.support.logs import CUBE, MISSING, LogScript
from tests.support.polling import HandTiming

SIZE = 100_000_000
PAGE = 600_000
RARE, FREQUENT, EVERY = "needle", "rounding", "filler"


def write_big_log(file: Path) -> None:
    """A million lines: RARE is in the last one, FREQUENT in a tenth of them, EVERY in all."""
    line = "{:07} [unit] {} a line as long as those of a compiler are, with its path, and filler\n"
    words = ("handling", FREQUENT)
    block = "".join(line.format(n, words[n % 10 == 0]) for n in range(5000))
    with file.open("w", encoding="ascii") as out:
        for _ in range(SIZE // len(block)):
            out.write(block)
        out.write(f"{RARE}\n")


class Pages(LogScript):
    """Hands out a file, as soon as `go` is set."""

    def __init__(self, file: Path) -> None:
        super().__init__(HandTiming())
        self._file = file.open("rb")
        self.go = asyncio.Event()

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> LogPage:
        await self.go.wait()
        await asyncio.sleep(0)
        self.requests.append((self.timing.now(), page))
        self._file.seek((page - 1) * PAGE)
        text = self._file.read(PAGE).decode()
        if not text:
            raise MISSING
        return LogPage(text, page_complete=True, done=True)


async def _until(condition: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor until something is so, and the longest stop meanwhile."""
    begun, last, longest = time.process_time(), time.perf_counter(), 0.0
    while not condition():
        await asyncio.sleep(0)
        now = time.perf_counter()
        last, longest = now, max(longest, now - last)
    return time.process_time() - begun, longest


def _resident() -> float:
    """Megabytes as /proc has them (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1000


async def _figures(shown: Shown, script: Pages) -> dict[str, float]:
    found: dict[str, float] = {}
    view = shown.app.screen.query_one(LogView)
    before = _resident()
    script.go.set()
    follow = shown.app.store.log(CUBE)
    found["end"], found["end_stop"] = await _until(lambda: follow.is_over)
    await shown.until(RARE)
    found["requests"], found["memory"] = len(script.requests), _resident() - before
    for word in (RARE, FREQUENT, EVERY):
        view.search(Query(word))
        found[word], found[f"{word}_stop"] = await _until(
            lambda: view.finding.hits and view.finding.hits.is_done
        )
    view.action_seek("causes", -1)
    found["errors"], found["errors_stop"] = await _until(
        lambda: view.finding.causes and view.finding.causes.is_done
    )
    found["memory_searched"] = _resident() - before
    return found


async def main() -> None:
    script = Pages(Path(sys.argv[1]))
    app = LogApp(script)
    async with app.run_test(size=(120, 40)) as pilot:
        shown = Shown(pilot, app)
        await shown.until(lambda: isinstance(app.screen, LogScreen))
        sys.stdout.write(json.dumps(await _figures(shown, script)) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
