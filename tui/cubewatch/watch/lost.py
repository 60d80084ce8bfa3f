"""Looking for the run that a POST may have started although its answer was lost."""

from datetime import datetime, timedelta
from typing import Protocol

from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest
from cubewatch.model.run import Run, RunPage

NEWEST = 20
"""How many of the newest runs are looked through."""
SLACK = timedelta(seconds=5)
"""How much earlier than our sending the server may say that a run was created: `Date` is whole
seconds, and clocks are read on either side of the wire."""


class RunLister(Protocol):
    """Where the newest runs come from: `Client`, or a script in a test."""

    @property
    def server_ahead(self) -> timedelta: ...

    async def runs(self, repo: RepoSlug, *, page_size: int) -> RunPage: ...


async def find_lost(
    lister: RunLister, repo: RepoSlug, request: RunRequest, sent_at: datetime
) -> Run | None:
    """The oldest run that can be the one of `request`, sent at `sent_at` by our clock.

    It was started by hand, created after the sending, and has the same workflows, or none yet.
    Raises ApiError if the runs can't be listed.
    """
    page = await lister.runs(repo, page_size=NEWEST)
    since = sent_at + lister.server_ahead
    found = [run for run in page.runs if may_be(run, request, since)]
    return found[-1] if found else None


def may_be(run: Run, request: RunRequest, sent_at: datetime) -> bool:
    """Whether `run` can be what `request`, sent at `sent_at` (the server's clock), started."""
    created = run.dates.created_at or run.dates.started_at
    if run.event_type not in ("manual", "") or created is None or created < sent_at - SLACK:
        return False
    names = {workflow.slug for workflow in run.workflows}
    return not names or names == {workflow.name for workflow in request.workflows}
