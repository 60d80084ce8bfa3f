"""Estimate: the time left of a run and its parts, from the durations of earlier runs.

Each cube is expected to take as long as it did where it succeeded. What is left follows from
there through the order of tasks and cubes and what is at work already. There is no figure where
something that is still to come has never succeeded before, where a person has to decide, or where
nothing can go on any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cubewatch.model import status
from cubewatch.model.durations import Band, Durations
from cubewatch.model.order import order_of
from cubewatch.model.past import MAX_QUEUE, ready_at, worked_until
from cubewatch.model.snapshot import ROOT, Path, Snapshot
from cubewatch.text.format import duration

STOPPED = status.FINAL - {status.SUCCESS, status.SKIPPED}
"""What needs something that ended like this does not begin."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The expectation for a node that has not ended. All in seconds; a band is None where there is
    no ground for it.

    `usual`: how long it usually works. `begins`: from now until it begins, None once it has.
    `left`: from now until it ends. `over_by`: how much longer than usual it has been at work, None
    unless that is beyond what is usual.
    """

    usual: Band | None = None
    begins: Band | None = None
    left: Band | None = None
    over_by: float | None = None


NOTHING_EXPECTED = Expected()
BAND_SHARE = 0.8
"""The share of all cases that a band holds: the narrowest stretch that does. A run in which
something long is slow is rare, and much longer: it widens the band only as far as it has to."""
BAND_MARGIN = 0.1
"""The share of its width that a band reaches further on both sides: the cases are only samples."""
OVER_FROM = 1.1
OVER_SECONDS = 3.0
"""What exceeds the usual by less than this factor, or by less than so many seconds, is not over."""


Draws = list[float]
"""Seconds from now until something happens: if all takes as long as usual, then one way it can go
after the other."""


class Estimate:
    """The expectations for a run and its parts that have not ended."""

    def __init__(self) -> None:
        self._usual: dict[Path, Band | None] = {}
        self._begins: dict[Path, Draws | None] = {}
        self._left: dict[Path, Draws | None] = {}
        self._over_by: dict[Path, float | None] = {}

    @property
    def run(self) -> Expected:
        """The expectation for the run itself."""
        return self.of(ROOT)

    def of(self, path: Path) -> Expected:
        """The expectation for a node, the run for (); an empty one if it has ended."""
        return Expected(
            self._usual.get(path),
            _band(self._begins.get(path)),
            _band(self._left.get(path)),
            self._over_by.get(path),
        )


def estimate(snapshot: Snapshot, durations: Durations, now: datetime) -> Estimate:
    """The estimate of a run at `now` (the server's clock)."""
    if snapshot.is_final or not durations.runs or not snapshot.items:
        return Estimate()
    forecast = _Forecast(snapshot, durations, now)
    forecast.walk()
    return forecast


def left_text(expected: Expected) -> str:
    """`1m10s–1m40s left`, `over by 2m10s`, or nothing where there is no ground."""
    left, over = expected.left, expected.over_by
    if over is not None and (left is None or left.middle < over):
        return f"over by {duration(over)}"
    if left is None:
        return ""
    low, high = _rounded(left.low, left.high)
    if high <= _step(high):
        return f"less than {duration(_step(high))} left"
    shown = duration(high) if low >= high else f"{duration(low)}–{duration(high)}"
    return f"{shown} left"


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Both to the same step, which is as coarse as it makes sense to tell."""
    step = _step(high)
    return low // step * step, -(-high // step) * step


def _step(seconds: float) -> int:
    steps = ((60, 5), (300, 10), (900, 30), (3600, 60), (6 * 3600, 300))
    return next((step for limit, step in steps if seconds <= limit), 1800)


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a node; `at` None: there is no ground. `blocked`: what needs it will not begin."""

    at: Draws | None
    blocked: bool = False


class _Forecast(Estimate):
    """One walk through what is left of a run, in many ways that it can go at once."""

    def __init__(self, snapshot: Snapshot, durations: Durations, now: datetime) -> None:
        super().__init__()
        self._snapshot = snapshot
        self._durations = durations
        self._now = now
        self._at_once = [0.0] * (durations.draw_count + 1)
        self._order = order_of(snapshot, durations.parallel)
        self._worked = worked_until(snapshot, now)
        self._ends: dict[Path, _End] = {}
        self._goes_on: set[Path] = set()
        self._waiting: set[Path] = set()
        if snapshot.run.status == status.AWAITING_APPROVAL:
            self._waiting.add(ROOT)

    def walk(self) -> None:
        below, workflows = self._order.below, self._snapshot.children[ROOT]
        start = _End(self._at_once)
        for workflow in workflows:
            for task in below[workflow]:
                begin = self._ready(self._order.needs[task], start)
                if self._waits_for_person(task):
                    begin = _End(None)
                for cube in below[task]:
                    self._ends[cube] = self._cube(cube, begin)
                self._ends[task] = self._together(task, below[task])
            self._ends[workflow] = self._together(workflow, below[workflow])
        end = self._latest(self._ends[one] for one in workflows)
        self._expect(ROOT, end, self._usual_of_run())

    def _cube(self, path: Path, start: _End) -> _End:
        item = self._snapshot.items[path]
        ready = self._ready(self._order.needs[path], start)
        if item.status in status.FINAL:
            is_skipped = item.status == status.SKIPPED
            return _End(self._at_once, ready.blocked if is_skipped else item.status in STOPPED)
        if self._waits_for_person(path):
            return _End(None)
        self._usual[path] = self._durations.usual(path)
        if item.status == status.PROCESSING or item.dates.started_at:
            self._keep_going(path)
            left = self._left[path] = self._left_of_running(path)
            self._over_by[path] = _over_by(self._worked.get(path), self._usual[path])
            return _End(left)
        if ready.blocked:
            return ready
        self._keep_going(path)
        work = self._durations.work_draws(path)
        if work is None and self._durations.is_left_out(path):
            return ready
        begins = self._begins[path] = self._begin(path, ready)
        left = self._left[path] = _sum(begins, work) if begins and work else None
        return _End(left)

    def _keep_going(self, path: Path) -> None:
        """Notes that something is still at work, or will be, in all that a cube is part of."""
        self._goes_on.update(path[:depth] for depth in range(len(path)))

    def _left_of_running(self, path: Path) -> Draws | None:
        work, worked = self._durations.work(path), self._worked.get(path)
        if work is None or worked is None:
            return None
        return work.left(worked, self._durations.shares(path))

    def _begin(self, path: Path, ready: _End) -> Draws | None:
        """The begin of a cube that is ready at `ready`."""
        queue = self._durations.queue_draws(path)
        if ready.at is None or queue is None:
            return ready.at
        if max(ready.at) > 0:
            return _sum(ready.at, queue)
        since = ready_at(self._snapshot, self._order, path)
        waited = (self._now - since).total_seconds() if since else 0.0
        spread = self._durations.queue(path)
        if spread is None or not 0 <= waited <= MAX_QUEUE:
            return self._at_once
        return spread.left(waited, self._durations.shares(path))

    def _ready(self, needs: Iterable[Path], otherwise: _End) -> _End:
        ends = [self._ends[path] for path in needs]
        if len(ends) < 2:
            return ends[0] if ends else otherwise
        return self._latest(ends)

    def _together(self, path: Path, below: list[Path]) -> _End:
        """The end of a task or a workflow, by the ends of its parts."""
        item = self._snapshot.items[path]
        if item.status in status.FINAL:
            return _End(self._at_once, item.status in STOPPED)
        end = self._latest(self._ends[one] for one in below) if below else _End(None)
        self._expect(path, end, self._durations.usual(path))
        begins = [begin for one in below if (begin := self._begins.get(one))]
        if begins and not item.dates.started_at:
            self._begins[path] = [min(draws) for draws in zip(*begins, strict=True)]
        return end

    def _expect(self, path: Path, end: _End, usual: Band | None) -> None:
        """Records the expectation for a node with parts: no figure while one waits for a person,
        or where nothing of it can go on."""
        waits = any(one[: len(path)] == path for one in self._waiting)
        self._usual[path] = usual
        self._left[path] = None if waits or path not in self._goes_on else end.at
        self._over_by[path] = None if waits else _over_by(self._worked.get(path), usual)

    def _usual_of_run(self) -> Band | None:
        """Workflows start together: the run takes as long as the longest of them."""
        bands = [self._durations.usual(path) for path in self._snapshot.children[ROOT]]
        known = [band for band in bands if band]
        if not known or len(known) < len(bands):
            return None
        return max(known, key=lambda band: band.middle)

    def _waits_for_person(self, path: Path) -> bool:
        if self._snapshot.items[path].status != status.AWAITING_APPROVAL:
            return False
        self._waiting.add(path)
        return True

    def _latest(self, ends: Iterable[_End]) -> _End:
        every = list(ends)
        known = [end.at for end in every if end.at]
        at = _max(known) if len(known) == len(every) else None
        return _End(at, any(end.blocked for end in every))


def _over_by(worked: float | None, usual: Band | None) -> float | None:
    if worked is None or usual is None:
        return None
    limit = max(usual.high, usual.middle * OVER_FROM, usual.middle + OVER_SECONDS)
    return worked - usual.middle if worked > limit else None


def _sum(one: Draws, other: Draws) -> Draws:
    return [a + b for a, b in zip(one, other, strict=True)]


def _max(every: list[Draws]) -> Draws:
    return every[0] if len(every) == 1 else [max(draws) for draws in zip(*every, strict=True)]


def _band(draws: Draws | None) -> Band | None:
    if draws is None:
        return None
    middle, *cases = draws
    cases.sort()
    held = round(BAND_SHARE * len(cases))
    low, high = min(zip(cases, cases[held - 1 :], strict=False), key=lambda ends: ends[1] - ends[0])
    margin = BAND_MARGIN * (high - low)
    return Band(max(0.0, min(low - margin, middle)), middle, max(high + margin, middle))
