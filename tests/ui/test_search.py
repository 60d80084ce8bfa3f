"""The search through a run: how it looks at every size, and what its keys do."""

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar, cast

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.types import CSSPathType
from textual.widgets import Input

from cubewatch.logs.reader import CubePath
from cubewatch.model.run import LogPage, Run
from cubewatch.ui.app import CubewatchApp
from cubewatch.ui.screens.log.screen import LogScreen
from cubewatch.ui.screens.search import SearchScreen
from cubewatch.ui.styles import style_sheets
from cubewatch.ui.theme import THEME
from tests.support.live import watching
from tests.support.runs import cube, run, task, workflow
from tests.support.search import DENIED, LINT, LOAD, SMOKE, UNIT, Log, LogServer, small_run
from tests.ui.snapshots import Snapshot, screen_text

TIMEOUT = 60
SIZES = [(80, 24), (120, 40), (40, 12)]
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
UNIT_LOG = "".join(
    f"step {n:03} \x1b[1m{'Timeout waiting for the database' if n % 40 == 3 else 'ok'}\x1b[0m\n"
    for n in range(200)
)


def logs() -> dict[CubePath, Log]:
    return {
        UNIT: [UNIT_LOG],
        LINT: DENIED,
        SMOKE: ["quiet\n"],
        LOAD: [LogPage("warm up\n" + "." * 150 + " timeout of [b]\u202eone[/b] request\nmore\n")],
    }


class Host(App[None]):
    """An app of this screen alone."""

    CSS_PATH: ClassVar[CSSPathType | None] = style_sheets("app")
    HORIZONTAL_BREAKPOINTS = CubewatchApp.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = CubewatchApp.VERTICAL_BREAKPOINTS

    def __init__(self, served: dict[CubePath, Log]) -> None:
        super().__init__()
        self.animation_level = "none"
        self.register_theme(THEME)
        self.theme = THEME.name
        self.known: Run | None = small_run()
        self.server = LogServer(served)

    def on_mount(self) -> None:
        self.push_screen(SearchScreen(self.server.session, "142", lambda: self.known))


async def until(pilot: Pilot[Any], true: Callable[[], object]) -> None:
    try:
        async with asyncio.timeout(TIMEOUT):
            while not true():
                await pilot.pause(0.01)
    except TimeoutError:
        pytest.fail(f"this never came:\n{screen_text(pilot.app)}")
    await pilot.pause()


async def shows(pilot: Pilot[Any], *texts: str) -> None:
    await until(pilot, lambda: all(text in screen_text(pilot.app) for text in texts))


async def say(pilot: Pilot[Any], text: str) -> Host:
    """Writes a text where the cursor is, and submits it."""
    app = cast("Host", pilot.app)
    await until(pilot, lambda: isinstance(app.focused, Input))
    await pilot.press(*("space" if char == " " else char for char in text), "enter")
    return app


@every_size
async def test_what_it_looks_like(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with Host(logs()).run_test(size=size) as pilot:
        await shows(pilot, "enter searches 4 logs")
        snapshot(pilot, "search-begin")
        await say(pilot, "timeout")
        await shows(pilot, "6 hits in 2 of 4 logs")
        await pilot.press("j", "j")
        snapshot(pilot, "search-hits")


async def test_it_shows_how_far_it_is(snapshot: Snapshot) -> None:
    async with Host(logs()).run_test(size=(80, 24)) as pilot:
        app = cast("Host", pilot.app)
        app.server.held = SMOKE
        await say(pilot, "timeout")
        await until(pilot, lambda: app.server.cubes[-1:] == [SMOKE])
        await shows(pilot, "2 of 4 · 5 hits · release/e2e/smoke")
        snapshot(pilot, "search-under-way")


async def test_nothing_is_asked_before_a_text_is_submitted() -> None:
    async with Host(logs()).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "enter searches")
        await pilot.press(*"boom", "ctrl+r", "ctrl+r", "ctrl+u", "enter", "down", "r", "enter")
        await pilot.pause()
        app = cast("Host", pilot.app)
        assert app.server.requests == []


async def test_leaving_stops_the_asking() -> None:
    async with Host(logs()).run_test(size=(80, 24)) as pilot:
        app = cast("Host", pilot.app)
        app.server.held = SMOKE
        await say(pilot, "timeout")
        await until(pilot, lambda: app.server.cubes[-1:] == [SMOKE])
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, SearchScreen))
        before = len(app.server.requests)
        await until(pilot, lambda: app.server.running == 0)
        app.server.held = None
        for _ in range(50):
            await pilot.pause()
        assert len(app.server.requests) == before


async def test_enter_opens_the_log_at_the_hit_and_leaving_comes_back() -> None:
    async with Host(logs()).run_test(size=(80, 24)) as pilot:
        app = await say(pilot, "timeout")
        await shows(pilot, "6 hits in 2 of 4 logs")
        before = len(app.server.requests)
        await pilot.press("j", "j", "j", "enter")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        await shows(pilot, "3 of 5 for 'timeout'", "step 083 Timeout")
        await pilot.press("q")
        await shows(pilot, "6 hits in 2 of 4 logs")
        assert len(app.server.requests) == before
        await pilot.press("k", "k", "k", "enter")
        await shows(pilot, "1 of 5 for 'timeout'")


async def test_a_search_rests_while_a_log_is_looked_at() -> None:
    async with Host(logs()).run_test(size=(80, 24)) as pilot:
        app = cast("Host", pilot.app)
        app.server.held = SMOKE
        await say(pilot, "timeout")
        await until(pilot, lambda: app.server.cubes[-1:] == [SMOKE])
        before = app.server.cubes.count(UNIT)
        await pilot.press("j", "enter")
        await shows(pilot, "1 of 5 for 'timeout'")
        assert app.server.running == 0
        app.server.held = None
        await pilot.press("q")
        await shows(pilot, "6 hits in 2 of 4 logs")
        assert app.server.cubes.count(UNIT) == before


async def test_again_finds_what_has_come_since() -> None:
    async with Host(logs()).run_test(size=(80, 24)) as pilot:
        app = await say(pilot, "warm")
        await shows(pilot, "1 hit in 1 of 4 logs")
        app.server.logs[LOAD] = [LogPage("warm up\nwarm up\n")]
        await pilot.press("r")
        await shows(pilot, "2 hits in 1 of 4 logs")
        app.known = small_run(load="created")
        await pilot.press("r")
        await shows(pilot, "nothing for 'warm' in 3 logs")


async def test_slash_opens_the_prompt_and_is_text_in_it() -> None:
    async with Host(logs() | {UNIT: ["at /srv\n"]}).run_test(size=(80, 24)) as pilot:
        await say(pilot, "timeout")
        await shows(pilot, "1 hit in 1 of 4 logs")
        await pilot.press("slash")
        await say(pilot, "/s")
        await shows(pilot, "search //s", "at /srv")


async def test_an_expression_and_one_that_is_none() -> None:
    async with Host(logs()).run_test(size=(80, 24)) as pilot:
        app = cast("Host", pilot.app)
        await shows(pilot, "search /")
        await pilot.press("ctrl+r")
        await shows(pilot, "regular expression /")
        await say(pilot, "step (")
        await shows(pilot, "no regular expression")
        assert app.server.requests == []
        await pilot.press("ctrl+u")
        await say(pilot, "step 1.3 T")
        await shows(pilot, "2 hits in 1 of 4 logs")


async def test_a_run_without_logs_says_so() -> None:
    async with Host({}).run_test(size=(80, 24)) as pilot:
        app = cast("Host", pilot.app)
        app.known = None
        await say(pilot, "x")
        await shows(pilot, "No cube has run yet")
        assert app.server.requests == []


async def test_the_key_of_the_live_screen() -> None:
    build = task("build", "success", cube("unit", "success"), cube("lint", "created"))
    async with watching(run("success", workflow("release", "success", build))) as live:
        await live.press("ctrl+f")
        await live.until(lambda: "enter searches 1 log ·" in live.text)
        assert "Search the logs of #142" in live.text
        await live.press("escape")
        await live.until(lambda: "release" in live.text)
