"""One line of the tree: what changes stands left, the name right.

`◐ 3m12s ━━━━╸───── 43 %   ▾ release  ◂ now`
"""

from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.text.format import duration, elapsed
from cubewatch.ui.widgets.cells import Span, bar, percent

if TYPE_CHECKING:
    from datetime import datetime

    from cubewatch.model.snapshot import Item, Path, Snapshot

TIME = 7
PERCENT = 5
WIDE = 60
NARROW = 44


def tree_line(
    snapshot: "Snapshot", path: "Path", now: "datetime", width: int, opened: bool | None
) -> list[Span]:
    """The node at `path` as it is at `now` (the server's clock), for so many cells. `opened`:
    whether what is below it is in sight; None if there is nothing."""
    item = snapshot.items[path]
    tone = status.tone(item.status)
    seconds = elapsed(item.dates.started_at, item.dates.finished_at, now)
    time = duration(seconds) if seconds is not None and _has_clock(item) else ""
    sign = {None: " ", True: "▾", False: "▸"}[opened]
    return [
        (f" {status.glyph(item.status)} {time:>{TIME}} ", tone),
        *_progress(_shown_fraction(snapshot, path, item), width, tone),
        (f"{'  ' * (len(path) - 1)}{sign} ", "text"),
        (item.slug or "(no name)", _name_part(snapshot, path, tone)),
        (_note(snapshot, path, item), "note"),
    ]


def _name_part(snapshot: "Snapshot", path: "Path", tone: status.Tone) -> str:
    """The look of a name. The culprit of a failure is stronger than what is above it."""
    if tone == "failure":
        return "culprit" if path in snapshot.failures else "failure"
    if tone == "success":
        return "strong" if len(path) == 1 else "text"
    return tone


def _has_clock(item: "Item") -> bool:
    return bool(item.dates.finished_at) or item.status not in status.FINAL


def _shown_fraction(snapshot: "Snapshot", path: "Path", item: "Item") -> float | None:
    return None if item.status == status.SKIPPED else snapshot.fractions.get(path)


def _progress(fraction: float | None, width: int, tone: status.Tone) -> list[Span]:
    cells = 10 if width >= WIDE else 6 if width >= NARROW else 0
    gap = 1 if cells else 0
    if fraction is None:
        return [(" " * (cells + gap + PERCENT + 1), "rest")]
    done, left = bar(fraction, cells)
    return [(done, tone), (left + " " * gap, "rest"), (f"{percent(fraction)} ", tone)]


def _note(snapshot: "Snapshot", path: "Path", item: "Item") -> str:
    """What stands behind a name: at work now, what it waits for, or a word for the status."""
    if path in snapshot.current:
        return "  ◂ now"
    if not status.style_of(item.status).speaks:
        return f"  {item.status.replace('_', ' ')}"
    if item.status != status.CREATED or not (needs := getattr(item, "relations", None)):
        return ""
    waiting = [
        need.name
        for need in needs.needs
        if (*path[:-1], need.name) not in snapshot.items
        or snapshot.items[(*path[:-1], need.name)].status not in status.FINAL
    ]
    return f"  after {', '.join(waiting)}" if waiting else ""
