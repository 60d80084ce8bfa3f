"""Waiter: waits for a result through outages, with heartbeats, until --give-up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from cubewatch.headless.event_writer import EventWriter
from cubewatch.headless.events import End
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


class WatchEnded(Exception):  # noqa: N818, it is no error
    """Watching ends before there is a result; `end` says why."""

    def __init__(self, end: End) -> None:
        super().__init__(end.note)
        self.end = end


class Waiter:
    """Waits for the result of attempts or of a feed; outages and heartbeats are written meanwhile.

    `handle` gets each update that is no Trouble; the first one for which it does not return None
    ends the waiting. Raises WatchEnded if the API refuses us, or an outage lasts too long.
    """

    def __init__(self, writer: EventWriter, timing: Timing, plain: Plain) -> None:
        self._writer = writer
        self._timing = timing
        self._heartbeat = plain.heartbeat
        self._give_up = plain.give_up

    async def result_of_attempts(
        self, updates: AsyncIterator[T], handle: Callable[[T], R | None]
    ) -> R:
        """The first result of `handle` for the results of repeated attempts."""

        async def iterate() -> R:
            async for update in updates:
                if (result := self._handle(update, handle)) is not None:
                    return result
            raise RuntimeError("attempts never end by themselves")

        return await self._wait_for(asyncio.create_task(iterate()))

    async def result_of_feed(self, feed: RunFeed, handle: Callable[[Update], R | None]) -> R:
        """The first result of `handle` for the updates of a run. It is called as updates come, so
        that what it writes carries the right time."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()

        def settle(update: Update) -> None:
            if done.done():
                return
            try:
                if (result := self._handle(update, handle)) is not None:
                    done.set_result(result)
            except Exception as error:
                done.set_exception(error)

        unsubscribe = feed.subscribe(settle)
        feed.start()
        try:
            return await self._wait_for(done)
        finally:
            unsubscribe()

    def _handle(self, update: T, handle: Callable[[T], R | None]) -> R | None:
        if isinstance(update, Trouble):
            self._handle_trouble(update)
            return None
        self._writer.write_recovery()
        return handle(update)

    async def _wait_for(self, pending: "asyncio.Future[R]") -> R:
        try:
            while not await self._is_done_when_due(pending):
                self._tick()
            return pending.result()
        finally:
            pending.cancel()

    async def _is_done_when_due(self, pending: "asyncio.Future[Any]") -> bool:
        """Waits for the result, or until something else is due; whether the result is there."""
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
        return self._writer.written_at + self._heartbeat if self._heartbeat else None

    @property
    def _give_up_at(self) -> float | None:
        since = self._writer.unanswered_since
        if since is None or self._give_up is None:
            return None
        return since + max(self._give_up, HANG_THRESHOLD)

    def _tick(self) -> None:
        """Writes a heartbeat or gives up, if it is due."""
        now = self._timing.now()
        if self._give_up_at is not None and now >= self._give_up_at:
            raise self._ended_by_outage()
        if self._heartbeat_at is not None and now >= self._heartbeat_at:
            self._writer.write_heartbeat()

    def _handle_trouble(self, trouble: Trouble) -> None:
        self._writer.write_trouble(trouble)
        error = trouble.error
        if isinstance(error, NoRunError):
            note = f"{error}: start one with cubewatch run"
            raise WatchEnded(End(EXIT_USAGE, "not_found", note))
        if trouble.retry_at is None:
            end = End(EXIT_NO_API, "refused", str(error), self._writer.status, error=error)
            raise WatchEnded(end)
        if self._give_up_at is not None and self._timing.now() >= self._give_up_at:
            raise self._ended_by_outage()

    def _ended_by_outage(self) -> WatchEnded:
        error = self._writer.last_error
        note = f"given up after {duration(self._give_up or 0)} without an answer"
        note += f": {error}" if error else ""
        return WatchEnded(End(EXIT_NO_API, "gave_up", note, self._writer.status, error=error))
