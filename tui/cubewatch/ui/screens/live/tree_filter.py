"""TreeFilter: the line that asks which nodes of a tree to show."""

from typing import TYPE_CHECKING

from textual import on

from cubewatch.ui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from cubewatch.ui.widgets.run_tree import RunTree


class TreeFilter(Prompt):
    """The tree shows what matches while it is being written; escape takes the pattern back."""

    def __init__(self, tree: "RunTree") -> None:
        super().__init__("filter", id="filter")
        self._tree = tree

    @on(Prompt.Changed)
    def _narrow_tree(self, changed: Prompt.Changed) -> None:
        self._tree.filter(changed.text)

    @on(Prompt.Left)
    def _leave(self, left: Prompt.Left) -> None:
        if not left.kept:
            self._tree.filter("")
        self._tree.focus()
