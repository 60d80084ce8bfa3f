"""Reading the log of one cube, page after page, for as long as it grows and somebody looks.

Pages come in order. The one that grows is read again, and only what is new of it is kept; one that
is complete never again, but for its `done`. What lies past the end may be missing (404), empty, or
the last page once more; the latter looks like a page that says the same as the one before it. A
page far beyond tells them apart: it is missing, or it is the last one.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from cubewatch.api.errors import ApiError, Invalid, Refused
from cubewatch.logs.pages import PageWriter
from cubewatch.logs.spool import LogSpool, SpoolFullError, SpoolPool
from cubewatch.logs.status import OVER, LogTold
from cubewatch.model.repository import RepoSlug
from cubewatch.runtime.clock import Timing

if TYPE_CHECKING:
    from cubewatch.model.run import LogPage

CubePath = tuple[str, str, str, str]
"""The slugs of a run, a workflow, a task and a cube."""

MOVING = 1.5
"""Seconds from one request to the next while the log grows."""
CALM = ((10.0, 2.0), (30.0, 4.0), (120.0, 8.0))
"""After so many seconds without news, so many seconds between requests."""
LEAST = 0.5
"""Seconds between two requests, whoever asks."""
LONGEST_BACK_OFF = 30.0
LONGEST_OBEYED = 300.0
"""Seconds of a `Retry-After` that are waited at most."""
ASLEEP = 32.0
"""Seconds: a call that failed after more than its deadline failed because the machine slept."""
ASK_AGAIN = 60.0
"""Seconds past the end of a cube that has not said `done` before its last page is read again."""
FAR = 1000
"""Pages from the one in doubt to the one that tells."""
MISSING_TRIES = 3
"""How often in a row something must be missing to be gone, that was there or should be."""
SILENT = 60.0
"""Seconds after the end of a cube until its log is believed to be whole, though it never says."""


class LogSource(Protocol):
    """Where pages come from: `Client`, or a script in a test."""

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> "LogPage": ...


class LogFollow:
    """The log of one cube: what is there of it (`spool`), and the loop that reads the rest.

    Outlives those who look at it: another `updates()` goes on where the last one was, and whoever
    asked before asks no more. Once it is over, nothing is asked again.
    """

    def __init__(
        self,
        source: Callable[[], Awaitable[LogSource]],
        repo: RepoSlug,
        cube: CubePath,
        timing: Timing,
        pool: SpoolPool,
    ) -> None:
        self.cube = cube
        self.told = LogTold("asking")
        self.spool: LogSpool = pool.spool()
        self._writer = PageWriter(pool, self.spool)
        self._source = source
        self._repo = repo
        self._timing = timing
        self._asking = asyncio.Lock()
        self._wake = asyncio.Event()
        self._reader = 0
        self._page = 1
        self._begun = False
        self._last = 0
        self._doubtful = False
        self._believed = 0
        self._done = False
        self._cube_ended_at: float | None = None
        self._missing = 0
        self._asked_at = float("-inf")
        self._news_at = timing.now()
        self._reread_at = self._news_at
        self._tries = 0
        self._at_once = False

    def wake(self) -> None:
        """Asks at once, also after a refusal."""
        self._wake.set()

    def cube_has_ended(self) -> None:
        """The run says that the cube is in a final state: there may be no more to come."""
        if self._cube_ended_at is None:
            self._cube_ended_at = self._timing.now()
            self._wake.set()

    @property
    def is_over(self) -> bool:
        """Whether nothing is asked any more."""
        if self.spool.dropped:
            self.told = LogTold("dropped")
        return self.told.phase in OVER

    @property
    def is_caught_up(self) -> bool:
        """Whether no more is known to be there than the last answer has told."""
        return not self._at_once

    async def updates(self) -> AsyncGenerator[LogTold, None]:
        """How it stands after each answer. Ends when it is over, or when somebody else looks."""
        self._reader += 1
        mine = self._reader
        self._wake.set()
        self._wake = wake = asyncio.Event()
        while True:
            async with self._asking:
                if mine != self._reader:
                    return
                if not self.is_over:
                    await self._timing.sleep(self._asked_at + LEAST - self._timing.now())
                    begun = self._timing.now()
                    wake.clear()
                    self.told = await self._ask()
            yield self.told
            if self.is_over or mine != self._reader:
                return
            await self._timing.wait(wake, self._pause(self._timing.now() - begun))

    async def _ask(self) -> LogTold:
        """One request, and what it amounts to."""
        self._asked_at = self._timing.now()
        self._at_once = False
        try:
            source = await self._source()
            asked = self._number()
            try:
                page = await source.cube_log(self._repo, self.cube, asked)
            except Refused as error:
                if error.status != HTTPStatus.NOT_FOUND:
                    raise
                page = None
            except Invalid:
                if not self._doubtful:
                    raise
                page = None
            self._tries = 0
            return await self._taken(page, asked)
        except ApiError as error:
            return self._trouble(error)
        except SpoolFullError:
            self._finish()
            return LogTold("full")
        except OSError as error:
            self._finish()
            return LogTold("full", error=error)

    def _number(self) -> int:
        """The page to ask for."""
        if self._doubtful:
            return self._page + FAR
        if self._page > 1 and not self._begun and not self._done and self._rereads():
            self._reread_at = self._timing.now()
            return self._page - 1
        return self._page

    def _rereads(self) -> bool:
        """Whether it is time to look if the last page says `done` by now."""
        since = self._timing.now() - max(self._reread_at, self._news_at)
        return since >= (LEAST if self._cube_ended_at else ASK_AGAIN) and self._missing > 0

    async def _taken(self, page: "LogPage | None", asked: int) -> LogTold:
        if self._doubtful:
            return self._decided(page)
        if asked < self._page:
            return self._reread(page)
        if not page or not (page.logs or self._begun):
            self._done = self._done or bool(page and page.done)
            return self._nothing(missing=page is None)
        self._done = page.done
        self._missing = 0
        if hash(page.logs) == self._last and not self._begun and self._believed != self._page:
            self._doubtful = self._at_once = True
            return LogTold("quiet")
        return await self._written(page)

    async def _written(self, page: "LogPage") -> LogTold:
        """Keeps what is new of a page, and goes on to the next one if there may be one."""
        self._begun = True
        over = page.page_complete or page.done
        news, restarted = await self._writer.write(page.logs, over=over)
        if news or restarted:
            self._news_at = self._timing.now()
        if page.page_complete:
            self._last = hash(page.logs)
            self._page += 1
            self._begun = False
            self._writer.turn()
            self._at_once = True
        elif page.done:
            return self._ended(restarted)
        return LogTold("growing", restarted) if news or restarted else self._quiet()

    def _decided(self, far: "LogPage | None") -> LogTold:
        """What a page far beyond says about one that was as the page before it."""
        if far is None or hash(far.logs) != self._last:
            self._believed = self._page
            self._doubtful = False
            self._at_once = True
            return LogTold("quiet")
        self._done = far.done
        return self._past_end()

    def _reread(self, page: "LogPage | None") -> LogTold:
        """What a complete page says by now: that it was the last one, or that it is another."""
        self._missing = 0
        if page is None or hash(page.logs) != self._last:
            return self._restarted()
        self._done = self._at_once = page.done
        return self._quiet()

    def _nothing(self, *, missing: bool) -> LogTold:
        """There is no such page, or nothing in it."""
        self._missing += 1
        if self._begun:
            return self._quiet() if self._missing < MISSING_TRIES else self._restarted()
        if self._page > 1:
            return self._past_end()
        if self._done or (self._cube_ended_at and self._missing >= MISSING_TRIES):
            self._finish()
            return LogTold("gone" if missing else "ended")
        return LogTold("waiting")

    def _past_end(self) -> LogTold:
        return self._ended() if self._done else self._quiet()

    def _quiet(self) -> LogTold:
        """No news; none will come if the cube has ended long ago."""
        if self._cube_ended_at:
            since = max(self._news_at, self._cube_ended_at)
            if self._timing.now() - since >= SILENT:
                return self._ended()
        return LogTold("quiet")

    def _restarted(self) -> LogTold:
        """The log was begun anew: what was there is not there any more."""
        self._writer.restart()
        self._believed = 0
        self._page, self._begun, self._last, self._done, self._missing = 1, False, 0, False, 0
        self._at_once = True
        return LogTold("waiting", restarted=True)

    def _ended(self, restarted: bool = False) -> LogTold:
        self._writer.end()
        self._finish()
        return LogTold("ended", restarted)

    def _finish(self) -> None:
        self.spool.finished = True

    def _trouble(self, error: ApiError) -> LogTold:
        if isinstance(error, Refused | Invalid):
            return LogTold("refused", error=error)
        now = self._timing.now()
        if now - self._asked_at > ASLEEP:
            return LogTold("trouble", error=error, retry_at=now)
        self._tries += 1
        longest = min(LONGEST_BACK_OFF, MOVING * 2.0 ** min(self._tries, 8))
        wait = LEAST + self._timing.chance() * (longest - LEAST)
        if error.retry_after is not None:
            wait = max(wait, min(error.retry_after, LONGEST_OBEYED))
        return LogTold("trouble", error=error, retry_at=now + wait)

    def _pause(self, took: float) -> float | None:
        """Seconds until the next request; None: not before somebody asks."""
        if self.told.phase == "refused":
            return None
        now = self._timing.now()
        if self.told.retry_at is not None:
            return max(0.0, self.told.retry_at - now)
        if self._at_once:
            return max(0.0, self._asked_at + LEAST - now)
        calm = [seconds for after, seconds in CALM if now - self._news_at >= after]
        return max(MOVING, *calm, LEAST + 2 * took)
