"""Searches for the run that a POST may have started although its answer was lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cubewatch.api.errors import ApiError
from cubewatch.model.around import User
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest
from cubewatch.model.run import Run, RunPage

PAGE_SIZE = 50
MAX_PAGES = 3
"""How many pages of the newest runs are looked through."""
SLACK = timedelta(seconds=5)
"""How much earlier than our sending the server may say that a run was created: `Date` is whole
seconds, and clocks are read on either side of the wire."""


class RunLister(Protocol):
    """The source of the newest runs: `Client`, or a script in a test."""

    @property
    def server_ahead(self) -> timedelta: ...

    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage: ...

    async def user(self) -> User: ...


@dataclass(frozen=True, slots=True)
class Candidates:
    """The runs that a lost request may have started, newest first. `ours`: the one that is
    certainly ours."""

    runs: tuple[Run, ...] = ()
    ours: Run | None = None


async def find_candidates(
    lister: RunLister, repo: RepoSlug, request: RunRequest, sent_at: datetime
) -> Candidates:
    """The runs that `request`, sent at `sent_at` by our clock, may have started.

    They were started by hand after the sending, not by another user, and have the same workflows,
    or none yet. Raises ApiError if the runs can't be listed.
    """
    since = sent_at
    found: list[Run] = []
    token = ""
    for _ in range(MAX_PAGES):
        page = await lister.runs(repo, page_size=PAGE_SIZE, page_token=token)
        since = sent_at + lister.server_ahead  # as the newest answer tells it
        found += (run for run in page.runs if run.slug and _fits(run, request, since))
        token = page.next_page_token
        if not (token and page.runs) or _created(page.runs[-1], since) < since - SLACK:
            break
    if not found:
        return Candidates()
    try:
        me = await lister.user()
    except ApiError:
        me = User()
    owners = [(run, _is_owner(me, run)) for run in found]
    possible = [(run, is_mine) for run, is_mine in owners if is_mine is not False]
    runs = tuple(run for run, _ in possible)
    return Candidates(runs, runs[0] if len(possible) == 1 and possible[0][1] else None)


def _fits(run: Run, request: RunRequest, since: datetime) -> bool:
    created = _created(run, since - 2 * SLACK)
    if run.event_type not in ("manual", "") or created < since - SLACK:
        return False
    names = {workflow.slug for workflow in run.workflows}
    return not names or names == {workflow.name for workflow in request.workflows}


def _created(run: Run, default: datetime) -> datetime:
    return run.dates.created_at or run.dates.started_at or default


def _is_owner(me: User, run: Run) -> bool | None:
    """Whether the run was started by this user; None if that can't be known, as names may differ
    from what runs call people. Where neither has a name, the server knows of one person only."""
    nameless = not (me.id or me.username or run.user.id or run.user.slug)
    if nameless or me.started(run):
        return True
    return False if me.id and run.user.id else None
