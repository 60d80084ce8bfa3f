"""The screens by name: a new screen is a package and a line here.

A screen is imported when it is first opened. Its constructor takes what `OpenScreen` carries.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.message import Message
from textual.screen import Screen

if TYPE_CHECKING:
    from cubewatch.model.repository import RepoSlug
    from cubewatch.session import Session


class ScreenEntry(NamedTuple):
    """The entry of a screen: where its class is, and whether its constructor takes the session
    first."""

    module: str
    class_name: str
    takes_session: bool = True


SCREENS = {
    "compose": ScreenEntry("compose.screen", "ComposeScreen"),
    "live": ScreenEntry("live.screen", "LiveScreen"),
    "replay": ScreenEntry("replay.screen", "ReplayScreen"),
    "log": ScreenEntry("log.screen", "LogScreen", takes_session=False),
    "compare": ScreenEntry("compare", "CompareScreen", takes_session=False),
    "timeline": ScreenEntry("timeline", "TimelineScreen"),
    "artifacts": ScreenEntry("artifacts", "ArtifactsScreen"),
    "search": ScreenEntry("search", "SearchScreen"),
    "awaiting": ScreenEntry("awaiting", "AwaitingScreen"),
    "runs": ScreenEntry("runs", "RunsScreen"),
}


class OpenScreen(Message):
    """Asks the app to put another screen in front: its name and what its constructor takes.
    `repo`: the repository that the screen is about, if it is not that of the app's session."""

    def __init__(self, name: str, *, repo: "RepoSlug | None" = None, **arguments: Any) -> None:
        super().__init__()
        self.name = name
        self.repo = repo
        self.arguments = arguments


def make_screen(name: str, session: "Session", **arguments: Any) -> Screen[Any]:
    """The screen of this name, made with `arguments`."""
    entry = SCREENS[name]
    module = import_module(f"cubewatch.ui.screens.{entry.module}")
    first = [session] if entry.takes_session else []
    screen: Screen[Any] = getattr(module, entry.class_name)(*first, **arguments)
    return screen
