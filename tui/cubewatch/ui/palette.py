"""The command palette: every action of the screen by its name."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.screen import Screen
from textual.widgets import Input

from cubewatch.ui.textual_internals import SteadyScreen

MOVES = frozenset({"move", "page", "scroll_time", "leave_app"})
"""Actions that have no place in the palette."""


class SteadyPalette(CommandPalette, SteadyScreen[None]):
    """Textual's palette, at rest: nothing blinks, and a window that is dragged is no trouble."""

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False


def palette(app: App[Any], screen: Screen[Any]) -> Iterator[SystemCommand]:
    """What `screen` and `app` can do now, with the keys; made for `App.get_system_commands`. Moving
    about is left out, as it is not looked up by name."""
    from cubewatch.ui.screens.help import HelpScreen, commands_of

    titles: set[str] = set()
    for command in commands_of(screen):
        if command.own and not _moves(command.action) and command.title not in titles:
            titles.add(command.title)
            run = partial(app.run_action, command.action, command.node)
            yield SystemCommand(command.title, f"Key: {' '.join(command.keys)}", run)
    if "Help" not in titles:
        show_help = partial(app.push_screen, HelpScreen(screen))
        yield SystemCommand("Help", "The keys of this screen", show_help)
    yield SystemCommand("Theme", "Choose the colours", app.action_change_theme)
    if "Quit" not in titles:
        yield SystemCommand("Quit", "Leave cubewatch", app.action_quit)


def _moves(action: str) -> bool:
    return action.partition("(")[0].rpartition(".")[2] in MOVES
