"""LogStore: the logs that were looked at, kept while the person moves between cubes."""

import asyncio
from collections.abc import Awaitable, Callable

from cubewatch.logs.diagnosis import Diagnosis, diagnose
from cubewatch.logs.reader import CubePath, LogReader, LogSource
from cubewatch.logs.spool import SpoolPool
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run
from cubewatch.runtime.clock import Timing


class LogStore:
    """Hands out the same LogReader for the same cube: going back costs no request. Each run has
    its own limit. `source` gives the client when it is first needed."""

    def __init__(
        self, source: Callable[[], Awaitable[LogSource]], repo: RepoSlug, timing: Timing
    ) -> None:
        self._source = source
        self._repo = repo
        self._timing = timing
        self._pools: dict[str, SpoolPool] = {}
        self._logs: dict[CubePath, LogReader] = {}
        self._diagnoses: dict[CubePath, Diagnosis] = {}
        self._diagnosing = asyncio.Lock()

    def log(self, cube: CubePath, *, fresh: bool = False) -> LogReader:
        """The log of a cube as far as it is here; what is missing is read by its `updates`.

        `fresh`: one that was given up, or dropped to make room, is read again from its beginning.
        """
        known = self._logs.get(cube)
        if known is None or (fresh and known.is_over):
            pool = self._pools.setdefault(cube[0], SpoolPool())
            cube_status = ""
            if known is not None:
                cube_status = known.cube_status
                pool.drop(known.spool)
            known = self._logs[cube] = LogReader(self._source, self._repo, cube, self._timing, pool)
            known.cube_is(cube_status)
        return known

    def run_is(self, run: Run) -> None:
        """Passes the statuses of a run's cubes on: a cube that has ended writes no more."""
        logs = {path: log for path, log in self._logs.items() if path[0] == run.slug}
        for workflow in run.workflows if logs else ():
            for task in workflow.tasks:
                for cube in task.cubes:
                    path = (run.slug, workflow.slug, task.slug, cube.slug)
                    if path in logs:
                        logs[path].cube_is(cube.status)

    async def diagnosis(
        self, cube: CubePath, cube_status: str, *, thorough: bool = False
    ) -> Diagnosis:
        """The diagnosis of a cube by its log. One log at a time is read, and once only.
        `thorough`: more of a long one whose end names no cause."""
        async with self._diagnosing:
            known = self._diagnoses.get(cube)
            if known is None or known.trouble or (thorough and not known.is_clear):
                log = self.log(cube, fresh=self.log(cube).spool.dropped)
                log.cube_is(cube_status)
                known = self._diagnoses[cube] = await diagnose(log, thorough=thorough)
            return known

    def close(self) -> None:
        """Gives the disk space back."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()
        self._logs.clear()
        self._diagnoses.clear()
