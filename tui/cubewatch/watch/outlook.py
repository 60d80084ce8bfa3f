"""Outlook: the estimate of a watched run by earlier runs, and in the end the differences to
them."""

import asyncio
import math
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cubewatch.model.durations import Band, Durations
from cubewatch.model.estimate import Estimate, estimate
from cubewatch.model.past import times_of
from cubewatch.model.snapshot import Path, Snapshot
from cubewatch.runtime.threads import calculate_in_daemon_thread
from cubewatch.watch.updates import Fresh, Update

if TYPE_CHECKING:
    from cubewatch.model.compare import Comparison
    from cubewatch.model.past import RunTimes
    from cubewatch.watch.earlier import EarlierRuns
    from cubewatch.watch.feed import RunFeed

MAX_SHARE = 0.05
"""The share of the time that may go into estimates: those of a gigantic run are older."""
MAX_HOLD = 0.4
"""Seconds; an estimate that would have to be held for longer is made in a thread."""
_NOTHING = Estimate()


class Outlook:
    """Follows a feed. Nothing that fails here holds up the watching: there are no figures then.

    `history` has the earlier runs of the same workflows as far as they are known, newest first.
    `comparison` is there once the run has ended and an earlier good one is known.
    """

    def __init__(self, feed: "RunFeed", earlier: "Callable[[], EarlierRuns]") -> None:
        """`earlier` is called after the first answer, in a thread."""
        self.history: list[RunTimes] = []
        self.comparison: Comparison | None = None
        self._feed = feed
        self._new_earlier = earlier
        self._earlier: EarlierRuns | None = None
        self._durations = Durations()
        self._tasks: set[asyncio.Task[None]] = set()
        self._learned_of = ""
        self._kept: RunTimes | None = None
        self._listeners: list[Callable[[], object]] = []
        self._estimate = _NOTHING
        self._estimated: Snapshot | None = None
        self._estimated_at = -math.inf
        self._hold = 0.0
        self._unsubscribe = feed.subscribe(self._take)
        if feed.snapshot:
            self._look_at(feed.snapshot)

    def on_change(self, callback: Callable[[], object]) -> None:
        """Calls `callback` whenever more is known of earlier runs, or of the end."""
        self._listeners.append(callback)

    def close(self) -> None:
        """Ends the following, and what is under way."""
        self._unsubscribe()
        self._listeners.clear()
        for task in self._tasks:
            task.cancel()

    def estimate(self, now: datetime) -> Estimate:
        """The estimate of the run at `now` (the server's clock). That of a gigantic run is made in
        a thread, and is some seconds old."""
        snapshot = self._feed.snapshot
        if snapshot is None or snapshot.is_final or not self.history:
            return _NOTHING
        is_due = time.monotonic() - self._estimated_at >= self._hold
        if self._hold >= MAX_HOLD:
            if is_due:
                self._estimated_at = math.inf
                self._start(self._estimate_in_thread(snapshot, self._durations, now))
        elif is_due or snapshot is not self._estimated:
            begun = time.monotonic()
            self._take_estimate(snapshot, estimate(snapshot, self._durations, now), begun)
        return self._estimate

    async def _estimate_in_thread(
        self, snapshot: Snapshot, durations: Durations, now: datetime
    ) -> None:
        begun = time.monotonic()
        try:
            found = await calculate_in_daemon_thread(lambda: estimate(snapshot, durations, now))
        finally:
            self._estimated_at = time.monotonic()
        self._take_estimate(snapshot, found, begun)

    def _take_estimate(self, snapshot: Snapshot, found: Estimate, begun: float) -> None:
        self._estimate, self._estimated = found, snapshot
        self._estimated_at = time.monotonic()
        self._hold = (self._estimated_at - begun) / MAX_SHARE

    def usual(self, path: Path) -> Band | None:
        """The usual working time of a workflow, task or cube, whether it has ended or not."""
        return self._durations.usual(path)

    @property
    def is_looking(self) -> bool:
        """Whether earlier runs are still being looked for."""
        return self._feed.snapshot is None or bool(self._tasks)

    async def compare(self) -> "Comparison | None":
        """The differences so far to the last good run; None if no such run is known."""
        snapshot, history = self._feed.snapshot, self.history
        if snapshot is None or not history:
            return None
        return await asyncio.to_thread(lambda: _compared(times_of(snapshot), history))

    async def settled(self) -> None:
        """Waits until nothing more is being looked for."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self, update: Update) -> None:
        if isinstance(update, Fresh):
            self._look_at(update.snapshot)

    def _look_at(self, snapshot: Snapshot) -> None:
        if snapshot.items and self._learned_of != self._feed.slug:
            self._learned_of = self._feed.slug
            self._start(self._learn(snapshot))
        if snapshot.is_final and snapshot.items and self._kept is None:
            self._start(self._keep(snapshot))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._changed()

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        with suppress(Exception):
            await work

    async def _runs(self) -> "EarlierRuns":
        if self._earlier is None:
            self._earlier = await asyncio.to_thread(self._new_earlier)
        return self._earlier

    async def _learn(self, snapshot: Snapshot) -> None:
        earlier = await self._runs()
        async for history in earlier.before(self._feed.repo, snapshot.run):
            durations = Durations(history)
            if history and not self._feed.is_final:
                await self._estimate_in_thread(snapshot, durations, self._feed.server_now())
            self.history, self._durations, self._estimated = history, durations, None
            await self._compare()
            self._changed()

    async def _keep(self, snapshot: Snapshot) -> None:
        earlier = await self._runs()
        self._kept = await earlier.keep(self._feed.repo, snapshot)
        await self._compare()
        self._changed()

    async def _compare(self) -> None:
        if self._kept and self.history:
            self.comparison = await asyncio.to_thread(_compared, self._kept, self.history)

    def _changed(self) -> None:
        for callback in tuple(self._listeners):
            callback()


def _compared(run: "RunTimes", history: "list[RunTimes]") -> "Comparison | None":
    """The differences to the last good run. What compares is loaded for the first time of it."""
    from cubewatch.model.compare import compare_with_last_good

    return compare_with_last_good(run, history)
