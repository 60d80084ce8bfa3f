"""A run with the logs of its cubes, and a session that knows no other."""

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from cubewatch.api.errors import ApiError, Refused, ServerTrouble
from cubewatch.logs.reader import CubePath
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import LogPage, Run
from cubewatch.session import Session
from cubewatch.settings import Settings
from tests.support.logs import MISSING
from tests.support.polling import REPO, HandTiming
from tests.support.runs import cube, read, run, task, workflow

if TYPE_CHECKING:
    from cubewatch.api.client import Client

Log = list[str | LogPage] | ApiError
"""The pages of a log: texts are complete, the last text is all; or what is answered instead."""

UNIT: CubePath = ("142", "release", "build", "unit")
LINT: CubePath = ("142", "release", "build", "lint")
SMOKE: CubePath = ("142", "release", "e2e", "smoke")
LOAD: CubePath = ("142", "release", "e2e", "load")
WAITING: CubePath = ("142", "release", "deploy", "push")
DENIED = Refused("access is denied (403)", status=403)
DOWN = ServerTrouble("the server is down (502)", status=502)


def small_run(load: str = "processing") -> Run:
    """Four cubes that have run or run, and two that have not."""
    build = task("build", "failed", cube("unit", "failed"), cube("lint", "success"))
    e2e = task("e2e", "processing", cube("smoke", "success"), cube("load", load))
    deploy = task("deploy", "created", cube("push", "created"), cube("tell", "skipped"))
    return read(run("processing", workflow("release", "processing", build, e2e, deploy)))


class LogServer:
    """A server with logs, and a `session` that gets them there. Notes the requests (when, which
    page of which) and how many there were at once (`most`); those for the cube `held` get no
    answer."""

    def __init__(self, logs: dict[CubePath, Log]) -> None:
        self.timing = HandTiming()
        self.session = Session(
            Settings(REPO), client=lambda _: cast("Client", self), timing=self.timing
        )
        self.logs = logs
        self.requests: list[tuple[float, CubePath, int]] = []
        self.held: CubePath | None = None
        self.called = asyncio.Event()
        self.running = 0
        self.most = 0

    async def close(self) -> None:
        """Nothing is open."""

    @property
    def gaps(self) -> list[float]:
        return [later - sooner for (sooner, *_), (later, *_) in pairwise(self.requests)]

    @property
    def cubes(self) -> list[CubePath]:
        return [cube for _, cube, _ in self.requests]

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> LogPage:
        assert repo == REPO
        self.requests.append((self.timing.now(), cube, page))
        self.running += 1
        self.called.set()
        self.most = max(self.most, self.running)
        try:
            if cube == self.held:
                await asyncio.Event().wait()
            await asyncio.sleep(0)
        finally:
            self.running -= 1
        log = self.logs[cube]
        if isinstance(log, ApiError):
            raise log
        if page > len(log):
            raise MISSING
        text = log[page - 1]
        return text if isinstance(text, LogPage) else LogPage(text, True, page == len(log))
