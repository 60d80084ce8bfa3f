"""The rows of the form: one line each, a label and what can be changed.

A row draws its label itself, so it is one widget, or two with a text field. The focused row shows
it without colour too: by a mark and a bold label.
"""

from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget

MARK = "› "
GAP = 2


class FormRow(Widget):
    """One line of the form. `field` is its name in problems, `hint` explains it, `suffix` follows
    the label and is never cut. Texts are inert."""

    class Changed(Message):
        """The person has changed what is in the row."""

        def __init__(self, row: "FormRow") -> None:
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
    def full_label_width(self) -> int:
        """Cells of the whole label, with the mark before and the gap behind it."""
        return full_label_width(self.label + self.suffix)

    @property
    def entry(self) -> Widget:
        """The widget of this row that takes the focus."""
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
        """The content right of the label."""
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


def full_label_width(label: str) -> int:
    """Cells that a whole label takes, with the mark before and the gap behind it."""
    return cell_len(MARK) + cell_len(label) + GAP


def _starts_part(label: str) -> bool:
    """A label that is not indented starts a part of the form."""
    return bool(label[:1].strip())


class KeyRow(FormRow, can_focus=True):
    """A row that is changed by keys."""


class ActionRow(KeyRow):
    """A row that does what its `text` says when Enter is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "press", "Do it", show=False)]

    class Pressed(Message):
        """Enter was pressed on the row."""

    def __init__(self, field: str, text: str, *, hint: str = "") -> None:
        super().__init__(field, "", hint=hint)
        self.text = text

    def tail(self) -> Content:
        style = "reverse" if self.has_focus else ""
        return Content.assemble(("⏎ ", "bold $accent"), (self.text, style))

    def set_text(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.refresh()

    def action_press(self) -> None:
        self.post_message(self.Pressed())

    def on_click(self) -> None:
        self.action_press()
