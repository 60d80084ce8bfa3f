"""The summary of a run, which stays in the scrollback."""

from datetime import datetime
from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.text.format import duration, elapsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from cubewatch.model.repository import RepoSlug
    from cubewatch.model.snapshot import Path, Snapshot

MAX_FAILURES = 10
MAX_CAUSE = 160
"""Characters of a likely cause."""


def summary(
    repo: "RepoSlug",
    run_slug: str,
    snapshot: "Snapshot | None",
    now: datetime,
    cause: "Callable[[Path], str]" = lambda _: "",
) -> list[str]:
    """At most 15 lines: the run, its result and time, what failed, its address. `cause` gives the
    likely cause of a failure, as far as known."""
    lines = [f"#{run_slug} {repo}"]
    if snapshot is not None:
        run = snapshot.run
        names = ", ".join(workflow.slug for workflow in run.workflows)
        seconds = elapsed(run.dates.started_at or run.dates.created_at, run.dates.finished_at, now)
        if snapshot.is_final and not run.dates.finished_at:
            seconds = None
        time = f" {duration(seconds)}" if seconds is not None else ""
        word = run.status.replace("_", " ") or "no status"
        lines = [f"{status.glyph(run.status)} #{run_slug} {names}  {repo}  {word}{time}"]
        lines += [f"  {message.splitlines()[0]}" for message in run.error_messages[:2] if message]
        lines += [
            _failure(snapshot, path, cause(path)) for path in snapshot.failures[:MAX_FAILURES]
        ]
        if (more := len(snapshot.failures) - MAX_FAILURES) > 0:
            lines.append(f"  … and {more} more")
        if not snapshot.is_final:
            lines.append("  The run goes on.")
    return [*lines, f"  {repo.run_url(run_slug)}"]


def _failure(snapshot: "Snapshot", path: "Path", cause: str) -> str:
    shown = cause if len(cause) <= MAX_CAUSE else f"{cause[: MAX_CAUSE - 1]}…"
    words = f": {shown}" if shown else ""
    return f"  {status.glyph(snapshot.status_of(path))} {'/'.join(path)}{words}"
