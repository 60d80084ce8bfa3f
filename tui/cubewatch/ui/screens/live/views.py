"""Views: shows a run's tree, its details, or both."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen

    from cubewatch.ui.screens.live.side import Side
    from cubewatch.ui.widgets.run_tree import RunTree


class Views:
    """Both in a wide terminal, where the details can be hidden; in a narrow one either. It sets
    classes of the screen that the style sheet goes by: `-details`, a person wants the other state
    than the one at first; `-empty`, there is no tree."""

    def __init__(self, screen: "Screen[None]", tree: "RunTree", side: "Side") -> None:
        self._screen = screen
        self._tree = tree
        self._side = side
        self._narrow = False

    @property
    def has_details_instead_of_tree(self) -> bool:
        return self._screen.has_class("-narrow") and self._screen.has_class("-details")

    def toggle_details(self) -> None:
        """Wide: shows or hides the details. Narrow: goes over to them and back."""
        self._screen.toggle_class("-details")
        if self.has_details_instead_of_tree:
            self._side.focus_log()
        else:
            self._tree.focus()
        self.attend()

    def show_tree(self, shown: bool) -> None:
        """A run without workflows speaks through its details alone."""
        if shown == self._screen.has_class("-empty"):
            self._screen.set_class(not shown, "-empty")
            self._tree.focus() if shown else self._side.focus_log()

    def attend(self) -> None:
        """The log beside the tree is read while it is in sight."""
        screen = self._screen
        in_sight = screen.has_class("-details") == screen.has_class("-narrow")
        self._side.attend(in_sight and screen.is_current)

    def fit(self) -> None:
        """Another way to show the details begins with the tree in sight."""
        if self._screen.has_class("-narrow") != self._narrow:
            self._narrow = not self._narrow
            self._screen.remove_class("-details")
            self._tree.focus()
        self.attend()
