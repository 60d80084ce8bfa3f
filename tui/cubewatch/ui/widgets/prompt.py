"""Prompt: a title and one line of input that appears where something is asked for."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.keys import REPLACED_KEYS
from textual.message import Message
from textual.widgets import Input

from cubewatch.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from textual.app import ComposeResult


class PromptInput(Input):
    """The line of input of a prompt. What it takes as text is no key of the screen meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Accept", key_display="⏎")]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the input takes a key as text: also those that have a name of the toolkit's own,
        such as `slash`."""
        return key in REPLACED_KEYS or super().check_consume_key(key, character)


class Prompt(Horizontal):
    """A line of input, hidden until `ask`. Enter submits the text and escape leaves the line, which
    hides it again. One that `stays` is always in sight, and has no escape of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", key_display="esc"),
        Binding("ctrl+g", "leave", "Cancel", show=False),
    ]

    class Changed(Message):
        """The person has changed the text."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Submitted(Message):
        """The person has pressed enter."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The person has pressed escape."""

    def __init__(
        self,
        title: str = "",
        *,
        id: str,  # noqa: A002, as in textual
        text: str = "",
        placeholder: str = "",
        selects: bool = True,
        stays: bool = False,
    ) -> None:
        """`selects`: the first key replaces the text that `ask` has put there."""
        super().__init__(id=id)
        self._title = TextLine(classes="prompt--title")
        self._input = PromptInput(text, placeholder=placeholder, select_on_focus=selects)
        self._input.cursor_blink = False
        self._stays = stays
        self.display = stays
        self.show_title(title)

    def compose(self) -> "ComposeResult":
        yield self._title
        yield self._input

    @property
    def text(self) -> str:
        """The text in the line."""
        return self._input.value

    def set_text(self, text: str) -> None:
        """Replaces the text, without a message."""
        with self._input.prevent(Input.Changed):
            self._input.value = text
            self._input.cursor_position = len(text)

    def show_title(self, title: str) -> None:
        """Shows what is asked for, left of the line."""
        self._title.display = bool(title)
        self._title.styles.width = len(title) + 1
        self._title.show(f" {title}")

    def ask(self, text: str) -> None:
        """Shows the line with a text in it, and gives it the keys."""
        self.set_text(text)
        self.display = True
        self._input.focus()

    @on(Input.Changed)
    def _change(self, changed: Input.Changed) -> None:
        changed.stop()
        self.post_message(self.Changed(changed.value))

    @on(Input.Submitted)
    def _submit(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        self.action_submit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where the line stays, escape belongs to the screen."""
        return action != "leave" or not self._stays

    def action_submit(self) -> None:
        self.display = self._stays
        self.post_message(self.Submitted(self.text))

    def action_leave(self) -> None:
        self.display = False
        self.post_message(self.Left())


class FilterPrompt(Prompt):
    """A prompt for a filter, which an arrow key keeps, too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,up", "submit", "Back to what is shown", show=False),
    ]
