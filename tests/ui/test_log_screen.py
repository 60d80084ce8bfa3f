"""The log of a cube on the screen: followed, scrolled, searched, saved, copied."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.support.logs import CUBE, MISSING, LogScript, Step
from tests.support.polling import REPO, HandTiming, SteppedTiming
from tests.ui.snapshots import Snapshot, screen_text
from tui.api.errors import Refused, ServerTrouble
from tui.domain.run import LogPage
from tui.screens.log import LogScreen
from tui.screens.log.screen import MOST_COPIED
from tui.theme import THEME
from tui.watch.log_store import LogStore

STYLES = Path(__file__).parents[2] / "styles"
PATIENCE = 6
TEXT = "".join(
    f"\x1b[32m[unit]\x1b[0m step {n:04} \x1b[1mok\x1b[0m{' and so on' * (n % 11)}\n"
    for n in range(500)
)
FAILED = (
    TEXT + "E   assert 1 == 2\nFAILED t.py::a - assert\nmore\n\x1b[31mERROR\x1b[0m exit code 1\n"
)


class LogApp(App[None]):
    CSS_PATH = [STYLES / "app.tcss", STYLES / "log.tcss"]  # noqa: RUF012

    def __init__(self, script: LogScript, *, at_error: bool = False) -> None:
        super().__init__()
        self.animation_level = "none"
        self.register_theme(THEME)
        self.theme = THEME.name
        self.script = script
        self.store = LogStore(self._source, REPO, script.timing)
        self._at_error = at_error
        self.copied: list[str] = []

    async def _source(self) -> LogScript:
        return self.script

    def log_screen(self) -> LogScreen:
        opener = partial(self.store.log, CUBE)
        timing = self.script.timing
        return LogScreen(timing, opener, CUBE[0], CUBE[1:], at_error=self._at_error)

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
            async with asyncio.timeout(PATIENCE):
                while not wanted():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            pytest.fail(f"{condition!r} did not come\n{self.text}")
        await self.pilot.pause()

    async def turn_until(self, condition: str) -> None:
        """The same while the clock goes on."""
        timing = self.app.script.timing
        assert isinstance(timing, SteppedTiming)
        async with asyncio.timeout(PATIENCE):
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
    at_error: bool = False,
    timing: HandTiming | None = None,
) -> AsyncIterator[Shown]:
    """The log screen over a server that answers with `steps`; a text is a whole log."""
    pages = [LogPage(step, done=True) if isinstance(step, str) else step for step in steps]
    app = LogApp(LogScript(timing or HandTiming(), *pages), at_error=at_error)
    async with app.run_test(size=size, notifications=True) as pilot:
        shown = Shown(pilot, app)
        await shown.until(lambda: isinstance(app.screen, LogScreen))
        yield shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_it_looks_like(snapshot: Snapshot, size: tuple[int, int]) -> None:
    async with showing(FAILED, size=size) as shown:
        await shown.until("complete")
        snapshot(shown.app, "log-end")
        await shown.press("slash")
        await shown.say("step 010")
        await shown.until("10 for")
        await shown.press("enter", "n")
        await shown.until("2 of 10")
        snapshot(shown.app, "log-search")
        await shown.press("G", "E")
        await shown.until("likely errors")
        snapshot(shown.app, "log-error")
        await shown.press("g", "w")
        snapshot(shown.app, "log-wrapped")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (MISSING, "Not started yet"),
        (LogPage("", done=True), "wrote nothing"),
        (Refused("no access", status=403), "r asks again"),
        (ServerTrouble("the server is down", status=502), "the server is down"),
    ],
)
async def test_an_empty_log_says_why(step: Step, words: str) -> None:
    async with showing(step, timing=SteppedTiming()) as shown:
        await shown.until(lambda: shown.app.script.asked)
        await shown.until(words)


async def test_following_stops_and_is_taken_up_again() -> None:
    timing = SteppedTiming()
    async with showing(LogPage(TEXT), timing=timing) as shown:
        await shown.until("step 0499")
        assert "following" in shown.state
        shown.app.script.steps.append(LogPage(TEXT + "new\n" * 3))
        await shown.turn_until("of 503 · following")
        await shown.press("up")
        shown.app.script.steps.append(LogPage(TEXT + "new\n" * 131))
        await shown.turn_until("+128 new ↓")
        top = shown.state
        await shown.press("G")
        assert "following" in shown.state
        assert shown.state != top
        await shown.press("pageup", "pagedown")
        assert "following" not in shown.state


async def test_moving_about() -> None:
    async with showing(TEXT) as shown:
        await shown.until("complete")
        await shown.press("g")
        assert shown.state.startswith("line 1–21 of 500")
        await shown.press("down", "pagedown")
        assert shown.state.startswith("line 22–42 of 500")
        await shown.press("colon", *"250", "enter")
        await shown.until("step 0249")
        await shown.press("right")
        assert "from column 17" in shown.state
        await shown.press("left", "z")
        assert len(shown.text.splitlines()) == 24
        assert "Save" not in shown.text
        await shown.press("z")
        assert "Save" in shown.text


async def test_wrapped_lines_are_all_reached() -> None:
    long = "".join(f"{n:02}" + "x" * 200 + f"end{n:02}\n" for n in range(30))
    async with showing(long) as shown:
        await shown.until("complete")
        await shown.press("w")
        await shown.until("end29")
        assert "following" in shown.state
        seen = ""
        await shown.press("g")
        for _ in range(100):
            seen += shown.text
            await shown.press("down")
        assert [f"end{n:02}" in seen for n in range(30)] == [True] * 30


async def test_search_as_you_type_and_back() -> None:
    async with showing(TEXT) as shown:
        await shown.until("complete")
        await shown.press("g", "slash")
        await shown.say("STEP 00")
        await shown.until("nothing for 'STEP 00'")
        await shown.press("escape", "slash")
        await shown.say("step 04[0-4]9")
        await shown.until("nothing for")
        await shown.press("ctrl+r")
        await shown.until("1 of 5 for")
        await shown.press("enter", "N")
        await shown.until("5 of 5")
        await shown.press("n")
        await shown.until("1 of 5")
        await shown.press("slash", "ctrl+r")
        await shown.say("(")
        await shown.until("no regular expression")


async def test_an_expression_without_end_is_given_up() -> None:
    async with showing("a" * 60 + "b\n") as shown:
        await shown.until("complete")
        await shown.press("slash", "ctrl+r")
        await shown.say("(a+)+c")
        await shown.until("too slow to search")


async def test_it_opens_at_the_last_likely_error() -> None:
    async with showing(FAILED + TEXT, at_error=True) as shown:
        await shown.until("FAILED t.py::a")
        assert "following" not in shown.state


async def test_hostile_logs_show_nothing_that_steers() -> None:
    hostile = "a\x1b]0;t\x07b\x1b[2Jc\x07d\u202ee\x9b31mf\n" + "x" * 1_000_000 + "\nlast\n"
    async with showing(hostile) as shown:
        await shown.until("last")
        assert "abc␇d\ufffdef" in shown.text
        await shown.press("w")
        await shown.until("more not shown")


async def test_saving_asks_before_it_replaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with showing(FAILED) as shown:
        await shown.until("complete")
        await shown.press("s")
        await shown.until("142-release-build-unit.log")
        await shown.press("ctrl+u")
        await shown.say("~/x.log")
        await shown.press("enter")
        file = tmp_path / "x.log"
        await shown.until(lambda: file.exists() and "Saved" in shown.text)
        assert file.read_text(encoding="utf-8") == FAILED
        file.write_text("mine", encoding="utf-8")
        await shown.press("s", "ctrl+u")
        await shown.say("~/x.log")
        await shown.press("enter")
        await shown.until("enter once more replaces it")
        assert file.read_text(encoding="utf-8") == "mine"
        await shown.press("enter")
        await shown.until(lambda: file.read_text(encoding="utf-8") == FAILED)
        await shown.press("s", "ctrl+u")
        await shown.say("~/none/x.log")
        await shown.press("enter")
        await shown.until("Not saved")
    assert os.listdir(tmp_path) == ["x.log"]


async def test_copying_the_page_says_how_much() -> None:
    async with showing("short\nЖ\n") as shown:
        await shown.until("complete")
        await shown.press("y")
        assert shown.app.copied == ["short\nЖ\n"]
        await shown.until("Copied 2 lines")
    async with showing(("Ж" * 8000 + "\n") * 9) as shown:
        await shown.until("complete")
        await shown.press("y")
        assert len(shown.app.copied[0].encode()) <= MOST_COPIED
        await shown.until("the first")


async def test_going_back_to_a_log_asks_nothing() -> None:
    async with showing(TEXT) as shown:
        await shown.until("complete")
        await shown.press("q")
        await shown.app.push_screen(shown.app.log_screen())
        await shown.until("complete")
        assert "step 0499" in shown.text
        assert len(shown.app.script.asked) == 1


async def test_leaving_stops_the_asking() -> None:
    timing = SteppedTiming()
    async with showing(LogPage(TEXT), timing=timing) as shown:
        await shown.until("following")
        await shown.press("q")
        asked = len(shown.app.script.asked)
        await timing.turn(60)
        await shown.pilot.pause()
        assert len(shown.app.script.asked) == asked


async def test_a_log_that_gave_way_says_so_and_comes_again() -> None:
    async with showing(TEXT) as shown:
        await shown.until("complete")
        shown.app.store.log(CUBE).spool.drop()
        await shown.press("q")
        await shown.app.push_screen(shown.app.log_screen())
        await shown.until("gave way")
        await shown.press("r")
        await shown.until("step 0499")
