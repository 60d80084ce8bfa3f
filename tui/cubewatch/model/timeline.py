"""Timeline: when each part of a run waited and worked, on one axis of seconds that folds away the
long stretches in which nothing worked.

All of it follows from the dates that the server gave. A node without dates has no bar, an end
before its start counts as the start, and `now` is never before something that has happened.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from heapq import nlargest
from math import inf

from cubewatch.model import status
from cubewatch.model.depth import CUBE_DEPTH, TASK_DEPTH
from cubewatch.model.order import NeedsOfRun, has_needs
from cubewatch.model.run import Cube, Task
from cubewatch.model.snapshot import Item, Path, Snapshot
from cubewatch.text.format import elapsed

SLOWEST = 3
"""Cubes that are called the slowest."""
IDLE_SECONDS = 120.0
IDLE_SHARE = 1 / 3
"""A stretch in which nothing works is folded if it is longer than both IDLE_SECONDS and this share
of all work."""
MAX_LEAD = timedelta(seconds=2)
"""How far the dates of a server may be ahead of the time that it tells."""
_STEPS = (1.0, 1.6, 2.5, 4.0, 6.3)
_MIN_HORIZON = 10.0
_NEVER, _EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bar:
    """The times at which a node could begin, began and ended, in seconds from the origin; None: not
    yet, or not known. `is_open`: it is at work."""

    ready: float | None = None
    start: float | None = None
    end: float | None = None
    is_open: bool = False


Span = tuple[float, float]


class Timeline:
    """The bars of a run as one answer tells it, each worked out when it is first looked at.

    `last`: the latest moment that is known of, in seconds from `origin`. `is_dated`: there is one.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.is_final = snapshot.is_final
        first, last = _first_and_last(snapshot)
        self.is_dated = first > _NEVER
        self.origin = first
        self.last = (last - first).total_seconds()
        self._bars: dict[Path, Bar] = {}
        self._slow: dict[Path, list[Path]] = {}
        self._needs = NeedsOfRun(snapshot)

    def prepare(self) -> None:
        """Finds at once what takes long in a gigantic run: the stretches in which something
        worked."""
        _ = self._work

    def present(self, now: datetime) -> datetime:
        """`now`, or the latest moment that is known of where that is a little later: a server may
        tell its time in whole seconds, and its dates more exactly."""
        if not self.is_dated:
            return now
        last = self.origin + timedelta(seconds=self.last)
        return last if now < last <= now + MAX_LEAD else now

    def seconds(self, moment: datetime) -> float:
        """The position of a moment on the axis, never before the last one that is known."""
        passed = (moment - self.origin).total_seconds() if self.is_dated else 0.0
        return max(self.last, passed)

    def end(self, now: datetime) -> float:
        """The end of the axis: the run's end, or now."""
        return self.last if self.is_final else self.seconds(now)

    def bar(self, path: Path) -> Bar:
        """The bar of a workflow, a task or a cube, or of the run itself at ()."""
        found = self._bars.get(path)
        if found is None:
            found = self._bars[path] = self._bar(path)
        return found

    def _bar(self, path: Path) -> Bar:
        item = self.snapshot.items[path] if path else self.snapshot.run
        dates = item.dates
        waits = item.status == status.AWAITING_APPROVAL
        ready = self._at(self.ready(path)) if dates.started_at or waits else None
        ready = None if ready is None else max(0.0, ready)
        start, end = self._at(dates.started_at), self._at(dates.finished_at)
        if start is None:
            return Bar(ready)
        if end is not None:
            end = max(start, end)
        is_open = end is None and item.status not in status.FINAL
        return Bar(ready if ready is not None and ready < start else None, start, end, is_open)

    def _at(self, moment: datetime | None) -> float | None:
        return None if moment is None else (moment - self.origin).total_seconds()

    def ready(self, path: Path) -> datetime | None:
        """The moment at which all that a node waits for had ended; None where it is not known."""
        snapshot = self.snapshot
        if not path:
            return snapshot.run.dates.created_at
        waits_for = self._needs.get(path)
        if not waits_for:
            unknown = has_needs(snapshot.items[path])
            return None if unknown else self._begin_of(path[:-1])
        ends = [snapshot.items[one].dates.finished_at for one in waits_for]
        known = [end for end in ends if end]
        return max(known) if len(known) == len(ends) else None

    def _begin_of(self, path: Path) -> datetime | None:
        dates = (self.snapshot.items[path] if path else self.snapshot.run).dates
        return dates.started_at or (self.ready(path) if path else dates.created_at)

    def slowest(self, path: Path, now: datetime) -> list[tuple[float, Path]]:
        """The cubes below a node that took longest so far, from one second on, with their
        seconds."""
        found = []
        for cube in self._may_be_slowest(path):
            dates = self.snapshot.items[cube].dates
            found.append((elapsed(dates.started_at, dates.finished_at, now) or 0.0, cube))
        return [(seconds, cube) for seconds, cube in nlargest(SLOWEST, found) if seconds >= 1]

    def _may_be_slowest(self, path: Path) -> list[Path]:
        """The slowest cubes below a node that have ended, and those that have been at work for
        longest: the slowest at any time are among them."""
        if path not in self._slow:
            ended, open_ones = [], []
            for task in self._tasks(path):
                for cube, item in self._cubes(task):
                    start, end = item.dates.started_at, item.dates.finished_at
                    if start and end:
                        ended.append((end - start, cube))
                    elif start and item.status not in status.FINAL:
                        open_ones.append((self.origin - start, cube))
            slow = nlargest(SLOWEST, ended) + nlargest(SLOWEST, open_ones)
            self._slow[path] = [cube for _, cube in slow]
        return self._slow[path]

    def _cubes(self, task: Path) -> Iterator[tuple[Path, Cube]]:
        """The cubes of a task with their paths."""
        item = self.snapshot.items[task]
        cubes = item.cubes if isinstance(item, Task) else ()
        return zip(self.snapshot.children[task], cubes, strict=True)

    def _tasks(self, path: Path) -> list[Path]:
        """The tasks below a node, or the node itself if it is one."""
        children = self.snapshot.children
        if len(path) == TASK_DEPTH:
            return [path]
        workflows = [path] if path else children[path]
        return [task for workflow in workflows for task in children[workflow]]

    def idle(self, now: datetime) -> list[Span]:
        """The stretches, in order, that are folded as nothing worked in them."""
        end = self.end(now)
        if end <= IDLE_SECONDS:
            return []
        worked = [(start, min(stop, end)) for start, stop in self._work]
        least = max(IDLE_SECONDS, IDLE_SHARE * sum(stop - start for start, stop in worked))
        starts = [*(start for start, _ in worked), end]
        stops = [0.0, *(stop for _, stop in worked)]
        gaps = zip(stops, starts, strict=True)
        return [(begin, until) for begin, until in gaps if until - begin > least]

    @cached_property
    def _work(self) -> list[Span]:
        """The stretches in which something worked, in order and disjoint; without an end (inf)
        where it still does. Counted are cubes, and what has no cubes with dates."""
        spans: list[Span] = []
        for workflow in self.snapshot.children[()]:
            before = len(spans)
            for task in self.snapshot.children[workflow]:
                cubes = (cube for _, cube in self._cubes(task))
                spans += self._spans(cubes) or self._spans([self.snapshot.items[task]])
            if len(spans) == before:
                spans += self._spans([self.snapshot.items[workflow]])
        merged: list[Span] = []
        for start, end in sorted(spans):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            else:
                merged.append((start, end))
        return merged

    def _spans(self, items: Iterable[Item]) -> list[Span]:
        """The spans of time in which those of some nodes worked that have begun."""
        found: list[Span] = []
        origin = self.origin
        for item in items:
            start, end = item.dates.started_at, item.dates.finished_at
            if start is None:
                continue
            begin = (start - origin).total_seconds()
            if end is not None:
                found.append((begin, (end - origin).total_seconds()))
            else:
                found.append((begin, begin if item.status in status.FINAL else inf))
        return found


def _first_and_last(snapshot: Snapshot) -> tuple[datetime, datetime]:
    """The first and the last moment that the run and its parts tell of."""
    own = snapshot.run.dates
    moments = [
        moment
        for item in snapshot.items.values()
        for moment in (item.dates.started_at, item.dates.finished_at)
        if moment
    ]
    begin = own.started_at or own.created_at
    moments += [moment for moment in (begin, own.finished_at) if moment]
    return min(moments, default=_NEVER), max(moments, default=_NEVER)


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
        """The time that a cell outside of folds stands for."""
        shown = [one for one in self.stretches if not one.folded and one.right > one.left]
        return max(((s.end - s.start) / (s.right - s.left) for s in shown), default=1.0)

    def cell(self, seconds: float) -> float:
        """The column of a moment, in cells from the left; within the axis."""
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
    most = max(1, width // 4)
    folds = sorted(sorted(folds, key=lambda fold: fold[0] - fold[1])[:most])
    if folds:
        fold_cells = max(1, min(fold_cells, width // (2 * len(folds))))
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
    """The next of a row of lengths that are about 1.6 times as long as the one before."""
    size = _MIN_HORIZON
    while size * 10 < seconds:
        size *= 10
    return next((size * step for step in (*_STEPS, 10.0) if size * step >= seconds), seconds)


def critical_path(snapshot: Snapshot, *, last: Path | None = None) -> tuple[Path, ...]:
    """The cubes that the run's end waited for, in order: from the one that ended last (or that
    works, preferably `last`) back through what each waited for."""
    needs = NeedsOfRun(snapshot)
    at = last or _last(snapshot, snapshot.items)
    found: list[Path] = []
    seen: set[Path] = set()
    while at and at not in seen:
        seen.add(at)
        if snapshot.items[at].dates.started_at:
            found.append(at)
        at = _last(snapshot, _waited_for(snapshot, needs, at))
    return tuple(reversed(found))


def _waited_for(snapshot: Snapshot, needs: NeedsOfRun, path: Path) -> list[Path]:
    """The cubes that the node at `path` waited for; skipped ones stand for what they waited for."""
    found: list[Path] = []
    seen: set[Path] = set()
    stack = list(needs.get(path)) or list(needs.get(path[:2]))
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
            stack += needs.get(one) or needs.get(one[:2])
    return found


def _last(snapshot: Snapshot, among: Iterable[Path]) -> Path | None:
    """The node that still works, the longest of them, or else the one that ended last."""
    ended = working = None
    ended_at, since = _NEVER, _EVER
    for path in among:
        item = snapshot.items[path]
        start, end = item.dates.started_at, item.dates.finished_at
        if not start or not _is_end(snapshot, path):
            continue
        if end:
            if end > ended_at:
                ended, ended_at = path, end
        elif start < since and item.status not in status.FINAL:
            working, since = path, start
    return working or ended


def _is_end(snapshot: Snapshot, path: Path) -> bool:
    return len(path) == CUBE_DEPTH or not any(
        snapshot.items[below].dates.started_at for below in snapshot.children[path]
    )


def critical_steps(
    snapshot: Snapshot, path: Iterable[Path], now: datetime
) -> list[tuple[str, timedelta]]:
    """The cubes of a critical path, and how long each worked; what the server adds to a task
    counts together as `setup`."""
    steps: list[tuple[str, timedelta]] = []
    task: Path = ()
    for one in path:
        dates = snapshot.items[one].dates
        worked = timedelta()
        if dates.started_at:
            worked = max(worked, (dates.finished_at or now) - dates.started_at)
        name = "setup" if one[-1].startswith("#") else one[-1]
        if steps and name == steps[-1][0] == "setup" and one[:-1] == task:
            worked += steps.pop()[1]
        steps.append((name, worked))
        task = one[:-1]
    return steps
