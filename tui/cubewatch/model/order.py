"""Order: what each task and cube of a run waits for.

Tasks of a workflow start together unless they have `needs`. Cubes of a task run one after the
other unless they have `needs`, which name their siblings; a name that no sibling has (`-`) stands
for none. Whether a server repeats the implied order in `needs` is not known: both work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cubewatch.model.depth import TASK_DEPTH
from cubewatch.model.run import Cube, Task
from cubewatch.model.snapshot import ROOT, Path, Snapshot

Needs = dict[Path, tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class Order:
    """The order of tasks and cubes. `needs` has the siblings each task and cube waits for; `below`
    has the tasks of each workflow and the cubes of each task, each after all that it waits for."""

    needs: Needs = field(default_factory=dict)
    below: dict[Path, list[Path]] = field(default_factory=dict)


def order_of(snapshot: Snapshot, parallel: Iterable[Path] = ()) -> Order:
    """The order of a run's tasks and cubes. Cubes without `needs` in one of the `parallel` tasks
    wait for no other. A cycle of needs is broken where it closes."""
    free = {*parallel, *overlapping(snapshot)}
    order = Order()
    for workflow in snapshot.children[ROOT]:
        for parent in (workflow, *snapshot.children[workflow]):
            needs = needs_below(snapshot, parent, in_turn=parent not in free)
            order.needs.update(needs)
            order.below[parent] = list(needs)
    return order


class NeedsOfRun:
    """The siblings that each task and cube of a run waits for, each found when it is looked at:
    those of one cost little, also among 10,000. A cycle of needs is not broken."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._in_turn: dict[Path, dict[Path, Path]] = {}

    def get(self, path: Path) -> tuple[Path, ...]:
        """What a node waits for."""
        if not path or has_needs(self._snapshot.items[path]):
            return _needs(self._snapshot, path) if path else ()
        before = self._before(path[:-1]).get(path)
        return (before,) if before else ()

    def _before(self, task: Path) -> dict[Path, Path]:
        """The cube before each one of a task, where cubes run one after the other."""
        if len(task) < TASK_DEPTH:
            return {}
        if task not in self._in_turn:
            cubes = self._snapshot.children[task]
            in_turn = not overlaps(self._snapshot, task)
            self._in_turn[task] = dict(zip(cubes[1:], cubes, strict=False)) if in_turn else {}
        return self._in_turn[task]


def needs_below(snapshot: Snapshot, parent: Path, *, in_turn: bool) -> Needs:
    """The needs of each task of a workflow, or each cube of a task, sorted so that each stands
    after all that it waits for. `in_turn`: cubes without needs wait for the one before."""
    children = snapshot.children[parent]
    if len(parent) == 1:
        return _sorted({task: _needs(snapshot, task) for task in children})
    return _sorted(_cube_needs(snapshot, children, in_turn=in_turn))


def overlapping(snapshot: Snapshot) -> frozenset[Path]:
    """The tasks whose cubes without `needs` were at work at the same time."""
    return frozenset(
        task
        for workflow in snapshot.children[ROOT]
        for task in snapshot.children[workflow]
        if overlaps(snapshot, task)
    )


def overlaps(snapshot: Snapshot, task: Path) -> bool:
    """Whether cubes of a task that have no `needs` were at work at the same time."""
    end = None
    for path in snapshot.children[task]:
        cube = snapshot.items[path]
        start = cube.dates.started_at
        if start is None:
            continue
        if end and start < end and not has_needs(cube):
            return True
        end = cube.dates.finished_at or end
    return False


def has_needs(item: object) -> bool:
    """Whether a task or a cube says what it waits for, be that known in the run or not."""
    return isinstance(item, Cube | Task) and bool(item.relations.needs)


def _needs(snapshot: Snapshot, path: Path) -> tuple[Path, ...]:
    item = snapshot.items[path]
    if not isinstance(item, Cube | Task):
        return ()
    named = ((*path[:-1], need.name) for need in item.relations.needs)
    return tuple(other for other in named if other in snapshot.items and other != path)


def _cube_needs(snapshot: Snapshot, cubes: Sequence[Path], *, in_turn: bool) -> Needs:
    needs: Needs = {}
    before: tuple[Path, ...] = ()
    for path in cubes:
        implied = before if in_turn and not has_needs(snapshot.items[path]) else ()
        needs[path] = implied or _needs(snapshot, path)
        before = (path,)
    return needs


def _sorted(needs: Needs) -> Needs:
    """The same, each after all that it waits for."""
    order: Needs = {}
    under_way: set[Path] = set()
    for first in needs:
        stack = [first]
        while stack:
            path = stack[-1]
            if path in order:
                stack.pop()
                continue
            under_way.add(path)
            missing = [one for one in needs[path] if one not in order and one not in under_way]
            if missing:
                stack += missing
            else:
                stack.pop()
                under_way.discard(path)
                order[path] = tuple(one for one in needs[path] if one in order)
    return order
