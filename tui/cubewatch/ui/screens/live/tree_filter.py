"""TreeFilter: the line that asks which nodes of a tree to show."""

from typing import TYPE_CHECKING

from textual import on

from cubewatch.ui.widgets.prompt import FilterPrompt

if TYPE_CHECKING:
    from cubewatch.ui.widgets.run_tree import RunTree


class TreeFilter(FilterPrompt):
    """The filter of a tree, which shows what matches while one types; escape shows all again."""

    def __init__(self, tree: "RunTree") -> None:
        super().__init__("filter: ", id="filter", selects=False)
        self._tree = tree

    @on(FilterPrompt.Changed)
    def _narrow_tree(self, changed: FilterPrompt.Changed) -> None:
        self._tree.filter(changed.text)

    @on(FilterPrompt.Submitted)
    def _keep_filter(self) -> None:
        self._tree.focus()

    @on(FilterPrompt.Left)
    def clear(self) -> None:
        """Shows the whole tree."""
        self.set_text("")
        self._tree.filter("")
        self._tree.focus()
