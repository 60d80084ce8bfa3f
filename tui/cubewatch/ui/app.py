"""CubewatchApp: the screens in their order, and the terminal around them."""

import gc
import os
import sys
from collections.abc import Sequence
from functools import partial
from io import TextIOWrapper
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from textual import on
from textual.binding import Binding, BindingType
from textual.filter import LineFilter, Monochrome, NoColor
from textual.reactive import Reactive
from textual.screen import Screen
from textual.theme import Theme
from textual.types import CSSPathType

from cubewatch.runtime.exit_status import EXIT_FAULT, EXIT_HANGUP
from cubewatch.runtime.quiet_stream import unbroken_terminal
from cubewatch.runtime.signals import (
    discard_output,
    on_leaving,
    terminal_is_gone,
    terminal_restorer,
)
from cubewatch.session import Session, replay_session
from cubewatch.settings import (
    ComposeFirst,
    FirstScreen,
    Settings,
    ShowRuns,
    WatchFirst,
)
from cubewatch.ui import osc
from cubewatch.ui.kept_theme import keep_theme, kept_theme
from cubewatch.ui.screens.compose.messages import Started, UnderWay
from cubewatch.ui.screens.live.messages import AlsoWatched, News
from cubewatch.ui.screens.registry import OpenScreen, make_screen
from cubewatch.ui.serial_input import SerialInputApp
from cubewatch.ui.side_channel import SideChannel
from cubewatch.ui.styles import style_sheets
from cubewatch.ui.theme import THEME, AsciiOnly, DimGrey, NoColour, in_ascii

if TYPE_CHECKING:
    from cubewatch.ui.watched_screens import WatchedScreens
    from cubewatch.watch.recording_file import Recording


GARBAGE_THRESHOLDS = 10_000, 5, 3
"""New objects from which on garbage is looked for in them: a poll of a gigantic run makes ten times
as many, all of which stay, and each look through them would hold up a key. And after how many such
looks older objects are looked through, and all of them: what a frame leaves in circles is otherwise
megabytes before it goes."""


class CubewatchApp(SerialInputApp[int]):
    """The app. Its result is the exit status; `summary` has the lines to print at exit."""

    TITLE = "cubewatch"
    theme: Reactive[str] = Reactive(THEME.name)
    CSS_PATH: ClassVar[CSSPathType | None] = style_sheets("app")
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012, as App has it
        (0, "-too-narrow"),
        (40, "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (12, "-short"), (20, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave_app(130)", "Quit at once", show=False, priority=True),
        Binding("ctrl+q", "leave_app(0)", "Quit", show=False, priority=True),
        Binding("ctrl+o", "show_runs", "Runs of all repositories", show=False),
        Binding("ctrl+z", "suspend_process", "To the shell, `fg` comes back", show=False),
    ]

    def __init__(self, session: Session, start: FirstScreen, *, at_signals: bool = False) -> None:
        """`at_signals`: leave when the system says so, which takes this process's signals."""
        super().__init__()
        self._at_signals = at_signals
        self.animation_level = "none"
        self.summary: list[str] = []
        self._watched_screens: WatchedScreens | None = None
        ascii_only = session.settings.terminal.ascii_only
        self._side_channel = SideChannel(self, ascii_only=ascii_only)
        self.fault = ""
        self._session = session
        self._start = start
        self._own_filters: list[LineFilter] = [NoColour() if self.no_color else DimGrey()]
        if ascii_only:
            self._own_filters.append(AsciiOnly())
        self.register_theme(THEME)
        if theme := session.settings.theme or kept_theme(set(self.available_themes)):
            self.set_reactive(CubewatchApp.theme, theme)

    def get_key_display(self, binding: Binding) -> str:
        """The text of a key; a word in ASCII mode."""
        shown = super().get_key_display(binding)
        in_words = self._session.settings.terminal.ascii_only and not shown.isascii()
        return binding.key if in_words else shown

    def get_theme(self, theme_name: str) -> Theme | None:
        """The theme of a name. Ours is known before it is registered: set later, it would have all
        styles parsed again before the first frame."""
        return THEME if theme_name == THEME.name else super().get_theme(theme_name)

    def get_default_screen(self) -> Screen[None]:
        if isinstance(self._start, ComposeFirst):
            return make_screen("compose", self._session, start=self._start)
        if isinstance(self._start, ShowRuns):
            start = self._start
            return make_screen(
                "runs",
                self._session,
                repositories=start.repositories,
                filter_text=start.filter,
                mine=start.mine,
            )
        if isinstance(self._start, WatchFirst) and self._start.awaited:
            return make_screen("awaiting", self._session, awaited=self._start.awaited)
        name = "replay" if self._session.replay else "live"
        return make_screen(name, self._session, run_slug=self._start.run_slug)

    def action_command_palette(self) -> None:
        """Lists every action by its name."""
        from cubewatch.ui.palette import PaletteScreen, palette

        if not isinstance(self.screen, PaletteScreen):
            self.push_screen(PaletteScreen("Actions", list(palette(self, self.screen))))

    def action_change_theme(self) -> None:
        """Lists the themes by their names."""
        from cubewatch.ui.palette import PaletteCommand, PaletteScreen

        def choose(name: str) -> None:
            self.theme = name

        names = sorted(self.available_themes, key=lambda name: (name != self.theme, name))
        themes = [PaletteCommand(name, "", "", partial(choose, name)) for name in names]
        self.push_screen(PaletteScreen("Theme", themes))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters of every line; with NO_COLOR no theme has any colour."""
        kept = [f for f in super().get_line_filters() if not isinstance(f, NoColor | Monochrome)]
        return [*kept, *self._own_filters]

    def on_load(self) -> None:
        """Installs signal handlers before the terminal is changed, so that no signal can leave it
        changed."""
        if self._at_signals:
            on_leaving(self.exit, terminal_restorer())

    def report_fault(self, error: BaseException | str) -> None:
        """Writes a crash report about the first fault, and keeps a line about it for the end."""
        from cubewatch.runtime.crash import crash_report

        if not self.fault:
            self.fault = crash_report(error, [self._session.settings.token.reveal()])

    def on_mount(self) -> None:
        channel = self._side_channel
        self.app_suspend_signal.subscribe(self, lambda _: channel.hold(), immediate=True)
        self.app_resume_signal.subscribe(self, lambda _: channel.release(), immediate=True)
        self.theme_changed_signal.subscribe(self, lambda theme: keep_theme(theme.name))
        if not self.is_headless:
            channel.write(osc.SAVE_TITLE)
        self.call_after_refresh(_collect_what_comes)

    def input_ended(self) -> None:
        """Exits when the terminal is gone, which may show in nothing but the end of its input."""
        if terminal_is_gone():
            self.exit(EXIT_HANGUP)

    def copy_to_clipboard(self, text: str) -> None:
        """Copies a text, in tmux also by its own command, as it keeps OSC 52 to itself by
        default."""
        super().copy_to_clipboard(text)
        if os.environ.get("TMUX"):
            from cubewatch.ui.clipboard import give_to_tmux_soon

            giving = give_to_tmux_soon(text)
            self.run_worker(giving, group="clipboard", exclusive=True, exit_on_error=False)

    def action_suspend_process(self) -> None:
        with self.batch_update():
            super().action_suspend_process()

    @property
    def _watched(self) -> "WatchedScreens":
        """The screens of watched runs; made for the first one, as this loads the model."""
        if self._watched_screens is None:
            from cubewatch.ui.watched_screens import WatchedScreens

            self._watched_screens = WatchedScreens(self, self._session)
        return self._watched_screens

    @on(OpenScreen)
    def _open_screen(self, wanted: OpenScreen) -> None:
        session = self._session.about(wanted.repo) if wanted.repo else self._session
        if wanted.name == "live":
            self._watched.open(session, **wanted.arguments)
            return
        self.push_screen(make_screen(wanted.name, session, **wanted.arguments))

    @on(Started)
    def _watch(self, started: Started) -> None:
        self._watched.open(started.session, started.run.slug, started.request)

    @on(UnderWay)
    def _keep_in_mind(self, sent: UnderWay) -> None:
        self.summary = sent.summary

    @on(News)
    def _take_news(self, news: News) -> None:
        self._watched.take(news.screen, news.snapshot, news.summary)
        self.summary = self._watched.summary
        self._side_channel.write(news.sequences)

    @on(AlsoWatched)
    def _watch_also(self, message: AlsoWatched) -> None:
        self._watched.add(message.repo, message.slugs)

    def action_switch_run(self, step: int) -> None:
        """Goes to another run that is watched."""
        if not self._watched.switch(self.screen, step):
            self.notify("No other run is watched.", markup=False)

    async def on_unmount(self) -> None:
        if self._watched_screens:
            self._watched_screens.close()
        await self._session.close()

    def exit(
        self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        self._side_channel.write(osc.RESTORE_TITLE)
        super().exit(result, return_code, message)

    def action_show_runs(self) -> None:
        """Shows the list of runs."""
        if not any(screen.id == "runs" for screen in self.screen_stack):
            self.post_message(OpenScreen("runs"))
            return
        while self.screen.id != "runs":
            self.pop_screen()

    async def action_leave_app(self, exit_status: int) -> None:
        """Leaves at once; a run that was started goes on."""
        self.exit(exit_status)


def _collect_what_comes() -> None:
    """Enables garbage collection for objects that are made from now on; those that are there
    stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    gc.enable()


def run_app(settings: Settings, start: FirstScreen) -> int:
    """Runs the app until the person leaves it, then says what was watched. Returns the status."""
    return _run(Session(settings), start)


def run_replay(settings: Settings, recording: "Recording", speed: float | None) -> int:
    """The same for a recording, played so many times faster than it was."""
    session = replay_session(settings, recording, speed)
    return _run(session, WatchFirst(recording.header.slug))


def _run(session: Session, start: FirstScreen) -> int:
    settings = session.settings
    app = CubewatchApp(session, start, at_signals=True)
    with unbroken_terminal():
        exit_status = app.run(mouse=settings.terminal.mouse)
    text = "\n".join([*app.summary, ""]) if app.summary else ""
    if not leave_behind(in_ascii(text) if settings.terminal.ascii_only else text):
        discard_output()
    if session.recording_trouble:
        sys.stderr.write(f"cubewatch: {session.recording_trouble}\n")
    if app.fault:
        sys.stderr.write(f"{app.fault}\n")
        return EXIT_FAULT
    return exit_status or app.return_code or 0


def leave_behind(text: str) -> bool:
    """Prints `text` where the screen was; False if the terminal is gone."""
    if terminal_is_gone():
        return False
    try:
        if text and isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
            sys.stdout.write(text)
            sys.stdout.flush()
    except OSError:
        return False
    return True
