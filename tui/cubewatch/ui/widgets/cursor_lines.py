"""CursorLines: rows of text, one of which is under a cursor."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from cubewatch.ui.widgets.measured_text import Span
from cubewatch.ui.widgets.painted import PaintedLines, component_classes

_COLOURED = frozenset({"success", "failure", "running", "waiting"})
"""Parts whose colour the cursor takes over."""


class HasCursor(Protocol):
    """Rows that know which of them, counted from 0, is under the cursor."""

    cursor: int


class CursorLines(PaintedLines, can_focus=True):
    """A list without a widget per row, however long it is. A subclass gives `row_count` and
    `row_spans`, calls `rows_changed` when its rows have changed, and names the parts that its
    spans have in `COMPONENT_CLASSES`.

    The cursor is a background: of a theme with colours of its own that of the theme, else the
    colour of the row's state, reversed, which reads in every palette.
    """

    HEAD = 0
    """Lines above the rows that do not scroll."""
    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("cursor")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "move(-1000000000)", "First", show=False),
        Binding("end,G", "move(1000000000)", "Last", show=False),
    ]

    class Moved(Message):
        """The person moved the cursor to another row."""

        def __init__(self, lines: "CursorLines", row: int) -> None:
            super().__init__()
            self.lines = lines
            self.row = row

        @property
        def control(self) -> "CursorLines":
            return self.lines

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002, as in textual
        model: "HasCursor | None" = None,
    ) -> None:
        """`model` keeps the cursor, if it has to know it."""
        super().__init__(id=id)
        self._cursor_model: HasCursor = model or SimpleNamespace(cursor=0)

    @property
    def cursor(self) -> int:
        """The row under the cursor, counted from 0."""
        return self._cursor_model.cursor

    @cursor.setter
    def cursor(self, row: int) -> None:
        self._cursor_model.cursor = row

    @property
    def row_count(self) -> int:
        """The number of rows."""
        raise NotImplementedError

    def row_spans(self, row: int) -> Sequence[Span]:
        """The spans of a row. The first one with a colour of state colours the cursor."""
        raise NotImplementedError

    def head_line(self, y: int) -> Strip:
        """One of the lines above the rows."""
        raise NotImplementedError

    def rows_changed(self, *, top: int | None = None) -> None:
        """Takes over changed rows. `top`: the row to show first."""
        self.cursor = max(0, min(self.cursor, self.row_count - 1))
        self.set_line_count(self.row_count + self.HEAD)
        if top is not None:
            self.scroll_to(y=top, animate=False, force=True)
        self.repaint()

    def move_to(self, row: int) -> bool:
        """Puts the cursor on a row, or on the nearest there is, and brings it into sight; whether
        it moved."""
        row = max(0, min(row, self.row_count - 1))
        if row == self.cursor:
            return False
        self.cursor = row
        self.scroll_to_cursor()
        self.repaint()
        return True

    def scroll_to_cursor(self) -> None:
        """Scrolls by a row where the cursor has left by one, else brings it to the middle."""
        row, top, height = self.cursor, round(self.scroll_y), self.size.height - self.HEAD
        if height > 0 and not top <= row < top + height:
            middle = row - height // 2
            y = row if row == top - 1 else row - height + 1 if row == top + height else middle
            self.scroll_to(y=y, animate=False, force=True)

    def line_at(self, y: int) -> Strip:
        if y < self.HEAD:
            return self.head_line(y)
        row = y - self.HEAD + round(self.scroll_y)
        if row >= self.row_count:
            return Strip([])
        spans = self.row_spans(row)
        strip = self.strip_of(spans)
        if row != self.cursor:
            return strip
        width = self.scrollable_content_region.width
        return _under_cursor(strip, spans, width, self.part)

    @on(events.Focus)
    @on(events.Blur)
    def _change_cursor(self) -> None:
        self.notify_style_update()
        self.repaint()

    def on_resize(self) -> None:
        self.set_line_count(self.row_count + self.HEAD)
        self.scroll_to_cursor()
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is None or place.y < self.HEAD:
            return
        row = place.y - self.HEAD + round(self.scroll_y)
        if row >= self.row_count:
            return
        if row == self.cursor:
            self.action_choose()
        else:
            self._go(row)

    def _go(self, row: int) -> None:
        if self.move_to(row):
            self.cursor_moved()

    def cursor_moved(self) -> None:
        """Called after the person has moved the cursor."""
        self.post_message(self.Moved(self, self.cursor))

    def action_choose(self) -> None:
        """The action of enter, and of a click on the row under the cursor."""

    def action_move(self, rows: int) -> None:
        self._go(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        self._go(self.cursor + pages * max(1, self.size.height - self.HEAD - 1))


def _under_cursor(
    strip: Strip, spans: Sequence[Span], width: int, style_of: Callable[[str], Style]
) -> Strip:
    """A row over the whole width in the look of the cursor."""
    cursor = style_of("cursor")
    if cursor.reverse:
        tone = next((part for _, part in spans if part in _COLOURED), None)
        filling = Style(color=style_of(tone).color if tone else None, reverse=True)
        segments = [Segment(text, _reversed(style, filling)) for text, style, _ in strip]
    else:
        filling = Style(bgcolor=cursor.bgcolor, bold=cursor.bold, underline=cursor.underline)
        segments = [Segment(text, (style or Style()) + filling) for text, style, _ in strip]
    return Strip(segments).adjust_cell_length(width, filling)


def _reversed(style: Style | None, filling: Style) -> Style:
    """The style of a segment on the filling; what was reversed to stand out is so again."""
    if style is None:
        return filling
    return filling + Style(bold=style.bold, underline=style.underline, reverse=not style.reverse)
