"""What an answer about 10,000 cubes costs of which each has changed: time to take it in and to
repaint, without the wire, and the memory of the whole program."""

import asyncio
import time
from pathlib import Path

from cubewatch.model.decode import read_run
from tests.bench.runs import big_run
from tests.bench.scene import END, resident, watching
from tests.bench.table import Row
from tests.support.live import Live
from tests.support.live import watching as watching_in_process

BODIES = (big_run(0), big_run(1))


async def _step(live: Live) -> float:
    """Seconds of the processor for one poll, from the answer to the frame."""
    begun = time.process_time()
    await live.step()
    return time.process_time() - begun


async def _taking(rounds: int) -> tuple[float, float]:
    """Seconds for a poll that changes every cube, and for one that changes nothing."""
    answers = [BODIES[n // 2 % 2] for n in range(2 * rounds + 1)]
    async with watching_in_process(*answers) as live:
        await live.press("+")
        steps = [await _step(live) for _ in answers[1:]]
    return min(steps[1::2]), min(steps[::2])


def _parsing(rounds: int) -> float:
    took = []
    for n in range(rounds):
        begun = time.process_time()
        read_run(BODIES[n % 2])
        took.append(time.process_time() - begun)
    return min(took)


def _memory(home: Path, polls: int) -> float:
    """Resident megabytes of the process after so many polls, everything open."""
    with watching(BODIES[0], home) as watched:
        watched.terminal.send("+" + END)
        watched.terminal.wait_for("task-99 › cube-99")
        for poll in range(polls):
            watched.answer(BODIES[poll % 2])
        return resident(watched.terminal.pid)


def rows(home: Path, rounds: int) -> list[Row]:
    """Name, figure and aim of each line of the table."""
    parsing = _parsing(rounds)
    changed, same = asyncio.run(_taking(rounds))
    more = (changed - same - parsing) * 1000
    size = len(BODIES[0]) / 1e6
    return [
        (f"10,000 cubes: parse {size:.1f} MB", f"{parsing * 1000:.0f} ms", ""),
        ("10,000 cubes: take in and repaint", f"parsing + {more:.0f} ms", "+ 25 ms"),
        ("10,000 cubes: resident memory", f"{_memory(home, rounds):.0f} MB", "70 MB"),
    ]
