"""What the live screen says of how fresh it is, at every width, and for as long as it holds."""

import pytest

from cubewatch.ui.screens.live.screen import LiveScreen
from tests.support.live import Live, watching
from tests.support.runs import cube, run, task, workflow

RUNNING = run("processing", workflow("w", "processing", task("t", "processing", cube("a"))))


def screen_of(live: Live) -> LiveScreen:
    screen = live.pilot.app.screen
    assert isinstance(screen, LiveScreen)
    return screen


async def second_passes(live: Live, seconds: float) -> None:
    """Time passes without an answer, and the screen's clocks move on."""
    live.session.clock.time += seconds
    screen_of(live)._tick()
    await live.pilot.pause()


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids=str)
async def test_an_old_state_says_so_while_an_answer_is_awaited(size: tuple[int, int]) -> None:
    async with watching(RUNNING, size=size) as live:
        await second_passes(live, 5)
        assert "ago" not in live.text
        await second_passes(live, 15)
        assert "updated 20s ago" in live.text
        await live.session.clock.turn(0)
        await live.until(lambda: "ago" not in live.text)


async def test_why_the_watching_stopped_stays_in_sight() -> None:
    async with watching(RUNNING) as live:
        screen_of(live).post_message(LiveScreen.Broken("acme/shop has no run yet"))
        await live.until(lambda: "acme/shop has no run yet" in live.text)
        await second_passes(live, 1)
        assert "acme/shop has no run yet" in live.text
        assert "r tries again" in live.text
        await live.step()
        assert "has no run yet" not in live.text
