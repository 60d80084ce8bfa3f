"""One line of the tree: what changes stands left, the name right.

`◐ 3m12s ━━━━╸───── 43 %   ▾ release  ◂ now`
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cubewatch.model import status
from cubewatch.text.format import duration, elapsed
from cubewatch.ui.widgets.cells import bar, fit, percent

if TYPE_CHECKING:
    from datetime import datetime

    from cubewatch.model.snapshot import Item, Path, Snapshot

TIME = 7
PERCENT = 5
WIDE = 60
NARROW = 44

TONES = ("done", "running", "failed", "waiting", "attention")
"""How a line looks, by its status."""

_TONES = {
    status.SUCCESS: "done",
    status.PROCESSING: "running",
    status.FAILED: "failed",
    status.TIMEOUT: "failed",
    status.REJECTED: "failed",
    status.AWAITING_APPROVAL: "attention",
}
_TELLING = frozenset({*status.GLYPHS, ""}) - {status.TIMEOUT, status.AWAITING_APPROVAL}
"""Statuses that need no word beside their sign."""


def tone(node_status: str) -> str:
    """One of TONES for a status."""
    return _TONES.get(node_status, "waiting" if node_status in status.GLYPHS else "attention")


@dataclass(frozen=True, slots=True)
class Look:
    """How a line is drawn: its width in cells, whether the cursor is on it, the styles by name."""

    width: int
    selected: bool
    opened: bool | None
    styles: Mapping[str, Style]


def tree_line(snapshot: "Snapshot", path: "Path", now: "datetime", look: Look) -> Strip:
    """The node at `path` as it is at `now` (the server's clock)."""
    item = snapshot.items[path]
    colour = look.styles[tone(item.status)]
    rest = look.styles["rest"]
    seconds = elapsed(item.dates.started_at, item.dates.finished_at, now)
    time = duration(seconds) if seconds is not None and _has_clock(item) else ""
    segments = [Segment(f" {status.glyph(item.status)} {time:>{TIME}} ", colour)]
    segments += _progress(_shown_fraction(snapshot, path, item), look.width, colour, rest)
    left = sum(segment.cell_length for segment in segments)
    sign = {None: " ", True: "▾", False: "▸"}[look.opened]
    name = f"{'  ' * (len(path) - 1)}{sign} {item.slug or '(no name)'}"
    note = _note(snapshot, path, item)
    room = look.width - left
    name = fit(name, room)
    shown = look.styles["failed"] if tone(item.status) == "failed" else look.styles["name"]
    segments += [
        Segment(name, shown),
        Segment(fit(note, room - Segment(name).cell_length), look.styles["note"]),
    ]
    if look.selected:
        cursor = look.styles["cursor"]
        line = Strip(Segment(segment.text, cursor) for segment in segments if segment.text)
        return line.adjust_cell_length(look.width, cursor)
    return Strip(segment for segment in segments if segment.text)


def _has_clock(item: "Item") -> bool:
    return bool(item.dates.finished_at) or item.status not in status.FINAL


def _shown_fraction(snapshot: "Snapshot", path: "Path", item: "Item") -> float | None:
    return None if item.status == status.SKIPPED else snapshot.fractions.get(path)


def _progress(fraction: float | None, width: int, colour: Style, rest: Style) -> list[Segment]:
    cells = 10 if width >= WIDE else 6 if width >= NARROW else 0
    gap = 1 if cells else 0
    if fraction is None:
        return [Segment(" " * (cells + gap + PERCENT + 1), rest)]
    done, left = bar(fraction, cells)
    parts = [Segment(done, colour), Segment(left + " " * gap, rest)]
    return [*parts, Segment(f"{percent(fraction)} ", colour)]


def _note(snapshot: "Snapshot", path: "Path", item: "Item") -> str:
    """What stands behind a name: at work now, what it waits for, or a word for the status."""
    if path in snapshot.current:
        return "  ◂ now"
    if item.status not in _TELLING:
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
