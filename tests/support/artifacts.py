"""Artifacts as an API would tell of them, and an API that counts who asks."""

from tests.support.runs import BEGIN
from tui.api.client import CubePath
from tui.api.errors import ApiError
from tui.domain.reading import read
from tui.domain.repository import RepoSlug
from tui.domain.run import Artifact, ArtifactDates, CubeArtifacts, Run
from tui.watch.timing import Timing

REPO = RepoSlug("acme", "shop")
UNIT: CubePath = ("142", "release", "build", "unit")
PACK: CubePath = ("142", "release", "build", "pack")


def artifact(local_path: str, url: str = "", status: str = "success") -> Artifact:
    dates = ArtifactDates(registered_at=BEGIN, obtained_at=BEGIN if status == "success" else None)
    return Artifact(local_path=local_path, status=status, download_url=url, dates=dates)


class ArtifactApi:
    """`cubes` are its answers; `asked` the cubes of its requests, `at` when they came."""

    def __init__(self, timing: Timing, cubes: dict[CubePath, list[Artifact] | ApiError]) -> None:
        self.timing = timing
        self.cubes = cubes
        self.tree: Run | None = None
        self.asked: list[CubePath] = []
        self.at: list[float] = []

    async def cube_artifacts(self, repo: RepoSlug, cube: CubePath) -> CubeArtifacts:
        assert repo == REPO
        self.asked.append(cube)
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
