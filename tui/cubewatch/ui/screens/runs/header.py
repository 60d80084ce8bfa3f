"""RunsHeader: the title of the list, its age, and the repositories with trouble."""

from typing import ClassVar

from rich.cells import cell_len
from textual.strip import Strip

from cubewatch.model import status
from cubewatch.ui.widgets.measured_text import Span, fit_spans
from cubewatch.ui.widgets.painted import PaintedLines, component_classes


class RunsHeader(PaintedLines):
    """A line for each pair of `show`: spans at the left edge, and spans at the right one, which
    stay whole."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(
        *status.TONES, "title", "text", "note", "culprit", "mark"
    )

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[list[Span], list[Span]]] = []

    def show(self, lines: list[tuple[list[Span], list[Span]]]) -> None:
        """Replaces the lines; there are as many rows as lines."""
        if lines == self._lines:
            return
        if len(lines) != len(self._lines):
            self.styles.height = len(lines)
        self._lines = lines
        self.repaint()

    def line_at(self, y: int) -> Strip:
        if y >= len(self._lines):
            return Strip([])
        left, right = self._lines[y]
        width = self.scrollable_content_region.width
        right = fit_spans(right, width)
        room = width - sum(cell_len(text) for text, _ in right)
        left = fit_spans(left, max(0, room - 1))
        gap = room - sum(cell_len(text) for text, _ in left)
        return self.strip_of([*left, (" " * gap, "text"), *right])
