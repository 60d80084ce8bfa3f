"""KnownRun: all that is known of a run that is watched."""

from typing import TYPE_CHECKING

from cubewatch.ui.screens.live.freshness import age
from cubewatch.ui.screens.live.header import RunState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cubewatch.logs.failure_causes import FailureCauses
    from cubewatch.model.compare import Comparison
    from cubewatch.model.durations import Band
    from cubewatch.model.estimate import Estimate
    from cubewatch.model.run import Run
    from cubewatch.model.snapshot import Path, Snapshot
    from cubewatch.model.timeline import Timeline
    from cubewatch.session import Session
    from cubewatch.watch.feed import RunFeed
    from cubewatch.watch.outlook import Outlook
    from cubewatch.watch.updates import Update


class KnownRun:
    """A run's feed, what earlier runs say of it, and why its cubes failed. Before `use` nothing is
    known."""

    def __init__(self, session: "Session") -> None:
        self.feed: RunFeed | None = None
        self.outlook: Outlook | None = None
        self.causes: FailureCauses | None = None
        self._session = session
        self._on_cause: Callable[[], object] = lambda: None

    def use(
        self,
        feed: "RunFeed",
        *,
        on_update: "Callable[[Update], object]",
        on_outlook: "Callable[[], object]",
        on_cause: "Callable[[], object]",
    ) -> None:
        """Takes what is known from `feed`. Calls `on_update` with its updates, `on_outlook` when
        more is known of earlier runs, and `on_cause` when a cause has been looked for."""
        self.feed = feed
        self._unsubscribe = feed.subscribe(on_update)
        self.outlook = self._session.outlook(feed)
        self.outlook.on_change(on_outlook)
        self._on_cause = on_cause

    def look_for_causes(self, snapshot: "Snapshot") -> None:
        """Looks for the causes of new failures. What reads logs is loaded for the first of them."""
        if self.causes is None and snapshot.failures:
            self.causes = self._session.failure_causes(self._on_cause)
        if self.causes:
            self.causes.take(snapshot)

    def close(self) -> None:
        """Ends the watching and what is being looked for."""
        if self.feed:
            self._unsubscribe()
        if self.outlook:
            self.outlook.close()
        if self.causes:
            self.causes.close()

    @property
    def snapshot(self) -> "Snapshot | None":
        return self.feed.snapshot if self.feed else None

    def run(self) -> "Run | None":
        """The run as it is by now."""
        return self.snapshot.run if self.snapshot else None

    @property
    def now(self) -> "datetime":
        """Up to when what is known holds, by the server's clock."""
        if self.feed is None:
            return self._session.timing.utc()
        line, now = self.line, self.feed.server_now()
        return line.present(now) if line else now

    @property
    def line(self) -> "Timeline | None":
        """The times of all nodes."""
        return self.feed.line if self.feed else None

    @property
    def estimate(self) -> "Estimate | None":
        """The estimate of the run, going by earlier ones."""
        return self.outlook.estimate(self.now) if self.outlook else None

    @property
    def comparison(self) -> "Comparison | None":
        """The differences of a run that has ended to the last good one."""
        return self.outlook.comparison if self.outlook else None

    def usual(self, path: "Path") -> "Band | None":
        """The usual duration of a node."""
        return self.outlook.usual(path) if self.outlook and path else None

    def cause(self, path: "Path") -> str:
        """The cause of a cube's failure, as far as it is known."""
        return self.causes.text(path) if self.causes else ""

    def first_cause(self, snapshot: "Snapshot") -> str | None:
        """The first failure and its cause; "" if that can't be said, None if it soon can."""
        if not (snapshot.failures and self.causes):
            return ""
        for path, text in self.causes.known:
            return f"{'/'.join(path[1:])}: {text}"
        return None if self.causes.is_looking else ""

    def shown_cause(self, selected: "Path") -> "tuple[Path, str] | None":
        """The failed cube that the header names: the selected one, else the first with a cause."""
        if not (self.snapshot and self.snapshot.failures and self.causes):
            return None
        known = [path for path, _ in self.causes.known]
        first = next(iter(known), self.snapshot.failures[0])
        path = selected if selected in self.snapshot.failed else first
        return path, self.causes.text(path)

    def state(self, selected: "Path") -> RunState:
        """The content of the header while the node at `selected` is selected."""
        snapshot, estimate, feed = self.snapshot, self.estimate, self.feed
        left, since = "", None
        if estimate:
            from cubewatch.model.estimate import left_text

            left = left_text(estimate.run)
        if snapshot and self.line and any(snapshot.waiting[:1]):
            since = self.line.ready(snapshot.waiting[0])
        age_text = age(feed, self._session.timing.now()) if feed else ""
        return RunState(snapshot, self.now, age_text, left, self.shown_cause(selected), since)
