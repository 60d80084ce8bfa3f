"""Timeline: when each part of a run waited and worked, on one axis of seconds that folds away the
long stretches in which nothing worked.

All of it follows from the dates that the server gave. A node without dates has no bar, an end
before its start counts as the start, and `now` is never before something that has happened.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from cubewatch.model import status
from cubewatch.model.order import Order, order_of
from cubewatch.model.past import ready_at
from cubewatch.model.run import Run
from cubewatch.model.snapshot import ROOT, Item, Path, Snapshot

CUBE_DEPTH = 3
IDLE_SECONDS = 120.0
IDLE_SHARE = 1 / 3
"""A stretch in which nothing works is folded if it is longer than both IDLE_SECONDS and this share
of all work."""
_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
_MIN_HORIZON = 10.0


@dataclass(frozen=True, slots=True)
class Bar:
    """When a node could begin, began and ended, in seconds from the origin; None: not yet, or not
    known. `is_open`: it is at work."""

    ready: float | None = None
    start: float | None = None
    end: float | None = None
    is_open: bool = False


NO_BAR = Bar()
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The bars of a run's workflows, tasks and cubes, and of the run itself at (). `work` are the
    stretches in which something worked, in order and disjoint; the last one has no end while
    something works. `last`: the latest moment that is known of."""

    origin: datetime
    bars: dict[Path, Bar]
    work: tuple[tuple[float, float | None], ...]
    last: float
    is_final: bool

    def seconds(self, moment: datetime) -> float:
        """A moment on the axis, never before the last one that is known."""
        return max(self.last, (moment - self.origin).total_seconds())

    def end(self, now: datetime) -> float:
        """Where the axis ends: at the run's end, or now."""
        return self.last if self.is_final else self.seconds(now)

    def idle(self, now: datetime) -> list[Span]:
        """The stretches, in order, that are folded as nothing worked in them."""
        end = self.end(now)
        worked = [(start, end if stop is None else stop) for start, stop in self.work]
        total = sum(stop - start for start, stop in worked)
        least = max(IDLE_SECONDS, total * IDLE_SHARE)
        starts = [*(start for start, _ in worked), end]
        stops = [0.0, *(stop for _, stop in worked)]
        gaps = zip(stops, starts, strict=True)
        return [(begin, until) for begin, until in gaps if until - begin > least]


def timeline(snapshot: Snapshot, order: Order | None = None) -> Timeline:
    """The timeline of a run as one answer tells it."""
    order = order or order_of(snapshot)
    run = snapshot.run
    dated = [run.dates, *(item.dates for item in snapshot.items.values())]
    starts = [dates.started_at for dates in dated if dates.started_at]
    created = [run.dates.created_at] if run.dates.created_at and not run.dates.started_at else []
    ends = [dates.finished_at for dates in dated if dates.finished_at]
    moments = [*starts, *created, *ends]
    origin = min(moments, default=datetime.min.replace(tzinfo=UTC))
    bars = {
        path: _bar(item, ready_at(snapshot, order, path), origin)
        for path, item in snapshot.items.items()
    }
    bars[ROOT] = _bar(run, run.dates.created_at, origin)
    last = (max(moments, default=origin) - origin).total_seconds()
    return Timeline(origin, bars, _work(bars), last, snapshot.is_final)


def _bar(item: Item | Run, ready: datetime | None, origin: datetime) -> Bar:
    dates, node_status = item.dates, item.status
    start = _at(dates.started_at, origin)
    end = _at(dates.finished_at, origin)
    if start is None:
        waits = node_status == status.AWAITING_APPROVAL
        return Bar(ready=max(0.0, _at(ready, origin) or 0.0)) if waits and ready else NO_BAR
    if end is not None:
        end = max(start, end)
    since = _at(ready, origin)
    since = max(0.0, since) if since is not None and since < start else None
    return Bar(since, start, end, end is None and node_status not in status.FINAL)


def _at(moment: datetime | None, origin: datetime) -> float | None:
    return None if moment is None else (moment - origin).total_seconds()


def _work(bars: dict[Path, Bar]) -> tuple[tuple[float, float | None], ...]:
    """The stretches in which something worked: cubes, and what has no cubes with dates."""
    dated = [path for path, bar in bars.items() if bar.start is not None]
    above = {path[:depth] for path in dated for depth in range(len(path))}
    spans = []
    for path in dated:
        bar = bars[path]
        if path not in above and bar.start is not None and (bar.is_open or bar.end is not None):
            spans.append((bar.start, inf if bar.end is None else bar.end))
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple((start, None if end == inf else end) for start, end in merged)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis: seconds, and the cells they take. A `folded` one is an idle time that
    takes few cells, however long it is."""

    start: float
    end: float
    left: float
    right: float
    folded: bool


class Axis:
    """Seconds as cells. `width` is how many cells there are, `end` the seconds shown by the last
    one."""

    def __init__(self, stretches: Sequence[Stretch], width: int) -> None:
        self.stretches = tuple(stretches)
        self.width = width
        self._starts = [stretch.start for stretch in stretches]

    @property
    def end(self) -> float:
        return self.stretches[-1].end

    @property
    def seconds_per_cell(self) -> float:
        """How much time a cell outside of folds stands for."""
        shown = [one for one in self.stretches if not one.folded and one.right > one.left]
        return max(((s.end - s.start) / (s.right - s.left) for s in shown), default=1.0)

    def cell(self, seconds: float) -> float:
        """Where a moment lies, in cells from the left; within the axis."""
        at = max(0, bisect_right(self._starts, seconds) - 1)
        stretch = self.stretches[at]
        if stretch.end <= stretch.start:
            return stretch.left
        share = (seconds - stretch.start) / (stretch.end - stretch.start)
        return stretch.left + min(1.0, max(0.0, share)) * (stretch.right - stretch.left)


def axis(
    line: Timeline, now: datetime, width: int, *, left: float = 0.0, fold_cells: int = 3
) -> Axis:
    """The axis of a run for so many cells. `left`: how many seconds the run will still take, where
    that is known. While the run goes on the axis ends a little later, at a step, so that it is
    rescaled seldom."""
    end = line.end(now)
    folds = line.idle(now)
    while folds and fold_cells * len(folds) > width // 2:
        folds.remove(min(folds, key=lambda fold: fold[1] - fold[0]))
    shown = end - sum(stop - start for start, stop in folds)
    horizon = shown if line.is_final else step_up(shown + max(0.0, left))
    horizon = max(horizon, 1e-6)
    per_second = (width - fold_cells * len(folds)) / horizon
    stretches, at, cell = [], 0.0, 0.0
    for start, stop in folds:
        right = cell + (start - at) * per_second
        stretches.append(Stretch(at, start, cell, right, folded=False))
        stretches.append(Stretch(start, stop, right, right + fold_cells, folded=True))
        at, cell = stop, right + fold_cells
    rest = (width - cell) / per_second
    stretches.append(Stretch(at, at + rest, cell, float(width), folded=False))
    return Axis(stretches, width)


def step_up(seconds: float) -> float:
    """The next of a row of lengths that are a third or a half longer than the one before."""
    size = _MIN_HORIZON
    while size * 10 < seconds:
        size *= 10
    return next((size * step for step in (*_STEPS, 10.0) if size * step >= seconds), seconds)


def critical_path(
    snapshot: Snapshot, order: Order | None = None, *, last: Path | None = None
) -> tuple[Path, ...]:
    """The cubes that the run's end waited for, in order: from the one that ended last (or that
    works, preferably `last`) back through what each waited for."""
    order = order or order_of(snapshot)
    at = last or _last(snapshot, snapshot.items)
    found: list[Path] = []
    seen: set[Path] = set()
    while at and at not in seen:
        seen.add(at)
        if snapshot.items[at].dates.started_at:
            found.append(at)
        at = _last(snapshot, _waited_for(snapshot, order, at))
    return tuple(reversed(found))


def _waited_for(snapshot: Snapshot, order: Order, path: Path) -> list[Path]:
    """The cubes that the node at `path` waited for; skipped ones stand for what they waited for."""
    found: list[Path] = []
    seen: set[Path] = set()
    stack = list(order.needs.get(path, ())) or list(order.needs.get(path[:2], ()))
    while stack:
        one = stack.pop()
        if one in seen:
            continue
        seen.add(one)
        below = snapshot.children.get(one, ())
        if snapshot.items[one].dates.started_at and not any(
            snapshot.items[cube].dates.started_at for cube in below
        ):
            found.append(one)
        elif below:
            stack += below
        else:
            stack += order.needs.get(one, ()) or order.needs.get(one[:2], ())
    return found


def _last(snapshot: Snapshot, among: Iterable[Path]) -> Path | None:
    """The node that still works, the longest of them, or else the one that ended last."""
    best: tuple[int, float] | None = None
    found = None
    for path in among:
        item = snapshot.items[path]
        if not item.dates.started_at or not _is_end(snapshot, path):
            continue
        key = _lateness(item)
        if key and (best is None or key > best):
            best, found = key, path
    return found


def _is_end(snapshot: Snapshot, path: Path) -> bool:
    return len(path) == CUBE_DEPTH or not any(
        snapshot.items[below].dates.started_at for below in snapshot.children[path]
    )


def _lateness(item: Item) -> tuple[int, float] | None:
    if item.dates.finished_at:
        return 0, item.dates.finished_at.timestamp()
    if item.status not in status.FINAL and item.dates.started_at:
        return 1, -item.dates.started_at.timestamp()
    return None


def worked_on(snapshot: Snapshot, path: Iterable[Path], now: datetime) -> timedelta:
    """How long the cubes of a critical path have worked altogether."""
    total = timedelta()
    for one in path:
        dates = snapshot.items[one].dates
        if dates.started_at:
            total += max(timedelta(), (dates.finished_at or now) - dates.started_at)
    return total
