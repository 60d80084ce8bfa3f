"""Which run is meant where none is named."""

from typing import Protocol

from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run, RunPage


class RunLister(Protocol):
    """Where the newest runs come from: `Client`, or a script in a test."""

    async def runs(self, repo: RepoSlug, *, page_size: int) -> RunPage: ...


async def newest_run(lister: RunLister, repo: RepoSlug) -> Run | None:
    """The newest run of `repo`, without its tasks; None if there is none. Raises ApiError."""
    page = await lister.runs(repo, page_size=1)
    return next((run for run in page.runs if run.slug), None)
