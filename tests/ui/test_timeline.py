"""The timeline: a run over the whole width, and the way back to the tree."""

import time
from collections.abc import Iterator

import pytest

from cubewatch.ui.screens.timeline import TimelineScreen
from tests.support.live import Live, watching
from tests.support.runs import Json, cube, dates, run, task, workflow
from tests.ui.snapshots import Snapshot
from tests.ui.test_live import assert_aligned

SIZES = [(80, 24), (120, 40), (40, 12)]
ids = [f"{width}x{height}" for width, height in SIZES]
NIGHT = 14 * 3600.0


@pytest.fixture(autouse=True)
def _one_timezone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def after(*names: str) -> Json:
    return {"relations": {"needs": [{"name": name} for name in names]}}


def released() -> Json:
    """Built, approved the next day, deployed: a minute and a half of work in fourteen hours."""
    build = task(
        "build",
        "success",
        cube("#clone", "success", dates=dates(0, 5)),
        cube("#image", "success", dates=dates(0, 8)),
        cube("compile", "success", dates=dates(9, 40), **after("#clone", "#image")),
        cube("unit", "success", dates=dates(41, 60), **after("compile")),
        cube("lint", "success", dates=dates(41, 47), **after("compile")),
        dates=dates(0, 60),
    )
    deploy = task(
        "deploy",
        "success",
        cube("push", "success", dates=dates(NIGHT, NIGHT + 20)),
        cube("rollout", "success", dates=dates(NIGHT + 20, NIGHT + 50), **after("push")),
        dates=dates(NIGHT, NIGHT + 50),
        **after("build"),
    )
    whole = dates(0, NIGHT + 50)
    return run("success", workflow("release", "success", build, deploy, dates=whole), dates=whole)


async def opened(live: Live) -> None:
    await live.press("t")
    await live.until(lambda: isinstance(live.pilot.app.screen, TimelineScreen))
    await live.pilot.pause()


@pytest.mark.parametrize("size", SIZES, ids=ids)
async def test_a_night_of_waiting_is_folded(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with watching(released(), size=size) as live:
        await opened(live)
        assert "13h59m" in live.text
        assert "compile → unit → push → rollout" in live.text or size[0] < 80
        snapshot(live.pilot, "timeline")
        assert_aligned(live)


async def test_the_ruler_changes_between_elapsed_and_clock_time() -> None:
    async with watching(released()) as live:
        await opened(live)
        assert "0s " in live.text
        await live.press("T")
        assert "07:00" in live.text


async def test_zooming_shows_a_part_that_scrolls() -> None:
    async with watching(released()) as live:
        await opened(live)
        whole = live.text
        await live.press("plus", "plus")
        assert live.text != whole
        zoomed = live.text
        await live.press("right")
        assert live.text != zoomed
        await live.press("minus", "minus")
        assert live.text == whole


async def test_enter_shows_the_node_in_the_tree() -> None:
    async with watching(released()) as live:
        await opened(live)
        await live.press("end", "enter")
        await live.until(lambda: not isinstance(live.pilot.app.screen, TimelineScreen))
        await live.until(lambda: live.selected == "release/deploy/rollout")


async def test_q_leads_back_without_moving_the_cursor() -> None:
    async with watching(released()) as live:
        before = live.selected
        await opened(live)
        await live.press("end", "q")
        await live.until(lambda: not isinstance(live.pilot.app.screen, TimelineScreen))
        assert live.selected == before


async def test_a_label_keeps_away_from_the_present() -> None:
    unit = cube("unit", "processing", dates=dates(10))
    build = task("build", "processing", unit, dates=dates(0))
    value = run("processing", workflow("w", "processing", build, dates=dates(0)), dates=dates(0))
    async with watching(value) as live:
        await opened(live)
        await live.until(lambda: "━│ " in live.text or "█│ " in live.text)


async def test_a_run_without_times_has_no_ruler() -> None:
    build = task("build", "processing", cube("unit", "processing"))
    value = run("processing", workflow("w", "processing", build), dates={})
    async with watching(value) as live:
        await opened(live)
        assert "The server has told no times of this run yet." in live.text
        assert "┬" not in live.text


async def test_the_critical_path_of_a_gigantic_run_comes_a_little_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cubewatch.ui.screens.timeline.screen.MANY_NODES", 5)
    async with watching(released()) as live:
        await live.press("t")
        await live.until(lambda: "critical: " in live.text)
        await live.press("q")
    fewer = run("processing", workflow("release", "processing", task("build", "created")))
    monkeypatch.setattr("cubewatch.ui.screens.timeline.screen.MANY_NODES", 0)
    async with watching(released() | {"status": "processing"}, fewer) as live:
        await live.press("t")
        await live.until(lambda: "critical: " in live.text)
        await live.step()
        await live.until(lambda: "critical: " not in live.text)
