"""A run as Trace Event JSON, which ui.perfetto.dev and chrome://tracing open.

A workflow is a process. Its first thread shows the workflow and its tasks, further ones the cubes:
each cube on the first thread that is free. Times are microseconds since 1970, as the run's dates
say them; what has not ended ends now.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cubewatch.model import status
from cubewatch.model.depth import CUBE_DEPTH
from cubewatch.model.order import Order, order_of
from cubewatch.model.past import ready_at
from cubewatch.model.run import DatesByStage
from cubewatch.model.snapshot import ROOT, Path, Snapshot

Event = dict[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RUN_PROCESS = 1
MAX_LANES = 1000
_MICROSECOND = timedelta(microseconds=1)


def trace(
    snapshot: Snapshot, now: datetime, critical: Collection[Path] = (), name: str = ""
) -> dict[str, Any]:
    """The trace of a run as it is at `now` (the server's clock). `critical` are the cubes its
    duration depended on; `name` is what the run is called."""
    writer = _Writer(snapshot, now, frozenset(critical))
    name = name or f"run #{snapshot.run.slug}"
    return {"traceEvents": list(writer.events(name)), "displayTimeUnit": "ms"}


@dataclass(frozen=True, slots=True)
class _Place:
    process: int
    thread: int


class _Writer:
    def __init__(self, snapshot: Snapshot, now: datetime, critical: frozenset[Path]) -> None:
        self._snapshot = snapshot
        self._now = now
        self._critical = critical
        self._order: Order = order_of(snapshot)

    def events(self, name: str) -> Iterator[Event]:
        tree = self._snapshot.children
        run = self._snapshot.run
        yield _named("process_name", _Place(RUN_PROCESS, 0), name)
        yield from self._queue(f"queue of {name}", run.dates, _Place(RUN_PROCESS, 1))
        yield from self._span(name, run.status, run.dates, _Place(RUN_PROCESS, 1), ROOT)
        yield from self._critical_path(_Place(RUN_PROCESS, 2))
        for process, workflow in enumerate(tree[ROOT], RUN_PROCESS + 1):
            yield _named("process_name", _Place(process, 0), workflow[0])
            yield from self._node(workflow, _Place(process, 1))
            for thread, task in enumerate(tree[workflow], 2):
                place = _Place(process, thread * MAX_LANES)
                yield _named("thread_name", place, task[-1])
                yield from self._node(task, place)
                yield from self._cubes(tree[task], place)

    def _cubes(self, cubes: list[Path], task: _Place) -> Iterator[Event]:
        """Cubes below their task, side by side where they overlap."""
        free_from: list[datetime] = []
        for path in sorted(cubes, key=self._begin):
            begin, end = self._begin(path), self._end(path)
            lanes = (n for n, free in enumerate(free_from) if free <= begin)
            lane = next(lanes, min(len(free_from), MAX_LANES - 2))
            if lane == len(free_from):
                free_from.append(end)
            free_from[lane] = max(end, free_from[lane])
            place = _Place(task.process, task.thread + 1 + lane)
            yield from self._node(path, place)

    def _begin(self, path: Path) -> datetime:
        """The begin of a cube, or of its wait in the queue."""
        dates = self._snapshot.items[path].dates
        start = dates.started_at or self._now
        ready = ready_at(self._snapshot, self._order, path)
        return min(ready, start) if ready else start

    def _end(self, path: Path) -> datetime:
        return self._snapshot.items[path].dates.finished_at or self._now

    def _node(self, path: Path, place: _Place) -> Iterator[Event]:
        item = self._snapshot.items[path]
        name = item.slug or "(no name)"
        if item.status == status.AWAITING_APPROVAL:
            since = ready_at(self._snapshot, self._order, path) or item.dates.created_at
            yield from _slice(f"{name} waits for approval", "approval", since, self._now, place)
        elif len(path) == CUBE_DEPTH:
            ready = ready_at(self._snapshot, self._order, path)
            yield from _slice(f"{name} queued", "queue", ready, item.dates.started_at, place)
        yield from self._span(name, item.status, item.dates, place, path)

    def _queue(self, name: str, dates: DatesByStage, place: _Place) -> Iterator[Event]:
        yield from _slice(name, "queue", dates.created_at, dates.started_at, place)

    def _span(
        self, name: str, node_status: str, dates: DatesByStage, place: _Place, path: Path
    ) -> Iterator[Event]:
        kind = ("run", "workflow", "task", "cube")[len(path)]
        more = {"status": node_status, "path": "/".join(path)}
        if path in self._critical:
            more["critical path"] = "yes"
        end = dates.finished_at or (None if node_status in status.FINAL else self._now)
        yield from _slice(name, kind, dates.started_at, end, place, more)

    def _critical_path(self, place: _Place) -> Iterator[Event]:
        if self._critical:
            yield _named("thread_name", place, "critical path")
        for path in sorted(self._critical, key=self._begin):
            item = self._snapshot.items[path]
            name = "/".join(path)
            yield from _slice(name, "critical path", item.dates.started_at, self._end(path), place)


def _named(what: str, place: _Place, name: str) -> Event:
    return {
        "name": what,
        "ph": "M",
        "pid": place.process,
        "tid": place.thread,
        "args": {"name": name},
    }


def _slice(
    name: str,
    kind: str,
    begin: datetime | None,
    end: datetime | None,
    place: _Place,
    more: dict[str, str] | None = None,
) -> Iterator[Event]:
    """A span of time, if both of its ends are known and it has a length or says more."""
    if begin is None or end is None or end < begin or (end == begin and more is None):
        return
    yield {
        "name": name,
        "cat": kind,
        "ph": "X",
        "ts": (begin - EPOCH) // _MICROSECOND,
        "dur": (end - begin) // _MICROSECOND,
        "pid": place.process,
        "tid": place.thread,
        "args": more or {},
    }
