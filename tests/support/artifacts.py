"""Artifacts as an API would tell of them, an API that counts who asks, and a session with both."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cubewatch.api.client import CubePath
from cubewatch.api.download import OnProgress
from cubewatch.api.errors import ApiError
from cubewatch.artifacts.downloads import AT_ONCE, Fetcher
from cubewatch.model.artifact_path import Parts
from cubewatch.model.decode import read
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Artifact, ArtifactDates, CubeArtifacts, Run
from cubewatch.runtime.clock import Timing
from cubewatch.session import Session
from cubewatch.settings import Settings
from cubewatch.text.sanitize import inert
from tests.support.polling import HandTiming
from tests.support.runs import BEGIN

if TYPE_CHECKING:
    from cubewatch.api.client import Client

REPO = RepoSlug("acme", "shop")
UNIT: CubePath = ("142", "release", "build", "unit")
PACK: CubePath = ("142", "release", "build", "pack")


def artifact(local_path: str, url: str = "", status: str = "success") -> Artifact:
    """An artifact as it is after reading: inert."""
    dates = ArtifactDates(registered_at=BEGIN, obtained_at=BEGIN if status == "success" else None)
    return Artifact(local_path=inert(local_path), status=status, download_url=url, dates=dates)


class ArtifactApi:
    """`cubes` are its answers; `requests` the requested cubes, `at` when they came."""

    def __init__(self, timing: Timing, cubes: dict[CubePath, list[Artifact] | ApiError]) -> None:
        self.timing = timing
        self.cubes = cubes
        self.tree: Run | None = None
        self.requests: list[CubePath] = []
        self.at: list[float] = []

    async def cube_artifacts(self, repo: RepoSlug, cube: CubePath) -> CubeArtifacts:
        assert repo == REPO
        self.requests.append(cube)
        self.at.append(self.timing.now())
        answer = self.cubes[cube]
        if isinstance(answer, ApiError):
            raise answer
        return CubeArtifacts(tuple(answer))

    async def run(self, repo: RepoSlug, slug: str) -> Run:
        assert (repo, slug) == (REPO, "142")
        return self.tree or read(Run, b'{"slug": "142"}')

    async def close(self) -> None:
        """As a client has it."""


class LettingTiming(HandTiming):
    """Time by hand that lets others go on meanwhile."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        await super().sleep(seconds)


class StillTiming(HandTiming):
    """Time that stands still; who waits for it goes on at once, or when woken."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

    async def wait(self, wake: asyncio.Event, seconds: float | None) -> None:
        await wake.wait()


class Script:
    """Brings files by a script: how each one ends, by its name; a list is used up in order.

    `full`: as many are on their way as may be. None ends before `go_on`.
    """

    def __init__(self, **ends: ApiError | list[ApiError | None]) -> None:
        self.ends = ends
        self.urls: list[str] = []
        self.on_progress: dict[str, OnProgress] = {}
        self.running = 0
        self.most = 0
        self.full = asyncio.Event()
        self.go_on = asyncio.Event()

    async def download(
        self, url: str, folder: Path, parts: Parts, source: str, on_progress: OnProgress
    ) -> Path:
        self.urls.append(url)
        self.on_progress[parts[-1]] = on_progress
        self.running += 1
        self.most = max(self.most, self.running)
        if self.running == AT_ONCE:
            self.full.set()
        try:
            on_progress(1, 10)
            await self.go_on.wait()
            end = self.ends.get(parts[-1])
            if isinstance(end, list):
                end = end.pop(0)
            if end:
                raise end
            return folder.joinpath(*parts)
        finally:
            self.running -= 1


def session_of(api: ArtifactApi, fetcher: Fetcher) -> Session:
    """A session that lists artifacts with `api` and downloads them with `fetcher`."""
    client = cast("Client", api)
    return Session(Settings(REPO), client=lambda _: client, fetcher=fetcher, timing=api.timing)
