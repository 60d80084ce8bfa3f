"""What becomes of the wish to send while the config is still being read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from cubewatch.git.ci_yaml import CiConfigError
from cubewatch.model.draft import Draft, WorkflowDraft
from cubewatch.ui.screens.compose.screen import ComposeScreen
from tests.support.compose import FILLED, Form, shows, until
from tests.ui.snapshots import screen_text

PROMISE = "It will be sent as soon as the config is read"


@asynccontextmanager
async def wishing() -> AsyncIterator[tuple[Pilot[int], Form, ComposeScreen]]:
    """The form, whose request the person wants to be sent, before the config is read."""
    app = Form(FILLED)
    app.scripted.read.clear()
    async with app.run_test() as pilot:
        await shows(pilot, "release/1.5")
        await pilot.press("ctrl+r")
        await shows(pilot, PROMISE)
        form = app.screen
        assert isinstance(form, ComposeScreen)
        yield pilot, app, form


async def test_another_request_is_not_sent_in_place_of_one_that_waited() -> None:
    async with wishing() as (pilot, app, form):
        form.post_message(ComposeScreen.Refill(Draft(workflows=(WorkflowDraft("b"),)), ()))
        await shows(pilot, "[x] b")
        app.scripted.read.set()
        await shows(pilot, "Ready: b")
        assert app.sent == []


@pytest.mark.parametrize("key", ["escape", "f1", "ctrl+y", "ctrl+g"])
async def test_opening_something_else_cancels_the_waiting_request(key: str) -> None:
    async with wishing() as (pilot, app, form):
        await pilot.press(key)
        app.scripted.read.set()
        await until(pilot, lambda: not form.composition.is_reading)
        await pilot.pause()
        assert app.sent == []


async def test_a_waiting_request_that_is_not_sent_is_explained() -> None:
    async with wishing() as (pilot, app, _):
        app.scripted.config = CiConfigError("no", 1, 1)
        app.scripted.read.set()
        await shows(pilot, "press ctrl+r again")
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert app.sent == []


async def test_what_is_taken_back_is_not_promised_any_more() -> None:
    async with wishing() as (pilot, app, _):
        await pilot.press("escape")
        await until(pilot, lambda: PROMISE not in screen_text(app))
