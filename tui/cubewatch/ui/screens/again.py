"""AgainScreen: requests that were sent before and presets, to fill the form with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from cubewatch.model.draft import Draft, check
from cubewatch.model.wording import in_brief, in_words
from cubewatch.text.format import ago
from cubewatch.text.sanitize import inert
from cubewatch.ui.confirmation import Confirmation, replace_text
from cubewatch.ui.textual_internals import SteadyScreen
from cubewatch.ui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest
    from cubewatch.session import Session

NOTHING_SENT = "Nothing was sent from here to this repository yet."
NAME_PLACEHOLDER = "name of the preset, enter saves it"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A request to fill the form with. `title` names it; `kept` is the name of a preset that can
    be deleted. `forgotten` inputs (workflow, name) had a value that was not stored."""

    title: str
    draft: Draft
    forgotten: tuple[tuple[str, str], ...] = ()
    kept: str = ""


def _sendable(earlier: Earlier) -> "RunRequest | None":
    return check(earlier.draft, config=None).so_far


class EarlierOption(Option):
    """A row of the list."""

    def __init__(self, earlier: Earlier, words: str) -> None:
        super().__init__(Content.assemble((f"{inert(earlier.title):<22} ", "bold"), words))
        self.earlier = earlier


class AgainScreen(ModalScreen[Earlier | None], SteadyScreen[Earlier | None]):
    """A dialog with earlier requests and presets; its result is the chosen one, or None."""

    SHEETS = ("dialogs",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        Binding("q,ctrl+g", "dismiss", "Close", show=False),
        Binding("s", "name_it", "Save as a preset"),
        Binding("delete", "forget", "Delete the preset"),
    ]

    class Known(Message):
        """The list was loaded. `trouble`: why a change was not stored."""

        def __init__(self, earlier: list[Earlier], trouble: str = "") -> None:
            super().__init__()
            self.earlier = earlier
            self.trouble = trouble

    def __init__(self, session: "Session") -> None:
        super().__init__()
        self._session = session
        self._list = OptionList(compact=True)
        self._details = Static(id="details", markup=False)
        self._replacing = Confirmation[str]()
        self._prompt = Prompt(placeholder=NAME_PLACEHOLDER, id="preset")

    def compose(self) -> ComposeResult:
        with Vertical(id="earlier") as box:
            yield self._list
            yield self._details
            yield self._prompt
        box.border_title = "Run again"
        box.border_subtitle = "enter fill in · s save as preset · del delete preset · esc close"

    def on_mount(self) -> None:
        self._read()

    @work(group="memory", exclusive=True, exit_on_error=False, thread=True)
    def _read(self) -> None:
        self.post_message(self.Known(list(self._all())))

    def _all(self) -> Iterator[Earlier]:
        from cubewatch.history.memory import distinct

        session = self._session
        for preset in session.settings.presets:
            if preset.repo in (None, session.repo):
                yield Earlier(preset.name, preset.draft)
        memory = session.memory()
        for kept in memory.presets(session.repo):
            yield Earlier(kept.name, kept.draft, kept.forgotten, kept.name)
        now = session.timing.utc()
        for sent in distinct(memory.sent(session.repo)):
            run = f"#{sent.run_slug}" if sent.run_slug else "answer lost"
            title = f"{run} · {ago((now - sent.at).total_seconds())}"
            yield Earlier(title, sent.draft, sent.forgotten)

    @on(Known)
    def _show(self, known: Known) -> None:
        place = self._list.highlighted or 0
        self._list.set_options(
            EarlierOption(one, in_brief(request) if (request := _sendable(one)) else "")
            for one in known.earlier
        )
        self._list.highlighted = min(place, len(known.earlier) - 1) if known.earlier else None
        if known.trouble:
            self.notify(known.trouble, severity="warning", markup=False)
        if not known.earlier:
            self._details.update(Content.assemble((NOTHING_SENT, "dim")))

    def _in_words(self, one: Earlier) -> str:
        if (request := _sendable(one)) is None:
            return ""
        now = self._session.timing.utc()
        return in_words(request, self._session.repo, head=None, config="", now=now)

    @on(OptionList.OptionHighlighted)
    def _show_details(self, event: OptionList.OptionHighlighted) -> None:
        if not isinstance(event.option, EarlierOption):
            return
        one = event.option.earlier
        parts = [Content(self._in_words(one))]
        parts += [
            Content.assemble((f"not stored: {inert(name)} of {inert(workflow)}", "$warning"))
            for workflow, name in one.forgotten
        ]
        self._details.update(Content("\n").join(parts))

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        if isinstance(event.option, EarlierOption):
            self.dismiss(event.option.earlier)

    @property
    def _highlighted(self) -> Earlier | None:
        option = self._list.highlighted_option
        return option.earlier if isinstance(option, EarlierOption) else None

    @on(Prompt.Left)
    def _end_prompt(self) -> None:
        self._replacing.withdraw()
        self._list.focus()

    def action_name_it(self) -> None:
        """Ask for a name to save the highlighted request under."""
        if self._highlighted:
            self._prompt.ask(self._highlighted.kept)

    @on(Prompt.Submitted)
    def _save_as(self, submitted: Prompt.Submitted) -> None:
        name = submitted.text.strip()
        if name in self._kept_names() and not self._replacing.is_asked(name):
            self._replacing.ask(name)
            warning = replace_text(f"The preset {inert(name)}")
            self._details.update(Content.assemble((warning, "$warning")))
            self._prompt.ask(name)
            return
        if name and self._highlighted:
            self._save(name, self._highlighted)
        self._end_prompt()

    def _kept_names(self) -> set[str]:
        options = self._list.options
        return {one.earlier.kept for one in options if isinstance(one, EarlierOption)} - {""}

    def action_forget(self) -> None:
        """Delete the highlighted preset."""
        if self._highlighted and self._highlighted.kept:
            self._drop(self._highlighted.kept)
        else:
            self.notify("Only presets that were saved here can be deleted.", markup=False)

    def _save(self, name: str, one: Earlier) -> None:
        memory, repo = self._session.memory(), self._session.repo
        if (request := _sendable(one)) is None:
            self.notify("A preset needs at least one workflow.", markup=False)
        else:
            self._change(lambda: memory.save_preset(repo, name, request, one.forgotten))

    def _drop(self, name: str) -> None:
        memory, repo = self._session.memory(), self._session.repo
        self._change(lambda: memory.drop_preset(repo, name))

    @work(group="change", exclusive=False, exit_on_error=False, thread=True)
    def _change(self, change: Callable[[], None]) -> None:
        from cubewatch.history.memory import CannotRemember

        trouble = ""
        try:
            change()
        except CannotRemember as error:
            trouble = str(error)
        self.post_message(self.Known(list(self._all()), trouble))
