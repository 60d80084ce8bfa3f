"""EndingLines: the lines below the tree of a run that has ended."""

from collections.abc import Iterable

from textual import events
from textual.css.scalar import Scalar

from cubewatch.ui.widgets.text_lines import Paragraph, TextLines

PADDING = 1


class EndingLines(TextLines, can_focus=False):
    """A widget whose lines take as much height as they need at their width."""

    def show(self, paragraphs: Iterable[Paragraph]) -> None:
        super().show(paragraphs)
        self._fit()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self._fit()

    def _fit(self) -> None:
        height = self.line_count + PADDING
        if self.size.width and self.styles.height != Scalar.from_number(height):
            self.styles.height = height
