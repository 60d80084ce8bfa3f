"""The progress of workflows and tasks, whichever scale the server uses for `percent`.

The contract gives a float and no scale: 0.43 may be 43 % or 0.43 %. Until the answers prove one
or the other, a node is as far as its cubes are. A value well above 1 proves percentages; a value
that fits the share of cubes that have ended, where the hundredth of it is far too little, proves
fractions. What no scale allows (35000, -5) is no value.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from cubewatch.model import status

PROOF = 1.5
"""A fraction may overshoot 1 a little, an estimate above all; percentages are soon beyond this."""
MAX_PERCENT = 101.0
"""What is above this is no percentage, but for rounding."""
FAR_OFF = 0.25
"""How much `percent` and the share of cubes differ at most: cubes take longer or shorter."""
INTERNAL = "#"
"""What the slugs of cubes begin with that the platform adds: `#git-clone`."""
NOT_YET = 0.99
"""The most that is shown of what has not ended."""


class Scale(Enum):
    """The scale of a server's `percent`, as far as it is proven."""

    UNKNOWN = 0
    FRACTION = 1
    PERCENTAGE = 100


@dataclass(slots=True)
class Count:
    """The numbers of a node's cubes by status. `done` includes `failed`; canceled cubes are skipped
    ones; `waiting` ones await an approval. `internal` cubes, `internal_over` of which have ended,
    prepare the others and are no measure of the work."""

    total: int = 0
    running: int = 0
    waiting: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    internal: int = 0
    internal_over: int = 0

    @property
    def pending(self) -> int:
        """The number that have not begun or have an unknown status."""
        return self.total - self.running - self.waiting - self.done - self.skipped

    @property
    def over(self) -> int:
        """The number of cubes that will not change any more."""
        return self.done + self.skipped

    def add(self, cube_status: str, number: int = 1) -> None:
        """Counts so many cubes of a status."""
        self.total += number
        if cube_status == status.PROCESSING:
            self.running += number
        elif cube_status == status.AWAITING_APPROVAL:
            self.waiting += number
        elif cube_status in (status.SKIPPED, status.CANCELED):
            self.skipped += number
        elif cube_status in status.FINAL:
            self.done += number
            self.failed += number if cube_status in status.FAILURES else 0

    def add_internal(self, cube_status: str) -> None:
        """Counts as housekeeping a cube that `add` has counted: one whose name begins with `#`."""
        self.internal += 1
        self.internal_over += cube_status in status.FINAL

    def include(self, other: "Count") -> None:
        self.total += other.total
        self.running += other.running
        self.waiting += other.waiting
        self.done += other.done
        self.failed += other.failed
        self.skipped += other.skipped
        self.internal += other.internal
        self.internal_over += other.internal_over

    def span(self) -> tuple[float, float]:
        """The least and the most of the work that can be done, 0 to 1, by what has ended and what
        runs of it."""
        total = max(1, self.total - self.internal)
        over = self.over - self.internal_over
        return over / total, min(1.0, (over + self.running) / total)


def decide(before: Scale, nodes: Iterable[tuple[float, Count]]) -> Scale:
    """The scale after one more answer, of whose nodes each has a `percent` and its cubes.

    What is proven stays until an answer proves the opposite. One odd value among fractions, as
    of a single node, proves nothing.
    """
    proofs = [_proof(percent, count) for percent, count in nodes]
    percentages, fractions = proofs.count(Scale.PERCENTAGE), proofs.count(Scale.FRACTION)
    if percentages > fractions and (before is not Scale.FRACTION or percentages > 1):
        return Scale.PERCENTAGE
    return Scale.FRACTION if fractions > percentages else before


def _proof(percent: float, count: Count) -> Scale:
    low, high = count.span()
    if PROOF < percent <= MAX_PERCENT:
        return Scale.PERCENTAGE
    fits = 0 <= percent <= 1 and low - FAR_OFF <= percent <= high + FAR_OFF
    return Scale.FRACTION if fits and percent / 100 < low - FAR_OFF else Scale.UNKNOWN


def fraction_of(node_status: str, percent: float | None, count: Count, scale: Scale) -> float:
    """The progress of a node, 0 to 1: by `percent` where that can be read, else by its cubes. 1
    only for what has ended."""
    if node_status in (status.SUCCESS, status.SKIPPED):
        return 1.0
    is_final = node_status in status.FINAL
    fraction = _read(percent, scale)
    if fraction is None:
        over = count.done if is_final else count.over
        fraction = over / count.total if count.total else 0.0
    return fraction if is_final else min(NOT_YET, fraction)


def _read(percent: float | None, scale: Scale) -> float | None:
    """The fraction that a server means by `percent`; None if that can't be known."""
    if percent is None or percent < 0:
        return None
    if scale is Scale.PERCENTAGE and percent <= MAX_PERCENT:
        return min(1.0, percent / 100)
    if scale is Scale.FRACTION and percent <= PROOF:
        return min(1.0, percent)
    return None
