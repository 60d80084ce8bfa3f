"""HelpScreen: the keys of the screen it was called from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from cubewatch.ui.textual_internals import SteadyScreen

MAX_WIDTH, AROUND = 72, 5
"""Cells of the dialog, and those around its text, a scroll bar's among them."""


@dataclass(slots=True)
class KeyCommand:
    """One thing a key does. Its `title` has more room than the `name` in the footer; `action` is
    written so that it runs in the namespace of `node`."""

    title: str
    name: str
    keys: list[str]
    action: str
    node: DOMNode
    own: bool
    """Whether this program binds the key, not the toolkit."""
    is_shown: bool
    """Whether it has a place in the footer."""


def commands_of(screen: Screen[Any]) -> list[KeyCommand]:
    """The commands of the keys of `screen` right now, also those the footer does not show, in the
    order from the focused widget outwards. A key that does nothing now is left out."""
    found: dict[tuple[DOMNode, str], KeyCommand] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not active.enabled or not binding.description or binding.system:
            continue
        keys = _own_key(screen.app, binding)
        place = (active.node, binding.action)
        if place in found:
            if keys not in found[place].keys:
                found[place].keys.append(keys)
        else:
            own = _is_own(active.node, binding)
            title = binding.tooltip or binding.description
            found[place] = KeyCommand(
                title, binding.description, [keys], binding.action, active.node, own, binding.show
            )
    return list(found.values())


def _own_key(app: App[Any], binding: Binding) -> str:
    """The key alone where the footer names its opposite along with it, as in `e/E`."""
    shown = app.get_key_display(binding)
    own = app.get_key_display(replace(binding, key_display=None))
    return own if shown.startswith(own) else shown


def _is_own(node: DOMNode, binding: Binding) -> bool:
    return not any(
        (one.key, one.action) == (binding.key, binding.action)
        for kind in type(node).__mro__
        if kind.__module__.startswith("textual.")
        for one in Binding.make_bindings(kind.__dict__.get("BINDINGS", ()))
    )


class HelpScreen(ModalScreen[None], SteadyScreen[None]):
    """A list of keys over the screen that it explains."""

    SHEETS = ("dialogs",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
    ]

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self._commands = commands_of(screen)
        self._text = Static(markup=False)

    def compose(self) -> ComposeResult:
        keys = VerticalScroll(self._text, id="keys")
        keys.border_title = "Keys"
        keys.border_subtitle = "esc close"
        yield keys

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        width = min(MAX_WIDTH, self.app.size.width) - AROUND
        self._text.update(help_text(self._commands, width))


def help_text(commands: list[KeyCommand], width: int) -> Content:
    """The commands by where they are bound: this screen, the focused widget, everywhere, in lines
    of so many cells. What the toolkit binds by itself is left out: everybody knows how to move in a
    line of text."""
    groups: dict[str, list[KeyCommand]] = {"This screen": [], "Where you are": [], "Everywhere": []}
    for command in commands:
        if command.own:
            groups[_group(command)].append(command)
    column = max((cell_len(" ".join(command.keys)) for command in commands), default=0)
    lines = [
        line for title, group in groups.items() for line in _lines(title, group, column, width)
    ]
    return Content("\n").join(lines[:-1])


def _group(command: KeyCommand) -> str:
    if isinstance(command.node, App):
        return "Everywhere"
    return "This screen" if isinstance(command.node, Screen) else "Where you are"


def _lines(title: str, commands: list[KeyCommand], column: int, width: int) -> Iterator[Content]:
    """A group of commands; a title that is continued stays beside its keys."""
    if commands:
        yield Content.assemble((title, "bold"))
        for command in commands:
            keys = " ".join(command.keys)
            for line in Content(command.title).wrap(max(8, width - column - 4)):
                yield Content.assemble("  ", (keys.ljust(column), "$accent"), "  ", line)
                keys = ""
        yield Content("")
