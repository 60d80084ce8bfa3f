"""Diagnosis: the likely causes in a cube's log, of which as little is fetched as will do.

First its end is read, which names the cause in most logs. Where it does not, a log that is not very
long is read whole, and of any other a longer end.
"""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace

from cubewatch.api.errors import ApiError
from cubewatch.logs.cause import Cause
from cubewatch.logs.excerpt import BRIEF, Excerpt, excerpts, last_lines
from cubewatch.logs.reader import CubePath, LogReader
from cubewatch.logs.spool import LogSpool, SpoolFullError
from cubewatch.model import status
from cubewatch.text.sanitize import inert

MAX_SECONDS = 60.0
"""Seconds for the requests of one log."""
MAX_TRIES = 3
WHOLE_SIZE = 16_000_000
"""Bytes up to which a log is read whole if its end names no cause."""
BACK_SIZE, BACK_SECONDS = 8_000_000, 10.0
"""Characters of the end of a longer one that are read then, and seconds after which that ends."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The likely causes in a log, the likeliest first, and excerpts around them. `trouble`: why
    the log could not be read, inert; "" if it could. `is_whole`: lines are counted from the log's
    beginning; of a very long one only the end was read, `searched` bytes of it. `is_thorough`: as
    much of it as is ever read for a diagnosis."""

    cube: CubePath
    causes: tuple[Cause, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    line_count: int = 0
    is_whole: bool = True
    trouble: str = ""
    searched: int = 0
    is_thorough: bool = False

    @property
    def cause(self) -> str:
        """The likeliest cause in one line, inert; "" if the log gives no ground for one."""
        return self.causes[0].text if self.causes else ""

    @property
    def is_clear(self) -> bool:
        """Whether reading more would hardly tell more."""
        from cubewatch.logs.tools import ERROR

        is_read = self.is_whole or self.is_thorough
        return is_read or bool(self.causes and self.causes[0].score >= ERROR)


async def diagnose(log: LogReader, room: int = BRIEF, *, thorough: bool = False) -> Diagnosis:
    """Diagnoses a log by its end, or by all of a short one. Causes are looked for if its cube has
    failed; else the excerpt is its last lines. Never raises ApiError. `room`: bytes for the
    excerpts. `thorough`: reads more of a long log if its end names no cause."""
    trouble = await _read(log)
    text = log.shown
    if log.cube_status not in status.FAILURES:
        end = (last_lines(text),) if text.size else ()
        return Diagnosis(log.cube, (), end, text.line_count, text is log.spool, trouble)
    found = await _diagnosis(log, log.shown, room, trouble)
    if not thorough or found.is_clear:
        return found
    if log.likely_size > WHOLE_SIZE:
        return replace(await _longer_end(log, room) or found, is_thorough=True)
    trouble = await _read(log, to_end=True)
    return await _diagnosis(log, log.shown, room, trouble)


async def _longer_end(log: LogReader, room: int) -> Diagnosis | None:
    """The diagnosis by a longer end of a very long log; None if that can't be read."""
    try:
        text = await log.read_back(BACK_SIZE, BACK_SECONDS)
    except (ApiError, SpoolFullError, OSError):
        return None
    if text is None:
        return None
    found = await _diagnosis(log, text, room, "")
    log.drop_back(text)
    return found


async def _diagnosis(log: LogReader, text: LogSpool, room: int, trouble: str) -> Diagnosis:
    """The diagnosis by what is here of a log."""
    from cubewatch.logs.causes import CauseSearch

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
        text.size,
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
