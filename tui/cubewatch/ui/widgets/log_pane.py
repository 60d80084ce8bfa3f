"""LogPane: a log, where one is in it, and the line in which one asks for something."""

from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from cubewatch.logs.search import LogText, Query
from cubewatch.ui.widgets.log_view import LogView
from cubewatch.ui.widgets.text_line import TextLine

Question = Literal["search", "regex", "line", "save"]
_PROMPTS: dict[Question, str] = {
    "search": "search /",
    "regex": "regular expression /",
    "line": "go to line :",
    "save": "save to ",
}


class AskInput(Input):
    """One line of text, left with escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+g", "leave", "Cancel", show=False),
        Binding("ctrl+r", "regex", "Text or regular expression", key_display="^r"),
    ]

    class Left(Message):
        """Escape."""

    class Turned(Message):
        """Between plain text and a regular expression."""

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_regex(self) -> None:
        self.post_message(self.Turned())


class LogPane(Vertical):
    """A LogView with its state line and its search. `show`, `grown` and `explain` go to the view;
    `note` is what else the state line says, such as how the reading of the log goes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "ask('search')", "Search", key_display="/"),
        Binding("colon", "ask('line')", "Go to line", key_display=":", show=False),
    ]

    class Answered(Message):
        """The person has answered `ask("save")`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self.view = LogView(id="log-view")
        self._state = TextLine(id="log-state")
        self._prompt = TextLine(id="log-prompt")
        self._input = AskInput(id="log-input", compact=True)
        self._input.cursor_blink = False
        self._question: Question = "search"
        self._begun_at = 0
        self._note = ""
        self._trouble = ""

    def compose(self) -> ComposeResult:
        yield self.view
        yield self._state
        with Horizontal(id="log-asking"):
            yield self._prompt
            yield self._input

    def show(self, log: LogText | None) -> None:
        """Another log, or none."""
        self.view.show(log)
        self._tell()

    def note(self, text: str) -> None:
        """What the state line says beside where one is."""
        self._note = text
        self._tell()

    def ask(self, question: Question, value: str = "") -> None:
        """Opens the line of input."""
        self._question = question
        self._begun_at = self.view.window.top.line
        self._trouble = ""
        self.add_class("-asking")
        with self._input.prevent(Input.Changed):
            self._input.value = value
            self._input.cursor_position = len(value)
        self._show_prompt()
        self._input.focus()

    def action_ask(self, question: Question) -> None:
        self.ask(question)

    def _show_prompt(self) -> None:
        text = _PROMPTS[self._question]
        self._prompt.styles.width = len(text) + 1
        self._prompt.show(f" {text}")

    @on(Input.Changed, "#log-input")
    def _changed(self, changed: Input.Changed) -> None:
        changed.stop()
        if self._question in ("search", "regex"):
            self._search(changed.value)

    @on(AskInput.Turned)
    def _turn(self) -> None:
        if self._question in ("search", "regex"):
            self._question = "regex" if self._question == "search" else "search"
            self._show_prompt()
            self._search(self._input.value)

    def _search(self, text: str) -> None:
        self._trouble = ""
        try:
            query = Query(text, regex=self._question == "regex") if text else None
        except ValueError as error:
            self._trouble = str(error)
        else:
            self.view.search(query, start=self._begun_at)
        self._tell()

    @on(Input.Submitted, "#log-input")
    def _submitted(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        text = submitted.value.strip()
        self._close()
        if self._question == "line" and text.isdecimal() and len(text) < 12:
            self.view.to_line(int(text) - 1)
        elif self._question == "save" and text:
            self.post_message(self.Answered(text))

    @on(AskInput.Left)
    def _leave(self) -> None:
        if self._question in ("search", "regex"):
            self.view.search(None)
        self._close()

    def _close(self) -> None:
        self._trouble = ""
        self.remove_class("-asking")
        self.view.focus()
        self._tell()

    @on(LogView.Changed)
    def _tell(self) -> None:
        parts = (self._trouble, self.view.state, self._note)
        self._state.show(" " + " · ".join(part for part in parts if part))
