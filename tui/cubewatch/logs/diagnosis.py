"""Diagnosis: the likely causes in a cube's log, of which as little is fetched as will do."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from cubewatch.api.errors import ApiError
from cubewatch.logs.cause import Cause
from cubewatch.logs.excerpt import BRIEF, Excerpt, excerpts, last_lines
from cubewatch.logs.reader import CubePath, LogReader
from cubewatch.model import status
from cubewatch.text.sanitize import inert

MAX_SECONDS = 60.0
"""Seconds for the requests of one log."""
MAX_TRIES = 3


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The likely causes in a log, the likeliest first, and excerpts around them. `trouble`: why
    the log could not be read, inert; "" if it could. `is_whole`: lines are counted from the log's
    beginning; of a very long one only the end was read."""

    cube: CubePath
    causes: tuple[Cause, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    line_count: int = 0
    is_whole: bool = True
    trouble: str = ""

    @property
    def cause(self) -> str:
        """The likeliest cause in one line, inert; "" if the log gives no ground for one."""
        return self.causes[0].text if self.causes else ""

    @property
    def is_clear(self) -> bool:
        """Whether reading more would hardly tell more."""
        from cubewatch.logs.tools import ERROR

        return self.is_whole or bool(self.causes and self.causes[0].score >= ERROR)


async def diagnose(log: LogReader, room: int = BRIEF, *, thorough: bool = False) -> Diagnosis:
    """Diagnoses a log by its end, or by all of a short one. Causes are looked for if its cube has
    failed; else the excerpt is its last lines. Never raises ApiError. `room`: bytes for the
    excerpts. `thorough`: reads a long log from its beginning if its end names no cause."""
    trouble = await _read(log)
    text = log.shown
    if log.cube_status not in status.FAILURES:
        end = (last_lines(text),) if text.size else ()
        return Diagnosis(log.cube, (), end, text.line_count, text is log.spool, trouble)
    found = await _diagnosis(log, room, trouble)
    if thorough and not found.is_clear:
        trouble = await _read(log, to_end=True)
        found = await _diagnosis(log, room, trouble)
    return found


async def _diagnosis(log: LogReader, room: int, trouble: str) -> Diagnosis:
    """The diagnosis by what is here of a log."""
    from cubewatch.logs.causes import CauseSearch

    text = log.shown
    search = CauseSearch(text)
    for _ in iter(search.step, False):
        await asyncio.sleep(0)
    return Diagnosis(
        log.cube,
        tuple(search.causes),
        tuple(excerpts(text, search.causes, room)),
        text.line_count,
        text is log.spool,
        "" if text.size else trouble,
    )


async def _read(log: LogReader, *, to_end: bool = False) -> str:
    """Requests pages until the end is here. Returns why it is not, if it is not. `to_end`: until
    all before it is here too."""
    tries = 0
    try:
        async with asyncio.timeout(MAX_SECONDS), aclosing(log.updates(end_first=True)) as updates:
            async for state in updates:
                tries = tries + 1 if state.phase == "trouble" else 0
                given_up = state.phase == "refused" or tries >= MAX_TRIES
                if (log.preview is not None and not to_end) or log.is_read or given_up:
                    break
    except TimeoutError:
        return "no answer in time"
    state = log.state
    if isinstance(state.error, ApiError):
        return inert(str(state.error))
    if state.phase == "gone":
        return "there is no log"
    return "" if log.shown.size else "the log is empty"
