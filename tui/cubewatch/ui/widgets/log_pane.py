"""LogPane: a log, the position in it, and a prompt to search it."""

from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from cubewatch.logs.search import LogText, Query
from cubewatch.ui.widgets.log_view import LogView
from cubewatch.ui.widgets.prompt import Prompt
from cubewatch.ui.widgets.text_line import TextLine

Question = Literal["search", "regex", "line", "save"]
_TITLES: dict[Question, str] = {
    "search": "search /",
    "regex": "regular expression /",
    "line": "go to line :",
    "save": "save to ",
}
_SEARCHES = ("search", "regex")


class LogPane(Vertical):
    """A LogView with its state line and its search. `show`, `grown` and `explain` go to the view;
    `note` is what else the state line says, such as how the reading of the log goes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "ask('search')", "Search", key_display="/"),
        Binding("colon", "ask('line')", "Go to line", key_display=":", show=False),
        Binding("x", "fold", "Fold", tooltip="Fold or open a group"),
        Binding("minus", "fold_all", "Fold all groups", key_display="-", show=False),
        Binding("plus", "open_all", "Open all groups", key_display="+", show=False),
        Binding("ctrl+r", "regex", "Text or regular expression", key_display="^r"),
    ]

    class Answered(Message):
        """The person has answered `ask("save")`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self.view = LogView(id="log-view")
        self._state = TextLine(id="log-state", whole_parts=True)
        self._prompt = Prompt(id="log-prompt")
        self._question: Question = "search"
        self._begun_at = 0
        self._note = ""
        self._trouble = ""

    def compose(self) -> ComposeResult:
        yield self.view
        yield self._state
        yield self._prompt

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The kind of search changes while it is being typed; nothing can be folded where there is
        no group."""
        if action in ("fold", "fold_all", "open_all"):
            return self.view.window.has_groups
        return action != "regex" or (self._prompt.display and self._question in _SEARCHES)

    def action_fold(self) -> None:
        """Folds the group in sight, or opens it if it is folded."""
        self.view.window.fold()
        self.view.redraw()

    def action_fold_all(self) -> None:
        """Folds all groups."""
        self.view.window.fold_all()
        self.view.redraw()

    def action_open_all(self) -> None:
        """Opens all groups."""
        self.view.window.open_all()
        self.view.redraw()

    def show(self, log: LogText | None) -> None:
        """Another log, or none."""
        self.view.show(log)
        self._tell()

    def note(self, text: str) -> None:
        """Sets what the state line says beside the position."""
        self._note = text
        self._tell()

    def ask(self, question: Question, value: str = "") -> None:
        """Opens the prompt."""
        self._question = question
        self._begun_at = self.view.window.top.line
        self._trouble = ""
        self._prompt.show_title(_TITLES[question])
        self._prompt.ask(value)

    def action_ask(self, question: Question) -> None:
        self.ask(question)

    @on(Prompt.Changed)
    def _change(self, changed: Prompt.Changed) -> None:
        changed.stop()
        if self._question in _SEARCHES:
            self._search(changed.text)

    def action_regex(self) -> None:
        """Switches between plain text and a regular expression."""
        self._question = "regex" if self._question == "search" else "search"
        self._prompt.show_title(_TITLES[self._question])
        self._search(self._prompt.text)

    def _search(self, text: str) -> None:
        self._trouble = ""
        try:
            query = Query(text, regex=self._question == "regex") if text else None
        except ValueError as error:
            self._trouble = str(error)
        else:
            self.view.search(query, start=self._begun_at)
        self._tell()

    @on(Prompt.Submitted)
    def _submit(self, submitted: Prompt.Submitted) -> None:
        submitted.stop()
        text = submitted.text.strip()
        self._close()
        if self._question == "line" and text.isdecimal() and len(text) < 12:
            self.view.to_line(int(text) - 1)
        elif self._question == "save" and text:
            self.post_message(self.Answered(text))

    @on(Prompt.Left)
    def _leave(self, left: Prompt.Left) -> None:
        left.stop()
        if self._question in _SEARCHES:
            self.view.search(None)
        self._close()

    def _close(self) -> None:
        self._trouble = ""
        self.view.focus()
        self._tell()

    @on(LogView.Changed)
    def _tell(self) -> None:
        parts = (self._trouble, self.view.state, self._note)
        self._state.show(" " + " · ".join(part for part in parts if part))
