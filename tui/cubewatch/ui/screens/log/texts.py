"""The texts of the log screen."""

from typing import TYPE_CHECKING

from cubewatch.api.errors import ApiError
from cubewatch.model import status
from cubewatch.text.sanitize import inert
from cubewatch.text.size import size_text

if TYPE_CHECKING:
    from cubewatch.logs.reader import LogReader
    from cubewatch.logs.state import LogState

_AGAIN = "r tries again"


NOTHING_TO_COPY = "There is nothing to copy yet."
NOTHING_TO_SHOW = "There is nothing to show yet."
NO_PAGER = "This terminal can't be handed to a pager."


def copied(text: str, whole: bool) -> str:
    """The notice after lines were copied: all in sight, or as much as terminals take."""
    lines = f"{text.count(chr(10))} lines" if whole else f"the first {len(text.encode())} bytes"
    return f"Copied {lines} (OSC 52, if the terminal allows it)."


def unreadable(reason: str) -> str:
    """The text in place of a log whose reading was ended by a fault."""
    return f"The log could not be read: {reason} · {_AGAIN}"


def stopped(reason: str) -> str:
    """The text beside such a log."""
    return f"reading has stopped: {reason}"


def why_empty(state: "LogState", cube_status: str) -> str:
    """The text for an empty log. `cube_status`: what the run says, "" if unknown."""
    if state.error and state.phase in ("refused", "trouble", "full"):
        if state.phase == "trouble":
            return f"The log could not be read: {_reason(state)}"
        return unreadable(_reason(state))
    if state.phase in ("waiting", "quiet"):
        if cube_status in status.FINAL:
            return "The cube has ended; its log is not there yet."
        has_begun = cube_status not in ("", status.CREATED, status.PREPARED)
        if has_begun:
            return "Nothing is written yet."
        return "Not started yet: the log will appear here by itself."
    return {
        "loading": "Loading the log …",
        "ended": "The cube has ended and wrote nothing.",
        "gone": f"There is no log: none was written, or it is not kept any more · {_AGAIN}",
        "dropped": f"This log was dropped to make room for newer ones · {_AGAIN}",
        "full": f"There is no room for this log · {_AGAIN}",
    }.get(state.phase, "Nothing is written yet.")


def reading_line(log: "LogReader", now: float) -> str:
    """The text beside a log that is not empty; `now` is of the loop's clock."""
    state = log.state
    if state.phase == "trouble":
        left = max(0, round((state.retry_at or now) - now))
        return f"{_reason(state)} · trying again {f'in {left}s' if left else 'now'}"
    if state.phase == "refused":
        return f"{_reason(state)} · {_AGAIN}"
    if state.phase == "full":
        return f"no room for more: {_reason(state) or 'the rest is left out'}"
    if state.restarted:
        return "the server has begun this log again"
    if log.preview is not None:
        return f"the end only so far; {size_text(log.spool.size)} of what comes before are loaded"
    return "complete" if state.phase == "ended" else ""


def _reason(state: "LogState") -> str:
    if isinstance(state.error, OSError):
        return inert(state.error.strerror or str(state.error))
    if isinstance(state.error, ApiError) and state.phase == "refused":
        return f"{state.error} · {state.error.advice}"
    return str(state.error or "")
