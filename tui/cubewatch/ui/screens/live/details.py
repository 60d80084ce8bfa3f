"""What is known of one node, as lines of text."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from heapq import nlargest
from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.text.format import duration, elapsed
from cubewatch.ui.screens.live.asked import asked_fully
from cubewatch.ui.screens.live.where import CUBE_DEPTH

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest
    from cubewatch.model.run import Artifact, DatesByStage, Run
    from cubewatch.model.snapshot import Item, Path, Snapshot

SLOWEST = 3

DetailLine = tuple[str, str]
"""The name of a style (`title`, `text`, `note`, `failure`) and a text, which may be long."""


def details(
    snapshot: "Snapshot", path: "Path", now: datetime, asked: "RunRequest | None" = None
) -> Iterator[DetailLine]:
    """The node at `path`, the run itself for (), as it is at `now` (the server's clock). `asked`
    is what the run was started with, if we know."""
    item = snapshot.items.get(path) or snapshot.run
    yield "title", " › ".join(_names(snapshot, path)) or f"Run #{snapshot.run.slug}"
    yield "text", " · ".join(_state(item.status, item.dates, now))
    yield from _needs(snapshot, path)
    if description := getattr(item, "description", ""):
        yield "text", description
    if not path:
        yield from _about_run(snapshot.run)
        yield from (_asked(asked) if asked else ())
    yield "text", ""
    yield from _dates(item.dates)
    if path in snapshot.children:
        yield from _cubes(snapshot, path, now)
    if artifacts := getattr(item, "artifacts", ()):
        yield from _artifacts(artifacts)


def _names(snapshot: "Snapshot", path: "Path") -> list[str]:
    nodes = (snapshot.items.get(path[: n + 1]) for n in range(len(path)))
    return [node.slug or "(no name)" for node in nodes if node]


def _state(node_status: str, dates: "DatesByStage", now: datetime) -> Iterator[str]:
    word = node_status.replace("_", " ") or "no status yet"
    yield f"{status.glyph(node_status)} {word}"
    seconds = elapsed(dates.started_at, dates.finished_at, now)
    if seconds is not None and (dates.finished_at or node_status not in status.FINAL):
        yield duration(seconds)
    elif node_status not in status.FINAL:
        waiting = elapsed(dates.created_at, None, now)
        if waiting is not None:
            yield f"waiting {duration(waiting)}"


def _needs(snapshot: "Snapshot", path: "Path") -> Iterator[DetailLine]:
    relations = getattr(snapshot.items.get(path), "relations", None)
    if relations and relations.needs:
        names = []
        for need in relations.needs:
            other = snapshot.items.get((*path[:-1], need.name))
            names.append(f"{need.name} {status.glyph(other.status)}" if other else need.name)
        yield "text", f"needs {', '.join(names)}"


def _about_run(run: "Run") -> Iterator[DetailLine]:
    by = [f"by {run.user.slug}"] if run.user.slug else []
    event = [run.event_type.replace("_", " ")] if run.event_type else []
    pull = [f"pull request {run.pull.slug}"] if run.pull and run.pull.slug else []
    if about := [*event, *by, *pull]:
        yield "text", " · ".join(about)
    for message in run.error_messages:
        yield "failure", message
    if not run.workflows and not run.error_messages:
        yield "text", _why_empty(run.status)


def _asked(request: "RunRequest") -> Iterator[DetailLine]:
    yield "text", ""
    for label, text in asked_fully(request):
        yield "note", f"{label:<10}{text}"


def _why_empty(run_status: str) -> str:
    if run_status in status.FINAL:
        return "This run has no workflows: there was nothing to do."
    return "No workflows yet: the server still reads the config."


def _dates(dates: "DatesByStage") -> Iterator[DetailLine]:
    for label, moment in (
        ("created", dates.created_at),
        ("started", dates.started_at),
        ("finished", dates.finished_at),
        ("updated", dates.updated_at),
    ):
        if moment:
            yield "note", f"{label:<10}{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _cubes(snapshot: "Snapshot", path: "Path", now: datetime) -> Iterator[DetailLine]:
    """How many cubes are in which status below a node, and the slowest of them."""
    tally = Counter(item.status for _, item in _cubes_below(snapshot, path))
    if not tally:
        return
    counts = (f"{n} {name.replace('_', ' ') or 'no status'}" for name, n in tally.items())
    yield "text", ""
    yield "note", f"cubes     {', '.join(counts)}"
    for n, (seconds, cube) in enumerate(slowest(snapshot, path, now)):
        label = "" if n else "slowest"
        yield "note", f"{label:<10}{duration(seconds):>6}  {'/'.join(cube[1:])}"


def _cubes_below(snapshot: "Snapshot", path: "Path") -> "Iterator[tuple[Path, Item]]":
    depth = len(path)
    return (
        (cube, item)
        for cube, item in snapshot.items.items()
        if len(cube) == CUBE_DEPTH and cube[:depth] == path
    )


def slowest(snapshot: "Snapshot", path: "Path", now: datetime) -> "list[tuple[float, Path]]":
    """The cubes below a node that took longest so far, with their seconds."""
    timed = (
        (elapsed(item.dates.started_at, item.dates.finished_at, now) or 0.0, cube)
        for cube, item in _cubes_below(snapshot, path)
    )
    return [(seconds, cube) for seconds, cube in nlargest(SLOWEST, timed) if seconds >= 1]


def _artifacts(artifacts: "tuple[Artifact, ...]") -> Iterator[DetailLine]:
    yield "text", ""
    for n, artifact in enumerate(artifacts):
        name = artifact.local_path or "(no path)"
        yield "note", f"{'' if n else 'artifacts':<10}{name}  {artifact.status}".rstrip()
