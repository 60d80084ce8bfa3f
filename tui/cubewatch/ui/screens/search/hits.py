"""HitsView: the hits, grouped by cube, with a cursor."""

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from cubewatch.ui.screens.search.line import PARTS, cube_line, hit_line
from cubewatch.ui.screens.search.results import Results
from cubewatch.ui.widgets.painted import PaintedLines

if TYPE_CHECKING:
    from cubewatch.logs.run_search import Searched


class HitsView(PaintedLines, can_focus=True):
    """No widget per hit; only what differs is written."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"hits--{part}" for part in PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", key_display="⏎"),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("home,g", "move(-1000000000)", "First", show=False),
        Binding("end,G", "move(1000000000)", "Last", show=False),
    ]

    class Chosen(Message):
        """The person wants to see a line (from 0) of the log in which it was found."""

        def __init__(self, found: "Searched", line: int) -> None:
            super().__init__()
            self.found = found
            self.line = line

    def __init__(self) -> None:
        super().__init__()
        self.results = Results()
        self._cursor = 0
        self._styles: dict[str, Style] = {}

    def clear(self) -> None:
        """Nothing is found yet."""
        self.results = Results()
        self._cursor = 0
        self._changed()

    def take(self, found: "Searched") -> None:
        """Shows what was found in one more log, below the others."""
        self.results.take(found)
        self._changed()

    def _changed(self) -> None:
        self.set_line_count(len(self.results.rows))
        self._scroll_to_cursor()
        self.repaint()

    def line_at(self, y: int) -> Strip:
        row = y + round(self.scroll_y)
        if row >= len(self.results.rows):
            return Strip([])
        found, hit = self.results.rows[row]
        width = self.scrollable_content_region.width
        selected, styles = row == self._cursor, self._all_styles()
        if hit is None:
            return cube_line(found, width, selected, styles)
        return hit_line(hit, width, selected, styles)

    def _all_styles(self) -> dict[str, Style]:
        if not self._styles:
            for part in PARTS:
                self._styles[part] = self.get_component_rich_style(f"hits--{part}")
        return self._styles

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def on_focus(self) -> None:
        self._styles.clear()
        self.repaint()

    def on_blur(self) -> None:
        self._styles.clear()
        self.repaint()

    def on_resize(self) -> None:
        self._painted.clear()
        self._changed()

    def on_click(self, event: events.Click) -> None:
        self._go(event.y + round(self.scroll_y))

    def _scroll_to_cursor(self) -> None:
        row, top, height = self._cursor, round(self.scroll_y), self.size.height
        if not top <= row < top + height:
            y = row if row < top else row - height + 1
            self.scroll_to(y=y, animate=False, force=True)

    def _go(self, row: int) -> None:
        row = max(0, min(row, len(self.results.rows) - 1))
        if row != self._cursor:
            self._cursor = row
            self._scroll_to_cursor()
            self.repaint()

    def action_move(self, rows: int) -> None:
        self._go(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        self._go(self._cursor + pages * max(1, self.size.height - 1))

    def action_open(self) -> None:
        """The log at the hit; for a cube at its first one."""
        if self.results.rows:
            found, hit = self.results.rows[self._cursor]
            self.post_message(self.Chosen(found, hit.line if hit else 0))
