"""Durations: how long the parts of a run usually take, by what its earlier runs took.

Only what ended in success counts, and newer runs count more.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from cubewatch.model import status
from cubewatch.model.past import NodeTimes, RunTimes
from cubewatch.model.snapshot import Path

MAX_RUNS = 20
"""Earlier runs that are taken into account."""
MIN_RUNS = 2
"""Successes from which on something can be called usual."""
DECAY = 0.9
"""The weight of a run relative to the one after it."""
SURPRISE_FACTOR = 2.0
SURPRISE_WEIGHT = 0.35
"""Something takes so many times as long now and then, also where that has not been seen yet."""
MIN_SPREAD = 0.05
"""The least share of its middle by which a band of one thing reaches down and up."""
MIN_DRAWS, MAX_DRAWS, MAX_TOTAL_DRAWS = 8, 48, 12_000


@dataclass(frozen=True, slots=True)
class Band:
    """Seconds: most likely between `low` and `high`, as likely below `middle` as above."""

    low: float
    middle: float
    high: float


class Spread:
    """Samples with weights: how long one thing took before."""

    def __init__(self, samples: Sequence[tuple[float, float]]) -> None:
        """`samples`: pairs of seconds and weight, at least one."""
        self.count = len(samples)
        pairs = sorted(samples)
        low, middle, high = quantiles(pairs, (0.25, 0.5, 0.75))
        self.band = Band(
            min(low, middle * (1 - MIN_SPREAD)), middle, max(high, middle * (1 + MIN_SPREAD))
        )
        self._pairs = sorted([*pairs, (SURPRISE_FACTOR * middle, SURPRISE_WEIGHT)])

    def draws(self, shares: Sequence[float]) -> list[float]:
        """The time it takes: the usual one, then one for each of the `shares` (0 to 1) of all
        cases."""
        return [self.band.middle, *_picked(self._pairs, shares)]

    def left(self, elapsed: float, shares: Sequence[float]) -> list[float]:
        """The time that is left after `elapsed` seconds: likewise."""
        longer = self._pairs[bisect_right(self._pairs, (elapsed, float("inf"))) :]
        if len(longer) > 1:
            [usual] = quantiles(longer, (0.5,))
            return [seconds - elapsed for seconds in (usual, *_picked(longer, shares))]
        most = longer[0][0] - elapsed if longer else elapsed / 2
        return [most / 2, *(share * most for share in shares)]


def quantiles(pairs: Sequence[tuple[float, float]], shares: Iterable[float]) -> list[float]:
    """The values below which these shares of the weight lie, linear in between. `pairs` are values
    and weights, sorted."""
    total = sum(weight for _, weight in pairs)
    places, passed = [], 0.0
    for _, weight in pairs:
        places.append((passed + weight / 2) / total)
        passed += weight
    return [_value_at(share, places, pairs) for share in shares]


def _picked(pairs: Sequence[tuple[float, float]], shares: Iterable[float]) -> list[float]:
    """The value at each share of the weight; none in between: what is slow is often twice as slow,
    seldom something in the middle."""
    passed = list(accumulate(weight for _, weight in pairs))
    last = len(pairs) - 1
    return [pairs[min(bisect_right(passed, share * passed[-1]), last)][0] for share in shares]


def _value_at(share: float, places: Sequence[float], pairs: Sequence[tuple[float, float]]) -> float:
    right = bisect_right(places, share)
    if right == 0:
        return pairs[0][0]
    if right == len(places):
        return pairs[-1][0]
    before, after = pairs[right - 1][0], pairs[right][0]
    part = (share - places[right - 1]) / (places[right] - places[right - 1])
    return before + part * (after - before)


class Durations:
    """The durations of the parts of a workflow in earlier runs of it."""

    def __init__(self, newest_first: Iterable[RunTimes] = ()) -> None:
        self.runs = tuple(newest_first)[:MAX_RUNS]
        self.parallel = frozenset(path for run in self.runs[:1] for path in run.parallel)
        nodes = max((len(run.nodes) for run in self.runs), default=1)
        self.draw_count = max(MIN_DRAWS, min(MAX_DRAWS, MAX_TOTAL_DRAWS // max(1, nodes)))
        self._work: dict[Path, Spread | None] = {}
        self._queue: dict[Path, Spread | None] = {}
        self._work_draws: dict[Path, list[float] | None] = {}
        self._queue_draws: dict[Path, list[float] | None] = {}

    def work(self, path: Path) -> Spread | None:
        """The working time of a node; None if it never succeeded."""
        if path not in self._work:
            nodes = [self._success(run, path) for run in self.runs]
            self._work[path] = _spread([node.worked if node else None for node in nodes])
        return self._work[path]

    def queue(self, path: Path) -> Spread | None:
        """The time that a task or a cube waits after all that it needs has ended."""
        if path not in self._queue:
            nodes = [self._success(run, path) for run in self.runs]
            self._queue[path] = _spread([node.queued if node else None for node in nodes])
        return self._queue[path]

    def usual(self, path: Path) -> Band | None:
        """The usual working time of a node; None where too little is known."""
        spread = self.work(path)
        return spread.band if spread and spread.count >= MIN_RUNS else None

    def work_draws(self, path: Path) -> list[float] | None:
        """Draws of the working time of a node; None if it never succeeded."""
        if path not in self._work_draws:
            work = self.work(path)
            self._work_draws[path] = work.draws(self.shares(path)) if work else None
        return self._work_draws[path]

    def queue_draws(self, path: Path) -> list[float] | None:
        """Draws of the waiting time of a cube; None where it is not known."""
        if path not in self._queue_draws:
            queue = self.queue(path)
            shares = self.shares((*path, "queue"))
            self._queue_draws[path] = queue.draws(shares) if queue else None
        return self._queue_draws[path]

    def shares(self, path: Path) -> list[float]:
        """Shares of all cases for the draws of a node: evenly spread, in an order of its own that
        is the same each time."""
        shares = [(n + 0.5) / self.draw_count for n in range(self.draw_count)]
        Random("/".join(path)).shuffle(shares)  # noqa: S311, figures are no secret
        return shares

    def is_left_out(self, path: Path) -> bool:
        """Whether a node was skipped in all earlier runs."""
        known = [run.nodes[path] for run in self.runs if path in run.nodes]
        return bool(known) and all(node.status == status.SKIPPED for node in known)

    def _success(self, run: RunTimes, path: Path) -> NodeTimes | None:
        node = run.nodes.get(path)
        return node if node and node.status == status.SUCCESS else None


def _spread(newest_first: Iterable[float | None]) -> Spread | None:
    samples = [(value, DECAY**age) for age, value in enumerate(newest_first) if value is not None]
    return Spread(samples) if samples else None
