"""The palette of actions, and the list of themes that looks like it."""

import pytest

from tests.support.live import watching
from tests.support.runs import cube, run, task, workflow
from tests.ui.snapshots import Snapshot

SIZES = [(80, 24), (40, 12)]
CUBES = [cube("compile", "success"), cube("unit", "failed")]
FAILED = run("failed", workflow("release", "failed", task("build", "failed", *CUBES)))


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "40x12"])
async def test_actions_stand_in_the_order_of_use(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with watching(FAILED, size=size) as live:
        await live.press("ctrl+p")
        await live.until(lambda: "Actions" in live.text and "Timeline" in live.text)
        snapshot(live.pilot, "palette")
        await live.press("end")
        await live.press("escape")
        await live.until(lambda: "Actions" not in live.text)


async def test_an_action_is_found_by_parts_of_its_name_and_run() -> None:
    async with watching(FAILED) as live:
        await live.press("ctrl+p", *"timel")
        await live.until(lambda: "Next failure" not in live.text)
        await live.press("enter")
        await live.until(lambda: "─ Timeline " in live.text)
        assert "Actions" not in live.text


async def test_a_name_that_begins_with_what_is_typed_comes_first() -> None:
    async with watching(FAILED) as live:
        await live.press("ctrl+p", *"the")
        await live.until(lambda: "Timeline" not in live.text)
        await live.press("enter")
        await live.until(lambda: "─ Theme " in live.text)
        await live.press(*"nord", "enter")
        await live.until(lambda: live.pilot.app.theme == "nord")


async def test_nothing_found_does_nothing() -> None:
    async with watching(FAILED) as live:
        await live.press("ctrl+p", *"zzz", "enter", "down", "pagedown", "enter")
        assert "Actions" in live.text
