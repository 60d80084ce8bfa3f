"""How far a workflow or a task is, whichever way the server writes `percent`.

The contract gives a float and no scale: 0.43 may be 43 % or 0.43 %. The habit is decided once per
run. A value above 1 proves percentages. Below that the value is held against what the statuses of
the cubes allow (the share that is done, up to the share that is done or running): it is read as a
percentage only where it is far too much for a fraction, as the contract's own sample is 0.5.
"""

from dataclasses import dataclass
from enum import Enum

from tui.domain import status

_ROUNDING = 0.001
_FAR_OFF = 0.25


class Scale(Enum):
    """Where a server's `percent` ends."""

    FRACTION = 1
    PERCENTAGE = 100


@dataclass(frozen=True, slots=True)
class Habit:
    """What is known of a server's scale. `certain`: a value was seen that only one scale allows."""

    scale: Scale = Scale.FRACTION
    certain: bool = False


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


@dataclass(frozen=True, slots=True)
class Sample:
    """A `percent` as it came, beside the cubes it speaks of."""

    percent: float
    count: Count


def decide(habit: Habit, samples: list[Sample]) -> Habit:
    """The habit after seeing more of a run. Only a value above 1 can overrule a certain one."""
    if any(sample.percent > 1 + _ROUNDING for sample in samples):
        return Habit(Scale.PERCENTAGE, certain=True)
    if habit.certain:
        return habit
    telling = [sample for sample in samples if sample.percent > 0 and sample.count.total]
    no_fraction = any(_misfit(sample, Scale.FRACTION) > _FAR_OFF for sample in telling)
    if no_fraction and not any(_misfit(sample, Scale.PERCENTAGE) for sample in telling):
        return Habit(Scale.PERCENTAGE)
    return Habit(Scale.FRACTION) if telling else habit


def _misfit(sample: Sample, scale: Scale) -> float:
    """How far a reading lies outside of what the cubes allow, 0 if it lies inside."""
    low, high = sample.count.span()
    fraction = sample.percent / scale.value
    return max(0.0, low - fraction - _ROUNDING, fraction - high - _ROUNDING)


def fraction_of(node_status: str, percent: float | None, count: Count, habit: Habit) -> float:
    """How far a node is, 0 to 1: by `percent`, else by its cubes.

    `percent` 1 without certainty could be either end, so the cubes decide there too.
    """
    if node_status in (status.SUCCESS, status.SKIPPED):
        return 1.0
    ambiguous = not habit.certain and percent == 1
    if percent is not None and not ambiguous:
        return min(1.0, max(0.0, percent / habit.scale.value))
    over = count.done if node_status in status.FINAL else count.done + count.skipped
    return over / count.total if count.total else 0.0
