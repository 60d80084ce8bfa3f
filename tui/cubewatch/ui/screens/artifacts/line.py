"""One row of the list: what changes stands left, the path right.

`* ✓ success          3m ago  1.2 MB  dist/app.tar.gz`
`  ◐ ━━━╸────   43 % 1.2 MB/s    12s  dist/app.tar.gz`
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cubewatch.text.format import duration, elapsed
from cubewatch.text.size import size_text
from cubewatch.ui.widgets.cells import bar, fit, pad, percent

if TYPE_CHECKING:
    from datetime import datetime

    from cubewatch.api.client import CubePath
    from cubewatch.artifacts.transfer import Transfer
    from cubewatch.model.run import Artifact

STATUS = 10
AGO = 12
SIZE = 7
"""Cells: together, with the gaps, as many as BAR, SHARE, SPEED and LEFT."""
BAR = 8
SHARE = 6
SPEED = 8
LEFT = 6
SHORT = 8
"""Cells of what there is room for below WIDE."""
WIDE = 60

TONES = ("done", "running", "failed", "waiting")

_SIGNS = {"success": "✓", "registered": "○", "failed": "✗", "missing": "⊘"}
_TONES = {"success": "waiting", "registered": "waiting", "failed": "failed", "missing": "failed"}


@dataclass(frozen=True, slots=True)
class Look:
    """How a row is drawn: its width in cells, whether the cursor is on it, the styles by name."""

    width: int
    selected: bool
    styles: Mapping[str, Style]


def cube_line(cube: "CubePath", trouble: str, look: Look) -> Strip:
    """The row of a cube; `trouble` is why its artifacts are not known, or not anew."""
    name = f" {' › '.join(cube[1:])}"
    said = f"  {trouble}" if trouble else ""
    return _strip([(name, "cube"), (said, "failed")], look)


def artifact_line(
    artifact: "Artifact",
    transfer: "Transfer | None",
    marked: bool,
    now: "datetime",
    look: Look,
) -> Strip:
    """The row of an artifact as it is at `now`, with how its download stands."""
    mark = " *" if marked else "  "
    if transfer is None:
        tone, parts = _listed(artifact, now, look.width)
    elif transfer.state == "running":
        tone, parts = "running", _running(transfer, look.width)
    else:
        tone, parts = _standing(transfer, look.width)
    name = f"  {artifact.local_path or '(no path)'}"
    if transfer and transfer.state == "failed":
        name += f"  {transfer.error}"
    return _strip([(mark, "mark"), (f" {parts}", tone), (name, "name")], look)


def _listed(artifact: "Artifact", now: "datetime", width: int) -> tuple[str, str]:
    sign = _SIGNS.get(artifact.status, "?")
    tone = _TONES.get(artifact.status, "waiting")
    dates = artifact.dates
    age = elapsed(dates.obtained_at or dates.registered_at or dates.updated_at, None, now)
    told = duration(age) if age is not None else ""
    if width < WIDE:
        return tone, f"{sign} {told:>{SHORT}}"
    word = pad(artifact.status or "no status", STATUS)
    ago = f"{told} ago" if told else ""
    return tone, f"{sign} {word} {ago:>{AGO}} {'':{SIZE}}"


def _running(transfer: "Transfer", width: int) -> str:
    fraction = transfer.fraction
    share = size_text(transfer.done) if fraction is None else percent(fraction)
    if width < WIDE:
        return f"◐ {share:>{SHORT}}"
    done, rest = bar(fraction or 0.0, BAR)
    speed = f"{size_text(transfer.speed)}/s" if transfer.speed is not None else ""
    left = duration(transfer.left) if transfer.left is not None else ""
    return f"◐ {done}{rest} {share:>{SHARE}} {speed:>{SPEED}} {left:>{LEFT}}"


def _standing(transfer: "Transfer", width: int) -> tuple[str, str]:
    tone, sign = {
        "waiting": ("running", "○"),
        "saved": ("done", "↓"),
        "failed": ("failed", "✗"),
        "canceled": ("waiting", "⊘"),
    }[transfer.state]
    size = size_text(transfer.total or transfer.done) if transfer.done else ""
    word = "queued" if transfer.state == "waiting" else transfer.state
    if width < WIDE:
        return tone, f"{sign} {size or word:>{SHORT}}"
    share = transfer.fraction if transfer.state in ("canceled", "failed") else None
    at = f"at {percent(share).strip()}" if share else ""
    return tone, f"{sign} {pad(word, STATUS)} {at:>{AGO}} {size:>{SIZE}}"


def _strip(parts: list[tuple[str, str]], look: Look) -> Strip:
    room = look.width
    segments = []
    for text, style in parts:
        shown = fit(text, room)
        room -= cell_len(shown)
        segments.append(Segment(shown, look.styles[style]))
    if look.selected:
        whole = "".join(segment.text for segment in segments)
        return Strip([Segment(pad(whole, look.width), look.styles["cursor"])])
    return Strip(segment for segment in segments if segment.text)
