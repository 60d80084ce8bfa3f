"""The screen of artifacts: how it looks at every size, and what its keys do."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.types import CSSPathType
from textual.widgets import Input

from cubewatch.api.client import CubePath
from cubewatch.api.download_errors import SaveError
from cubewatch.api.errors import ApiError, Refused
from cubewatch.artifacts.list import ArtifactKey
from cubewatch.model.run import Artifact
from cubewatch.ui.app import CubewatchApp
from cubewatch.ui.screens.artifacts import ArtifactsScreen
from cubewatch.ui.styles import style_sheets
from cubewatch.ui.theme import THEME
from tests.support.artifacts import (
    PACK,
    UNIT,
    ArtifactApi,
    Script,
    StillTiming,
    artifact,
    session_of,
)
from tests.ui.snapshots import Snapshot, screen_text

TIMEOUT = 60
SIZES = [(80, 24), (120, 40), (40, 12)]
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
FOLDER = Path("/srv/artifacts")
URL = "https://files.example/x"
E2E: CubePath = ("142", "release", "e2e", "firefox")

Cubes = dict[CubePath, list[Artifact] | ApiError]


def cubes() -> Cubes:
    return {
        UNIT: [artifact("reports/unit.xml", URL), artifact("reports/[b]\u202elog", URL)],
        PACK: [
            artifact("dist/shop.tar.gz", URL),
            artifact("dist/shop-*.tgz", URL),
            artifact("dist/SHA256SUMS", URL),
            artifact("dist/broken", URL, "failed"),
            artifact("dist/notes", status="missing"),
            artifact("../escape", URL),
            artifact("later", status="registered"),
            artifact("odd", status="some_new_status"),
        ],
        ("142", "release", "build", "lint"): [],
        E2E: Refused("access is denied (403)", status=403),
    }


class Host(App[None]):
    """An app of this screen alone."""

    CSS_PATH: ClassVar[CSSPathType | None] = style_sheets("app")
    HORIZONTAL_BREAKPOINTS = CubewatchApp.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = CubewatchApp.VERTICAL_BREAKPOINTS

    def __init__(self, found: Cubes, script: Script | None = None) -> None:
        super().__init__()
        self.animation_level = "none"
        self.register_theme(THEME)
        self.theme = THEME.name
        self.script = script or Script()
        self.said: list[str] = []
        self.clock = StillTiming()
        self.api = ArtifactApi(self.clock, found)
        self.session = session_of(self.api, self.script)

    async def on_mount(self) -> None:
        self.queue = await self.session.downloads()
        names = [cube[1:] for cube in self.api.cubes]
        self.push_screen(ArtifactsScreen(self.session, "142", names, FOLDER))

    def notify(self, message: str, **_: Any) -> None:
        self.said.append(message)

    def state(self, path: str, cube: CubePath = PACK) -> str:
        transfer = self.queue.transfers().get(ArtifactKey(cube, path))
        return transfer.state if transfer else ""


async def until(pilot: Pilot[None], true: Callable[[], object]) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not true():
            await pilot.pause(0.01)
    await pilot.pause()


async def shows(pilot: Pilot[None], *texts: str) -> None:
    try:
        await until(pilot, lambda: all(text in screen_text(pilot.app) for text in texts))
    except TimeoutError:
        pytest.fail(f"{texts!r} not on screen:\n{screen_text(pilot.app)}")


async def listed(pilot: Pilot[None]) -> Host:
    app = cast("Host", pilot.app)
    await until(pilot, lambda: len(set(app.api.requests)) == len(app.api.cubes))
    await until(pilot, lambda: not re.search("loaded|loading", screen_text(app)))
    return app


@every_size
async def test_the_list(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with Host(cubes()).run_test(size=size) as pilot:
        await listed(pilot)
        snapshot(pilot, "artifacts")


@every_size
async def test_downloads_on_their_way(size: tuple[int, int], snapshot: Snapshot) -> None:
    script = Script(SHA256SUMS=SaveError("the disk is full: can't save dist/SHA256SUMS"))
    async with Host(cubes(), script).run_test(size=size) as pilot:
        app = await listed(pilot)
        await pilot.press("down", "d", *"jjj", "d")
        await until(pilot, lambda: len(script.on_progress) == 2)
        script.on_progress["unit.xml"](2_000_000, 48_000_000)
        app.clock.time += 2
        script.on_progress["unit.xml"](20_000_000, 48_000_000)
        script.on_progress["shop.tar.gz"](700_000, None)
        await pilot.press("j", "d", "c", "j", "d", "j", "space", "j", "space")
        await shows(pilot, "canceled", "700 kB")
        snapshot(pilot, "artifacts-under-way")
        script.go_on.set()
        await until(pilot, lambda: not app.queue.under_way)
        await pilot.press(*"kkkk")
        await shows(pilot, " the disk is full")
        snapshot(pilot, "artifacts-ended")


async def test_one_a_cube_some_or_all_are_downloaded() -> None:
    async with Host(cubes()).run_test(size=(80, 24)) as pilot:
        app = await listed(pilot)
        app.script.go_on.set()
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.state("reports/unit.xml", UNIT) == "saved")
        await pilot.press("j", "j", "j", "space", "j", "space", "d")
        await until(pilot, lambda: app.state("dist/SHA256SUMS") == "saved")
        assert app.state("dist/shop.tar.gz") == "saved"
        assert app.state("dist/shop-*.tgz") == app.state("dist/broken") == ""
        await pilot.press("A")
        await until(pilot, lambda: not app.queue.under_way)
        assert app.state("dist/shop-*.tgz") == app.state("dist/broken") == "saved"
        assert app.state("../escape") == "failed"
        assert app.state("dist/notes") == app.state("later") == ""
        assert len(app.script.urls) == 6
        saved = app.queue.transfers()[ArtifactKey(PACK, "dist/shop-*.tgz")].saved
        assert saved == FOLDER / "release/build/pack/dist/shop-_.tgz"
        await pilot.press("home", "down", "down", "down", "d")
        await until(pilot, lambda: not app.queue.under_way)
        assert len(app.script.urls) == 6
        await pilot.press(*"jjjjj", "d")
        await until(pilot, lambda: app.state("dist/notes") == "failed")
        await shows(pilot, "nothing to download: missing")


async def test_one_cube_needs_no_directories_of_its_own() -> None:
    async with Host({PACK: [artifact("app", URL)]}).run_test(size=(80, 24)) as pilot:
        app = await listed(pilot)
        app.script.go_on.set()
        await pilot.press("A")
        await shows(pilot, "1 of 1 saved")
        assert app.queue.transfers()[ArtifactKey(PACK, "app")].saved == FOLDER / "app"


async def test_canceled_is_what_is_chosen_or_all() -> None:
    async with Host(cubes()).run_test(size=(80, 24)) as pilot:
        app = await listed(pilot)
        await pilot.press("A")
        await until(pilot, lambda: app.queue.under_way == 6)
        await pilot.press("down", "c")
        assert app.state("reports/unit.xml", UNIT) == "canceled"
        assert app.queue.under_way == 5
        await pilot.press("C")
        assert app.queue.under_way == 0
        await pilot.press("d")
        assert app.state("reports/unit.xml", UNIT) == "running"


async def test_the_folder_can_be_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with Host(cubes()).run_test(size=(80, 24)) as pilot:
        app = await listed(pilot)
        await shows(pilot, f"saved to {FOLDER}")
        await pilot.press("s")
        field = app.screen.query_one(Input)
        assert (field.value, field.has_focus) == (str(FOLDER), True)
        await pilot.press("d", "A", "escape")
        assert app.queue.under_way == 0
        await shows(pilot, f"saved to {FOLDER}")
        await pilot.press("s", "ctrl+u", *"~/new", "enter")
        await shows(pilot, "saved to ~/new")
        app.script.go_on.set()
        await pilot.press("down", "d")
        await until(pilot, lambda: app.state("reports/unit.xml", UNIT) == "saved")
        await shows(pilot, "saved ~/new/release/build/unit/reports/unit.xml")


async def test_leaving_ends_no_download_and_coming_back_shows_it() -> None:
    async with Host(cubes()).run_test(size=(80, 24)) as pilot:
        app = await listed(pilot)
        await pilot.press("down", "d", "q")
        await until(pilot, lambda: not isinstance(app.screen, ArtifactsScreen))
        assert app.queue.under_way == 1
        assert app.said == ["1 download goes on."]
        app.api.requests.clear()
        await app.on_mount()
        await listed(pilot)
        await shows(pilot, "10 %")
        app.script.go_on.set()
        await shows(pilot, "1 of 10 saved")


async def test_asking_again_takes_over_what_is_new() -> None:
    async with Host(cubes()).run_test(size=(80, 24)) as pilot:
        app = await listed(pilot)
        await pilot.press("end")
        await shows(pilot, "Ask for a role")
        app.api.cubes[E2E] = [artifact("video.webm", URL)]
        app.api.cubes[UNIT] = []
        app.api.requests.clear()
        await pilot.press("r")
        await listed(pilot)
        await shows(pilot, "video.webm", "0 of 9 saved")
        assert "reports" not in screen_text(app)


async def test_nothing_to_show_says_so() -> None:
    async with Host({UNIT: []}).run_test(size=(40, 12)) as pilot:
        await listed(pilot)
        await shows(pilot, "No artifacts")
        await pilot.press("d", "A", "c", "C", "space", "j", "question_mark")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ArtifactsScreen))


async def test_what_comes_of_the_server_steers_nothing() -> None:
    async with Host({UNIT: [artifact("[red]\x1b]0;x\x07", URL)]}).run_test(size=(80, 24)) as pilot:
        await listed(pilot)
        await shows(pilot, "[red]␛]0;x␇")
        assert "\x1b" not in screen_text(pilot.app)
