"""Searches the logs of a run, cube by cube: loaded ones at once, the others while they load.

One request at a time, four a second at most, over all logs together. A log is read as far as it
goes now; to find newer lines, search again.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from cubewatch.api.errors import ApiError
from cubewatch.logs.log_line import MAX_RAW, plain
from cubewatch.logs.reader import CubePath, LogReader
from cubewatch.logs.search import Hits, Query
from cubewatch.logs.spool import LogSpool
from cubewatch.logs.state import LogState
from cubewatch.logs.store import LogStore
from cubewatch.model import status
from cubewatch.model.run import Run
from cubewatch.runtime.clock import Timing
from cubewatch.text.sanitize import inert

GAP = 0.25
"""Seconds between two requests."""
MAX_HITS_OF_CUBE = 100
"""Hits of one cube that are shown; all are counted."""
MAX_SHOWN = 1_000
"""Hits of the run that are shown."""
EXCERPT = 600
"""Characters of a line that are kept."""
BEFORE = 200
"""Characters of those before the first hit."""

Span = tuple[int, int]
CubeThatRan = tuple[CubePath, str]
"""A cube that has run, or runs, and its status."""

_NOT_RUN = frozenset(
    {
        "",
        status.CREATED,
        status.PREPARED,
        status.SKIPPED,
        status.AWAITING_APPROVAL,
        status.REJECTED,
    }
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit: its line (from 0), what is shown of it, inert, and the spans that match."""

    line: int
    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The progress of a log that is being loaded, in bytes."""

    cube: CubePath
    size: int


@dataclass(frozen=True, slots=True)
class LogHits:
    """The result for one log: how many lines match, and the first of them. `trouble`: why it may be
    less than there is, inert."""

    cube: CubePath
    count: int
    hits: tuple[Hit, ...]
    trouble: str = ""


def cubes_that_ran(run_slug: str, run: Run) -> list[CubeThatRan]:
    """The cubes that may have a log, from the top of the tree; twins of one slug share theirs."""
    found = {
        (run_slug, workflow.slug, task.slug, cube.slug): cube.status
        for workflow in run.workflows
        for task in workflow.tasks
        for cube in task.cubes
        if cube.status not in _NOT_RUN
    }
    return list(found.items())


async def search_run(
    logs: LogStore,
    cubes: Iterable[CubeThatRan],
    query: Query,
    timing: Timing,
    room: int = MAX_SHOWN,
) -> AsyncGenerator[Reading | LogHits, None]:
    """Reads and searches one log after the other; at most `room` hits are given in full.

    A log that can't be read is said and left. Ends all asking when it is closed or cancelled.
    """
    free_at = timing.now() + GAP
    for cube, cube_status in cubes:
        log = logs.log(cube, fresh=logs.log(cube).spool.dropped)
        log.cube_is(cube_status)
        yield Reading(cube, log.spool.size)
        if not log.is_over:
            await timing.sleep(free_at - timing.now())
            async with aclosing(log.updates()) as updates:
                async for state in updates:
                    free_at = _free_at(state, timing.now())
                    yield Reading(cube, log.spool.size)
                    if log.is_read or state.phase in ("trouble", "refused"):
                        break
        found = await _search(log, query, min(room, MAX_HITS_OF_CUBE))
        room -= len(found.hits)
        yield found
        await asyncio.sleep(0)


def _free_at(state: LogState, now: float) -> float:
    """The time of the next request; later if the server said so."""
    if isinstance(state.error, ApiError) and state.error.retry_after is not None and state.retry_at:
        return max(now + GAP, state.retry_at)
    return now + GAP


async def _search(log: LogReader, query: Query, most: int) -> LogHits:
    """Searches the loaded part of a log, a few milliseconds at a time."""
    found = Hits(log.spool, query)
    for _ in iter(found.step, False):
        await asyncio.sleep(0)
    hits = []
    for line in found.lines[:most]:
        hits.append(_hit(log.spool, line, found))
        await asyncio.sleep(0)
    trouble = "too slow to search" if found.given_up else _trouble(log.state)
    return LogHits(log.cube, len(found.lines), tuple(hits), trouble)


def _trouble(state: LogState) -> str:
    if isinstance(state.error, OSError):
        return inert(state.error.strerror or str(state.error))
    if state.error:
        return str(state.error)
    return "there is no room for all of it" if state.phase == "full" else ""


def _hit(spool: LogSpool, line: int, found: Hits) -> Hit:
    length = spool.line_end(line) - spool.line_start(line)
    text = plain(spool.line(line, MAX_RAW), length).rstrip()
    marks = found.marks(text)
    begin = max(0, marks[0][0] - BEFORE) if marks else 0
    shown = text[begin : begin + EXCERPT]
    spots = [(max(0, a - begin), min(len(shown), b - begin)) for a, b in marks]
    return Hit(line, shown, tuple((a, b) for a, b in spots if a < b))
