"""RunTimes: the times of a run that has ended, kept to compare later runs with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cubewatch.model import status
from cubewatch.model.depth import CUBE_DEPTH
from cubewatch.model.order import Order, has_needs, order_of, overlapping
from cubewatch.model.run import DatesByStage, Run
from cubewatch.model.snapshot import ROOT, Item, Path, Snapshot, advance

Span = tuple[datetime, datetime]

MAX_QUEUE = 600.0
"""Seconds. A longer stretch in which nothing works is a person's decision (an approval) or an
outage: it counts neither as queue nor as work."""

NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NodeTimes:
    """The times of a workflow, a task or a cube, in seconds; None where the dates do not say.

    `queued`: from when all it waits for had ended until it began. `worked`: from its beginning to
    its end without long idle stretches.
    """

    status: str
    queued: float | None = None
    worked: float | None = None


@dataclass(frozen=True, slots=True)
class RunTimes:
    """The times of a run. `at` is when it was created; `parallel` are the tasks whose cubes did not
    wait for each other although they name no needs."""

    slug: str
    at: datetime
    status: str
    worked: float | None = None
    nodes: Mapping[Path, NodeTimes] = field(default_factory=dict)
    parallel: frozenset[Path] = frozenset()

    @property
    def workflows(self) -> frozenset[str]:
        """The names of the run's workflows."""
        return frozenset(path[0] for path in self.nodes if len(path) == 1)


def times_of_run(run: Run) -> RunTimes:
    """The times of a run as one answer tells them."""
    return times_of(advance(None, run))


def times_of(snapshot: Snapshot) -> RunTimes:
    """The times of a run as it is now; what has not ended has none."""
    run = snapshot.run
    order = order_of(snapshot)
    spans = _spans(snapshot, None)
    nodes: dict[Path, NodeTimes] = {}
    for path, item in snapshot.items.items():
        worked = _worked(item.dates, spans.get(path, ()))
        nodes[path] = NodeTimes(item.status, _queued(snapshot, order, path), worked)
    at = run.dates.created_at or run.dates.started_at or NO_TIME
    worked = _worked(run.dates, spans[ROOT])
    return RunTimes(run.slug, at, run.status, worked, nodes, overlapping(snapshot))


def worked_until(snapshot: Snapshot, now: datetime) -> dict[Path, float]:
    """Seconds that the run, its workflows, tasks and cubes under way have been at work by `now`,
    without long idle stretches."""
    under_way: dict[Path, Run | Item] = {
        path: item
        for path, item in ((ROOT, snapshot.run), *snapshot.items.items())
        if item.dates.started_at and not item.dates.finished_at and item.status not in status.FINAL
    }
    starts = (item.dates.started_at for item in under_way.values() if item.dates.started_at)
    is_long = (now - min(starts, default=now)).total_seconds() > MAX_QUEUE
    spans = _spans(snapshot, now) if is_long else {}
    return {
        path: _worked(item.dates, spans.get(path, ()), now) or 0.0
        for path, item in under_way.items()
    }


def ready_at(snapshot: Snapshot, order: Order, path: Path) -> datetime | None:
    """The moment at which all that a node waits for had ended; None where it is not known."""
    if waits_for := order.needs.get(path):
        ends = [snapshot.items[one].dates.finished_at for one in waits_for]
        known = [end for end in ends if end]
        return max(known) if len(known) == len(ends) else None
    if path and has_needs(snapshot.items[path]):
        return None
    if len(path) > 1:
        return ready_at(snapshot, order, path[:-1])
    dates = snapshot.run.dates
    return dates.started_at or dates.created_at


def _spans(snapshot: Snapshot, now: datetime | None) -> dict[Path, list[Span]]:
    """The spans of time in which cubes below the run, each workflow and each task were at work."""
    spans: dict[Path, list[Span]] = {path: [] for path in snapshot.children}
    for path, item in snapshot.items.items():
        start, end = item.dates.started_at, item.dates.finished_at or now
        if len(path) == CUBE_DEPTH and start and end and start <= end:
            for depth in range(CUBE_DEPTH):
                spans[path[:depth]].append((start, end))
    return spans


def _queued(snapshot: Snapshot, order: Order, path: Path) -> float | None:
    ready, start = ready_at(snapshot, order, path), snapshot.items[path].dates.started_at
    if ready is None or start is None:
        return None
    seconds = max(0.0, (start - ready).total_seconds())
    return seconds if seconds <= MAX_QUEUE else None


def _worked(
    dates: DatesByStage, spans: Sequence[Span], now: datetime | None = None
) -> float | None:
    start, end = dates.started_at, dates.finished_at or now
    if start is None or end is None:
        return None
    return max(0.0, (end - start).total_seconds() - _idle(start, end, spans))


def _idle(start: datetime, end: datetime, spans: Sequence[Span]) -> float:
    """Seconds of long stretches between `start` and `end` that none of the spans covers."""
    if not spans:
        return 0.0
    idle, covered = 0.0, start
    for begin, stop in [*sorted(spans), (end, end)]:
        gap = (begin - covered).total_seconds()
        idle += gap if gap > MAX_QUEUE else 0.0
        covered = max(covered, stop)
    return idle
