"""The statuses of runs, workflows, tasks and cubes, and the one table of how each is shown.

A status is plain text: the contract has grown before, so an unknown one is shown as it came and
counts as neither final nor failed.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

CREATED = "created"
PREPARED = "prepared"
PROCESSING = "processing"
SUCCESS = "success"
FAILED = "failed"
CANCELED = "canceled"
TIMEOUT = "timeout"
SKIPPED = "skipped"
AWAITING_APPROVAL = "awaiting_approval"
REJECTED = "rejected"

Tone = Literal["success", "failure", "running", "waiting", "pending", "muted"]
"""The meaning of a colour. Style sheets give each tone its look."""
Phase = Literal["pending", "running", "waiting", "done"]
"""Where in its life a node is. `waiting`: for a person."""

TONES: Final[tuple[Tone, ...]] = (
    "success",
    "failure",
    "running",
    "waiting",
    "pending",
    "muted",
)


class StatusStyle(NamedTuple):
    """The style of a status. `glyph` is one cell wide and in common monospace fonts; `speaks`: the
    glyph says it all, so that no word is needed beside it."""

    glyph: str
    tone: Tone
    phase: Phase
    speaks: bool = True


STATUSES: Final[Mapping[str, StatusStyle]] = {
    CREATED: StatusStyle("○", "pending", "pending"),
    PREPARED: StatusStyle("○", "pending", "pending"),
    PROCESSING: StatusStyle("◐", "running", "running"),
    SUCCESS: StatusStyle("✓", "success", "done"),
    FAILED: StatusStyle("✗", "failure", "done"),
    CANCELED: StatusStyle("⊘", "muted", "done", speaks=False),
    TIMEOUT: StatusStyle("◷", "failure", "done", speaks=False),
    SKIPPED: StatusStyle("↷", "muted", "done", speaks=False),
    AWAITING_APPROVAL: StatusStyle("‖", "waiting", "waiting", speaks=False),
    REJECTED: StatusStyle("✗", "failure", "done", speaks=False),
}
NONE = STATUSES[CREATED]
"""How a missing status is shown."""
UNKNOWN = StatusStyle("?", "waiting", "pending", speaks=False)

FINAL = frozenset(name for name, style in STATUSES.items() if style.phase == "done")
FAILURES = frozenset(name for name, style in STATUSES.items() if style.tone == "failure")


def style_of(status: str) -> StatusStyle:
    """The style of a status, which may be unknown or empty."""
    return STATUSES.get(status, UNKNOWN) if status else NONE


def glyph(status: str) -> str:
    """The one-cell sign of a status: `?` if it is unknown, `○` if it is empty."""
    return style_of(status).glyph


def tone(status: str) -> Tone:
    """The tone of a status: the meaning of its colour."""
    return style_of(status).tone


def phase(status: str) -> Phase:
    """The phase of a node with this status."""
    return style_of(status).phase
