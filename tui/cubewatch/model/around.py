"""Users, pull requests, repositories and quotas of the SourceCraft contract.

Read with the same tolerance as runs, and made inert the same way.
"""

from dataclasses import dataclass
from typing import Annotated

from cubewatch.model.lenient import Flag, Float, Lenient, Line, Moment, RawName, Readable
from cubewatch.model.repository import RepoError, RepoSlug
from cubewatch.model.run import NO_USER, Repository, Run, UserEmbedded


@dataclass(frozen=True, slots=True)
class User:
    """The user that a token belongs to. There is no slug: `username` may be what runs call
    `user.slug`."""

    id: Line = ""
    username: Line = ""
    display_name: Line = ""

    def started(self, run: Run) -> bool:
        """Whether the run was started by this user: by id where both have one, else by name."""
        if self.id and run.user.id:
            return self.id == run.user.id
        return bool(self.username) and self.username.lower() == run.user.slug.lower()


@dataclass(frozen=True, slots=True)
class PullRequestBranch:
    """One side of a pull request. `sha` is its newest commit, 40 hex digits; `ref` its branch."""

    label: Line = ""
    ref: RawName = ""
    sha: Line = ""


NO_BRANCH = PullRequestBranch()


@dataclass(frozen=True, slots=True)
class PullRequest:
    """`status` is draft, open, discarded, merging, merged or one that is new."""

    slug: Line = ""
    title: Line = ""
    status: Line = ""
    author: Annotated[UserEmbedded, Lenient(NO_USER)] = NO_USER
    source: Annotated[PullRequestBranch, Lenient(NO_BRANCH)] = NO_BRANCH
    target: Annotated[PullRequestBranch, Lenient(NO_BRANCH)] = NO_BRANCH


@dataclass(frozen=True, slots=True)
class PullRequestPage:
    pull_requests: Annotated[tuple[Annotated[PullRequest, Readable()], ...], Lenient(())] = ()
    next_page_token: RawName = ""


@dataclass(frozen=True, slots=True)
class WorkflowCheck:
    """The merge check of one workflow; after a restart those of one pull request may belong to
    different runs."""

    run_slug: Line = ""
    workflow_slug: Line = ""
    status: Line = ""
    disabled: Flag = False
    created_at: Moment = None


@dataclass(frozen=True, slots=True)
class MergeChecks:
    """The merge checks of a pull request; here only its workflows."""

    ci_workflows: Annotated[tuple[Annotated[WorkflowCheck, Readable()], ...], Lenient(())] = ()

    @property
    def run_slugs(self) -> tuple[str, ...]:
        """The runs that the workflows belong to, each once, in the order they are named."""
        checks = (check for check in self.ci_workflows if not check.disabled)
        return tuple(dict.fromkeys(check.run_slug for check in checks if check.run_slug))


@dataclass(frozen=True, slots=True)
class RepositoryPage:
    """A page of repositories, in no promised order. An empty `next_page_token` is the end; a full
    one may lead to an empty page."""

    repositories: Annotated[tuple[Annotated[Repository, Readable()], ...], Lenient(())] = ()
    next_page_token: RawName = ""

    @property
    def slugs(self) -> tuple[RepoSlug, ...]:
        """The names of those that have one that can be used in an address."""
        found = []
        for repository in self.repositories:
            try:
                found.append(RepoSlug.parse(f"{repository.organization.slug}/{repository.slug}"))
            except RepoError:
                continue
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota as the server names it, without a unit. `limit` 0 or None: nothing is known."""

    quota_id: Line = ""
    usage: Float = None
    limit: Float = None


@dataclass(frozen=True, slots=True)
class Quotas:
    quotas: Annotated[tuple[Annotated[Quota, Readable()], ...], Lenient(())] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """`status` is draft, published, discarded or one that is new."""

    tag: RawName = ""
    status: Line = ""
    released_at: Moment = None
