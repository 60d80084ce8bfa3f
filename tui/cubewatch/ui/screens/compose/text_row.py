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
from cubewatch.ui.screens.compose.rows import FormRow
from cubewatch.ui.widgets.measured_text import fit


class _InertHighlighter(Highlighter):
    """A highlighter that draws text so that nothing in it can control the terminal."""

    def __call__(self, text: str | Text) -> Text:
        plain = text.plain if isinstance(text, Text) else text
        return Text(inert(plain), no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Nothing to colour."""


class TextField(Input, inherit_bindings=False):
    """A text field without the keys for scrolling. A placeholder that is too long is cut."""

    BINDINGS: ClassVar[list[BindingType]] = Input.BINDINGS

    def validate(self, value: str) -> None:
        """Any text will do here: what it amounts to is said elsewhere. Textual would work out all
        styles anew."""

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
        """The cell of a character, where one that could control the terminal is drawn replaced."""
        return position if self.password else cell_len(inert(self.value[:position]))

    def _on_paste(self, event: events.Paste) -> None:
        """Insert all lines that are pasted, without the line break at the end."""
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        self.replace(text.removesuffix("\n"), *self.selection)
        self.call_after_refresh(self._scroll_to_cursor)
        event.stop()
        event.prevent_default()

    def _scroll_to_cursor(self) -> None:
        """The width after a paste is known only after the next refresh."""
        cursor = Region(self._cursor_offset, 0, 1, 1)
        self.scroll_to_region(cursor, force=True, animate=False)


class TextRow(FormRow):
    """A row with a text field. The text is kept where `read` and `write` have it; `note` is shown
    instead while there is nothing to type."""

    ENTRY: ClassVar[type[TextField]] = TextField

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
        read: Callable[[], str],
        write: Callable[[str], None],
        *,
        placeholder: str = "",
        hint: str = "",
        note: str = "",
    ) -> None:
        super().__init__(field, label, hint=hint)
        self.note = note
        self.input = self.ENTRY(
            read(),
            placeholder=placeholder,
            highlighter=_InertHighlighter(),
            select_on_focus=False,
        )
        self.input.cursor_blink = False
        self._read = read
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
        if not note:
            self.reload()
        if self.is_attached and not note and not self.input.is_attached:
            self.mount(self.input)
        self.input.display = not note
        self.refresh()

    def reload(self) -> None:
        """Show the text that was put in from elsewhere."""
        self.input.value = self._read()

    def on_click(self) -> None:
        if self.input.display:
            self.input.focus()

    def take(self) -> bool:
        """Write what is typed by now, whether or not its message has arrived. Returns whether it
        was new."""
        before = self._read()
        if self.note or self.input.value == before:
            return False
        self._write(self.input.value)
        if self._read() == before:
            return False
        self.post_message(self.Changed(self))
        return True

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
