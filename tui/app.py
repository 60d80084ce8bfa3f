"""The app: which screen follows which."""

import gc
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.types import CSSPathType

from tui.commands import palette
from tui.screens.compose import ComposeScreen
from tui.screens.live import LiveScreen
from tui.session import Session
from tui.settings import ComposeFirst, Settings, Start
from tui.theme import THEME

STYLES = Path(__file__).parent.parent / "styles"


class CubewatchApp(App[int]):
    """Compose, then live; `exit` carries the exit status."""

    TITLE = "cubewatch"
    CSS_PATH: ClassVar[CSSPathType | None] = [
        STYLES / f"{name}.tcss" for name in ("app", "compose", "live", "help")
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012, as App has it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave_app(130)", "Quit", show=False, priority=True),
        Binding("ctrl+q", "leave_app(0)", "Quit", show=False, priority=True),
    ]

    def __init__(self, session: Session, start: Start) -> None:
        super().__init__()
        self.animation_level = "none"
        self._session = session
        self._start = start
        self.register_theme(THEME)
        self.theme = THEME.name

    def get_default_screen(self) -> Screen[None]:
        if isinstance(self._start, ComposeFirst):
            return ComposeScreen(self._session, self._start)
        return LiveScreen(self._session, self._start.run_slug)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        return palette(self, screen)

    def on_mount(self) -> None:
        self.call_after_refresh(gc.freeze)

    @on(ComposeScreen.Started)
    def _watch(self, started: ComposeScreen.Started) -> None:
        self.push_screen(LiveScreen(self._session, started.run.slug, started.request))

    async def action_leave_app(self, status: int) -> None:
        """Leaves at once; a run that was started goes on."""
        self.exit(status)


def run_app(settings: Settings, start: Start) -> int:
    """Runs the app until the person leaves it. Returns the exit status."""
    session = Session(settings)
    app = CubewatchApp(session, start)
    status = app.run(mouse=True)
    return status or app.return_code or 0
