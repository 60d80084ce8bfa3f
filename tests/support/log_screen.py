"""The log screen over a scripted server, in an app that has nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest
from textual.app import App
from textual.pilot import Pilot

from cubewatch.logs.store import LogStore
from cubewatch.model.run import LogPage
from cubewatch.ui.screens.log.screen import LogScreen
from cubewatch.ui.styles import style_sheets
from cubewatch.ui.theme import THEME
from tests.support.logs import CUBE, LogScript, Step
from tests.support.polling import REPO, HandTiming, SteppedTiming
from tests.ui.snapshots import screen_text

TIMEOUT = 60
TEXT = "".join(
    f"\x1b[32m[unit]\x1b[0m step {n:04} \x1b[1mok\x1b[0m{' and so on' * (n % 11)}\n"
    for n in range(500)
)
FAILED = (
    TEXT + "E   assert 1 == 2\nFAILED t.py::a - assert\nmore\n\x1b[31mERROR\x1b[0m exit code 1\n"
)


class LogApp(App[None]):
    CSS_PATH = style_sheets("app")

    def __init__(self, script: LogScript, *, at_cause: bool = False, cube_status: str = "") -> None:
        super().__init__()
        self.animation_level = "none"
        self.register_theme(THEME)
        self.theme = THEME.name
        self.script = script
        self.store = LogStore(self._source, REPO, script.timing)
        self._at_cause = at_cause
        self._cube_status = cube_status
        self.copied: list[str] = []

    async def _source(self) -> LogScript:
        return self.script

    def log_screen(self) -> LogScreen:
        opener = partial(self.store.log, CUBE)
        timing = self.script.timing
        return LogScreen(
            timing,
            opener,
            CUBE[0],
            CUBE[1:],
            cube_status=self._cube_status,
            at_cause=self._at_cause,
        )

    def on_mount(self) -> None:
        self.push_screen(self.log_screen())

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)


class Shown:
    """A LogApp under test."""

    def __init__(self, pilot: Pilot[None], app: LogApp) -> None:
        self.pilot = pilot
        self.app = app

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def state(self) -> str:
        screen = self.app.screen
        assert isinstance(screen, LogScreen)
        return screen._pane.view.state

    async def until(self, condition: str | Callable[[], object]) -> None:
        """Waits for a text on the screen, or a condition."""
        wanted = (lambda: condition in self.text) if isinstance(condition, str) else condition
        try:
            async with asyncio.timeout(TIMEOUT):
                while not wanted():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            pytest.fail(f"{condition!r} did not come\n{self.text}")
        await self.pilot.pause()

    async def turn_until(self, condition: str) -> None:
        """The same while the clock goes on."""
        timing = self.app.script.timing
        assert isinstance(timing, SteppedTiming)
        async with asyncio.timeout(TIMEOUT):
            while condition not in self.text:
                await timing.turn(2)
                await self.pilot.pause(0.01)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def say(self, text: str) -> None:
        await self.press(*("space" if char == " " else char for char in text))


@asynccontextmanager
async def showing(
    *steps: Step | str,
    size: tuple[int, int] = (80, 24),
    at_cause: bool = False,
    cube_status: str = "",
    timing: HandTiming | None = None,
) -> AsyncIterator[Shown]:
    """The log screen over a server that answers with `steps`; a text is a whole log."""
    pages = [LogPage(step, done=True) if isinstance(step, str) else step for step in steps]
    script = LogScript(timing or HandTiming(), *pages)
    app = LogApp(script, at_cause=at_cause, cube_status=cube_status)
    async with app.run_test(size=size, notifications=True) as pilot:
        shown = Shown(pilot, app)
        await shown.until(lambda: isinstance(app.screen, LogScreen))
        yield shown
