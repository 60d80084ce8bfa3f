"""The API checks of doctor: who is signed in, which calls the server knows, which limits it
sets."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from cubewatch.api.client import Client, Limits
from cubewatch.api.errors import ApiError
from cubewatch.cli.checks import Check
from cubewatch.model.around import User
from cubewatch.model.repository import RepoSlug
from cubewatch.settings import Secret, SettingsError
from cubewatch.text.format import duration
from cubewatch.text.sanitize import inert

LIMITS = Limits(deadline=10.0)
UNKNOWN = (404, 405, 501)
"""Statuses with which a server may say that it does not know a call."""
SAME_CLOCK = 2.0


@dataclass(slots=True)
class ApiReport:
    """The results of a few calls. `failed` are names of calls with their errors; `conditional`: the
    server answered "not modified" when it was given its ETag; None: it gave none."""

    user: User | None = None
    failed: dict[str, ApiError] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    ahead: timedelta = timedelta()
    conditional: bool | None = None


def api_report(api_url: str, token: Secret, repo: RepoSlug) -> ApiReport:
    """The report of some calls that only read. Raises SettingsError if the environment has no
    usable way to the API."""

    async def ask() -> ApiReport:
        client = Client(api_url, token, limits=LIMITS)
        try:
            return await _report(client, repo)
        finally:
            await client.close()

    try:
        return asyncio.run(ask())
    except ValueError as error:
        raise SettingsError(str(error)) from None


async def _report(client: Client, repo: RepoSlug) -> ApiReport:
    report = ApiReport()
    newest: list[str] = []

    async def user() -> None:
        report.user = await client.user()

    async def runs() -> None:
        page = await client.runs(repo, page_size=1)
        newest.extend(run.slug for run in page.runs if run.slug)

    async def run() -> None:
        if newest:
            answer = await client.run_answer(repo, newest[0])
            if answer.etag:
                again = await client.run_answer(repo, newest[0], answer.etag)
                report.conditional = again.not_modified

    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "/user": user,
        "runs": runs,
        "run": run,
        "branches": lambda: client.branches(repo, page_size=1),
        "/me/repos": lambda: client.my_repositories(page_size=1),
        "pulls": lambda: client.pull_requests(repo, "main", page_size=1),
        "personal quotas": lambda: client.my_quotas(repo.org),
    }
    for name, call in calls.items():
        try:
            await call()
        except ApiError as error:
            report.failed[name] = error
    report.headers, report.ahead = client.notable_headers, client.server_ahead
    return report


def report_checks(report: ApiReport) -> Iterator[Check]:
    """The report as lines; nothing in it makes doctor fail."""
    yield _who(report)
    if report.failed:
        failed = (f"{name} ({_why(error)})" for name, error in report.failed.items())
        yield Check("note", "API calls", f"not available here: {', '.join(failed)}")
    else:
        yield Check("good", "API calls", "all that cubewatch uses are answered")
    yield Check("good", "API habits", "; ".join(_habits(report)))


def _who(report: ApiReport) -> Check:
    user = report.user
    if user is None or not (user.username or user.id):
        return Check("note", "who", "the API does not say who you are: `m` and --head only guess")
    name = f" ({user.display_name})" if user.display_name else ""
    return Check("good", "who", f"{user.username or user.id}{name}")


def _why(error: ApiError) -> str:
    if error.status in UNKNOWN:
        return f"unknown, {error.status}"
    return str(error.status) if error.status else inert(str(error))


def _habits(report: ApiReport) -> Iterator[str]:
    headers = report.headers
    if report.conditional is None:
        yield "no ETag"
    else:
        yield "ETag, used" if report.conditional else "ETag, but never 304"
    seconds = report.ahead.total_seconds()
    if "date" not in headers:
        yield "no Date"
    elif abs(seconds) <= SAME_CLOCK:
        yield "Date as here"
    else:
        yield f"Date {duration(abs(seconds))} {'ahead' if seconds > 0 else 'behind'}"
    yield f"Retry-After {headers['retry-after']}" if "retry-after" in headers else "no Retry-After"
    limits = [f"{name}: {value}" for name, value in headers.items() if "limit" in name]
    yield ", ".join(limits) if limits else "no rate limits reported"
