"""Statuses of runs, workflows, tasks and cubes, as the contract names them.

A status is plain text: the contract has grown before, so one that nobody has heard of is shown
as it came and counts as neither final nor failed.
"""

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

FINAL = frozenset({SUCCESS, FAILED, CANCELED, TIMEOUT, SKIPPED, REJECTED})
FAILURES = frozenset({FAILED, TIMEOUT, REJECTED})

UNKNOWN_GLYPH = "?"
GLYPHS = {
    CREATED: "○",
    PREPARED: "○",
    PROCESSING: "◐",
    SUCCESS: "✓",
    FAILED: "✗",
    CANCELED: "⊘",
    TIMEOUT: "⏱",
    SKIPPED: "↷",
    AWAITING_APPROVAL: "⏸",
    REJECTED: "✗",
}


def glyph(status: str) -> str:
    """The one-cell sign of a status; `?` for one that nobody has heard of, `○` for none."""
    return GLYPHS.get(status, UNKNOWN_GLYPH) if status else GLYPHS[CREATED]
