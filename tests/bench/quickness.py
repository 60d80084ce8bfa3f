"""How quick the live screen is with 10,000 cubes: from a key to what it changes on the screen while
answers come in that change everything, and the longest time for which a key would have to wait when
all cubes fail at once. `python -m tests.bench.quickness` prints both alone."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import quantiles

from textual.events import Key
from textual.pilot import Pilot

from cubewatch.settings import WatchFirst
from cubewatch.ui.app import CubewatchApp
from tests.bench.runs import big_run, failed_run
from tests.bench.soak import CountingDriver
from tests.bench.table import Row, write
from tests.support.live import Live, session_of
from tests.support.polling import RunScript, SteppedTiming

KEYS = (
    ("plus", None),
    ("pagedown", None),
    ("G", "G"),
    ("pageup", None),
    ("g", "g"),
    ("slash", "/"),
    ("c", "c"),
    ("9", "9"),
    ("escape", None),
    ("j", "j"),
    ("minus", None),
)
"""Open all, page, filter, fold: names of keys, and what they write."""
POLL_EVERY = 20
"""Keys from one answer to the next: ten keys a second, an answer every two."""
KEY_PAUSE = 0.1
BEAT = 0.001
"""Seconds from one look at the clock to the next: what it takes longer was a stop."""


@asynccontextmanager
async def _watching(*bodies: bytes) -> AsyncIterator[Live]:
    script = RunScript(SteppedTiming(), *bodies)
    session = session_of(script)
    app = CubewatchApp(session, WatchFirst("142"))
    app.driver_class = CountingDriver
    async with app.run_test(headless=False, size=(120, 40), notifications=True) as pilot:
        assert isinstance(pilot, Pilot)
        live = Live(pilot, session, script)
        await live.answered(1)
        yield live


async def key_times(rounds: int) -> list[float]:
    """Seconds from each of a person's keys to the next frame, while every answer changes all."""
    found: list[float] = []
    async with _watching(*(big_run(n % 2) for n in range(400))) as live:
        app = live.pilot.app
        frame = asyncio.Event()
        app.post_display_hook = frame.set  # type: ignore[method-assign]
        for number, (name, character) in enumerate(KEYS * rounds):
            if number % POLL_EVERY == 0:
                await live.timing.turn(20)
            frame.clear()
            begun = time.perf_counter()
            app.post_message(Key(name, character))
            try:
                await asyncio.wait_for(frame.wait(), 1)
            except TimeoutError:  # there was nothing to change
                continue
            found.append(time.perf_counter() - begun)
            await asyncio.sleep(KEY_PAUSE)
    return found


async def longest_stop() -> float:
    """The longest of the seconds for which the screen could not react while an answer was taken in
    in which all cubes have failed."""
    async with _watching(big_run(0), failed_run()) as live:
        await asyncio.sleep(0.5)
        stops = [0.0]
        watching = asyncio.create_task(_watch(stops))
        await live.step(20)
        await asyncio.sleep(1)
        watching.cancel()
    return max(stops)


async def _watch(stops: list[float]) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(BEAT)
        stops.append(time.perf_counter() - begun - BEAT)


def rows(rounds: int) -> list[Row]:
    """Name, figure and aim of each line of the table."""
    times = asyncio.run(key_times(rounds))
    stops = [asyncio.run(longest_stop()) for _ in range(rounds)]
    slow = quantiles(times, n=20)[-1] * 1000
    return [
        ("10,000 cubes: key to paint while polling, p95", f"{slow:.0f} ms", "33 ms"),
        ("10,000 cubes: longest stop when all fail", f"{min(stops) * 1000:.0f} ms", "50 ms"),
    ]


if __name__ == "__main__":
    write(rows(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
