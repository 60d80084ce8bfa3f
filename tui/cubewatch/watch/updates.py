"""Updates: the results of polling a run, one for each answer or failure."""

from dataclasses import dataclass

from cubewatch.api.errors import ApiError
from cubewatch.model.snapshot import Change, Snapshot
from cubewatch.model.timeline import Timeline
from cubewatch.text.sanitize import inert


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new state. `at` is when it came, in seconds of the clock; `offset` is how many seconds
    the server's clock is ahead of ours. `line` are its times, where they took long to find."""

    snapshot: Snapshot
    changes: list[Change]
    at: float
    offset: float
    line: Timeline | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An answer that says the same as the last one."""

    at: float
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """No news, and why. `tries` counts the failures in a row. `retry_at` is when the next try is
    due, in seconds of the clock; None: there is none until `wake`."""

    error: ApiError
    tries: int
    retry_at: float | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The polling ended by a fault of ours, or of the environment. `wake` starts it again."""

    fault: Exception

    @property
    def reason(self) -> str:
        """One inert line."""
        return inert(f"{type(self.fault).__name__}: {self.fault}")


Update = Fresh | Unchanged | Trouble | Stopped
"""No request follows a Fresh that is final, or a Trouble without a next try, until `wake`."""


class NoRunError(ApiError):
    """The repository has no run yet."""

    _meaning = "Nothing has been started in this repository so far."
    _advice = "Start a run with cubewatch run."
