"""How far a workflow or a task is, whichever way the server writes `percent`.

The contract gives a float and no scale: 0.43 may be 43 % or 0.43 %. A value well above 1 proves
percentages, for the whole run. Until then a value is a fraction, as the contract's own sample is
0.5, but for 1, which may be either end, and for one that is far too much by the statuses of the
cubes (the share that is done, up to the share that is done or running): then they decide.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from cubewatch.model import status

PROOF = 1.5
"""A fraction may overshoot 1 a little, an estimate above all; percentages are soon beyond this."""
FAR_OFF = 0.25


class Scale(Enum):
    """Where a server's `percent` ends."""

    FRACTION = 1
    PERCENTAGE = 100


@dataclass(slots=True)
class Count:
    """Cubes of a node by what their statuses say; canceled ones are skipped ones."""

    total: int = 0
    running: int = 0
    done: int = 0
    skipped: int = 0

    def add(self, cube_status: str) -> None:
        self.total += 1
        if cube_status == status.PROCESSING:
            self.running += 1
        elif cube_status in (status.SKIPPED, status.CANCELED):
            self.skipped += 1
        elif cube_status in status.FINAL:
            self.done += 1

    def include(self, other: "Count") -> None:
        self.total += other.total
        self.running += other.running
        self.done += other.done
        self.skipped += other.skipped

    def span(self) -> tuple[float, float]:
        """The least and the most of it that can be done, 0 to 1."""
        over = self.done + self.skipped
        total = self.total or 1
        return over / total, (over + self.running) / total


def decide(scale: Scale, percents: Iterable[float]) -> Scale:
    """The scale after seeing more of a run. Once proven, percentages stay."""
    return Scale.PERCENTAGE if any(percent > PROOF for percent in percents) else scale


def fraction_of(node_status: str, percent: float | None, count: Count, scale: Scale) -> float:
    """How far a node is, 0 to 1: by `percent` where that can be read, else by its cubes."""
    if node_status in (status.SUCCESS, status.SKIPPED):
        return 1.0
    if percent is not None and scale is Scale.PERCENTAGE:
        return min(1.0, max(0.0, percent / 100))
    if percent is not None and percent < 1 and not _may_be_percentage(percent, count):
        return max(0.0, percent)
    over = count.done if node_status in status.FINAL else count.done + count.skipped
    return over / count.total if count.total else 0.0


def _may_be_percentage(percent: float, count: Count) -> bool:
    """Whether a value below 1 is far too much for a fraction, and not too little for the other."""
    low, high = count.span()
    return bool(count.total) and percent > high + FAR_OFF and percent / 100 >= low
