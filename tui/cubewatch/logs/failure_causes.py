"""FailureCauses: the likely causes of a run's failures, looked for while the run is watched."""

import asyncio
from collections.abc import Callable, Sequence

from cubewatch.logs.reader import CubePath
from cubewatch.logs.store import LogStore
from cubewatch.model.depth import CUBE_DEPTH
from cubewatch.model.snapshot import Path, Snapshot
from cubewatch.runtime.clock import Timing

MAX_FAILURES = 5
"""Failures whose logs are read: the first ones say most, and each costs requests."""
WORTH_WAITING = 8.0
"""Seconds that an announcement may wait for a cause."""
SETTLE = 1.0
"""Seconds from a failure to the reading of its log, which may still be on its way."""


class FailureCauses:
    """The likely cause of each of the first failures of a run, by its path, as far as known.

    Give it each new snapshot by `take`; it calls `on_change` when it has looked. Everything
    happens on one event loop; `close` ends all requests.
    """

    def __init__(
        self, logs: LogStore, timing: Timing, on_change: Callable[[], object] = lambda: None
    ) -> None:
        self._logs = logs
        self._timing = timing
        self._on_change = on_change
        self._texts: dict[Path, str] = {}
        self._wanted: list[Path] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._began_at = 0.0

    def take(self, snapshot: Snapshot) -> None:
        """Starts to look for the causes of new failures in a snapshot."""
        for path in snapshot.failures:
            if len(self._wanted) >= MAX_FAILURES:
                return
            if len(path) == CUBE_DEPTH and path not in self._wanted:
                self._wanted.append(path)
                self._began_at = self._timing.now()
                cube = cube_path(snapshot, path)
                work = self._find(path, cube, snapshot.status_of(path))
                task = asyncio.ensure_future(work)
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def text(self, path: Path) -> str:
        """The likely cause of a failure in one line, inert; "" if it is not known, or not yet."""
        return self._texts.get(path, "")

    @property
    def known(self) -> Sequence[tuple[Path, str]]:
        """The failures whose cause is known, the first ones first."""
        return [(path, self._texts[path]) for path in self._wanted if path in self._texts]

    @property
    def is_looking(self) -> bool:
        """Whether a cause is being looked for, so that announcing a failure may wait."""
        return bool(self._tasks) and self._timing.now() - self._began_at < WORTH_WAITING

    async def settled(self, seconds: float) -> None:
        """Waits until all that is looked for is known, but no longer than so many seconds."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _find(self, path: Path, cube: CubePath, cube_status: str) -> None:
        await self._timing.sleep(SETTLE)
        found = await self._logs.diagnosis(cube, cube_status)
        if found.cause:
            self._texts[path] = found.cause
        self._on_change()


def cube_path(snapshot: Snapshot, path: Path) -> CubePath:
    """The slugs of a run and of the cube at a path in it: the keys of a path differ from them
    where two nodes are called the same."""
    workflow, task, cube = (snapshot.items[path[: depth + 1]].slug for depth in range(CUBE_DEPTH))
    return (snapshot.run.slug, workflow, task, cube)
