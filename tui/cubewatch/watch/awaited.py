"""Looks for runs that are still to be found: those of a commit, and the next that begins.

No object of the CI names a commit. A pull request does, and its merge checks name its runs; else
the newest push run of the right person is a guess, and is called one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from cubewatch.api.errors import Refused
from cubewatch.model.around import MergeChecks, PullRequestPage, User
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run, RunPage
from cubewatch.model.status import FINAL
from cubewatch.settings import AwaitedRun

LOOK_INTERVAL = 5.0
"""Seconds between two looks."""
NEWEST = 20
"""Runs of a list that are looked at."""
MAX_PULLS = 20
CLOCK_SLACK = timedelta(seconds=5)
"""How much the clocks of this machine and the server may differ after correction."""
LIST_LAG = timedelta(minutes=1)
"""A run that had ended for so long at the first look is not the next one, even if the server that
was looked at first did not know it."""


class AwaitedSource(Protocol):
    """The source of runs, pull requests and the person's name: `Client`, or a script."""

    @property
    def server_ahead(self) -> timedelta: ...

    async def runs(self, repo: RepoSlug, *, page_size: int) -> RunPage: ...
    async def user(self) -> User: ...
    async def pull_requests(
        self, repo: RepoSlug, source_branch: str, *, page_size: int
    ) -> PullRequestPage: ...
    async def merge_checks(self, repo: RepoSlug, pull_slug: str) -> MergeChecks: ...


@dataclass(frozen=True, slots=True)
class AwaitedCommit:
    """A commit to find the runs of: full hash, its branch ("" if none is checked out), and when it
    was made, by this machine's clock."""

    hash: str
    branch: str = ""
    made_at: datetime | None = None

    @property
    def short(self) -> str:
        return self.hash[:7]


@dataclass(frozen=True, slots=True)
class Sighting:
    """The result of one look: the slugs of the runs, newest first, none if there are none yet.
    `note` says, in one line, how they are known or what is still missing."""

    slugs: tuple[str, ...]
    note: str
    exact: bool = True


class NoCommitError(Exception):
    """There is no commit to find a run of; `str()` of it is one line that says what to do."""


class CommitLook:
    """Looks for the runs of a commit, in two requests at most.

    As long as there is a pull request of the branch, only what its merge checks name counts.
    Without one, or where they are refused, it is a guess.
    """

    def __init__(self, source: AwaitedSource, repo: RepoSlug, commit: AwaitedCommit) -> None:
        self._source = source
        self._repo = repo
        self._commit = commit
        self._user: User | None = None

    async def __call__(self) -> Sighting:
        """Raises ApiError."""
        commit = self._commit
        if commit.branch:
            try:
                page = await self._source.pull_requests(
                    self._repo, commit.branch, page_size=MAX_PULLS
                )
            except Refused:
                page = PullRequestPage()
            pulls = [pull for pull in page.pull_requests if pull.slug]
            for pull in pulls:
                if _same_commit(pull.source.sha, commit.hash):
                    return await self._of_pull(pull.slug)
            if pulls:
                names = ", ".join(f"#{pull.slug}" for pull in pulls[:3])
                return Sighting((), f"pull request {names} is not at {commit.short} yet")
        return await self._guess()

    async def _of_pull(self, slug: str) -> Sighting:
        checks = await self._source.merge_checks(self._repo, slug)
        if not checks.run_slugs:
            return Sighting((), f"pull request #{slug} is at {self._commit.short}, without a run")
        newest_first = tuple(sorted(checks.run_slugs, key=_number, reverse=True))
        return Sighting(newest_first, f"of {self._commit.short}, by pull request #{slug}")

    async def _guess(self) -> Sighting:
        commit = self._commit
        if self._user is None:
            try:
                self._user = await self._source.user()
            except Refused:
                self._user = User()
        user = self._user
        page = await self._source.runs(self._repo, page_size=NEWEST)
        since = commit.made_at - CLOCK_SLACK + self._source.server_ahead if commit.made_at else None
        by = f" by {user.username}" if user.username else ""
        after = f" since {commit.made_at.astimezone():%H:%M:%S}" if commit.made_at else ""
        for run in page.runs:
            created = run.dates.created_at or run.dates.started_at
            if (
                run.slug
                and run.event_type == "push"
                and (not (user.id or user.username) or user.started(run))
                and (since is None or (created is not None and created >= since))
            ):
                note = f"a guess: the newest push run{by}{after}; nothing names its commit"
                return Sighting((run.slug,), note, exact=False)
        return Sighting((), f"no push run{by}{after} yet")


@dataclass(frozen=True, slots=True)
class NextRunCriteria:
    """The criteria for the run to wait for: empty texts fit every run. `by` is a user's name, or
    `me`."""

    workflow: str = ""
    by: str = ""
    event: str = ""


class NextLook:
    """Looks for a run that began after the first look, in one request."""

    def __init__(self, source: AwaitedSource, repo: RepoSlug, criteria: NextRunCriteria) -> None:
        self._source = source
        self._repo = repo
        self._criteria = criteria
        self._known: set[str] | None = None
        self._user: User | None = None
        self._since: datetime | None = None

    async def __call__(self) -> Sighting:
        """Raises ApiError."""
        if self._user is None:
            mine = self._criteria.by == "me"
            self._user = await self._source.user() if mine else User(username=self._criteria.by)
        page = await self._source.runs(self._repo, page_size=NEWEST)
        slugs = {run.slug for run in page.runs}
        if self._known is None or self._since is None:
            self._known = slugs
            self._since = datetime.now(UTC) + self._source.server_ahead
        fitting = [run for run in page.runs if run.slug not in self._known and self._fits(run)]
        undecided = [run for run in fitting if self._is_undecided(run)]
        self._known |= slugs - {run.slug for run in undecided}
        decided = [run for run in fitting if run not in undecided]
        if decided:
            return Sighting((decided[-1].slug,), "the first that has begun since")
        return Sighting((), "no such run has begun yet")

    def _fits(self, run: Run) -> bool:
        criteria, ended = self._criteria, run.dates.finished_at
        if run.status in FINAL and ended and self._since and ended < self._since - LIST_LAG:
            return False
        if criteria.event and run.event_type != criteria.event:
            return False
        if criteria.by and not (self._user and self._user.started(run)):
            return False
        names = {workflow.slug for workflow in run.workflows}
        return not criteria.workflow or not names or criteria.workflow in names

    def _is_undecided(self, run: Run) -> bool:
        """Whether the workflows of a run that was only just created are still to come."""
        return bool(self._criteria.workflow) and not run.workflows and run.status == "created"


def look_for(
    source: AwaitedSource, repo: RepoSlug, awaited: AwaitedRun, commit: AwaitedCommit | None
) -> CommitLook | NextLook:
    """The look for an awaited run; `commit` is what is checked out here, None if nothing is. Raises
    NoCommitError."""
    if not awaited.head:
        return NextLook(source, repo, NextRunCriteria(awaited.workflow, awaited.by, awaited.event))
    if commit is None:
        raise NoCommitError(f"--head needs a clone of {repo} with a commit: go into one")
    return CommitLook(source, repo, commit)


async def find_successor(source: AwaitedSource, repo: RepoSlug, run: Run) -> Run | None:
    """The newest run that looks like a restart of `run`: event `restart`, the same workflows,
    created after it ended. One request. Raises ApiError."""
    ended = run.dates.finished_at or run.dates.updated_at
    names = {workflow.slug for workflow in run.workflows}
    page = await source.runs(repo, page_size=NEWEST)
    for other in page.runs:
        created = other.dates.created_at or other.dates.started_at
        if other.event_type != "restart" or other.slug == run.slug or not other.slug:
            continue
        same = not other.workflows or {workflow.slug for workflow in other.workflows} <= names
        if same and created and (ended is None or created >= ended - CLOCK_SLACK):
            return other
    return None


def _same_commit(sha: str, commit: str) -> bool:
    """Whether two hashes, one of which may be shortened, name one commit."""
    one, other = sha.strip().lower(), commit.lower()
    return len(one) >= 7 and (other.startswith(one) or one.startswith(other))


def _number(slug: str) -> tuple[int, str]:
    return (len(slug.lstrip("0")), slug.lstrip("0")) if slug.isdigit() else (0, slug)
