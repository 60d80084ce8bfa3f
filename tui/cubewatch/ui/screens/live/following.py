"""Following: moves the cursor to what happens in a run, until the person moves it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cubewatch.ui.screens.live.where import first_in_tree

if TYPE_CHECKING:
    from cubewatch.model.snapshot import Change, Path, Snapshot
    from cubewatch.ui.widgets.run_tree import RunTree


class Following:
    """Moves the cursor of a tree. It is on at first; `on_change` is called when the person turns
    it on or off, also by going somewhere."""

    def __init__(self, tree: "RunTree", on_change: Callable[[], object]) -> None:
        self.is_on = True
        self._tree = tree
        self._on_change = on_change

    def turn(self, on: bool) -> None:
        self.is_on = on
        self._on_change()

    def toggle(self, snapshot: "Snapshot | None") -> None:
        """Goes to a cube at work and on with what happens, or no longer."""
        self.turn(not self.is_on)
        if self.is_on and snapshot and snapshot.current:
            self._tree.reveal(first_in_tree(snapshot.items, snapshot.current))

    def follow(self, snapshot: "Snapshot", changes: "Sequence[Change]") -> None:
        """Moves to the first new failure, and stays there; else to a cube at work, if on none."""
        if not self.is_on:
            return
        failed = [change.path for change in changes if change.path in snapshot.failed]
        working = snapshot.current
        if failed:
            self._tree.reveal(failed[0])
            self.is_on = False
        elif working and self._tree.selected not in working:
            self._tree.reveal(first_in_tree(snapshot.items, working))

    def go_to(self, path: "Path | None") -> None:
        """Moves to the node that the person has chosen, if any."""
        if path:
            self.turn(False)
            self._tree.reveal(path)

    def go_to_failure(self, failures: "Sequence[Path]", step: int) -> None:
        """Moves to the next failure (`step` 1) or to the one before (-1)."""
        selected = self._tree.selected
        at = failures.index(selected) + step if selected in failures else min(0, step)
        self.go_to(failures[at % len(failures)])
