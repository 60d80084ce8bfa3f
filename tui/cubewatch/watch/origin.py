"""RunOrigin: the branch, the commit and the title of a run that checks a pull request. No object
of the CI names them, but the pull request does."""

from typing import NamedTuple, Protocol

from cubewatch.model.around import MergeChecks, PullRequest
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run
from cubewatch.text.sanitize import inert

SHORT_HASH = 7


class OriginSource(Protocol):
    """A source of pull requests: `Client`, or a script."""

    async def pull_request(self, repo: RepoSlug, pull_slug: str) -> PullRequest: ...
    async def merge_checks(self, repo: RepoSlug, pull_slug: str) -> MergeChecks: ...


class RunOrigin(NamedTuple):
    """The pull request with its title, its branch, and the short hash of the commit; "" for what is
    not known. All inert."""

    pull: str
    title: str
    branch: str
    commit: str


async def find_origin(source: OriginSource, repo: RepoSlug, run: Run) -> RunOrigin | None:
    """The origin of a run; None if it checks no pull request. The commit is known only while the
    run is the newest of its pull request. Two requests. Raises ApiError."""
    if run.pull is None or not run.pull.slug:
        return None
    pull = await source.pull_request(repo, run.pull.slug)
    checks = await source.merge_checks(repo, run.pull.slug)
    is_newest = run.slug in checks.run_slugs
    branch = inert(pull.source.ref.removeprefix("refs/heads/"))
    return RunOrigin(
        run.pull.slug, pull.title, branch, pull.source.sha[:SHORT_HASH] if is_newest else ""
    )
