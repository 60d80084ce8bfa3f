"""Waiting for answers: through outages, with a sign of life, until it has been long enough."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from cubewatch.headless.events import End
from cubewatch.headless.report import Report
from cubewatch.runtime.clock import Timing
from cubewatch.runtime.exit_status import EXIT_NO_API, EXIT_USAGE
from cubewatch.settings import Plain
from cubewatch.text.format import duration
from cubewatch.watch.feed import HANG_THRESHOLD, RunFeed
from cubewatch.watch.updates import NoRunError, Trouble, Update

LOOK_INTERVAL = 1.0
"""Seconds after which it is looked again whether a request hangs."""
T = TypeVar("T")
R = TypeVar("R")


class Ended(Exception):  # noqa: N818, it is no error
    """The watching ends before the run does."""

    def __init__(self, end: End) -> None:
        super().__init__(end.note)
        self.end = end


class Patience:
    """Takes updates one by one; tells of outages and writes heartbeats in between.

    Both methods return what `take` makes of the first update of which it makes anything but None.
    It is given no Trouble. They raise Ended when the API refuses us, or an outage has lasted too
    long.
    """

    def __init__(self, report: Report, timing: Timing, plain: Plain) -> None:
        self._report = report
        self._timing = timing
        self._heartbeat = plain.heartbeat
        self._give_up = plain.give_up

    async def until(self, updates: AsyncIterator[T], take: Callable[[T], R | None]) -> R:
        """The result of repeated attempts."""

        async def iterate() -> R:
            async for update in updates:
                if (result := self._taken(update, take)) is not None:
                    return result
            raise RuntimeError("attempts never end by themselves")

        return await self._while_pending(asyncio.create_task(iterate()))

    async def watching(self, feed: RunFeed, take: Callable[[Update], R | None]) -> R:
        """The result of watching a run. Updates are taken as they come, so that what is written
        carries the right time."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()

        def settle(update: Update) -> None:
            if done.done():
                return
            try:
                if (result := self._taken(update, take)) is not None:
                    done.set_result(result)
            except Exception as error:
                done.set_exception(error)

        unsubscribe = feed.subscribe(settle)
        feed.start()
        try:
            return await self._while_pending(done)
        finally:
            unsubscribe()

    def _taken(self, update: T, take: Callable[[T], R | None]) -> R | None:
        if isinstance(update, Trouble):
            self._troubled(update)
            return None
        self._report.answered()
        return take(update)

    async def _while_pending(self, pending: "asyncio.Future[R]") -> R:
        try:
            while not await self._has_come(pending):
                self._tick()
            return pending.result()
        finally:
            pending.cancel()

    async def _has_come(self, pending: "asyncio.Future[Any]") -> bool:
        """Waits until an update has come, or something else is due."""
        now = self._timing.now()
        looks_at = None if self._give_up is None else now + LOOK_INTERVAL
        due = [at for at in (self._heartbeat_at, self._give_up_at, looks_at) if at is not None]
        seconds = min(due) - now if due else None
        never = asyncio.Event()
        timer = asyncio.create_task(self._timing.wait(never, seconds))
        try:
            either: set[asyncio.Future[Any]] = {pending, timer}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
        return pending.done()

    @property
    def _heartbeat_at(self) -> float | None:
        return self._report.told_at + self._heartbeat if self._heartbeat else None

    @property
    def _give_up_at(self) -> float | None:
        since = self._report.unanswered_since
        if since is None or self._give_up is None:
            return None
        return since + max(self._give_up, HANG_THRESHOLD)

    def _tick(self) -> None:
        """Does what has become due."""
        now = self._timing.now()
        if self._give_up_at is not None and now >= self._give_up_at:
            raise self._ended_by_outage()
        if self._heartbeat_at is not None and now >= self._heartbeat_at:
            self._report.heartbeat()

    def _troubled(self, trouble: Trouble) -> None:
        self._report.trouble(trouble)
        error = trouble.error
        if isinstance(error, NoRunError):
            note = f"{error}: start one with cubewatch run"
            raise Ended(End(EXIT_USAGE, "not_found", note))
        if trouble.retry_at is None:
            end = End(EXIT_NO_API, "refused", str(error), self._report.status, error=error)
            raise Ended(end)
        if self._give_up_at is not None and self._timing.now() >= self._give_up_at:
            raise self._ended_by_outage()

    def _ended_by_outage(self) -> Ended:
        error = self._report.last_error
        note = f"given up after {duration(self._give_up or 0)} without an answer"
        note += f": {error}" if error else ""
        return Ended(End(EXIT_NO_API, "gave_up", note, self._report.status, error=error))
