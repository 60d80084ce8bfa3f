"""Events as JSON: one object a line, each with `time`, `event` and `run`.

`time`: when it was written, RFC 3339 in UTC by this machine's clock. `run`: the run's slug, null
while it is not known. A path is text, `release/build/unit`, and "" for the run itself. Keys are
never left out; what is not known is null. New keys and new values may come, so that a reader takes
what it knows and passes over the rest.

event `run`: `repository`, `status`, `workflows` (slugs), `event_type`, `user`, `url`,
    `error_messages`. Which run it is; again when workflows or messages become known.
event `sought`: `runs` (slugs, the newest first, which is watched; empty: there is none yet),
    `note` (one line for people), `exact` (false: it is a guess). With --head and --next alone.
event `change`: `path`, `before` (null: it is new), `after`, `seconds` (how long it took, where it
    has ended). One for each status that differs from the last answer.
event `approval`: `path`, `url` (the page on which a person decides). A part of the run waits.
event `trouble`: `error`, `retry_in` (seconds). An outage begins; or, with `retry_in` null, the
    answer to the POST is lost and the run that it may have started is looked for.
event `recovered`: `seconds` since the first failure, `tries` that failed.
event `heartbeat`: `status`, `seconds` since the run began, `fraction` (0 to 1; it never goes back),
    `added` (how many cubes have come to the run since it had to stay where it was), `current`
    (paths of the cubes at work), `failures` and `waiting` (paths of what failed, and of what waits
    for a person), `trouble` (text, null if all is well), `silent` (its seconds), and what
    `estimate` has.
event `estimate`: `left` and `usual` (`low`, `middle` and `high` seconds that the run still takes,
    and that it usually takes in all), `over_by` (how many more it has taken already). Once, when
    earlier runs give ground for it.
event `end`, always the last: `reason` (`final`, `approval`, `fail_fast`, `gave_up`, `refused`,
    `interrupted`, `not_started`, `lost`, `not_found`, `wait_ran_out`), `exit_status`, `status`
    (the last one seen), `seconds` (how long a final run took), `url`, `failures` (paths of what
    failed), `causes` (of the first of them: `path`, and the line of its log that most likely says
    why: `text`), `error_messages`, `note` (one line for people), `error`, `candidates` (slugs of
    the runs that a request whose answer is lost may have started), `comparison` (with the last
    good run, as `compare --json` prints it; null if none is known).

`error` is null or an object with `what`, `meaning`, `advice`, `http_status`, `error_code`,
`message`, `request_id`, `details`.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cubewatch.api.errors import ApiError
from cubewatch.headless import events
from cubewatch.model.compare_text import as_object
from cubewatch.model.durations import Band
from cubewatch.model.estimate import Expected
from cubewatch.model.repository import RepoSlug

Json = dict[str, Any]


class JsonLines:
    """Each event as one line."""

    def __init__(self, repo: RepoSlug) -> None:
        self._repo = repo

    def lines(self, happened: Sequence[events.Event], run_slug: str, at: datetime) -> list[str]:
        """The lines of events that happened `at`. ASCII only, whatever the names hold."""
        time = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        lines: list[str] = []
        for event in happened:
            name, values = self._values(event, run_slug)
            value = {"time": time, "event": name, "run": run_slug or None, **values}
            lines.append(json.dumps(value, allow_nan=False))
        return lines

    def _values(self, event: events.Event, run_slug: str) -> tuple[str, Json]:
        match event:
            case events.RunSeen():
                return "run", _run(event)
            case events.RunSought(slugs, note, exact):
                return "sought", {"runs": list(slugs), "note": note, "exact": exact}
            case events.StatusChanged(path, before, after, seconds):
                return "change", {
                    "path": events.path_text(path),
                    "before": before or None,
                    "after": after,
                    "seconds": seconds,
                }
            case events.ApprovalAwaited(path):
                return "approval", {
                    "path": events.path_text(path),
                    "url": self._repo.run_url(run_slug),
                }
            case events.TroubleBegan(error, retry_in):
                return "trouble", {"error": _error(error), "retry_in": _rounded(retry_in)}
            case events.Recovered(seconds, tries):
                return "recovered", {"seconds": _rounded(seconds), "tries": tries}
            case events.Heartbeat():
                return "heartbeat", _heartbeat(event)
            case events.Estimated(expected):
                return "estimate", _expected(expected)
            case events.End():
                url = self._repo.run_url(run_slug) if run_slug else None
                return "end", _end(event) | {"url": url}


def _run(event: events.RunSeen) -> Json:
    run = event.run
    return {
        "repository": str(event.repo),
        "status": run.status or None,
        "workflows": [workflow.slug for workflow in run.workflows],
        "event_type": run.event_type or None,
        "user": run.user.slug or None,
        "url": event.repo.run_url(run.slug),
        "error_messages": list(run.error_messages),
    }


def _heartbeat(event: events.Heartbeat) -> Json:
    return {
        "status": event.status or None,
        "seconds": _rounded(event.seconds),
        "fraction": round(event.fraction, 4),
        "added": event.added,
        "current": [events.path_text(path) for path in event.current],
        "failures": [events.path_text(path) for path in event.failures],
        "waiting": [events.path_text(path) for path in event.waiting],
        "trouble": str(event.trouble) if event.trouble else None,
        "silent": _rounded(event.silent),
        **_expected(event.expected),
    }


def _expected(expected: Expected) -> Json:
    return {
        "left": _band(expected.left),
        "usual": _band(expected.usual),
        "over_by": _rounded(expected.over_by),
    }


def _band(band: Band | None) -> Json | None:
    if band is None:
        return None
    return {"low": round(band.low), "middle": round(band.middle), "high": round(band.high)}


def _end(event: events.End) -> Json:
    return {
        "reason": event.reason,
        "exit_status": event.exit_status,
        "status": event.status or None,
        "seconds": event.seconds,
        "failures": [events.path_text(path) for path in event.failures],
        "causes": [{"path": events.path_text(path), "text": text} for path, text in event.causes],
        "error_messages": list(event.error_messages),
        "note": event.note or None,
        "error": _error(event.error),
        "candidates": list(event.candidates),
        "comparison": as_object(event.comparison) if event.comparison else None,
    }


def _error(error: ApiError | None) -> Json | None:
    if error is None:
        return None
    return {
        "what": error.what,
        "meaning": error.meaning,
        "advice": error.advice,
        "http_status": error.status,
        "error_code": error.error_code or None,
        "message": error.message or None,
        "request_id": error.request_id or None,
        "details": error.details or None,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
