"""Rows in which text is typed."""

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from rich.highlighter import Highlighter
from rich.segment import Segment
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose.rows import Row
from cubewatch.ui.widgets.cells import fit


class _Inert(Highlighter):
    """Draws what is typed or pasted so that nothing in it can steer the terminal."""

    def __call__(self, text: str | Text) -> Text:
        plain = text.plain if isinstance(text, Text) else text
        return Text(inert(plain), no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Nothing to colour."""


class Entry(Input, inherit_bindings=False):
    """An input without the keys for scrolling, which one line has no use for. Of a placeholder
    that is too long as much is shown as fits."""

    BINDINGS: ClassVar[list[BindingType]] = Input.BINDINGS

    def render_line(self, y: int) -> Strip:
        if self.value or y:
            return super().render_line(y)
        width = self.scrollable_content_region.width
        text = fit(self.placeholder, width) or " "
        style = self.get_component_rich_style("input--placeholder")
        at = self.get_component_rich_style("input--cursor") if self.has_focus else style
        strip = Strip([Segment(text[0], style + at), Segment(text[1:], style)])
        return strip.extend_cell_length(width + 1).apply_style(self.rich_style)

    def _position_to_cell(self, position: int) -> int:
        """Where a character is drawn: one that could steer the terminal as what stands for it."""
        return position if self.password else cell_len(inert(self.value[:position]))

    def _on_paste(self, event: events.Paste) -> None:
        """All that is pasted: a value may have several lines. An end of line behind it is not part
        of it."""
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        self.replace(text.removesuffix("\n"), *self.selection)
        self.call_after_refresh(self._scroll_to_cursor)
        event.stop()
        event.prevent_default()

    def _scroll_to_cursor(self) -> None:
        """What grows by more than a character has its new width only a moment later."""
        cursor = Region(self._cursor_offset, 0, 1, 1)
        self.scroll_to_region(cursor, force=True, animate=False)


class TextRow(Row):
    """A line of text. `note` stands in its place while there is nothing to type."""

    ENTRY: ClassVar[type[Entry]] = Entry

    class Done(Message):
        """Enter was pressed, or the row was left."""

        def __init__(self, row: "TextRow", entered: bool) -> None:
            super().__init__()
            self.row = row
            self.entered = entered

    def __init__(
        self,
        field: str,
        label: str,
        value: str,
        write: Callable[[str], None],
        *,
        placeholder: str = "",
        hint: str = "",
        note: str = "",
    ) -> None:
        super().__init__(field, label, hint=hint)
        self.note = note
        self.input = self.ENTRY(
            value,
            placeholder=placeholder,
            highlighter=_Inert(),
            select_on_focus=False,
            compact=True,
        )
        self.input.cursor_blink = False
        self._seen = value
        self._write = write

    def compose(self) -> ComposeResult:
        if not self.note:
            yield self.input

    @property
    def entry(self) -> Widget:
        return self.input

    def set_label_width(self, cells: int) -> None:
        super().set_label_width(cells)
        self.input.styles.margin = (0, 0, 0, cells)

    def tail(self) -> Content:
        return Content.assemble((self.note, "dim"))

    def set_note(self, note: str) -> None:
        """Put `note` in place of the text, or, if it is empty, the text in place of the note."""
        if note == self.note:
            return
        self.note = note
        if self.is_attached and not note and not self.input.is_attached:
            self.mount(self.input)
        self.input.display = not note
        self.refresh()

    def set_text(self, text: str) -> None:
        """Put `text` in without telling: the state has it already."""
        self._seen = text
        self.input.value = text

    def on_click(self) -> None:
        if self.input.display:
            self.input.focus()

    def take(self) -> None:
        """Write down what is typed by now, also if nobody has been told of it yet."""
        if self.input.value != self._seen:
            self._seen = self.input.value
            self._write(self._seen)
            self.post_message(self.Changed(self))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.take()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done(self, entered=True))

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        self.post_message(self.Done(self, entered=False))
