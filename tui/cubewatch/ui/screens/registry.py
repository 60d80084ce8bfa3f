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
    """Where a screen's class is, its style sheets (`styles/NAME.tcss`), and whether its
    constructor takes the session first."""

    module: str
    class_name: str
    sheets: tuple[str, ...] = ()
    takes_session: bool = True


SCREENS = {
    "compose": ScreenEntry("compose.screen", "ComposeScreen", ("compose", "suggest")),
    "live": ScreenEntry("live.screen", "LiveScreen", ("live",)),
    "replay": ScreenEntry("replay.screen", "ReplayScreen", ("replay",)),
    "log": ScreenEntry("log.screen", "LogScreen", ("log",), takes_session=False),
    "compare": ScreenEntry("compare", "CompareScreen", ("compare",), takes_session=False),
    "timeline": ScreenEntry("timeline", "TimelineScreen", ("timeline",)),
    "artifacts": ScreenEntry("artifacts", "ArtifactsScreen", ("artifacts",)),
    "search": ScreenEntry("search", "SearchScreen", ("search",)),
    "awaiting": ScreenEntry("awaiting", "AwaitingScreen"),
    "runs": ScreenEntry("runs", "RunsScreen", ("runs",)),
}
COMMON_SHEETS = ("app", "dialogs")


class OpenScreen(Message):
    """Asks the app to put another screen in front: its name and what its constructor takes.
    `repo`: the repository that the screen is about, if it is not that of the app's session."""

    def __init__(self, name: str, *, repo: "RepoSlug | None" = None, **arguments: Any) -> None:
        super().__init__()
        self.name = name
        self.repo = repo
        self.arguments = arguments


def sheets() -> list[str]:
    """The style sheets of all screens, those they share first."""
    own = [sheet for entry in SCREENS.values() for sheet in entry.sheets]
    return [*COMMON_SHEETS, *own]


def make_screen(name: str, session: "Session", **arguments: Any) -> Screen[Any]:
    """The screen of this name, made with `arguments`."""
    entry = SCREENS[name]
    module = import_module(f"cubewatch.ui.screens.{entry.module}")
    first = [session] if entry.takes_session else []
    screen: Screen[Any] = getattr(module, entry.class_name)(*first, **arguments)
    return screen
