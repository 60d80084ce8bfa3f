"""Cause: a likely cause of a failure, as `logs.causes` finds it."""

from typing import NamedTuple


class Cause(NamedTuple):
    """A likely cause. `line` to `end` (from 0, inclusive) is what belongs together, `text` is the
    line that says most, inert."""

    line: int
    end: int
    text: str
    score: float
    tool: str
    """Whose line it is; "" for the last words of a command, which no row of the table knows."""
    is_likely: bool = True
    """False for what was survived, or came only after the failure."""
