"""TreeRows: which nodes of a run stand in sight, in what order, and where the cursor is.

What the person has opened, closed or visited is theirs; only the rest opens and folds by itself.
"""

from typing import TYPE_CHECKING

from cubewatch.model import status

if TYPE_CHECKING:
    from cubewatch.model.snapshot import Change, Path, Snapshot

GREEN = (status.SUCCESS, status.SKIPPED)
"""What is finished and needs nobody's eye."""
OPEN_AT_FIRST = 60
"""Cubes up to which a task is open when it first appears."""


class TreeRows:
    """The open nodes as a list of paths, from the top. `cursor` is an index into it."""

    def __init__(self) -> None:
        self.rows: list[Path] = []
        self.cursor = 0
        self.snapshot: Snapshot | None = None
        self._open: set[Path] = set()
        self._known: set[Path] = set()
        self._visited: set[Path] = set()

    @property
    def selected(self) -> "Path":
        """The path under the cursor; () while there are no rows."""
        return self.rows[self.cursor] if self.rows else ()

    def is_open(self, path: "Path") -> bool:
        return path in self._open

    def has_children(self, path: "Path") -> bool:
        return bool(self.snapshot and self.snapshot.children.get(path))

    def take(self, snapshot: "Snapshot", changes: "list[Change]") -> None:
        """Goes over to a new state: new nodes open, failures come into sight once, and what is
        finished and green folds once, where nobody has been."""
        self.snapshot = snapshot
        for path in snapshot.children:
            if path not in self._known:
                self._known.add(path)
                if self._opens_at_first(path):
                    self._open.add(path)
        failed = set(snapshot.failures)
        for change in changes:
            if change.path in failed:
                self._open.update(_above(change.path))
            elif change.after in GREEN and self._may_fold(change.path):
                self._open.discard(change.path)
        self.arrange()

    def _opens_at_first(self, path: "Path") -> bool:
        assert self.snapshot  # noqa: S101, set by take
        if len(path) < 2:
            return True
        green = self.snapshot.status_of(path) in GREEN
        return not green and len(self.snapshot.children[path]) <= OPEN_AT_FIRST

    def _may_fold(self, path: "Path") -> bool:
        return len(path) == 2 and path not in self._visited

    def arrange(self) -> None:
        """Lists the rows anew; the cursor stays on its node, or on the nearest one above it."""
        if not self.snapshot:
            return
        selected = self.selected
        self.rows = self._visible()
        while selected and selected not in self.rows:
            selected = selected[:-1]
        self.cursor = self.rows.index(selected) if selected else 0

    def _visible(self) -> "list[Path]":
        assert self.snapshot  # noqa: S101, looked at by arrange
        children, opened = self.snapshot.children, self._open
        rows: list[Path] = []
        for workflow in children[()]:
            rows.append(workflow)
            for task in children[workflow] if workflow in opened else ():
                rows.append(task)
                if task in opened:
                    rows += children[task]
        return rows

    def visit(self) -> None:
        """Marks what is under the cursor, and what is above it, as the person's."""
        selected = self.selected
        self._visited.update(selected[: n + 1] for n in range(len(selected)))

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
        self._visited.update(self._open)
        self.arrange()

    def reveal(self, path: "Path") -> None:
        """Opens what is above a node and puts the cursor on it."""
        self._open.update(_above(path))
        self.arrange()
        if path in self.rows:
            self.cursor = self.rows.index(path)


def _above(path: "Path") -> "list[Path]":
    return [path[:n] for n in range(len(path))]
