"""Snapshot: one state of a run, prepared for display, and the changes since the last one.

The key of a node is its path of slugs, since ids are empty and names repeat across workflows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple, TypeVar

from cubewatch.model import status
from cubewatch.model.depth import TASK_DEPTH
from cubewatch.model.progress import INTERNAL, NOT_YET, Count, Scale, decide, fraction_of
from cubewatch.model.run import Cube, Run, Task, Workflow

Path = tuple[str, ...]
"""Slugs from the workflow down; () is the run itself."""

Item = Workflow | Task | Cube
AnyItem = TypeVar("AnyItem", Workflow, Task, Cube)

ROOT: Path = ()
NO_FLOOR = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of a run. Every dict is in depth-first order of the tree.

    `children` is the very same object as that of the state before where the tree has not changed,
    so that what follows from it alone need not be found again.

    `counts`, `tallies` and `fractions` (0 to 1) are those of the run, its workflows and its tasks;
    a tally is how many cubes have which status, in the order in which they first appear. `current`
    are the cubes at work that the server names, or the first that runs where it names none.
    `failures` are the deepest nodes that failed, timed out or were rejected, `failed` the same as
    a set, and `failing` what is above them and goes on; `waiting` are the deepest nodes that await
    an approval, the run itself where only that does, none once the run has ended. `floor` is the
    run's fraction as it was shown when its work grew, and as its nodes had it from then on: the bar
    is further than the work since `added` cubes came to it.
    """

    run: Run
    items: dict[Path, Item]
    children: dict[Path, list[Path]]
    counts: dict[Path, Count]
    tallies: dict[Path, Counter[str]]
    fractions: dict[Path, float]
    current: frozenset[Path]
    failures: tuple[Path, ...]
    failed: frozenset[Path]
    failing: frozenset[Path]
    waiting: tuple[Path, ...]
    scale: Scale
    floor: tuple[float, float] = NO_FLOOR
    added: int = 0

    @property
    def is_final(self) -> bool:
        return self.run.status in status.FINAL

    def status_of(self, path: Path) -> str:
        """The status of the node at `path`, the run's for ()."""
        return self.items[path].status if path else self.run.status


class Change(NamedTuple):
    """A node's status before (empty if the node is new) and after."""

    path: Path
    before: str
    after: str


@dataclass(slots=True)
class _Tree:
    items: dict[Path, Item] = field(default_factory=dict)
    children: dict[Path, list[Path]] = field(default_factory=dict)
    counts: dict[Path, Count] = field(default_factory=dict)
    tallies: dict[Path, Counter[str]] = field(default_factory=dict)


def advance(before: Snapshot | None, run: Run) -> Snapshot:
    """The snapshot of `run`, which follows `before` (None: it is the first)."""
    tree = _tree(run, before.children if before else {})
    percents = (
        (item.progress.percent, tree.counts[path])
        for path, item in _parents(tree)
        if item.progress.percent is not None
    )
    scale = decide(before.scale if before else Scale.UNKNOWN, percents)
    failures = tuple(_deepest(tree, status.FAILURES))
    fractions, floor = _fractions(run, tree, scale, before)
    return Snapshot(
        run=run,
        items=tree.items,
        children=tree.children,
        counts=tree.counts,
        tallies=tree.tallies,
        fractions=fractions,
        current=frozenset(_current(tree)),
        failures=failures,
        failed=frozenset(failures),
        failing=frozenset(_failing(tree, failures)),
        waiting=_waiting(run, tree),
        scale=scale,
        floor=floor,
        added=_added(tree, floor, before),
    )


def changes(before: Snapshot | None, after: Snapshot) -> list[Change]:
    """Every status that differs, the run's first, then down the tree."""
    if before and before.children is after.children:
        pairs = zip(after.items.items(), before.items.values(), strict=True)
        found = [
            Change(path, old.status, item.status)
            for (path, item), old in pairs
            if old.status != item.status
        ]
    else:
        known = before.items if before else {}
        found = [
            Change(path, was.status if was else "", item.status)
            for path, item in after.items.items()
            if (was := known.get(path)) is None or was.status != item.status
        ]
    run_before = before.run.status if before else ""
    if run_before != after.run.status:
        found.insert(0, Change(ROOT, run_before, after.run.status))
    return found


def _tree(run: Run, known: dict[Path, list[Path]]) -> _Tree:
    """The tree of a run. Paths are taken from `known`, the children of each node before, where
    they are the same."""
    tree = _Tree()
    workflows = _branch(tree, ROOT, run.workflows, known)
    for workflow_path, workflow in zip(workflows, run.workflows, strict=True):
        tree.items[workflow_path] = workflow
        tasks = _branch(tree, workflow_path, workflow.tasks, known)
        for task_path, task in zip(tasks, workflow.tasks, strict=True):
            tree.items[task_path] = task
            cubes = _branch(tree, task_path, task.cubes, known)
            tree.items.update(zip(cubes, task.cubes, strict=True))
            _count(tree, task_path, task.cubes)
            _include(tree, workflow_path, task_path)
        _include(tree, ROOT, workflow_path)
    is_known = len(tree.children) == len(known) and all(
        paths is known.get(path) for path, paths in tree.children.items()
    )
    if is_known:
        tree.children = known
    return tree


def _branch(
    tree: _Tree, path: Path, items: Sequence[AnyItem], known: dict[Path, list[Path]]
) -> list[Path]:
    """Adds a node that has children to the tree; their paths."""
    before = known.get(path)
    if before is not None and [one[-1] for one in before] == [item.slug for item in items]:
        paths = before
    else:
        paths = [child for child, _ in _keyed(path, items)]
    tree.children[path] = paths
    tree.counts[path] = Count()
    tree.tallies[path] = Counter()
    return paths


def _count(tree: _Tree, path: Path, cubes: Iterable[Cube]) -> None:
    """Counts the cubes of a task."""
    count, tally = tree.counts[path], tree.tallies[path]
    tally.update([cube.status for cube in cubes])
    for cube_status, number in tally.items():
        count.add(cube_status, number)
    for cube in cubes:
        if cube.slug[:1] == INTERNAL:
            count.add_internal(cube.status)


def _include(tree: _Tree, path: Path, child: Path) -> None:
    """Counts the cubes of a child of a node."""
    tree.counts[path].include(tree.counts[child])
    tree.tallies[path].update(tree.tallies[child])


def _keyed(parent: Path, items: Iterable[AnyItem]) -> Iterator[tuple[Path, AnyItem]]:
    """Siblings with their paths; one whose slug was used before gets a key of its own, which is fit
    to be shown too (`build ×2`)."""
    taken: set[str] = set()
    times: dict[str, int] = {}
    for item in items:
        key = item.slug
        while key in taken:
            times[item.slug] = times.get(item.slug, 1) + 1
            key = f"{item.slug} ×{times[item.slug]}"
        taken.add(key)
        yield (*parent, key), item


def _parents(tree: _Tree) -> Iterator[tuple[Path, Workflow | Task]]:
    for path in tree.children:
        if isinstance(item := tree.items.get(path), Workflow | Task):
            yield path, item


def _fractions(
    run: Run, tree: _Tree, scale: Scale, before: Snapshot | None
) -> tuple[dict[Path, float], tuple[float, float]]:
    """The fraction of each node, and the run's `floor`. A fraction never runs backwards unless the
    node began again, got more cubes, or another scale was proven. That of the run does not even
    when its work grows: what is left of the bar then stands for what is left of the work."""
    fractions: dict[Path, float] = {ROOT: 0.0}
    for path, item in _parents(tree):
        fraction = fraction_of(item.status, item.progress.percent, tree.counts[path], scale)
        has_grown = before is not None and _has_grown(path, tree, before)
        held = 0.0 if has_grown else _held(path, item, scale, before)
        fractions[path] = max(fraction, held)
    weights = {path: max(1, tree.counts[path].total) for path in tree.children[ROOT]}
    done = sum(fractions[path] * weight for path, weight in weights.items())
    share = done / sum(weights.values()) if weights else 0.0
    held = _held(ROOT, run, scale, before)
    floor = before.floor if before and held else NO_FLOOR
    if before and held > share and _has_grown(ROOT, tree, before):
        floor = (held, share)
    shown, since = floor
    share = max(held, shown + (1 - shown) * max(0.0, share - since) / max(1 - since, 0.01))
    if run.status not in status.FINAL:
        share = min(share, NOT_YET)
    fractions[ROOT] = 1.0 if run.status == status.SUCCESS else min(1.0, share)
    return fractions, floor


def _added(tree: _Tree, floor: tuple[float, float], before: Snapshot | None) -> int:
    """The cubes that have come to the run since its bar had to stay where it was."""
    if before is None or floor == NO_FLOOR:
        return 0
    return before.added + max(0, tree.counts[ROOT].total - before.counts[ROOT].total)


def _held(path: Path, item: Run | Workflow | Task, scale: Scale, before: Snapshot | None) -> float:
    """The fraction that was shown before, where it still counts."""
    if before is None or path not in before.fractions:
        return 0.0
    old = before.items[path] if path else before.run
    rescaled = before.scale is not scale
    began_again = old.status in status.FINAL and item.status not in status.FINAL
    starts = {old.dates.started_at, item.dates.started_at} - {None}
    return 0.0 if rescaled or began_again or len(starts) > 1 else before.fractions[path]


def _has_grown(path: Path, tree: _Tree, before: Snapshot) -> bool:
    """Whether a node has more cubes than it had."""
    return path in before.counts and tree.counts[path].total > before.counts[path].total


def _current(tree: _Tree) -> Iterator[Path]:
    """The cubes at work, at most one of each task. The name in a task's progress counts before the
    status of the cube has followed; the workflow's, which says no task, only where a cube of it
    runs."""
    for path, task in _parents(tree):
        if not isinstance(task, Task) or task.status in status.FINAL:
            continue
        moving: list[Path] = []
        if tree.tallies[path][status.PROCESSING]:
            cubes = zip(tree.children[path], task.cubes, strict=True)
            moving = [cube_path for cube_path, cube in cubes if cube.status == status.PROCESSING]
        named = chain(
            _named(tree, task, moving),
            _named(tree, task, _not_ended(tree, path) if task.status == status.PROCESSING else ()),
            _named(tree, tree.items[path[:1]], moving),
        )
        if current := next(chain(named, moving), None):
            yield current


def _not_ended(tree: _Tree, task: Path) -> Iterator[Path]:
    """The cubes of a task that have not ended."""
    return (path for path in tree.children[task] if tree.items[path].status not in status.FINAL)


def _named(tree: _Tree, node: Item, among: Iterable[Path]) -> Iterator[Path]:
    """The paths of cubes that are called like the current one of a node."""
    cube = None if isinstance(node, Cube) else node.progress.current_cube
    slug = cube.slug if cube else ""
    return (path for path in among if tree.items[path].slug == slug) if slug else iter(())


def _failing(tree: _Tree, failures: Iterable[Path]) -> Iterator[Path]:
    """The nodes above a failure that have not ended themselves."""
    parents = {path[:-1] for path in failures}
    above = {path[:depth] for path in parents for depth in range(1, len(path) + 1)}
    return (path for path in above if tree.items[path].status not in status.FINAL)


def _waiting(run: Run, tree: _Tree) -> tuple[Path, ...]:
    """The nodes that wait for a person."""
    if run.status in status.FINAL:
        return ()
    itself = (ROOT,) if run.status == status.AWAITING_APPROVAL else ()
    return tuple(_deepest(tree, frozenset({status.AWAITING_APPROVAL}))) or itself


def _deepest(tree: _Tree, statuses: Set[str]) -> Iterator[Path]:
    """The nodes of these statuses that have no child of them."""
    for path, paths in tree.children.items():
        is_task = len(path) == TASK_DEPTH
        looked_at = () if is_task and statuses.isdisjoint(tree.tallies[path]) else paths
        found = [child for child in looked_at if tree.items[child].status in statuses]
        if path and not found and tree.items[path].status in statuses:
            yield path
        if is_task:
            yield from found
