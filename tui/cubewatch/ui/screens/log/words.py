"""How the reading of a log goes, in words."""

from typing import TYPE_CHECKING

from cubewatch.api.errors import ApiError
from cubewatch.model import status
from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from cubewatch.logs.status import LogTold

_AGAIN = "r asks again"


def why_empty(told: "LogTold", cube_status: str) -> str:
    """Why there is nothing in a log. `cube_status`: what the run says, "" if unknown."""
    if told.error and told.phase in ("refused", "trouble", "full"):
        again = "" if told.phase == "trouble" else f" · {_AGAIN}"
        return f"The log could not be read: {_reason(told)}{again}"
    if told.phase == "waiting":
        if cube_status in status.FINAL:
            return "The cube has ended; its log is not there yet."
        begun = cube_status not in ("", "created", "prepared")
        return "Nothing is written yet." if begun else "Not started yet: the log begins by itself."
    return {
        "asking": "Asking for the log …",
        "ended": "The cube has ended and wrote nothing.",
        "gone": f"There is no log: none was written, or it is not kept any more · {_AGAIN}",
        "dropped": f"This log gave way to newer ones · {_AGAIN}",
        "full": f"There is no room for this log · {_AGAIN}",
    }.get(told.phase, "Nothing is written yet.")


def how_it_goes(told: "LogTold", now: float) -> str:
    """What is to be said beside a log that has something in it; `now` is of the loop's clock."""
    if told.phase == "trouble":
        left = max(0, round((told.retry_at or now) - now))
        return f"{_reason(told)} · trying again {f'in {left}s' if left else 'now'}"
    if told.phase == "refused":
        return f"{_reason(told)} · {_AGAIN}"
    if told.phase == "full":
        return f"no room for more: {_reason(told) or 'the rest is left out'}"
    if told.restarted:
        return "the log was begun anew"
    return "complete" if told.phase == "ended" else ""


def _reason(told: "LogTold") -> str:
    if isinstance(told.error, OSError):
        return inert(told.error.strerror or str(told.error))
    if isinstance(told.error, ApiError) and told.phase == "refused":
        return f"{told.error} · {told.error.advice}"
    return str(told.error or "")
