"""The screen that waits for a run which is still to be found."""

import asyncio
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from cubewatch.session import Session
from cubewatch.settings import AwaitedRun, Settings, WatchFirst
from cubewatch.ui.app import CubewatchApp
from cubewatch.ui.screens.live.screen import LiveScreen
from cubewatch.watch.awaited import AwaitedCommit
from tests.support.polling import SteppedTiming
from tests.ui.snapshots import screen_text
from tests.unit.watch.test_awaited import COMMIT, REPO, SHA, Server

TIMEOUT = 40


def host(
    server: Server, awaited: AwaitedRun, commit: AwaitedCommit | None = COMMIT
) -> CubewatchApp:
    clock = SteppedTiming()
    session = Session(Settings(REPO), client=lambda _: cast("Any", server), timing=clock)

    async def checked_out() -> AwaitedCommit | None:
        return commit

    session.checked_out = checked_out  # type: ignore[method-assign]
    return CubewatchApp(session, WatchFirst(awaited=awaited))


async def shows(pilot: Pilot[int], text: str) -> None:
    async with asyncio.timeout(TIMEOUT):
        while text not in screen_text(pilot.app):
            await pilot.pause(0.02)


async def test_run_that_is_found_is_watched() -> None:
    server = Server()
    server.pulls = {"9": "f" * 40}
    app = host(server, AwaitedRun(head=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "pull request #9 is not at b28b7af yet")
        server.pulls, server.checks = {"9": SHA}, {"9": ["142", "141"]}
        await pilot.press("r")
        async with asyncio.timeout(TIMEOUT):
            while not isinstance(app.screen, LiveScreen):
                await pilot.pause(0.02)
        assert app.screen.run_slug == "142"
        await pilot.press("right_square_bracket")
        async with asyncio.timeout(TIMEOUT):
            while getattr(app.screen, "run_slug", "") != "141":
                await pilot.pause(0.02)
        await pilot.press("left_square_bracket", "right_square_bracket")
        await pilot.pause(0.2)
        assert not app._exit
        assert isinstance(app.screen, LiveScreen)
        await pilot.press("q")
        async with asyncio.timeout(TIMEOUT):
            while not app._exit:
                await pilot.pause(0.02)


async def test_run_of_the_next_push_takes_the_place_of_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cubewatch.ui.screens.awaiting.FOLLOW_INTERVAL", 0.1)
    server = Server()
    server.pulls, server.checks = {"9": SHA}, {"9": ["142"]}
    app = host(server, AwaitedRun(head=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "#142")
        server.checks = {"9": ["143"]}
        async with asyncio.timeout(TIMEOUT):
            while getattr(app.screen, "run_slug", "") != "143":
                await pilot.pause(0.02)
        assert "#143 is of b28b7af" in "".join(one.message for one in app._notifications)
        await pilot.press("q")
        async with asyncio.timeout(TIMEOUT):
            while not app._exit:
                await pilot.pause(0.02)


async def test_wait_that_ran_out_leaves_with_124() -> None:
    app = host(Server(), AwaitedRun(workflow="release", wait=0.2))
    async with app.run_test(size=(80, 24)) as pilot:
        async with asyncio.timeout(TIMEOUT):
            while app.return_value is None:
                await pilot.pause(0.02)
    assert app.return_value == 124


async def test_clone_without_a_commit_says_what_to_do() -> None:
    async with host(Server(), AwaitedRun(head=True), None).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "--head needs a clone of acme/shop")
