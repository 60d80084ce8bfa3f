"""Random walks through the screens of a run: the terminal shows what a repaint of all would."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from cubewatch.logs.reader import CubePath
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import LogPage
from cubewatch.settings import WatchFirst
from cubewatch.ui.app import CubewatchApp
from cubewatch.ui.painter.painter import Painter
from cubewatch.ui.textual_internals import frame_strips
from tests.support.live import Live, session_of
from tests.support.painted import Cell, EmulatedDriver, Emulator
from tests.support.polling import RunScript, SteppedTiming
from tests.support.runs import Json, cube, dates, progress, run, task, workflow

NAMES = (
    *("build", "сборка", "テスト", "deploy-日本", "e\u0301lan", "нагрузочное-тестирование"),
    *(
        "👨\u200d👩\u200d👧-family",
        "flag-🇩🇪",
        "⚠\ufe0f-warn",
        "#clone",
        "#restore",
        "हिन्दी",
        "ok👍🏽",
    ),
)
STATUSES = ("created", "processing", "processing", "success", "success", "failed", "skipped")
SIZES = ((120, 40), (80, 24), (100, 30), (40, 12), (200, 60), (63, 19))
KEYS = (
    *("j", "j", "k", "plus", "minus", "G", "g", "pagedown", "pageup", "n", "N", "f", "d", "tab"),
    *("enter", "escape", "escape", "escape", "left", "right", "l", "t", "a", "w", "z", "y"),
    *("question_mark", "slash", "e", "o", "1", "T", "space", "ctrl+p", "ctrl+l", "r"),
)
LINES = (
    "\x1b[32m[unit]\x1b[0m compiled handler.go\n",
    "тест \x1b[1;31mупал\x1b[0m: ожидалось 3\n",
    "進捗 12 % ▓▓▓░░░\r進捗 13 %\n",
    "👨\u200d👩\u200d👧 family done e\u0301\u0301 ok\n",
    "\t\x1b[44mblue\x1b[K\x1b[0m\tand " + "long " * 60 + "\n",
    "E   AssertionError: 👍🏽 != ⚠\ufe0f\n",
)


class GrowingLogs(RunScript):
    """Every cube has the same log, which grows with each request."""

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> LogPage:
        self.log += LINES[len(self.log) % len(LINES)] * (1 + len(self.log) % 3)
        return LogPage(self.log if page == 1 else "", page_complete=False, done=False)


def _answer(dice: random.Random, step: int) -> Json:
    tasks = []
    for number in range(4):
        cubes = [_cube(dice, name, step) for name in NAMES[number : number + 9]]
        share = progress(dice.random())
        name, status = f"{NAMES[-number]}-{number}", dice.choice(STATUSES[1:])
        tasks.append(task(name, status, *cubes, dates=dates(step), progress=share))
    whole = workflow("выпуск-✓", "processing", *tasks, dates=dates(1), progress=progress(0.4))
    return run("processing", whole, event_type="manual", user={"slug": "оля"}, dates=dates(1))


def _cube(dice: random.Random, name: str, step: int) -> Json:
    status = dice.choice(STATUSES)
    begun = None if status == "created" else float(dice.randrange(1, 60))
    done = None if status in ("created", "processing") else 60.0 + step
    return cube(name, status, dates=dates(begun, done))


@asynccontextmanager
async def _walking(dice: random.Random) -> AsyncIterator[tuple[Live, EmulatedDriver]]:
    script = GrowingLogs(SteppedTiming(), *(_answer(dice, step) for step in range(200)))
    session = session_of(script)
    app = CubewatchApp(session, WatchFirst("142"))
    app.driver_class = EmulatedDriver
    size = dice.choice(SIZES)
    async with app.run_test(headless=False, size=size, notifications=True) as pilot:
        assert isinstance(pilot, Pilot)
        assert isinstance(app._driver, EmulatedDriver)
        live = Live(pilot, session, script)
        await live.answered(1)
        yield live, app._driver


def _repainted(app: CubewatchApp) -> list[list[Cell]]:
    """What a terminal shows to which the whole screen is written, rendered for that."""
    assert app._painter
    emulator, painter = Emulator(*app.size), Painter(*app.size, app._painter._color_system)
    emulator.feed(painter.paint(frame_strips(app.screen._compositor.render_full_update())))
    return emulator.cells


async def _is_as_repainted(live: Live, driver: EmulatedDriver, walked: list[object]) -> None:
    app = live.pilot.app
    assert isinstance(app, CubewatchApp)
    for _ in range(100):
        await live.pilot.pause()
        if driver.emulator.cells == _repainted(app):
            return
        await live.pilot.pause(0.01)
    for y, (line, other) in enumerate(zip(driver.emulator.cells, _repainted(app), strict=True)):
        shown, wanted = ("".join(cell[0] for cell in cells) for cells in (line, other))
        assert line == other, f"{y} after {walked}\n{shown}\n{wanted}"


async def _walk(live: Live, driver: EmulatedDriver, dice: random.Random, steps: int) -> None:
    walked: list[object] = [live.pilot.app.size]
    for _ in range(steps):
        chance = dice.random()
        if chance < 0.1:
            size = dice.choice(SIZES)
            walked.append(size)
            driver.resize(*size)
        elif chance < 0.4:
            seconds = dice.choice((1.0, 3.0, 20.0))
            walked.append(seconds)
            await live.timing.turn(seconds)
        else:
            keys = dice.choices(KEYS, k=dice.choice((1, 2, 4)))
            walked += keys
            await live.pilot.press(*keys)
        await _is_as_repainted(live, driver, walked)


@pytest.mark.parametrize("seed", range(3))
async def test_a_walk_leaves_the_screen_as_a_repaint_would(seed: int) -> None:
    dice = random.Random(seed)
    async with _walking(dice) as (live, driver):
        await _walk(live, driver, dice, 25)
