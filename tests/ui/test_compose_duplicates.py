"""The form before it starts the same for a second time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from textual.pilot import Pilot

from cubewatch.api.errors import Unreachable
from cubewatch.model.run import DatesByStage, Run, RunPage, UserEmbedded, Workflow
from cubewatch.ui.screens.compose.screen import ComposeScreen
from tests.support.compose import EXPECTED, FILLED, SIZES, Form, loaded, ready, shows, until, write
from tests.ui.snapshots import Snapshot, screen_text


def olgas() -> Run:
    """A run of somebody else that began a moment before the test."""
    return Run(
        slug="141",
        status="processing",
        workflows=(Workflow(slug="release"),),
        user=UserEmbedded(slug="olga"),
        dates=DatesByStage(started_at=datetime.now(UTC) - timedelta(minutes=4, seconds=5)),
    )


@pytest.fixture(autouse=True)
def no_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cubewatch.watch.submission.CALM", 0.0)


async def back_from_the_run(pilot: Pilot[int], app: Form) -> None:
    """Wait for the run, look at something else, and come back to the form."""
    await until(pilot, lambda: app.started)
    await pilot.press("f1")
    await shows(pilot, "This screen")
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(app.screen, ComposeScreen))


@pytest.mark.parametrize("size", SIZES)
async def test_a_like_run_under_way_has_to_be_confirmed(
    size: tuple[int, int], snapshot: Snapshot
) -> None:
    async with Form(FILLED).run_test(size=size) as pilot:
        app = await ready(pilot)
        await shows(pilot, "Ready")
        await loaded(pilot)
        app.recorder.runs_there = (olgas(),)
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await shows(pilot, "release is under way already: #141")
        snapshot(pilot, "compose-confirm") if size != (40, 12) else None
        assert app.sent == []
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert app.sent == [EXPECTED]
        await until(pilot, lambda: "Send it again?" not in screen_text(app))


@pytest.mark.parametrize("key", ["escape", "f1"])
async def test_a_duplicate_is_not_sent_after_another_key(key: str) -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.runs_there = (olgas(),)
        await pilot.press("ctrl+r")
        await shows(pilot, "Send it again?")
        await pilot.press(key, "escape")
        await until(pilot, lambda: "Send it again?" not in screen_text(app))
        await pilot.press("ctrl+r")
        await shows(pilot, "Send it again?")
        assert app.sent == []


async def test_the_same_request_is_not_sent_twice_within_the_hour() -> None:
    async with Form(FILLED, answers=(Run(slug="142"), Run(slug="143"))).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await back_from_the_run(pilot, app)
        await until(pilot, lambda: app.session.memory().sent(app.session.repo))
        await pilot.press("ctrl+r")
        await shows(pilot, "The same request was sent")
        await shows(pilot, "#142")
        assert app.sent == [EXPECTED]


async def test_after_a_run_no_key_lands_in_a_text_field() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        await pilot.press("down", "down", "down", "down", "end")
        await write(pilot, ".1")
        await pilot.press("ctrl+r")
        await back_from_the_run(pilot, app)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


async def test_a_lost_request_has_to_be_confirmed_before_it_is_sent_again() -> None:
    lost = Unreachable("no answer within 20 s", sent=True)
    async with Form(FILLED, answers=(lost, Run(slug="7"))).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await shows(pilot, "Answer lost")
        await pilot.press("escape", "ctrl+r")
        await shows(pilot, "its answer was lost: the run may")
        assert app.sent == [EXPECTED]


async def test_an_api_that_lists_no_runs_keeps_nothing_from_being_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cubewatch.ui.screens.compose.sending.DUPLICATES_TIMEOUT", 0.2)
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)

        async def never(*_: object, **__: object) -> RunPage:
            await asyncio.Event().wait()
            return RunPage()

        monkeypatch.setattr(app.recorder, "runs", never)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)


async def test_a_form_that_is_changed_closes_the_question() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.runs_there = (olgas(),)
        await pilot.press("ctrl+r")
        await shows(pilot, "Send it again?")
        await pilot.press("escape", "right")
        await shows(pilot, "● tag")
        assert app.sent == []
