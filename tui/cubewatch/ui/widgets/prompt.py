"""Prompt: one line of input that appears below what it is about."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from cubewatch.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Prompt(Horizontal):
    """Hidden until `ask`; enter keeps what was written, escape takes it back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(False)", "Cancel", key_display="esc"),
        Binding("down,up", "leave(True)", "Back to what is shown", show=False),
    ]

    class Changed(Message):
        """The text is another one."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The person has left the line. `kept`: with enter, so that the text holds."""

        def __init__(self, text: str, kept: bool) -> None:
            super().__init__()
            self.text = text
            self.kept = kept

    def __init__(self, title: str, *, id: str) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._title = TextLine(classes="prompt--title")
        self._title.styles.width = len(title) + 3
        self._title.show(f" {title}: ")
        self._input = Input(compact=True, select_on_focus=False)
        self._input.cursor_blink = False
        self.display = False

    def compose(self) -> "ComposeResult":
        yield self._title
        yield self._input

    def ask(self, text: str = "") -> None:
        """Shows the line with `text` in it, and gives it the keys."""
        self.display = True
        self._input.value = text
        self._input.focus()

    @on(Input.Changed)
    def _change(self, changed: Input.Changed) -> None:
        changed.stop()
        if self.display:
            self.post_message(self.Changed(changed.value))

    @on(Input.Submitted)
    def _submit(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        self.action_leave(True)

    def action_leave(self, kept: bool) -> None:
        self.display = False
        self.post_message(self.Left(self._input.value, kept))
