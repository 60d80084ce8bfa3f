"""RunFeed: one run kept up with, for as many subscribers as there are, without a screen."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cubewatch.model.repository import RepoSlug
from cubewatch.runtime.clock import Timing
from cubewatch.watch.poll import RunPoll, RunSource
from cubewatch.watch.updates import Fresh, Stopped, Trouble, Unchanged, Update

if TYPE_CHECKING:
    from cubewatch.model.snapshot import Snapshot
    from cubewatch.model.timeline import Timeline

HANG_THRESHOLD = 4.0
"""Seconds that an answer may take before what is shown counts as unconfirmed."""


@dataclass(slots=True)
class Freshness:
    """The freshness of the last snapshot. All times are seconds of the feed's clock.

    `answered_at`: when the last answer came. `trouble`: why there is no newer one, if the last
    request failed. `stopped`: why the polling itself ended, "" if it did not. `offset`: seconds
    that the server's clock is ahead of ours. `unconfirmed_since`: when the first request began
    after the last good answer; None: none has.
    """

    answered_at: float | None = None
    trouble: Trouble | None = None
    stopped: str = ""
    offset: float = 0.0
    unconfirmed_since: float | None = None

    @property
    def retry_at(self) -> float | None:
        """The time of the next try after a failure."""
        return self.trouble.retry_at if self.trouble else None

    def unconfirmed_for(self, now: float) -> float:
        """The seconds by which an answer is overdue, so that clocks must stand still; 0: none
        is."""
        if self.unconfirmed_since is None:
            return 0.0
        return max(0.0, now - self.unconfirmed_since - HANG_THRESHOLD)


class RunFeed:
    """The latest `snapshot` of one run, its `freshness`, and updates for subscribers.

    One poll loop however many subscribe; it pauses when the last one leaves. `slug` is empty for
    the newest run of the repository until it is known. Everything happens on one event loop.
    """

    def __init__(
        self,
        source: Callable[[], Awaitable[RunSource]],
        repo: RepoSlug,
        slug: str,
        timing: Timing,
        interval: float | None = None,
        *,
        exists: bool = False,
    ) -> None:
        """`source` is called when polling starts; what it raises ends the polling as `Stopped`.
        `interval`: seconds between requests while something changes, None for the default.
        `exists`: the run was just started or listed, so that a 404 is only a delay."""
        self.repo = repo
        self.slug = slug
        self.snapshot: Snapshot | None = None
        self._line: Timeline | None = None
        self._source = source
        self._timing = timing
        self._interval = interval
        self._exists = exists
        self._freshness = Freshness()
        self._poll: RunPoll | None = None
        self._task: asyncio.Task[None] | None = None
        self._subscribers: list[Callable[[Update], object]] = []

    @property
    def freshness(self) -> Freshness:
        """The freshness of `snapshot`."""
        if self._poll:
            self._freshness.unconfirmed_since = self._poll.unconfirmed_since
        return self._freshness

    @property
    def is_final(self) -> bool:
        """Whether the run has ended."""
        return self.snapshot is not None and self.snapshot.is_final

    @property
    def line(self) -> "Timeline | None":
        """The times of all nodes of `snapshot`."""
        snapshot = self.snapshot
        if snapshot and (self._line is None or self._line.snapshot is not snapshot):
            from cubewatch.model.timeline import Timeline

            self._line = Timeline(snapshot)
        return self._line

    @property
    def label(self) -> str:
        """The name of what is shown instead of the run itself; "" for the run."""
        return ""

    def server_now(self) -> datetime:
        """The server's time, to be used as the end of what is under way: it stands still while
        an answer is overdue."""
        overdue = 0.0 if self.is_final else self.freshness.unconfirmed_for(self._timing.now())
        return self._timing.utc() + timedelta(seconds=self._freshness.offset - overdue)

    def subscribe(self, callback: Callable[[Update], object]) -> Callable[[], None]:
        """Calls `callback` with every update from now on; it must not raise. Returns what ends
        that. The polling begins with `start`."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)
                if not self._subscribers:
                    self.close()

        return unsubscribe

    def start(self) -> None:
        """Starts polling, if it is not polling already."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_polling())

    def wake(self) -> None:
        """Polls at once, also after the end, after a refusal, or if the polling had stopped."""
        if self._poll:
            self._poll.wake()
        self.start()

    def close(self) -> None:
        """Ends the polling; `start` takes it up again."""
        if self._task:
            self._task.cancel()
            self._task = None

    async def _keep_polling(self) -> None:
        try:
            if self._poll is None:
                self._poll = RunPoll(
                    await self._source(),
                    self.repo,
                    self.slug,
                    self._timing,
                    self._interval,
                    exists=self._exists,
                )
            async for update in self._poll.updates():
                self.slug = self._poll.slug
                self._publish(update)
                del update  # its changes are not kept until the next one
        except Exception as fault:  # whatever it is, the person must see it
            self._publish(Stopped(fault))

    def _publish(self, update: Update) -> None:
        freshness = self._freshness
        freshness.trouble = update if isinstance(update, Trouble) else None
        freshness.stopped = update.reason if isinstance(update, Stopped) else ""
        if isinstance(update, Fresh | Unchanged):
            freshness.answered_at, freshness.offset = update.at, update.offset
        if isinstance(update, Fresh):
            self.snapshot, self._line = update.snapshot, update.line
        for callback in tuple(self._subscribers):
            callback(update)
