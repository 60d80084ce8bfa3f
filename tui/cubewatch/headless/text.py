"""Events as lines for people and for logs of CI: no escape sequence, no sign beyond an arrow."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cubewatch.headless import events
from cubewatch.model import status
from cubewatch.model.compare import brief
from cubewatch.model.estimate import Expected, left_text
from cubewatch.model.repository import RepoSlug
from cubewatch.text.format import duration, percentage

MAX_PATH_WIDTH = 48
TRANSITION = 24
"""Characters of `awaiting_approval → failed` and of all that is more usual."""
CURRENT_SHOWN = 3
FAILURES_SHOWN = 10
MAX_CAUSE = 200
"""Characters of a likely cause."""
NOT_BEGUN = ("", status.CREATED, status.PREPARED)
_PARTS = ("error_code", "message", "request_id", "details")


class PlainLines:
    """Lines of the form `12:31:06  release/build/unit  processing → success  41s`.

    The last ones have no time: what failed, and `run #142 success in 1m31s https://…`. The column
    of paths grows with the longest of them.
    """

    def __init__(self, repo: RepoSlug, arrow: str) -> None:
        self._repo = repo
        self._arrow = arrow
        self._path_width = 0
        self._messages: tuple[str, ...] = ()

    def lines(self, happened: Sequence[events.Event], run_slug: str, at: datetime) -> list[str]:
        """The lines of events that happened at the local time `at`. Parts that are new and have not
        begun have none."""
        paths = [
            _path(event, run_slug) for event in happened if isinstance(event, events.StatusChanged)
        ]
        widest = max(map(len, paths), default=0)
        self._path_width = min(MAX_PATH_WIDTH, max(self._path_width, widest))
        timed = [line for event in happened for line in self._body(event, run_slug)]
        ends = [event for event in happened if isinstance(event, events.End)]
        failed = [line for end in ends for line in self._failures(end, run_slug)]
        last = [self._end(end, run_slug) for end in ends]
        return [*(f"{at:%H:%M:%S}  {line}".rstrip() for line in timed), *failed, *last]

    def _failures(self, event: events.End, run_slug: str) -> Iterator[str]:
        """The lines about failures: what failed, its likely cause, and the command that shows
        more."""
        causes = dict(event.causes)
        for path in event.failures[:FAILURES_SHOWN]:
            cause = causes.get(path, "")
            short = cause if len(cause) <= MAX_CAUSE else f"{cause[: MAX_CAUSE - 3]}..."
            yield f"failed: {events.path_text(path)}{f': {short}' if short else ''}"
        if more := len(event.failures) - FAILURES_SHOWN:
            yield from [f"failed: {more} more"] if more > 0 else []
        if event.failures:
            yield f"more: cubewatch log {self._repo}#{run_slug} --failed --brief"

    def _body(self, event: events.Event, run_slug: str) -> Iterator[str]:
        match event:
            case events.RunSeen():
                yield from self._run(event)
            case events.RunSought(slugs, note):
                shown = ", ".join(f"#{slug}" for slug in slugs)
                yield f"run {shown}  {note}" if slugs else f"waiting: {note}"
            case events.StatusChanged():
                yield from self._change(event, run_slug)
            case events.ApprovalAwaited(path):
                url = self._repo.run_url(run_slug)
                yield f"{events.path_text(path) or f'run #{run_slug}'}  waits for approval: {url}"
            case events.TroubleBegan(error, retry_in):
                yield f"trouble: {error}{_next_try(retry_in)}"
            case events.Recovered(seconds, tries):
                failed = "1 failed try" if tries == 1 else f"{tries} failed tries"
                yield f"recovered: an answer again after {duration(seconds)} and {failed}"
            case events.Heartbeat():
                yield _heartbeat(event, run_slug)
            case events.Estimated(expected):
                yield _estimate(expected, run_slug)
            case events.End():
                yield from _end_details(event)

    def _run(self, event: events.RunSeen) -> Iterator[str]:
        run = event.run
        by = f"by {run.user.slug}" if run.user.slug else ""
        about = (
            str(event.repo),
            ", ".join(workflow.slug for workflow in run.workflows),
            " ".join(part for part in (run.event_type.replace("_", " "), by) if part),
            event.repo.run_url(run.slug),
        )
        yield "  ".join((f"run #{run.slug}", *(part for part in about if part)))
        for message in run.error_messages:
            if message not in self._messages:
                yield from (f"run #{run.slug}  error: {line}" for line in message.splitlines())
        self._messages = run.error_messages

    def _change(self, event: events.StatusChanged, run_slug: str) -> Iterator[str]:
        if not event.before and event.after in NOT_BEGUN:
            return
        after = event.after or "no status"
        moved = f"{event.before} {self._arrow} {after}" if event.before else after
        took = "" if event.seconds is None else duration(event.seconds)
        yield f"{_path(event, run_slug):<{self._path_width}}  {moved:<{TRANSITION}}  {took:>7}"

    def _end(self, event: events.End, run_slug: str) -> str:
        if not run_slug:
            return event.note
        took = "" if event.seconds is None else f" in {duration(event.seconds)}"
        note = f": {event.note}" if event.note else ""
        words = event.status or "not seen"
        differs = ""
        if compared := event.comparison:
            differs = f" (against #{compared.baseline}: {brief(compared)})"
        return f"run #{run_slug} {words}{took}{differs}{note} {self._repo.run_url(run_slug)}"


def _path(event: events.StatusChanged, run_slug: str) -> str:
    return events.path_text(event.path) if event.path else f"run #{run_slug}"


def _next_try(seconds: float | None) -> str:
    if seconds is None:
        return "; a run may have been started all the same, looking for it"
    return f"; next try in {max(1, round(seconds))}s"


def _estimate(expected: Expected, run_slug: str) -> str:
    usual = expected.usual
    usually = f" (usually {duration(usual.middle)} in all)" if usual else ""
    return f"run #{run_slug}  {_left(expected)}{usually}"


def _left(expected: Expected) -> str:
    """The time left, without the dash, which not every log can hold."""
    return left_text(expected).replace("–", " to ")


def _heartbeat(event: events.Heartbeat, run_slug: str) -> str:
    run = f"run #{run_slug} " if run_slug else ""
    if event.trouble or event.silent:
        why = f": {event.trouble}" if event.trouble else ""
        return f"{run}no answer for {duration(event.silent)}{why}"
    if not event.status:
        return f"{run}{'looking for the run' if event.is_searching else 'waiting for an answer'}"
    time = "" if event.seconds is None else f" for {duration(event.seconds)}"
    shown = [events.path_text(path) for path in event.current[:CURRENT_SHOWN]]
    more = len(event.current) - len(shown)
    now = f", now {', '.join(shown)}" if shown else ""
    beyond = f" and {more} more" if more else ""
    failed = f", {len(event.failures)} failed" if event.failures else ""
    waiting = (
        f", {events.path_text(event.waiting[0]) or 'it'} waits for approval"
        if event.waiting
        else ""
    )
    left = _left(event.expected)
    share = f"{percentage(event.fraction)}%{f', {left}' if left else ''}"
    cubes = "cube" if event.added == 1 else "cubes"
    added = f", {event.added} {cubes} added" if event.added else ""
    return f"{run}still {event.status}{time}, {share}{added}{failed}{waiting}{now}{beyond}"


def _end_details(event: events.End) -> Iterator[str]:
    """The details of the error that ends the watching."""
    error = event.error
    if error is None:
        return
    yield from (error.what, error.meaning, error.advice)
    for name in _PARTS:
        for line in str(getattr(error, name)).splitlines():
            yield f"{name}: {line}"
