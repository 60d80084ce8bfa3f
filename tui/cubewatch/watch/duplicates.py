"""Duplicates: runs that a request would start for a second time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cubewatch.history.entries import kept
from cubewatch.history.memory import Forgotten, Sent
from cubewatch.model.draft import Draft
from cubewatch.model.request import RunRequest
from cubewatch.model.run import Run
from cubewatch.model.status import FINAL
from cubewatch.watch.submission import Lost

RECENTLY = timedelta(hours=1)
"""How long after a request the same one counts as a duplicate."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A run that is like the one a request would start, or a request that was sent already.

    `run` None: it is not among the newest runs; `slug` "": unknown, as the answer was
    lost. `sent_at`: the same request was sent then, None for a like run that is under way.
    """

    slug: str
    run: Run | None = None
    sent_at: datetime | None = None


def find_duplicates(
    request: RunRequest,
    *,
    runs: Iterable[Run] = (),
    sent: Iterable[Sent] = (),
    lost: Lost | None = None,
    now: datetime,
) -> tuple[Duplicate, ...]:
    """The duplicates of `request` among the newest runs of its repository, and among what was
    sent from here; newest first, each run once.

    A run under way is alike if it has a workflow of the request, unless it is known to have been
    started with other values or from another revision. Values of secrets are not stored, so two
    requests that differ in nothing else count as the same.
    """
    by_slug = {run.slug: run for run in runs if run.slug}
    wanted = kept(request)
    history = {one.run_slug: one for one in sent}
    found: dict[str, Duplicate] = {}
    if lost and kept(lost.request) == wanted and now - lost.sent_at < RECENTLY:
        found[""] = Duplicate("", sent_at=lost.sent_at)
    for slug, one in history.items():
        if _is_same((one.draft, one.forgotten), wanted) and abs(now - one.at) < RECENTLY:
            found[slug] = Duplicate(slug, by_slug.get(slug), one.at)
    names = {workflow.name for workflow in request.workflows}
    for slug, run in by_slug.items():
        known = history.get(slug)
        is_other = known is not None and not _is_same((known.draft, known.forgotten), wanted)
        is_alike = names & {workflow.slug for workflow in run.workflows}
        if slug not in found and is_alike and run.status not in FINAL and not is_other:
            found[slug] = Duplicate(slug, run)
    return tuple(found.values())


def _is_same(one: tuple[Draft, Forgotten], other: tuple[Draft, Forgotten]) -> bool:
    return one[0] == other[0] and set(one[1]) == set(other[1])
