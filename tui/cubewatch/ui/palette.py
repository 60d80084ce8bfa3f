"""The palette: every action of the screen by its name."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, ClassVar, NamedTuple

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from cubewatch.ui.screens.help import HelpScreen, commands_of
from cubewatch.ui.textual_internals import SteadyScreen
from cubewatch.ui.widgets.cursor_lines import CursorLines
from cubewatch.ui.widgets.measured_text import Span, cell_len, cells_of, fit_spans
from cubewatch.ui.widgets.painted import component_classes

PLUMBING = frozenset(
    {
        "back",
        "clear",
        "command_palette",
        "close_names",
        "first",
        "flip",
        "focus_previous",
        "last",
        "leave_app",
        "move",
        "move_choice",
        "next",
        "next_part",
        "open_names",
        "page",
        "repaint",
        "scroll_down",
        "scroll_time",
        "scroll_up",
        "set",
        "sideways",
        "step",
        "to_hits",
    }
)
"""Actions that nobody looks up by name: they move about, or edit what is under the cursor."""
NAME = 8
"""Cells of a name that has its meaning beside it."""
MAX_ROWS, AROUND = 20, 4
"""Rows of the list, and those of the dialog around it."""


class PaletteCommand(NamedTuple):
    """An action, what it does where its name does not say it all, and the keys that do the
    same."""

    name: str
    meaning: str
    keys: str
    run: Callable[[], object]

    def has(self, parts: Sequence[str]) -> bool:
        """Whether name or meaning have these parts, in lower case."""
        text = f"{self.name} {self.meaning}".casefold()
        return all(part in text for part in parts)


def palette(app: App[Any], screen: Screen[Any]) -> Iterator[PaletteCommand]:
    """The commands of `screen` and `app` right now: first what the footer shows, then what it has
    no room for, and what every screen has last."""
    known: set[str] = {"Help", "Theme", "Quit"}
    commands = [one for one in commands_of(screen) if one.own and not _is_plumbing(one.action)]
    for command in sorted(commands, key=lambda one: (not one.is_shown, one.node is not screen)):
        if command.title not in known:
            known.add(command.title)
            meaning = command.title if command.title != command.name else ""
            run = partial(app.run_action, command.action, command.node)
            yield PaletteCommand(command.name, meaning, " ".join(command.keys), run)
    yield PaletteCommand("Help", "", "?", lambda: app.push_screen(HelpScreen(screen)))
    yield PaletteCommand("Theme", "", "", app.action_change_theme)
    yield PaletteCommand("Quit", "", "^q", app.action_quit)


def _is_plumbing(action: str) -> bool:
    return action.partition("(")[0].rpartition(".")[2] in PLUMBING


class CommandLines(CursorLines, can_focus=False):
    """A row per command: its title, and its keys at the right edge."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("text", "key", "note")

    def __init__(self) -> None:
        super().__init__()
        self._commands: Sequence[PaletteCommand] = ()

    @property
    def row_count(self) -> int:
        return len(self._commands)

    def row_spans(self, row: int) -> list[Span]:
        name, meaning, keys, _ = self._commands[row]
        room = self.scrollable_content_region.width - cell_len(keys) - 3
        spans: list[Span] = [(name, "text")]
        if meaning:
            spans = [(f"{name:<{NAME}}  ", "text"), (meaning, "note")]
        shown = fit_spans(spans, room)
        gap = " " * (room - cells_of(shown) + 1)
        return [(" ", "text"), *shown, (gap, "text"), (f"{keys} ", "key")]

    def show(self, commands: Sequence[PaletteCommand]) -> None:
        """Shows other commands, the first one under the cursor."""
        self._commands = commands
        self.cursor = 0
        self.fit_height()
        self.rows_changed(top=0)

    def fit_height(self) -> None:
        """Takes as many rows as it needs, and as there is room for."""
        most = min(MAX_ROWS, self.app.size.height - AROUND)
        self.styles.height = max(1, min(len(self._commands), most))

    @property
    def current(self) -> PaletteCommand | None:
        """The command under the cursor."""
        return self._commands[self.cursor] if self._commands else None

    def action_choose(self) -> None:
        self.screen.run_worker(self.screen.run_action("choose"), exit_on_error=False)


class PaletteScreen(ModalScreen[None], SteadyScreen[None]):
    """A dialog with a line that finds a command by parts of its name. The chosen one is run when
    the dialog is gone."""

    SHEETS = ("dialogs",)
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "dismiss", "Close"),
        Binding("enter", "choose", "Run it", show=False, priority=True),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("down", "move(1)", "Down", show=False, priority=True),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True),
    ]

    def __init__(self, title: str, commands: Sequence[PaletteCommand]) -> None:
        super().__init__()
        self._title = title
        self._commands = commands
        self._input = Input(placeholder="type parts of a name")
        self._input.cursor_blink = False
        self._lines = CommandLines()

    def compose(self) -> ComposeResult:
        with Vertical(id="palette") as box:
            yield self._input
            yield self._lines
        box.border_title = self._title
        box.border_subtitle = "enter choose · esc close"

    def on_mount(self) -> None:
        self._lines.show(self._commands)

    def on_resize(self) -> None:
        self._lines.fit_height()

    @on(Input.Changed)
    def _find(self, changed: Input.Changed) -> None:
        """Shows the commands with these parts, first those whose names begin like that."""
        parts = changed.value.casefold().split()
        first = parts[0] if parts else ""
        found = [one for one in self._commands if one.has(parts)]
        self._lines.show(sorted(found, key=lambda one: not one.name.casefold().startswith(first)))

    def action_move(self, rows: int) -> None:
        self._lines.action_move(rows)

    def action_page(self, pages: int) -> None:
        self._lines.action_page(pages)

    def action_choose(self) -> None:
        """Closes the dialog, then runs what is under the cursor."""
        if command := self._lines.current:
            self.dismiss()
            self.app.call_later(command.run)
