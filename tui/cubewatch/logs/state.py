"""LogState: the state of reading a log."""

from dataclasses import dataclass
from typing import Literal

from cubewatch.api.errors import ApiError

Phase = Literal[
    "loading",
    "waiting",
    "growing",
    "quiet",
    "ended",
    "gone",
    "refused",
    "trouble",
    "full",
    "dropped",
]
OVER: frozenset[Phase] = frozenset({"ended", "gone", "full", "dropped"})


@dataclass(frozen=True, slots=True)
class LogState:
    """The result of the last request.

    loading: there is no answer yet. waiting: the cube has not begun, or has written nothing.
    growing, quiet: with and without news. ended: the log is complete. gone: the cube has ended,
    and there is no log. refused: nothing is requested until `wake`. trouble: the next try is due
    at `retry_at` (seconds of the loop's clock). full: there is no room for more; what is there
    stays. dropped: it was dropped to make room for other logs. `restarted`: what was there before
    has changed. `error` is what went wrong, if anything did.
    """

    phase: Phase
    restarted: bool = False
    error: ApiError | OSError | None = None
    retry_at: float | None = None
