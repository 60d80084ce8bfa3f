"""RunsOutlook: how long the runs of a list will still take, by what earlier ones took."""

import asyncio
import time
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from cubewatch.model.durations import Durations
from cubewatch.model.estimate import estimate, left_text
from cubewatch.model.repository import RepoSlug
from cubewatch.model.runs_list import RunKey
from cubewatch.model.snapshot import Snapshot
from cubewatch.runtime.threads import run_in_daemon_thread
from cubewatch.watch.runs_poll import RunsPoll

if TYPE_CHECKING:
    from collections.abc import Callable

    from cubewatch.watch.earlier import EarlierRuns

MAX_NODES = 2_000
"""Nodes of a run up to which it is estimated for a row: bigger ones only where they are opened."""
SPACING = 1.0
"""Seconds from one request for an earlier run to the next."""
HOLD = 5.0
"""Seconds for which an estimate of the same state is shown."""

_Workflows = tuple[RepoSlug, frozenset[str]]


class RunsOutlook:
    """Follows a poll of lists. Earlier runs are those on the disk, then those that are listed, at
    most ten for each combination of workflows, one request a second."""

    def __init__(self, poll: RunsPoll, earlier: "Callable[[], EarlierRuns]") -> None:
        """`earlier` is called when the first run is at work, in a thread."""
        self._poll = poll
        self._new_earlier = earlier
        self._earlier: EarlierRuns | None = None
        self._durations: dict[_Workflows, Durations] = {}
        self._texts: dict[RunKey, tuple[Snapshot, Durations, float, str]] = {}
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe = poll.subscribe(self._look)

    def close(self) -> None:
        """Ends the following."""
        self._unsubscribe()
        self.pause()

    def pause(self) -> None:
        """Ends what is being looked for, until the poll has news."""
        if self._task:
            self._task.cancel()
            self._task = None

    @property
    def is_looking(self) -> bool:
        """Whether earlier runs are being looked for."""
        return self._task is not None and not self._task.done()

    def left(self, key: RunKey, now: datetime) -> str:
        """The time left of a run at `now` (the server's clock); "" without ground."""
        snapshot = self._poll.snapshots.get(key)
        durations = self._durations.get(_workflows(key, snapshot)) if snapshot else None
        if snapshot is None or durations is None:
            return ""
        known = self._texts.get(key)
        clock = time.monotonic()
        if known and known[0] is snapshot and known[1] is durations and clock < known[2] + HOLD:
            return known[3]
        text = left_text(estimate(snapshot, durations, now).run)
        self._texts[key] = snapshot, durations, clock, text
        return text

    def _look(self) -> None:
        self._texts = {key: one for key, one in self._texts.items() if key in self._poll.snapshots}
        if self._next() and not self.is_looking:
            self._task = asyncio.get_running_loop().create_task(self._learn())

    def _next(self) -> RunKey | None:
        """A run at work of whose workflows nothing is known yet."""
        return next(
            (
                key
                for key, snapshot in self._poll.snapshots.items()
                if len(snapshot.items) <= MAX_NODES
                and _workflows(key, snapshot) not in self._durations
            ),
            None,
        )

    async def _learn(self) -> None:
        while key := self._next():
            snapshot = self._poll.snapshots[key]
            workflows = _workflows(key, snapshot)
            self._durations[workflows] = Durations()
            with suppress(Exception):  # without earlier runs there are no figures
                if self._earlier is None:
                    self._earlier = await run_in_daemon_thread(self._new_earlier)
                    self._earlier.spacing = SPACING
                listed = list(self._poll.repositories[key.repo].runs.values())
                async for history in self._earlier.before(key.repo, snapshot.run, listed):
                    self._durations[workflows] = Durations(history)


def _workflows(key: RunKey, snapshot: Snapshot) -> _Workflows:
    return key.repo, frozenset(workflow.slug for workflow in snapshot.run.workflows)
