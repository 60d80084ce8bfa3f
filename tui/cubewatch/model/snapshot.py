"""Snapshot: one state of a run, prepared for display, and the changes since the last one.

The key of a node is its path of slugs, since ids are empty and names repeat across workflows.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TypeVar

from cubewatch.model import status
from cubewatch.model.progress import NOT_YET, Count, Scale, decide, fraction_of
from cubewatch.model.run import Cube, Run, Task, Workflow

Path = tuple[str, ...]
"""Slugs from the workflow down; () is the run itself."""

Item = Workflow | Task | Cube
AnyItem = TypeVar("AnyItem", Workflow, Task, Cube)

ROOT: Path = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of a run. Every dict is in depth-first order of the tree.

    `counts` and `fractions` (0 to 1) are those of the run, its workflows and its tasks. `current`
    are the cubes at work that the server names, or the first that runs where it names none.
    `failures` are the deepest nodes that failed, timed out or were rejected, `failed` the same as
    a set, and `failing` what is above them and goes on; `waiting` are the deepest nodes that await
    an approval, the run itself where only that does, none once the run has ended. `floor` is the
    run's fraction as it was shown when its work grew, and as its nodes had it from then on.
    """

    run: Run
    items: dict[Path, Item]
    children: dict[Path, list[Path]]
    counts: dict[Path, Count]
    fractions: dict[Path, float]
    current: frozenset[Path]
    failures: tuple[Path, ...]
    failed: frozenset[Path]
    failing: frozenset[Path]
    waiting: tuple[Path, ...]
    scale: Scale
    floor: tuple[float, float] = (0.0, 0.0)

    @property
    def is_final(self) -> bool:
        return self.run.status in status.FINAL

    def status_of(self, path: Path) -> str:
        """The status of the node at `path`, the run's for ()."""
        return self.items[path].status if path else self.run.status


@dataclass(frozen=True, slots=True)
class Change:
    """A node's status before (empty if the node is new) and after."""

    path: Path
    before: str
    after: str


@dataclass(slots=True)
class _Tree:
    items: dict[Path, Item] = field(default_factory=dict)
    children: dict[Path, list[Path]] = field(default_factory=dict)
    counts: dict[Path, Count] = field(default_factory=dict)


def advance(before: Snapshot | None, run: Run) -> Snapshot:
    """The snapshot of `run`, which follows `before` (None: it is the first)."""
    tree = _tree(run)
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
        fractions=fractions,
        current=frozenset(_current(tree)),
        failures=failures,
        failed=frozenset(failures),
        failing=frozenset(_failing(tree, failures)),
        waiting=_waiting(run, tree),
        scale=scale,
        floor=floor,
    )


def changes(before: Snapshot | None, after: Snapshot) -> list[Change]:
    """Every status that differs, the run's first, then down the tree."""
    old = before.items if before else {}
    found = [
        Change(path, known.status if known else "", item.status)
        for path, item in after.items.items()
        if (known := old.get(path)) is None or known.status != item.status
    ]
    run_before = before.run.status if before else ""
    if run_before != after.run.status:
        found.insert(0, Change(ROOT, run_before, after.run.status))
    return found


def _tree(run: Run) -> _Tree:
    tree = _Tree()
    total = tree.counts[ROOT] = Count()
    tree.children[ROOT] = []
    for workflow_path, workflow in _keyed(ROOT, run.workflows):
        _add(tree, ROOT, workflow_path, workflow)
        workflow_count = tree.counts[workflow_path]
        for task_path, task in _keyed(workflow_path, workflow.tasks):
            _add(tree, workflow_path, task_path, task)
            count = tree.counts[task_path]
            paths = tree.children[task_path]
            for cube_path, cube in _keyed(task_path, task.cubes):
                tree.items[cube_path] = cube
                paths.append(cube_path)
                count.add(cube.slug, cube.status)
            workflow_count.include(count)
        total.include(workflow_count)
    return tree


def _add(tree: _Tree, parent: Path, path: Path, item: Workflow | Task) -> None:
    tree.items[path] = item
    tree.children[parent].append(path)
    tree.children[path] = []
    tree.counts[path] = Count()


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
    floor = before.floor if before and held else (0.0, 0.0)
    if before and held > share and _has_grown(ROOT, tree, before):
        floor = (held, share)
    shown, since = floor
    share = max(held, shown + (1 - shown) * max(0.0, share - since) / max(1 - since, 0.01))
    if run.status not in status.FINAL:
        share = min(share, NOT_YET)
    fractions[ROOT] = 1.0 if run.status == status.SUCCESS else min(1.0, share)
    return fractions, floor


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
    for path, item in _parents(tree):
        if not isinstance(item, Task) or item.status in status.FINAL:
            continue
        cubes = list(zip(tree.children[path], item.cubes, strict=True))
        moving = [p for p, cube in cubes if cube.status == status.PROCESSING]
        ready = [p for p, cube in cubes if cube.status not in status.FINAL]
        named = chain(
            _named(tree, item, moving),
            _named(tree, item, ready if item.status == status.PROCESSING else []),
            _named(tree, tree.items[path[:1]], moving),
        )
        yield from islice(chain(named, moving), 1)


def _named(tree: _Tree, node: Item, among: list[Path]) -> Iterator[Path]:
    cube = None if isinstance(node, Cube) else node.progress.current_cube
    slug = cube.slug if cube else ""
    return (path for path in among if slug and tree.items[path].slug == slug)


def _failing(tree: _Tree, failures: Iterable[Path]) -> Iterator[Path]:
    """The nodes above a failure that have not ended themselves."""
    above = {path[:depth] for path in failures for depth in range(1, len(path))}
    return (path for path in above if tree.items[path].status not in status.FINAL)


def _waiting(run: Run, tree: _Tree) -> tuple[Path, ...]:
    """The nodes that wait for a person."""
    if run.status in status.FINAL:
        return ()
    itself = (ROOT,) if run.status == status.AWAITING_APPROVAL else ()
    return tuple(_deepest(tree, {status.AWAITING_APPROVAL})) or itself


def _deepest(tree: _Tree, statuses: Collection[str]) -> Iterator[Path]:
    """The nodes of these statuses that have no child of them."""
    for path, item in tree.items.items():
        if item.status in statuses and not any(
            tree.items[child].status in statuses for child in tree.children.get(path, ())
        ):
            yield path
