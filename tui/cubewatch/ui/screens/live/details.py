"""The details of a node, as lines of text."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.text.format import duration, elapsed
from cubewatch.ui.screens.live.request_words import request_fully
from cubewatch.ui.widgets.text_lines import Paragraph

if TYPE_CHECKING:
    from cubewatch.model.compare import Comparison
    from cubewatch.model.durations import Band
    from cubewatch.model.request import RunRequest
    from cubewatch.model.run import Artifact, DatesByStage, Run
    from cubewatch.model.snapshot import Path, Snapshot
    from cubewatch.model.timeline import Bar, Timeline

LABEL = 10
BLANK = Paragraph("text", "")


def _labeled(label: str, text: str) -> Paragraph:
    return Paragraph("note", text, f"{label:<{LABEL}}")


def title_of(snapshot: "Snapshot", path: "Path") -> str:
    """The name of a node, below what it is part of: of a workflow, if there are several."""
    nodes = (snapshot.items.get(path[: n + 1]) for n in range(len(path)))
    names = [node.slug or "(no name)" for node in nodes if node]
    if len(snapshot.run.workflows) == 1 and len(names) > 1:
        del names[0]
    return " › ".join(names) or f"Run #{snapshot.run.slug}"


def details(
    line: "Timeline",
    path: "Path",
    now: datetime,
    request: "RunRequest | None" = None,
    usual: "Band | None" = None,
) -> Iterator[Paragraph]:
    """The node at `path`, the run itself for (), as it is at `now` (the server's clock). `request`
    is what the run was started with, if we know; `usual` how long the node usually takes."""
    snapshot = line.snapshot
    item = snapshot.items.get(path) or snapshot.run
    parts = [*_state(item.status, item.dates, now), *_usual(usual), *_needs(snapshot, path)]
    yield Paragraph(status.tone(item.status), " · ".join(parts))
    if dates := _dates(item.dates, line.bar(path), item.status, now):
        yield Paragraph("note", dates)
    if description := getattr(item, "description", ""):
        yield Paragraph("text", description)
    if not path:
        yield from _about_run(snapshot.run)
        yield from (_request_lines(request) if request else ())
    if path in snapshot.children:
        yield from _cubes(line, path, now)
    if artifacts := getattr(item, "artifacts", ()):
        yield from _artifacts(artifacts)


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


def _usual(usual: "Band | None") -> Iterator[str]:
    if usual:
        yield f"usually {duration(usual.middle)}"


def _needs(snapshot: "Snapshot", path: "Path") -> Iterator[str]:
    relations = getattr(snapshot.items.get(path), "relations", None)
    if relations and relations.needs:
        names = []
        for need in relations.needs:
            other = snapshot.items.get((*path[:-1], need.name))
            names.append(f"{need.name} {status.glyph(other.status)}" if other else need.name)
        yield f"after {', '.join(names)}"


def _dates(dates: "DatesByStage", bar: "Bar", node_status: str, now: datetime) -> str:
    """The dates of a node, and how long it waited: `12:04:27 → 12:04:37 · queued 3s`."""
    begin, end = dates.started_at, dates.finished_at
    if begin is None:
        known = dates.created_at or dates.updated_at
        return f"created {_moment(known, since=now)}" if known else ""
    until = _moment(end, since=begin) if end else "?" if node_status in status.FINAL else "now"
    parts = [f"{_moment(begin, since=now)} → {until}"]
    if bar.ready is not None and bar.start is not None:
        queued = bar.start - bar.ready
        parts += [f"queued {duration(queued)}"] if queued >= 1 else []
    return " · ".join(parts)


def _moment(moment: datetime, since: datetime) -> str:
    """The time here; with the date unless it is that of `since`, and with the zone where that is
    another one, as when summer time has ended in between."""
    here, before = moment.astimezone(), since.astimezone()
    zone = "" if before.utcoffset() == here.utcoffset() else f" {here:%Z}"
    day = "" if before.date() == here.date() else f"{here:%Y-%m-%d} "
    return f"{day}{here:%H:%M:%S}{zone}"


def _about_run(run: "Run") -> Iterator[Paragraph]:
    by = [f"by {run.user.slug}"] if run.user.slug else []
    event = [run.event_type.replace("_", " ")] if run.event_type else []
    pull = [f"pull request {run.pull.slug}"] if run.pull and run.pull.slug else []
    if about := [*event, *by, *pull]:
        yield Paragraph("text", " · ".join(about))
    for message in run.error_messages:
        yield Paragraph("failure", message)
    if not run.workflows and not run.error_messages:
        yield Paragraph("text", _why_empty(run.status))


def _request_lines(request: "RunRequest") -> Iterator[Paragraph]:
    yield BLANK
    for label, text in request_fully(request):
        yield _labeled(label, text)


def _why_empty(run_status: str) -> str:
    if run_status in status.FINAL:
        return "This run has no workflows: there was nothing to do."
    return "No workflows yet: the server still reads the config."


def _cubes(line: "Timeline", path: "Path", now: datetime) -> Iterator[Paragraph]:
    """The cubes below a node: how many are in which status, and the slowest of them."""
    tally = line.snapshot.tallies[path]
    if not tally:
        return
    counts = (f"{n} {name.replace('_', ' ') or 'no status'}" for name, n in tally.items())
    yield BLANK
    yield _labeled("cubes", ", ".join(counts))
    for n, (seconds, cube) in enumerate(line.slowest(path, now)):
        name = "/".join(cube[max(1, len(path)) :])
        yield _labeled("" if n else "slowest", f"{duration(seconds):>6}  {name}")


def _artifacts(artifacts: "tuple[Artifact, ...]") -> Iterator[Paragraph]:
    yield BLANK
    for n, artifact in enumerate(artifacts):
        name = artifact.local_path or "(no path)"
        yield _labeled("" if n else "artifacts", f"{name}  {artifact.status}".rstrip())


def ending(
    line: "Timeline",
    now: datetime,
    comparison: "Comparison | None",
    *,
    is_ours: bool,
    successor: str = "",
) -> Iterator[Paragraph]:
    """The lines below the tree of a run that has ended. `is_ours`: it was started from here, so
    that it can be run again. `successor`: the run that restarts it."""
    if successor:
        yield _labeled("restarted", f"as #{successor}: ] shows it")
    snapshot = line.snapshot
    if slow := line.slowest((), now):
        names = " · ".join(f"{'/'.join(cube[1:])} {duration(s)}" for s, cube in slow)
        yield _labeled("slowest", names)
    if comparison:
        from cubewatch.model.compare import brief

        yield _labeled("against", f"#{comparison.baseline}, the last good run: {brief(comparison)}")
    kept = sum(len(getattr(item, "artifacts", ())) for item in snapshot.items.values())
    if kept:
        files = "1 artifact" if kept == 1 else f"{kept} artifacts"
        yield _labeled("files", f"{files}: a shows and saves them")
    steps = ["l log", "y copy"] if snapshot.failures else []
    steps += ["R run again"] if is_ours else []
    yield _labeled("next", " · ".join([*steps, "t timeline", "o web page"]))
