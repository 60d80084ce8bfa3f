"""Transfer: the state of a download, and its speed."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cubewatch.api.errors import ApiError

WINDOW = 5.0
"""Seconds over which the speed is measured."""

State = Literal["waiting", "running", "saved", "failed", "canceled"]
UNDER_WAY: tuple[State, ...] = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Transfer:
    """`done` and `total` in bytes, `speed` in bytes a second, `left` in seconds; None: unknown.

    `saved` is where it stands when it is saved, `error` why it is not when it failed.
    """

    state: State
    done: int = 0
    total: int | None = None
    speed: float | None = None
    left: float | None = None
    saved: Path | None = None
    error: ApiError | None = None

    @property
    def fraction(self) -> float | None:
        """The share that is downloaded, 0 to 1."""
        return self.done / self.total if self.total else None


class Speed:
    """Bytes a second over the last seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def note(self, now: float, done: int) -> None:
        """Records that `done` bytes were there at `now`; fewer than before: it was restarted."""
        if self._samples and done < self._samples[-1][1]:
            self._samples.clear()
        self._samples.append((now, done))
        while now - self._samples[0][0] > WINDOW and len(self._samples) > 2:
            self._samples.popleft()

    def at(self, now: float) -> float | None:
        """Bytes a second at `now`; None until it is known."""
        if len(self._samples) < 2:
            return None
        (begun, first), (_, last) = self._samples[0], self._samples[-1]
        return (last - first) / (now - begun) if now > begun else None
