"""What becomes of the wish to send while the config is still being read."""

import pytest

from tests.support.compose import FILLED, Form, shows, until
from tests.ui.snapshots import screen_text
from tui.domain.draft import Draft, WorkflowDraft
from tui.repo.ci_yaml import CiConfigError
from tui.screens.compose import ComposeScreen


async def test_another_request_is_not_sent_in_place_of_one_that_waited() -> None:
    app = Form(FILLED)
    app.prepared.read.clear()
    async with app.run_test() as pilot:
        await shows(pilot, "release/1.5")
        await pilot.press("ctrl+r")
        await shows(pilot, "It is sent as soon as the config is read")
        app.screen.post_message(ComposeScreen.Refill(Draft(workflows=(WorkflowDraft("b"),)), ()))
        await shows(pilot, "[x] b")
        app.prepared.read.set()
        await shows(pilot, "Ready: b")
        assert app.sent == []


@pytest.mark.parametrize("key", ["escape", "f1", "ctrl+y", "ctrl+g"])
async def test_a_wish_to_send_is_taken_back_by_looking_at_something_else(key: str) -> None:
    app = Form(FILLED)
    app.prepared.read.clear()
    async with app.run_test() as pilot:
        await shows(pilot, "release/1.5")
        await pilot.press("ctrl+r")
        await shows(pilot, "It is sent as soon as the config is read")
        await pilot.press(key)
        app.prepared.read.set()
        form = app.screen_stack[0]
        assert isinstance(form, ComposeScreen)
        await until(pilot, lambda: not form.is_reading)
        await pilot.pause()
        assert app.sent == []


async def test_a_wish_that_is_not_fulfilled_is_told() -> None:
    app = Form(FILLED)
    app.prepared.read.clear()
    async with app.run_test() as pilot:
        await shows(pilot, "release/1.5")
        await pilot.press("ctrl+r")
        await shows(pilot, "It is sent as soon as the config is read")
        app.prepared.config = CiConfigError("no", 1, 1)
        app.prepared.read.set()
        await shows(pilot, "press ctrl+r again")
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert app.sent == []


async def test_what_is_taken_back_is_not_promised_any_more() -> None:
    app = Form(FILLED)
    app.prepared.read.clear()
    async with app.run_test() as pilot:
        await shows(pilot, "release/1.5")
        await pilot.press("ctrl+r")
        await shows(pilot, "It is sent as soon as the config is read")
        await pilot.press("escape")
        await until(pilot, lambda: "It is sent as soon" not in screen_text(app))
