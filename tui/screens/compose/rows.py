"""The rows of the form: one line each, a label and what can be changed.

A row draws its label itself, so that it costs one widget, or two where text is typed. The row
that has the focus shows it without colour too: by its mark and a bold label.
"""

from collections.abc import Callable, Iterator
from typing import ClassVar

from rich.cells import cell_len
from rich.highlighter import Highlighter
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from tui.domain.inert import inert

MARK = "› "
GAP = 2
Write = Callable[[str], None]


class Row(Widget):
    """One line of the form. `field` is what problems call it, `hint` explains it in words.

    `label`, `suffix` (which is never cut) and `hint` are inert.
    """

    class Changed(Message):
        """The person has changed what is in the row."""

        def __init__(self, row: "Row") -> None:
            super().__init__()
            self.row = row

    def __init__(self, field: str, label: str, *, hint: str = "") -> None:
        super().__init__(classes="-start" if _starts_part(label) else "")
        self.field = field
        self.label = label
        self.suffix = ""
        self.hint = hint
        self.label_width = 0

    @property
    def wish(self) -> int:
        """How many cells the label would take uncut, with the mark before and the gap behind."""
        return cell_len(MARK) + cell_len(self.label) + cell_len(self.suffix) + GAP

    @property
    def entry(self) -> Widget:
        """What takes the focus for this row."""
        return self

    def set_label_width(self, cells: int) -> None:
        if cells != self.label_width:
            self.label_width = cells
            self.refresh()

    def set_label(self, label: str) -> None:
        if label != self.label:
            self.label = label
            self.set_class(_starts_part(label), "-start")
            self.refresh()

    def set_suffix(self, suffix: str) -> None:
        if suffix != self.suffix:
            self.suffix = suffix
            self.refresh()

    def tail(self) -> Content:
        """What stands right of the label."""
        return Content("")

    def render(self) -> Content:
        focused = self.has_focus or self.has_focus_within
        room = self.label_width - cell_len(MARK) - GAP - cell_len(self.suffix)
        label = Content(self.label).truncate(max(1, room), ellipsis=True)
        head = Content.assemble(label, (self.suffix, "$warning"))
        pad = " " * max(0, self.label_width - cell_len(MARK) - head.cell_length)
        if focused:
            return Content.assemble((MARK, "bold $accent"), head.stylize("bold"), pad, self.tail())
        return Content.assemble(" " * cell_len(MARK), head, pad, self.tail())

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_descendant_focus(self) -> None:
        self.refresh(Region(0, 0, self.label_width, 1))

    def on_descendant_blur(self) -> None:
        self.refresh(Region(0, 0, self.label_width, 1))


def _starts_part(label: str) -> bool:
    """A label that is not indented starts a part of the form."""
    return bool(label[:1].strip())


class FactRow(Row):
    """A row that only says something."""

    def __init__(self, label: str, fact: str) -> None:
        super().__init__("", label)
        self.fact = fact

    def tail(self) -> Content:
        return Content(self.fact)


class ChoiceRow(Row, can_focus=True):
    """One of a few words. All are shown where there is room, else only the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "step(1)", "Next choice", show=False),
        Binding("left", "step(-1)", "Previous choice", show=False),
    ]

    def __init__(
        self,
        field: str,
        label: str,
        options: tuple[str, ...],
        chosen: str,
        write: Write,
        *,
        hint: str = "",
    ) -> None:
        super().__init__(field, label, hint=hint)
        self.options = options
        self.chosen = chosen
        self._write = write

    def tail(self) -> Content:
        selected = "reverse" if self.has_focus else "bold"
        if not self._fits():
            return Content.assemble(("‹ ", "dim"), (self.chosen, selected), (" ›", "dim"))
        parts = [
            Content.assemble(("● " + option, selected))
            if option == self.chosen
            else Content.assemble(("○ ", "dim"), option)
            for option in self.options
        ]
        return Content(" ").join(parts)

    def _fits(self) -> bool:
        return self.label_width + sum(cell_len(option) + 3 for option in self.options) <= (
            self.size.width + 1
        )

    def _spans(self) -> Iterator[tuple[int, int, str]]:
        start = self.label_width
        for option in self.options:
            end = start + cell_len(option) + 3
            yield start, end, option
            start = end

    def choose(self, option: str) -> None:
        """Choose `option`, and tell if it was another one before."""
        if option != self.chosen:
            self.chosen = option
            self._write(option)
            self.refresh()
            self.post_message(self.Changed(self))

    def action_step(self, steps: int) -> None:
        place = (self.options.index(self.chosen) + steps) % len(self.options)
        self.choose(self.options[place])

    def on_click(self, event: events.Click) -> None:
        if not self._fits():
            self.action_step(1)
            return
        for start, end, option in self._spans():
            if start <= event.x < end:
                self.choose(option)


class TickRow(Row, can_focus=True):
    """A box to tick. `note` says more about it, dim."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "flip", "Tick or untick", show=False),
        Binding("right", "set(True)", "Tick", show=False),
        Binding("left", "set(False)", "Untick", show=False),
    ]

    def __init__(
        self,
        field: str,
        label: str,
        text: str,
        ticked: bool,
        write: Callable[[bool], None],
        *,
        hint: str = "",
    ) -> None:
        super().__init__(field, label, hint=hint)
        self.text = text
        self.ticked = ticked
        self.note = ""
        self._write = write

    def tail(self) -> Content:
        box = "[x]" if self.ticked else "[ ]"
        style = "reverse" if self.has_focus else "bold" if self.ticked else ""
        text = (self.text, "bold" if self.ticked else "")
        note = (f"  {self.note}" if self.note else "", "dim")
        return Content.assemble((box, style), " ", text, note)

    def set_note(self, note: str) -> None:
        if note != self.note:
            self.note = note
            self.refresh()

    def set_ticked(self, ticked: bool) -> None:
        """Tick or untick the box without telling: the state has it already."""
        if ticked != self.ticked:
            self.ticked = ticked
            self.refresh()

    def action_flip(self) -> None:
        self.action_set(not self.ticked)

    def action_set(self, ticked: bool) -> None:
        if ticked != self.ticked:
            self.ticked = ticked
            self._write(ticked)
            self.refresh()
            self.post_message(self.Changed(self))

    def on_click(self) -> None:
        self.action_flip()


class _Inert(Highlighter):
    """Draws what is typed or pasted so that nothing in it can steer the terminal."""

    def __call__(self, text: str | Text) -> Text:
        plain = text.plain if isinstance(text, Text) else text
        return Text(inert(plain), no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Nothing to colour."""


class Entry(Input, inherit_bindings=False):
    """An input without the keys for scrolling, which one line has no use for."""

    BINDINGS: ClassVar[list[BindingType]] = Input.BINDINGS


class TextRow(Row):
    """A line of text. `note` stands in its place while there is nothing to type."""

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
        write: Write,
        *,
        placeholder: str = "",
        hint: str = "",
        note: str = "",
    ) -> None:
        super().__init__(field, label, hint=hint)
        self.note = note
        self.input = Entry(
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
        self.note = note
        if self.is_mounted and not note and not self.input.is_attached:
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

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value == self.input.value != self._seen:
            self._seen = event.value
            self._write(event.value)
            self.post_message(self.Changed(self))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done(self, entered=True))

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        self.post_message(self.Done(self, entered=False))
