"""The logs that were looked at, kept while the person moves between cubes."""

from collections.abc import Awaitable, Callable

from cubewatch.logs.follow import CubePath, LogFollow, LogSource
from cubewatch.logs.spool import SpoolPool
from cubewatch.model.repository import RepoSlug
from cubewatch.runtime.clock import Timing


class LogStore:
    """Hands out the same LogFollow for the same cube: going back costs no request. Each run has
    its own limit. `source` gives the client when it is first needed."""

    def __init__(
        self, source: Callable[[], Awaitable[LogSource]], repo: RepoSlug, timing: Timing
    ) -> None:
        self._source = source
        self._repo = repo
        self._timing = timing
        self._pools: dict[str, SpoolPool] = {}
        self._logs: dict[CubePath, LogFollow] = {}

    def log(self, cube: CubePath, *, anew: bool = False) -> LogFollow:
        """The log of a cube as far as it is here; what is missing is read by its `updates`.

        `anew`: one that was given up, or that gave way to others, is begun again.
        """
        known = self._logs.get(cube)
        if known is None or (anew and known.is_over):
            if known is not None:
                known.spool.drop()
            pool = self._pools.setdefault(cube[0], SpoolPool())
            known = self._logs[cube] = LogFollow(self._source, self._repo, cube, self._timing, pool)
        return known

    def close(self) -> None:
        """Gives the disk space back."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()
        self._logs.clear()
