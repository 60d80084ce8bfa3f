"""One row of the list: what changes stands left, the path right.

`* ✓ success          3m ago  1.2 MB  dist/app.tar.gz`
`  ◐ ━━━╸────   43 % 1.2 MB/s    12s  dist/app.tar.gz`
"""

from typing import TYPE_CHECKING

from cubewatch.text.format import ago, duration, elapsed
from cubewatch.text.size import size_text
from cubewatch.ui.widgets.measured_text import Span, bar, pad, percent

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

PARTS = ("success", "failure", "running", "muted", "culprit", "title", "mark", "text")

_SIGNS = {"success": "✓", "registered": "○", "failed": "✗", "missing": "⊘"}
_FAILURES = frozenset({"failed", "missing"})


def cube_line(cube: "CubePath", trouble: str) -> list[Span]:
    """The row of a cube; `trouble` is why its artifacts are not known, or not read again."""
    said = f"  {trouble}" if trouble else ""
    return [(f" {' › '.join(cube[1:])}", "title"), (said, "culprit")]


def artifact_line(
    artifact: "Artifact", transfer: "Transfer | None", marked: bool, now: "datetime", width: int
) -> list[Span]:
    """The row of an artifact as it is at `now`, with how its download stands."""
    if transfer is None:
        tone, parts = _listed(artifact, now, width)
    elif transfer.state == "running":
        tone, parts = "running", _running(transfer, width)
    else:
        tone, parts = _resting(transfer, width)
    trouble = f"  {transfer.error}" if transfer and transfer.state == "failed" else ""
    return [
        (" *" if marked else "  ", "mark"),
        (f" {parts}", tone),
        (f"  {artifact.local_path or '(no path)'}", "text"),
        (trouble, "failure"),
    ]


def _listed(artifact: "Artifact", now: "datetime", width: int) -> tuple[str, str]:
    sign = _SIGNS.get(artifact.status, "?")
    tone = "failure" if artifact.status in _FAILURES else "muted"
    dates = artifact.dates
    age = elapsed(dates.obtained_at or dates.registered_at or dates.updated_at, None, now)
    when = "" if age is None else ago(age)
    if width < WIDE:
        return tone, f"{sign} {when:>{SHORT}}"
    word = pad(artifact.status or "no status", STATUS)
    return tone, f"{sign} {word} {when:>{AGO}} {'':{SIZE}}"


def _running(transfer: "Transfer", width: int) -> str:
    fraction = transfer.fraction
    share = size_text(transfer.done) if fraction is None else percent(fraction)
    if width < WIDE:
        return f"◐ {share:>{SHORT}}"
    done, rest = bar(fraction or 0.0, BAR)
    speed = f"{size_text(transfer.speed)}/s" if transfer.speed is not None else ""
    left = duration(transfer.left) if transfer.left is not None else ""
    return f"◐ {done}{rest} {share:>{SHARE}} {speed:>{SPEED}} {left:>{LEFT}}"


def _resting(transfer: "Transfer", width: int) -> tuple[str, str]:
    tone, sign = {
        "waiting": ("muted", "○"),
        "saved": ("success", "↓"),
        "failed": ("failure", "✗"),
        "canceled": ("muted", "⊘"),
    }[transfer.state]
    size = size_text(transfer.total or transfer.done) if transfer.done else ""
    word = "queued" if transfer.state == "waiting" else transfer.state
    if width < WIDE:
        return tone, f"{sign} {size or word:>{SHORT}}"
    share = transfer.fraction if transfer.state in ("canceled", "failed") else None
    at = f"at {percent(share).strip()}" if share else ""
    return tone, f"{sign} {pad(word, STATUS)} {at:>{AGO}} {size:>{SIZE}}"
