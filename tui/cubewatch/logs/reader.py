"""LogReader: reads the log of one cube, page after page, while it grows and is in view."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from cubewatch.api.errors import ApiError, Invalid, Refused
from cubewatch.logs.end_finder import EndFinder
from cubewatch.logs.log_end import LogEnd, read_back
from cubewatch.logs.pages import PageWriter
from cubewatch.logs.paging import Meaning, Paging
from cubewatch.logs.spool import LogSpool, SpoolFullError, SpoolPool
from cubewatch.logs.state import OVER, LogState
from cubewatch.model import status
from cubewatch.model.repository import RepoSlug
from cubewatch.runtime.clock import Timing
from cubewatch.watch.cadence import (
    LOG,
    MIN_GAP,
    REFUSAL_TIMEOUT,
    SUSPEND_THRESHOLD,
    Allowance,
    Failures,
)

if TYPE_CHECKING:
    from cubewatch.model.run import LogPage

CubePath = tuple[str, str, str, str]
"""The slugs of a run, a workflow, a task and a cube."""

REREAD_RATE = 300_000
"""Characters a second: a page that grows is fetched whole each time, a long one less often."""
ALLOWANCE, ALLOWANCE_EVERY = 40.0, 5.0
"""Requests that following a log may make as fast as it grows, and seconds until there is one more:
fewer than 900 an hour, which leaves as many for the run. Loading a long log does not count."""
CONFIRM = 0.4
"""Seconds until what looks like the end of a log is requested again."""
LONG = 3
"""Complete pages in a row after which the end of a log is looked for, to be shown at once."""


class LogSource(Protocol):
    """The source of pages: `Client`, or a script in a test."""

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> "LogPage": ...


class LogReader:
    """The log of one cube: what is here of it (`spool`), and the loop that fetches the rest.

    Outlives those who look at it: `updates` goes on where the last one was. Any number of them
    share the requests. Once it is over, nothing is requested again.

    A long log is read from both ends if its end is wanted first: `preview` is that end, from
    the time when it is found until the log is loaded up to there. It grows meanwhile: new lines
    are worth more than old ones.
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
        self.cube_status = ""
        """What the run says of the cube, as far as known."""
        self.state = LogState("loading")
        self.spool: LogSpool = pool.spool()
        self._pool = pool
        self._writer = PageWriter(pool, self.spool)
        self._source = source
        self._repo = repo
        self._timing = timing
        self._paging = Paging(timing.now())
        self._finder: EndFinder | None = None
        self._end: LogEnd | None = None
        self._wants_end_first = False
        self._complete_in_a_row = 0
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._answers = self._answers_without_news = 0
        self._due: float | None = float("-inf")
        self._requested_at = float("-inf")
        self._has_begun = False
        self._allowance = Allowance(ALLOWANCE, ALLOWANCE_EVERY, timing.now())
        self._news_at = timing.now()
        self._page_length = 0
        self._took = 0.0
        self._failures = Failures()

    def wake(self) -> None:
        """Requests at once, also after a refusal."""
        self._due = float("-inf")
        self._wake.set()

    def cube_is(self, cube_status: str) -> None:
        """Sets the status of the cube; once it is final, no more may come."""
        self.cube_status = cube_status
        if cube_status in status.FINAL and not self._paging.has_ended:
            self._paging.cube_has_ended(self._timing.now())
            if self.state.phase != "refused":
                self.wake()

    @property
    def is_over(self) -> bool:
        """Whether the reading has ended."""
        if self.spool.dropped:
            self.state = LogState("dropped")
        return self.state.phase in OVER

    @property
    def is_caught_up(self) -> bool:
        """Whether no more is known to be there than the last answer said."""
        return not self._paging.at_once and self._finder is None

    @property
    def is_read(self) -> bool:
        """Whether all that is there by now is here. Of a cube that has ended a single answer
        without news may be wrong, and one that runs may write more at any time."""
        needed = (2 if self.spool.size else 3) if self._paging.has_ended else 0
        return self.is_over or (self.is_caught_up and self._answers_without_news >= needed)

    @property
    def preview(self) -> LogSpool | None:
        """The end of the log, while what comes before it is loaded."""
        return self._end.spool if self._end else None

    @property
    def shown(self) -> LogSpool:
        """The text to show: all that is here, or the end where that is known first."""
        return self.preview or self.spool

    @property
    def likely_size(self) -> int:
        """Bytes that the log has if all pages are as long as those that are here: what is here,
        unless the end of more is known."""
        if self._end is None:
            return self.spool.size
        return self.spool.size * self._end.number // max(1, self._paging.page - 1)

    async def read_back(self, size: int, seconds: float) -> LogSpool | None:
        """The last `size` characters of a long log, or as much as can be read in about so many
        seconds, as a log of its own: for `preview`. None where that is not known. Raises ApiError,
        SpoolFullError, OSError."""
        if self._end is None:
            return None
        began_at = self._timing.now()
        return await read_back(
            lambda number: self._page(number, may_be_invalid=True),
            self._end.number,
            size,
            self._pool,
            lambda: self._timing.now() - began_at < seconds,
        )

    def drop_back(self, spool: LogSpool) -> None:
        """Drops what `read_back` gave."""
        self._pool.drop(spool)

    async def updates(self, *, end_first: bool = False) -> AsyncGenerator[LogState, None]:
        """The state after each answer, until it is over. `end_first`: of a long log the end is
        looked for, and shown, before all of it is here."""
        self._wants_end_first = self._wants_end_first or end_first
        self.wake()
        seen = self._answers
        while True:
            async with self._lock:
                if seen == self._answers and not self.is_over:
                    await self._wait()
                    if seen == self._answers and not self.is_over:
                        await self._request()
            seen = self._answers
            yield self.state
            if self.is_over:
                return

    async def _wait(self) -> None:
        """Waits until the next request is due, or until `wake`."""
        now = self._timing.now()
        if self._due is None or self._due > now:
            await self._timing.wait(self._wake, None if self._due is None else self._due - now)
        self._wake.clear()
        if not self._paging.at_once and self._finder is None:
            await self._timing.sleep(self._requested_at + MIN_GAP - self._timing.now())

    async def _request(self) -> None:
        """Makes one request and handles its result."""
        self._requested_at = self._timing.now()
        if self._complete_in_a_row <= 1:
            self._allowance.spend(self._requested_at)
        try:
            self.state = await self._answered()
            self._failures.clear()
            self._due = self._timing.now() + self._pause()
        except ApiError as error:
            self.state = self._trouble(error)
            self._due = self.state.retry_at
        except (SpoolFullError, OSError) as error:
            self._finish()
            self.state = LogState("full", error=error if isinstance(error, OSError) else None)
        self._answers += 1
        has_news = self.state.phase in ("growing", "trouble")
        self._answers_without_news = 0 if has_news else self._answers_without_news + 1

    async def _answered(self) -> LogState:
        if self._finder is not None:
            return await self._look_for_end(self._finder)
        now = self._timing.now()
        if self._end is not None and self._is_end_due(self._end, now):
            page = await self._page(self._end.look(now), may_be_invalid=True)
            await self._end.take(page, self._timing.now())
            return LogState("growing")
        number = self._paging.number(now)
        page = await self._page(number, may_be_invalid=self._paging.is_doubtful)
        self._took = self._timing.now() - now
        meaning = self._paging.take(page, number, self._timing.now())
        if meaning == "text" and page is not None:
            return await self._written(page)
        return self._handle_meaning(meaning)

    async def _page(self, number: int, *, may_be_invalid: bool) -> "LogPage | None":
        source = await self._source()
        try:
            return await source.cube_log(self._repo, self.cube, number)
        except Refused as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
        except Invalid:
            if not may_be_invalid:
                raise
        return None

    async def _written(self, page: "LogPage") -> LogState:
        """Writes what is new in a page to the spool."""
        over = page.page_complete or page.done
        news, changed = await self._writer.write(page.logs, over=over)
        now = self._timing.now()
        self._page_length = 0 if page.page_complete else len(page.logs)
        if news or changed:
            self._news_at, self._has_begun = now, True
        number = self._paging.page
        if self._end is not None and self._end.number == number:
            await self._end.take(page, now)
        meaning = self._paging.written(page, news=news or changed, now=now)
        if self._paging.page != number:
            self._writer.turn()
            self._complete_in_a_row += 1
            if self._complete_in_a_row == LONG and self._wants_end_first:
                self._wants_end_first = False
                self._finder = EndFinder(number)
        else:
            self._reached_end()
        if meaning == "text":
            return LogState("growing", restarted=changed)
        return self._handle_meaning(meaning, restarted=changed)

    def _handle_meaning(self, meaning: Meaning, *, restarted: bool = False) -> LogState:
        """The state after an answer that brought no text."""
        if meaning == "restart":
            self._writer.restart()
            self._reached_end()
            self._paging.restart()
            return LogState("waiting", restarted=True)
        if meaning in ("ended", "gone"):
            self._writer.end()
            self._finish()
            return LogState("gone" if meaning == "gone" else "ended", restarted=restarted)
        if meaning == "waiting":
            return LogState("waiting")
        if not self._paging.at_once:
            self._reached_end()
        return LogState("quiet", restarted=restarted)

    async def _look_for_end(self, finder: EndFinder) -> LogState:
        """One step of looking for the last page."""
        number = finder.number()
        if number is not None:
            finder.take(await self._page(number, may_be_invalid=True))
        if finder.number() is None:
            self._finder = None
            if finder.end:
                last, before, text = finder.end
                end = LogEnd(self._pool, last, self._timing.now())
                await end.begin(before, text, over=self._paging.has_ended)
                self._end = end
            self._paging.at_once = True
        return LogState("growing")

    def _finish(self) -> None:
        self.spool.finished = True
        self._finder = None
        self._reached_end()

    def _is_end_due(self, end: LogEnd, now: float) -> bool:
        may_grow = not self._paging.has_ended and end.number > self._paging.page
        return may_grow and end.is_due(now)

    def _reached_end(self) -> None:
        """Marks the log as loaded as far as it goes."""
        self._end = None
        self._complete_in_a_row = 0

    def _trouble(self, error: ApiError) -> LogState:
        now = self._timing.now()
        if now - self._requested_at > SUSPEND_THRESHOLD:
            return LogState("trouble", error=error, retry_at=now)
        self._failures.add(error, now)
        is_token = isinstance(error, Refused) and error.status == HTTPStatus.UNAUTHORIZED
        timeout = REFUSAL_TIMEOUT if self._has_begun or is_token else 0.0
        lasts = self._failures.seconds_of(type(error), now) >= timeout
        if isinstance(error, Invalid) or (isinstance(error, Refused) and lasts):
            return LogState("refused", error=error)
        wait = self._failures.wait(error, self._timing.chance())
        return LogState("trouble", error=error, retry_at=now + wait)

    def _pause(self) -> float:
        """Seconds until the next request. The client spaces those that follow at once."""
        if not self.is_caught_up:
            return 0.0
        now = self._timing.now()
        if self._paging.done and self._paging.has_ended:
            return CONFIRM
        pause = LOG.pause(now - self._news_at, self._took)
        return max(pause, self._page_length / REREAD_RATE, self._allowance.wait(now))
