"""EndingLines: the lines below the tree of a run that has ended."""

from datetime import datetime
from operator import is_
from typing import TYPE_CHECKING

from textual import events
from textual.css.scalar import Scalar

from cubewatch.ui.screens.live.details import ending
from cubewatch.ui.widgets.text_lines import TextLines

if TYPE_CHECKING:
    from cubewatch.model.compare import Comparison
    from cubewatch.model.timeline import Timeline

PADDING = 1


class EndingLines(TextLines, can_focus=False):
    """A widget whose lines take as much height as they need at their width."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._facts: tuple[object, ...] = (None,) * 4

    def show_end(
        self,
        line: "Timeline",
        now: datetime,
        comparison: "Comparison | None",
        *,
        is_ours: bool,
        successor: str,
    ) -> None:
        """Shows what `ending` says, which is looked for only when something is new."""
        facts = line, comparison, is_ours, successor
        if not all(map(is_, facts, self._facts)):
            self._facts = facts
            self.show(list(ending(line, now, comparison, is_ours=is_ours, successor=successor)))
            self._fit()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self._fit()

    def _fit(self) -> None:
        height = self.line_count + PADDING
        if self.size.width and self.styles.height != Scalar.from_number(height):
            self.styles.height = height
