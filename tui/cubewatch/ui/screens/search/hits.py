"""HitsView: the hits, grouped by cube, with a cursor."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.ui.screens.search.hit_line import PARTS, cube_line, hit_line
from cubewatch.ui.screens.search.results import Results
from cubewatch.ui.widgets.cursor_lines import CursorLines
from cubewatch.ui.widgets.painted import component_classes

if TYPE_CHECKING:
    from cubewatch.logs.run_search import LogHits
    from cubewatch.ui.widgets.measured_text import Span


class HitsView(CursorLines):
    """The hits so far: a row per log, then a row per hit."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(*PARTS)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", key_display="⏎"),
        Binding("space", "page(1)", "Page down", show=False),
    ]

    class Chosen(Message):
        """The person wants to see a line (from 0) of the log in which it was found."""

        def __init__(self, found: "LogHits", line: int) -> None:
            super().__init__()
            self.found = found
            self.line = line

    def __init__(self) -> None:
        super().__init__()
        self.results = Results()

    @property
    def row_count(self) -> int:
        return len(self.results.rows)

    def row_spans(self, row: int) -> "list[Span]":
        found, hit = self.results.rows[row]
        if hit is None:
            return cube_line(found)
        return hit_line(hit, self.scrollable_content_region.width)

    def clear(self) -> None:
        """Nothing is found yet."""
        self.results = Results()
        self.rows_changed()

    def take(self, found: "LogHits") -> None:
        """Adds the hits of one more log, below the others."""
        self.results.take(found)
        self.rows_changed()

    def action_choose(self) -> None:
        """The log at the hit; for a cube at its first one."""
        if self.results.rows:
            found, hit = self.results.rows[self.cursor]
            self.post_message(self.Chosen(found, hit.line if hit else 0))
