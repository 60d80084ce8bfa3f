"""TreeRows: the visible nodes of a run in their order, and the cursor.

What the person has opened, closed or visited is theirs; only the rest opens and folds by itself.
"""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from cubewatch.model import status
from cubewatch.text.format import elapsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cubewatch.model.snapshot import Change, Item, Path, Snapshot

GREEN = (status.SUCCESS, status.SKIPPED)
"""Statuses of ended nodes that need no attention."""
OPEN_AT_FIRST = 60
"""Cubes up to which a task is open when it first appears."""
SETUP = "\0setup"
"""The last part of the path of a row that stands for a task's housekeeping cubes; no slug of a
server holds a NUL."""
SLOW_SETUP = 30.0
"""Seconds from which on a housekeeping cube that everything waits for comes into sight."""


def is_housekeeping(path: "Path") -> bool:
    """Whether a cube is one that the server adds to every task."""
    return len(path) == 3 and path[2].startswith("#")


class _Names:
    """What a pattern is looked for in: the names of the nodes of a tree, and of what they are part
    of. `tree` has the children of each node."""

    def __init__(self, tree: "dict[Path, list[Path]]") -> None:
        self.tree = tree
        self.of: dict[Path, str] = {}
        for above, paths in tree.items():
            prefix = f"{self.of[above]}/" if above else ""
            for path in paths:
                self.of[path] = prefix + path[-1].casefold()


class _Matched(NamedTuple):
    """The nodes of a state that match a pattern: a longer one is looked for in them alone."""

    items: "Mapping[Path, Item]"
    pattern: str
    paths: "list[Path]"


_NOTHING_MATCHED = _Matched({}, "", [])


class TreeRows:
    """The open nodes as a list of paths, from the top. `cursor` is an index into it. `setups` are
    the cubes that each row of housekeeping stands for."""

    def __init__(self) -> None:
        self.rows: list[Path] = []
        self.cursor = 0
        self.snapshot: Snapshot | None = None
        self.pattern = ""
        self.setups: dict[Path, list[Path]] = {}
        self._names: _Names | None = None
        self._matched = _NOTHING_MATCHED
        self._open: set[Path] = set()
        self._known: set[Path] = set()
        self._visited: set[Path] = set()
        self._slow: set[Path] = set()

    @property
    def row(self) -> "Path":
        """The path of the row under the cursor; () while there are no rows."""
        return self.rows[self.cursor] if self.rows else ()

    @property
    def selected(self) -> "Path":
        """The node under the cursor; a task where its housekeeping is."""
        row = self.row
        return row[:-1] if row[-1:] == (SETUP,) else row

    def is_open(self, path: "Path") -> bool:
        return path in self._open

    def has_children(self, path: "Path") -> bool:
        return path in self.setups or bool(self.snapshot and self.snapshot.children.get(path))

    def parent(self, row: "Path") -> "Path":
        """The row that a row is below."""
        setup = (*row[:-1], SETUP)
        return setup if is_housekeeping(row) and setup in self.setups else row[:-1]

    def has_tree_of(self, snapshot: "Snapshot") -> bool:
        """Whether the nodes of a state are those of the one before, so that nothing that follows
        from their names alone has to be found again."""
        return self.snapshot is not None and self.snapshot.children is snapshot.children

    def take(self, snapshot: "Snapshot", changes: "list[Change]", now: datetime) -> None:
        """Takes a new state at `now` (the server's clock): new nodes open, failures come into sight
        once, and what has ended well folds once, unless the cursor was in it."""
        is_same_tree = self.has_tree_of(snapshot)
        self.snapshot = snapshot
        if not is_same_tree:
            self._group(snapshot)
            for path in snapshot.children.keys() - self._known:
                self._known.add(path)
                if self._opens_at_first(path):
                    self._open.add(path)
        failed = snapshot.failed
        above_failed: set[Path] = set()
        for path, _, after in changes:
            if path in failed:
                above_failed.add(self.parent(path) if path[-1][0:1] == "#" else path[:-1])
            elif after in GREEN and self._may_fold(path):
                self._open.discard(path)
        while above_failed:
            self._open |= above_failed
            above_failed = {path[:-1] for path in above_failed if path}
        for row, cubes in self.setups.items():
            self._show_slow(row, cubes, snapshot, now)
        self.arrange()

    def _group(self, snapshot: "Snapshot") -> None:
        """Finds the tasks with several housekeeping cubes beside others."""
        self.setups = {}
        for task, cubes in snapshot.children.items():
            if len(task) == 2 and cubes:
                housekeeping = [cube for cube in cubes if cube[2].startswith("#")]
                if 1 < len(housekeeping) < len(cubes):
                    self.setups[*task, SETUP] = housekeeping

    def _show_slow(
        self, row: "Path", cubes: "list[Path]", snapshot: "Snapshot", now: datetime
    ) -> None:
        """Opens a task's housekeeping while it is what everything waits for, unless the person has
        been there; folds it when that is over."""
        if row in self._visited or snapshot.status_of(row[:-1]) != status.PROCESSING:
            self._slow.discard(row)
            return
        running = [cube for cube in cubes if snapshot.status_of(cube) == status.PROCESSING]
        if len(running) == snapshot.counts[row[:-1]].running and any(
            (elapsed(snapshot.items[cube].dates.started_at, None, now) or 0.0) >= SLOW_SETUP
            for cube in running
        ):
            if row not in self._slow:
                self._slow.add(row)
                self._open.add(row)
        elif not running and row in self._slow:
            self._slow.discard(row)
            self._open.discard(row)

    def _opens_at_first(self, path: "Path") -> bool:
        assert self.snapshot  # noqa: S101, set by take
        if len(path) < 2:
            return True
        green = self.snapshot.status_of(path) in GREEN
        return not green and len(self.snapshot.children[path]) <= OPEN_AT_FIRST

    def _may_fold(self, path: "Path") -> bool:
        return len(path) == 2 and path not in self._visited

    def arrange(self) -> None:
        """Lists the rows again; the cursor stays on its node, or on the nearest one above it."""
        if not self.snapshot:
            return
        row = self.row
        self.rows = self._matching() if self.pattern else self._visible()
        there = set(self.rows)
        while row and row not in there:
            row = self.parent(row)
        self.cursor = self.rows.index(row) if row else 0

    def _visible(self) -> "list[Path]":
        assert self.snapshot  # noqa: S101, looked at by arrange
        children, opened = self.snapshot.children, self._open
        rows: list[Path] = []
        for workflow in children[()]:
            rows.append(workflow)
            for task in children[workflow] if workflow in opened else ():
                rows.append(task)
                if task in opened:
                    rows += self._cube_rows(task)
        return rows

    def _cube_rows(self, task: "Path") -> "list[Path]":
        assert self.snapshot  # noqa: S101, looked at by arrange
        cubes, setup = self.snapshot.children[task], (*task, SETUP)
        housekeeping = self.setups.get(setup)
        if housekeeping is None:
            return cubes
        others = [cube for cube in cubes if not is_housekeeping(cube)]
        return [setup, *(housekeeping if setup in self._open else ()), *others]

    def _matching(self) -> "list[Path]":
        """Every node that matches the pattern, whether open or not, below what it is part of."""
        assert self.snapshot  # noqa: S101, looked at by arrange
        items, children = self.snapshot.items, self.snapshot.children
        if self._names is None or self._names.tree is not children:
            self._names = _Names(children)
        wanted, names = self.pattern.casefold(), self._names.of
        is_narrower = items is self._matched.items and wanted.startswith(self._matched.pattern)
        matching = self._matched.paths if is_narrower else list(items)
        statuses = {*self.snapshot.tallies[()], *(items[path].status for path in children if path)}
        for word in wanted.split():
            named = {one for one in statuses if word in one.casefold()}
            matching = [p for p in matching if word in names[p] or items[p].status in named]
        self._matched = _Matched(items, wanted, matching)
        found = level = set(matching)
        while level:
            level = {path[:-1] for path in level if len(path) > 1}
            found = found | level
        return list(items) if len(found) == len(items) else [p for p in items if p in found]

    def filter(self, pattern: str) -> None:
        """Shows only nodes whose path or status holds every word of `pattern`; "" shows all."""
        self.pattern = pattern
        if not pattern:
            self._names, self._matched = None, _NOTHING_MATCHED
        self.arrange()

    def visit(self) -> None:
        """Marks what is under the cursor, and what is above it, as the person's."""
        row = self.row
        while row:
            self._visited.add(row)
            row = self.parent(row)

    def set_open(self, path: "Path", opened: bool) -> None:
        if opened:
            self._open.add(path)
        else:
            self._open.discard(path)
        self.visit()
        self.arrange()

    def set_all_open(self, opened: bool) -> None:
        """Opens everything, or leaves only the workflows open."""
        if not self.snapshot:
            return
        self._open = {p for p in self.snapshot.children if opened or len(p) < 2}
        self._open.update(self.setups if opened else ())
        self._visited.update(self._open)
        self.arrange()

    def reveal(self, path: "Path") -> None:
        """Opens what is above a node and puts the cursor on it, or on the housekeeping it is part
        of, unless it has failed."""
        above = self._above(path)
        failed = (
            self.snapshot
            and path in self.snapshot.items
            and (self.snapshot.status_of(path) in status.FAILURES)
        )
        self._open.update(above if failed else (row for row in above if row not in self.setups))
        self.arrange()
        row = path
        while row and row not in self.rows:
            row = self.parent(row)
            if row not in self.setups:
                return
        if row:
            self.cursor = self.rows.index(row)

    def _above(self, path: "Path") -> "list[Path]":
        rows = []
        while path:
            path = self.parent(path)
            rows.append(path)
        return rows
