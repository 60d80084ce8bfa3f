"""What the live screen says of how fresh it is, at every width, and for as long as it holds."""

import pytest

from cubewatch.api.client import Answer
from cubewatch.model.repository import RepoSlug
from cubewatch.ui.screens.live.screen import LiveScreen
from cubewatch.watch.updates import Fresh
from tests.support.live import Live, watching
from tests.support.polling import RunScript
from tests.support.runs import cube, run, snapshot, task, workflow

RUNNING = run("processing", workflow("w", "processing", task("t", "processing", cube("a"))))


def screen_of(live: Live) -> LiveScreen:
    screen = live.pilot.app.screen
    assert isinstance(screen, LiveScreen)
    return screen


async def second_passes(live: Live, seconds: float) -> None:
    """Time passes without an answer, and the screen's clocks move on."""
    live.timing.time += seconds
    screen_of(live)._tick()
    await live.pilot.pause()


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids=str)
async def test_an_old_state_says_so_while_an_answer_is_awaited(size: tuple[int, int]) -> None:
    async with watching(RUNNING, size=size) as live:
        await second_passes(live, 5)
        assert "ago" not in live.text
        await second_passes(live, 15)
        assert "updated 20s ago" in live.text
        await live.timing.turn(0)
        await live.until(lambda: "ago" not in live.text)


class Failing(RunScript):
    """The second request meets a fault of ours."""

    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer:
        if len(self.requests) == 1:
            self.requests.append(self.timing.now())
            raise KeyError("slug")
        return await super().run_answer(repo, slug, etag)


async def test_watching_that_stopped_says_so_and_r_starts_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.support.live.RunScript", Failing)
    async with watching(RUNNING) as live:
        await live.timing.turn(3)
        await live.until(lambda: "watching has stopped · r tries again · KeyError" in live.text)
        await second_passes(live, 1)
        assert "watching has stopped" in live.text
        await live.press("r")
        await live.until(lambda: "watching has stopped" not in live.text)
        assert "updated just now" in live.text


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids=str)
async def test_a_server_that_hangs_stops_the_clocks(size: tuple[int, int]) -> None:
    async with watching(RUNNING, size=size) as live:
        feed = screen_of(live)._known.feed
        assert feed
        live.script.hang()
        await live.timing.turn(3)
        await live.until(lambda: len(live.script.requests) == 2)
        await second_passes(live, 5)
        stood = feed.server_now()
        assert "ago" in live.text
        await second_passes(live, 20)
        assert feed.server_now() == stood
        assert "updated 25s ago" in live.text


async def test_a_tick_survives_an_answer_that_is_not_shown_yet() -> None:
    """In it the selected cube is gone."""
    one = run("processing", workflow("w", "processing", task("t", "processing", cube("gone"))))
    other = run("processing", workflow("w", "processing", task("t", "processing", cube("new"))))
    async with watching(one) as live:
        await live.press("plus", "G")
        assert live.selected == "w/t/gone"
        screen = screen_of(live)
        assert screen._known.feed
        screen._known.feed._publish(Fresh(snapshot(one, other), [], 0.0, 0.0))
        screen._tick()
        await live.pilot.pause()
        assert "new" in live.text
