"""ArtifactList: the artifacts of cubes, requested one cube at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Protocol

from cubewatch.api.client import CubePath
from cubewatch.api.download_errors import UnfitError
from cubewatch.api.errors import ApiError, Refused
from cubewatch.model import status
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Artifact, CubeArtifacts, Run
from cubewatch.runtime.clock import Timing
from cubewatch.watch.cadence import MIN_GAP, Failures

MAX_REFUSALS = 4
"""How many 401, 403 and 404 in a row are believed: the run itself was not refused."""


@dataclass(frozen=True, slots=True)
class ArtifactKey:
    """The key of an artifact: the `number`th (from 0) of its cube with that path."""

    cube: CubePath
    local_path: str
    number: int = 0

    def __str__(self) -> str:
        return f"{'/'.join(self.cube)}/{self.local_path}#{self.number}"


class ArtifactSource(Protocol):
    """The source of lists of artifacts: `Client`, or a script in a test."""

    async def cube_artifacts(self, repo: RepoSlug, cube: CubePath) -> CubeArtifacts: ...


class ArtifactList:
    """The artifacts of a repository's cubes, as the server lists them now."""

    def __init__(self, source: ArtifactSource, repo: RepoSlug, timing: Timing) -> None:
        self.repo = repo
        self._source = source
        self._timing = timing
        self._one_at_a_time = asyncio.Lock()
        self._next = timing.now()
        self._refusals = Failures()

    async def of(self, cube: CubePath) -> dict[ArtifactKey, Artifact]:
        """The artifacts of one cube. Raises ApiError.

        A refusal may be an accident: it is believed after MAX_REFUSALS in a row, those of other
        cubes then at once."""
        while True:
            try:
                keyed = await self._request(cube)
            except Refused as error:
                self._refusals.add(error, self._timing.now())
                if self._refusals.count >= MAX_REFUSALS:
                    raise
                await self._timing.sleep(self._refusals.wait(error, self._timing.chance()))
            else:
                self._refusals.clear()
                return keyed

    async def _request(self, cube: CubePath) -> dict[ArtifactKey, Artifact]:
        async with self._one_at_a_time:
            await self._timing.sleep(self._next - self._timing.now())
            try:
                found = await self._source.cube_artifacts(self.repo, cube)
            finally:
                self._next = self._timing.now() + MIN_GAP
        keyed: dict[ArtifactKey, Artifact] = {}
        numbers: dict[str, int] = {}
        for artifact in found.artifacts:
            number = numbers[artifact.local_path] = numbers.get(artifact.local_path, -1) + 1
            keyed[ArtifactKey(cube, artifact.local_path, number)] = artifact
        return keyed

    async def each(
        self, cubes: Iterable[CubePath]
    ) -> AsyncIterator[tuple[CubePath, "dict[ArtifactKey, Artifact] | ApiError"]]:
        """Every cube with its artifacts, or with why they are not known."""
        for cube in cubes:
            try:
                yield cube, await self.of(cube)
            except ApiError as error:
                yield cube, error

    async def fresh_url(self, key: ArtifactKey) -> str:
        """An address to download from that was made a moment ago. Raises ApiError."""
        artifact = (await self.of(key.cube)).get(key)
        if artifact is None:
            raise UnfitError("the cube does not keep this artifact any more")
        if not artifact.download_url:
            raise UnfitError(f"there is nothing to download: {artifact.status or 'no address'}")
        return artifact.download_url


def cubes_with_artifacts(run: Run, under: tuple[str, ...] = ()) -> list[CubePath]:
    """The cubes below `under` (slugs of a workflow, a task, a cube) that may keep something.

    Those whose artifacts the run itself lists; where it lists none at all, which a server may do
    to be brief, all that have begun.
    """
    cubes = [
        ((run.slug, workflow.slug, task.slug, cube.slug), cube)
        for workflow in run.workflows
        for task in workflow.tasks
        for cube in task.cubes
        if (workflow.slug, task.slug, cube.slug)[: len(under)] == under
    ]
    listed = [path for path, cube in cubes if cube.artifacts]
    unbegun = (status.CREATED, status.SKIPPED, "")
    return listed or [path for path, cube in cubes if cube.status not in unbegun]
