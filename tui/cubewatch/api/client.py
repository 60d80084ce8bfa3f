"""The client: one method for each call of the SourceCraft CI API that cubewatch makes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import httpx

from cubewatch.api.errors import ApiError, BadAnswer, NotJson, Refused
from cubewatch.api.exchange import Answer, Exchange, Limits
from cubewatch.api.retry import retrying
from cubewatch.model.around import (
    MergeChecks,
    PullRequest,
    PullRequestPage,
    Quotas,
    Release,
    RepositoryPage,
    User,
)
from cubewatch.model.decode import UnreadableError, holds_foreign_fields, read, read_run
from cubewatch.model.repository import RepoId, RepoSlug, segment
from cubewatch.model.run import (
    BranchPage,
    CubeArtifacts,
    LogPage,
    Repository,
    Run,
    RunPage,
    TagPage,
)
from cubewatch.model.secrecy import secrets_of
from cubewatch.runtime.clock import Timing
from cubewatch.settings import Secret

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest

__all__ = ["Answer", "Client", "CubePath", "Limits", "run_in", "runs_in"]

T = TypeVar("T")

LIMITS = Limits()
TIMING = Timing()

START_SLACK = timedelta(minutes=1)
"""How much earlier than the request the server may say that its run was created."""

CubePath = tuple[str, str, str, str]
"""The slugs of a run, a workflow, a task and a cube: what names a cube."""


class GrowingPage(NamedTuple):
    """The last page of a log, and the ETag of its state."""

    target: str
    etag: str
    page: LogPage


NO_PAGE = GrowingPage("", "", LogPage())


class Client:
    """Calls to one API with one token, which goes to no other host.

    Every method raises ApiError and nothing else. What reads is tried up to three times within
    the deadline, but for `run_answer`; the POST is never repeated. Raises ValueError for an
    address, a token, a proxy or certificates that can't be used.
    """

    def __init__(
        self,
        api_url: str,
        token: Secret,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        limits: Limits = LIMITS,
        timing: Timing = TIMING,
        renew_token: Callable[[], Secret] | None = None,
    ) -> None:
        """`renew_token` looks for the token again, in a thread, once the server refuses it."""
        self._exchange = Exchange(api_url, token, transport, limits, timing, renew_token)
        self._deadline = limits.deadline
        self._tries = limits.tries
        self._timing = timing
        self._growing_page = NO_PAGE

    def __repr__(self) -> str:
        return f"Client({self._exchange.host!r})"

    @property
    def server_ahead(self) -> timedelta:
        """The difference of the server's clock to ours, by its last answer with a `Date`; exact to
        a second or so, as `Date` has whole seconds."""
        return self._exchange.server_ahead

    @property
    def notable_headers(self) -> dict[str, str]:
        """The last value of every header seen that says how a client may behave: ETag, Date,
        Retry-After, limits of the rate; names in lower case, texts inert."""
        return self._exchange.notable_headers

    async def close(self) -> None:
        """Closes the connections; calls that are under way fail."""
        await self._exchange.close()

    async def renew(self) -> None:
        """Replaces connections that may be dead, as after a sleep of the machine, with new ones.

        After an error that may lie in the connection, calls do so by themselves.
        """
        await self._exchange.renew()

    async def run_workflows(self, repo: RepoSlug | RepoId, request: "RunRequest") -> Run:
        """Starts a run: one POST, once. An error with `sent` may have started it all the same. What
        the server's clock was before decides whether the run in the answer is a new one: an old
        answer has an old `Date`, too."""
        path = f"{repo.api_path}/cicd/runs"
        sent_at = datetime.now(UTC)
        known = sent_at + self.server_ahead if self._exchange.knows_clock else None
        try:
            answer = await self._exchange.once("POST", path, request.body(), seconds=self._deadline)
        except ApiError as error:
            error.hide(secrets_of(request))
            if error.status == HTTPStatus.UNAUTHORIZED:
                await self._exchange.renew_token()
            raise
        run = _parsed(lambda: read_run(answer.body), answer, sent=True)
        server_time = known or answer.server_time
        earliest = min(sent_at, server_time) if server_time else None
        if _is_of_another_request(run, request, earliest):
            raise BadAnswer("the answer is about another run", status=200, sent=True)
        return run

    async def runs(
        self, repo: RepoSlug | RepoId, *, page_size: int, page_token: str = ""
    ) -> RunPage:
        """A page of the runs, newest first; the first page without a token."""
        return await self._read(RunPage, f"{repo.api_path}/cicd/runs", _page(page_size, page_token))

    async def runs_answer(
        self, repo: RepoSlug | RepoId, *, page_size: int, page_token: str = "", etag: str = ""
    ) -> Answer:
        """A page of the runs as it came, by exactly one request; `runs_in` reads it. `etag`: that
        of the last answer, so that a list in the same state needs no body."""
        target = _target(f"{repo.api_path}/cicd/runs", _page(page_size, page_token))
        return await self._exchange.once("GET", target, seconds=self._deadline, etag=etag)

    async def run(self, repo: RepoSlug, slug: str) -> Run:
        return run_in(await self._get(_run_path(repo, slug)), slug)

    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer:
        """A run as it came, by one request; `run_in` reads it. `etag`: that of the last answer,
        so that a run in the same state needs no body."""
        return await self._get_once(_run_path(repo, slug), self._deadline, etag)

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> LogPage:
        """A page of a cube's log, counted from 1; not inert. One that grows is not sent again
        where it is as it was the last time and the server names its states by ETags."""
        target = _target(_cube_path(repo, "logs", cube), {"page": str(page)})
        known = self._growing_page if target == self._growing_page.target else NO_PAGE
        answer = await self._get(target, known.etag)
        if answer.not_modified:
            return known.page
        found = _read_answer(LogPage, answer)
        grows = answer.etag and not found.page_complete
        self._growing_page = GrowingPage(target, answer.etag, found) if grows else NO_PAGE
        return found

    async def cube_artifacts(self, repo: RepoSlug, cube: CubePath) -> CubeArtifacts:
        return await self._read(CubeArtifacts, _cube_path(repo, "artifacts", cube))

    async def branches(
        self, repo: RepoSlug, containing: str = "", *, page_size: int, page_token: str = ""
    ) -> BranchPage:
        """Branches whose names hold the text `containing`."""
        query = _page(page_size, page_token, containing)
        return await self._read(BranchPage, f"{repo.api_path}/branches", query)

    async def tags(
        self, repo: RepoSlug, containing: str = "", *, page_size: int, page_token: str = ""
    ) -> TagPage:
        """Tags whose names hold the text `containing`."""
        query = _page(page_size, page_token, containing)
        return await self._read(TagPage, f"{repo.api_path}/tags", query)

    async def repository(self, repo: RepoSlug) -> Repository:
        return await self._read(Repository, repo.api_path)

    async def user(self) -> User:
        """The user that the token belongs to."""
        return await self._read(User, "/user")

    async def my_repositories(self, *, page_size: int, page_token: str = "") -> RepositoryPage:
        """A page of the repositories that the token's owner has to do with; refused for some."""
        return await self._read(RepositoryPage, "/me/repos", _page(page_size, page_token))

    async def pull_requests(
        self, repo: RepoSlug, source_branch: str, *, page_size: int
    ) -> PullRequestPage:
        """The open pull requests that come from a branch."""
        name = source_branch.replace("\\", "\\\\").replace('"', '\\"')
        query = _page(page_size, "", f'status=open and source_branch="{name}"')
        return await self._read(PullRequestPage, f"{repo.api_path}/pulls", query)

    async def pull_request(self, repo: RepoSlug, pull_slug: str) -> PullRequest:
        return await self._read(PullRequest, f"{repo.api_path}/pulls/{segment(pull_slug)}")

    async def merge_checks(self, repo: RepoSlug, pull_slug: str) -> MergeChecks:
        path = f"{repo.api_path}/pulls/{segment(pull_slug)}/merge-checks"
        return await self._read(MergeChecks, path)

    async def quotas(self, org: str) -> Quotas:
        """The quotas of an organization and their usage; each is named by a raw id."""
        return await self._read(Quotas, f"/orgs/{segment(org)}/quotas")

    async def my_quotas(self, org: str) -> Quotas:
        return await self._read(Quotas, f"/orgs/{segment(org)}/personal-quotas/me")

    async def latest_release(self, repo: RepoSlug) -> Release:
        """The newest release; a repository without one answers 404."""
        return await self._read(Release, f"{repo.api_path}/releases/latest")

    async def _read(self, kind: type[T], path: str, query: dict[str, str] | None = None) -> T:
        return _read_answer(kind, await self._get(_target(path, query)))

    async def _get(self, target: str, etag: str = "") -> Answer:
        until = self._timing.now() + self._deadline

        async def once() -> Answer:
            return await self._get_once(target, until - self._timing.now(), etag)

        return await retrying(once, until=until, timing=self._timing, tries=self._tries)

    async def _get_once(self, target: str, seconds: float, etag: str = "") -> Answer:
        """One request, and one more if the token was refused and there is a newer one by now."""
        try:
            return await self._exchange.once("GET", target, seconds=seconds, etag=etag)
        except Refused as error:
            if error.status != HTTPStatus.UNAUTHORIZED or not await self._exchange.renew_token():
                raise
        return await self._exchange.once("GET", target, seconds=seconds, etag=etag)


def run_in(answer: Answer, slug: str) -> Run:
    """The run `slug` of an answer to `run_answer`, which may leave its slug out. Raises NotJson if
    it holds no run, and BadAnswer if it is about another one, as after a proxy's mistake."""
    run = _parsed(lambda: read_run(answer.body), answer)
    if run.slug and run.slug.lstrip("0") != slug.lstrip("0"):
        raise BadAnswer(f"the answer is about another run (#{run.slug})", status=200)
    return run


def _is_of_another_request(run: Run, request: "RunRequest", sent_at: datetime | None) -> bool:
    """Whether a run can't be the one that `request` has started: it has other workflows, was begun
    by something else, or long before `sent_at`, by whichever clock is behind (None: unknown)."""
    names = {workflow.slug for workflow in run.workflows}
    others = names and names.isdisjoint(workflow.name for workflow in request.workflows)
    created = run.dates.created_at
    is_older = bool(created and sent_at and created < sent_at - START_SLACK)
    return bool(others) or run.event_type not in ("manual", "") or is_older


def runs_in(answer: Answer) -> RunPage:
    """The page of an answer to `runs_answer`. Raises BadAnswer if it holds none."""
    return _read_answer(RunPage, answer)


def _read_answer(kind: type[T], answer: Answer) -> T:
    value = _parsed(lambda: read(kind, answer.body), answer)
    if value == kind() and holds_foreign_fields(kind, answer.body):
        raise BadAnswer("the answer is about something else", status=200)
    return value


def _parsed(parse: Callable[[], T], answer: Answer, *, sent: bool = False) -> T:
    try:
        return parse()
    except UnreadableError as error:
        reason = str(error) if answer.body.strip() else "the answer is empty"
    if answer.web_page:
        reason = "a web page came instead of an answer"
    raise NotJson(reason, status=200, web_page=answer.web_page, sent=sent)


def _target(path: str, query: dict[str, str] | None) -> str:
    return f"{path}?{urlencode(query, errors='replace', quote_via=quote)}" if query else path


def _page(page_size: int, page_token: str, containing: str = "") -> dict[str, str]:
    query = {"filter": containing, "page_size": str(page_size), "page_token": page_token}
    return {name: value for name, value in query.items() if value}


def _run_path(repo: RepoSlug, slug: str) -> str:
    return f"{repo.api_path}/cicd/runs/{segment(slug)}"


def _cube_path(repo: RepoSlug, what: str, cube: CubePath) -> str:
    return "/".join((f"{repo.api_path}/cicd/{what}", *map(segment, cube)))
