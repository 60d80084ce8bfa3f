"""The texts of the live screen. Texts of a server are inert in the model."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.text.format import duration, elapsed
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.live.request_words import request_briefly

if TYPE_CHECKING:
    from datetime import datetime

    from cubewatch.model.request import RunRequest
    from cubewatch.model.run import Run
    from cubewatch.model.snapshot import Path, Snapshot
    from cubewatch.watch.origin import RunOrigin

NO_FAILURE = "Nothing has failed so far."
NO_LOG = "There is no cube here to show a log of."
OPENS_PAGE = " · o opens the page"
NOT_OURS = "Only a run that was started from here can be run again."


def about(
    repo: str,
    run_slug: str,
    run: "Run | None",
    request: "RunRequest | None",
    origin: "RunOrigin | None" = None,
    now: "datetime | None" = None,
) -> tuple[str, list[str]]:
    """The title of a run: which it is, then of what, by whom and since when: each part with what it
    is separated by from the one before, the one that matters most first. `origin`: where a run is
    from that checks a pull request."""
    names = ", ".join(workflow.slug for workflow in run.workflows) if run else ""
    if not names and request:
        names = inert(", ".join(workflow.name for workflow in request.workflows))
    known = list(request_briefly(request)) if request else []
    head = f" {known.pop(0)}" if known else ""
    if origin:
        head = f" @ {' '.join(part for part in (origin.branch, origin.commit) if part)}"
        known.append(f"PR {origin.pull} {origin.title}".rstrip())
    if run:
        known += [part for part in (run.user.slug, run.event_type.replace("_", " ")) if part]
        if run.dates.started_at:
            known.append(f"began {clock(run.dates.started_at, now)}")
    parts = [f"  {repo}", *([head] if head else []), *(f" · {part}" for part in known)]
    return f"#{run_slug or '…'} {names}".rstrip(), parts


def clock(moment: "datetime", now: "datetime | None" = None) -> str:
    """The time of day here, with the day unless it is that of `now`."""
    here = moment.astimezone()
    is_today = now is None or now.astimezone().date() == here.date()
    return f"{here:%H:%M}" if is_today else f"{here:%d %b %H:%M}"


def state_words(
    snapshot: "Snapshot",
    now: "datetime",
    *,
    brief: bool = False,
    waiting_since: "datetime | None" = None,
) -> Iterator[tuple[str, str]]:
    """The state of a run and since when, each with the part of a line it is."""
    run = snapshot.run
    style = status.style_of(run.status)
    word = run.status.replace("_", " ") or "no status"
    if run.status == status.AWAITING_APPROVAL:
        word = "waits for approval"
    begin, end = run.dates.started_at or run.dates.created_at, run.dates.finished_at
    waits = run.status == status.AWAITING_APPROVAL
    if waits:
        end = waiting_since  # it does not work until then
    seconds = elapsed(begin, end, now)
    known = seconds is not None and (end or not (snapshot.is_final or waits))
    time = f" {duration(seconds)}" if seconds is not None and known else ""
    if time and (snapshot.is_final or waits):
        time = f" after{time}" if waits else f" in{time}"
    if snapshot.failures and not snapshot.is_final:
        so_far = status.glyph(status.FAILED)
        yield (f"{so_far}" if brief else f"{so_far} FAILED so far ·"), "failure"
    if style.tone == "failure":
        word = word.upper()
    yield f"{style.glyph} {word}{time}", style.tone


def counts(snapshot: "Snapshot") -> Iterator[tuple[str, int, status.Tone]]:
    """The numbers of cubes by state, without states that none is in."""
    count = snapshot.counts[()]
    for name, number in (
        (status.SUCCESS, count.done - count.failed),
        (status.FAILED, count.failed),
        (status.PROCESSING, count.running),
        (status.AWAITING_APPROVAL, count.waiting),
        (status.CREATED, count.pending),
        (status.SKIPPED, count.skipped),
    ):
        if number > 0:
            yield status.glyph(name), number, status.tone(name)


def added(cubes: int) -> tuple[str, str]:
    """The words, many and few, for cubes that have come to a run whose bar was further already."""
    return f" · {cubes} {'cube' if cubes == 1 else 'cubes'} added", f" +{cubes}"


def band(
    snapshot: "Snapshot",
    cause: "tuple[Path, str] | None",
    waiting_since: "datetime | None",
    now: "datetime",
) -> tuple[str, str]:
    """The part and the text of the band: what failed and why, or what waits for a person; twice
    "" where there is nothing to say."""
    if snapshot.failures:
        path, why = cause or (snapshot.failures[0], "")
        more = len(snapshot.failures) - 1
        others = f" (and {more} more)" if more else ""
        text = f"{'/'.join(path[1:] or path)}{others}{': ' if why else ''}{why}"
        waits = f"{waiting(snapshot)} · " if snapshot.waiting else ""
        return "band-failure", f"{waits or '  '}{text}"
    if snapshot.waiting:
        return "band-waiting", approval(snapshot, waiting_since, now)
    return "", ""


def approval(snapshot: "Snapshot", since: "datetime | None", now: "datetime") -> str:
    """The band for a wait for approval: what waits, and what to do."""
    waited = elapsed(since, None, now)
    long = f" since {duration(waited)}" if waited is not None else ""
    return f"{waiting(snapshot)}{long}{OPENS_PAGE}"


def waiting(snapshot: "Snapshot") -> str:
    """The nodes that wait for a person."""
    paths = snapshot.waiting
    name = paths[0][-1] if paths[0] else "the run"
    more = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
    return f"{status.glyph(status.AWAITING_APPROVAL)} {name}{more} waits for approval"
