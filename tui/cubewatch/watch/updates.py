"""What the poll loop tells: values that a screen, or a plain line, is made of."""

from dataclasses import dataclass

from cubewatch.api.errors import ApiError
from cubewatch.model.snapshot import Change, Snapshot


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new state. `at` is when it came, in seconds of the loop's clock; `offset` is how many
    seconds the server's clock is ahead of ours."""

    snapshot: Snapshot
    changes: list[Change]
    at: float
    offset: float


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An answer that says the same as the last one."""

    at: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """No news, and why. `tries` counts the failures in a row. `retry_at` is when the next try is
    due, in seconds of the loop's clock; None: it is given up until somebody asks."""

    error: ApiError
    tries: int
    retry_at: float | None


Update = Fresh | Unchanged | Trouble
"""Nothing is asked after a Fresh that is final, or a Trouble without a next try, until `wake`."""
