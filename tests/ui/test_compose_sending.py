"""The form: filled by keys, sent once, and never lost."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from textual.events import Key

from cubewatch.api.errors import Invalid, Unreachable
from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft
from cubewatch.model.run import DatesByStage, Run, UserEmbedded
from tests.support.compose import (
    EXPECTED,
    FILLED,
    SIZES,
    TIMEOUT,
    Form,
    ready,
    shows,
    until,
    write,
)
from tests.ui.snapshots import screen_text


@pytest.mark.parametrize("size", SIZES)
async def test_filled_by_keys_and_sent_once(size: tuple[int, int]) -> None:
    async with Form(Draft()).run_test(size=size) as pilot:
        app = await ready(pilot)
        await shows(pilot, "✗ choose a workflow")
        await pilot.press("right", "enter")
        await write(pilot, "release/1.5")
        await pilot.press("enter", "down", "space")
        await shows(pilot, "✗ VERSION is required")
        await pilot.press("down")
        await write(pilot, "1.5.0")
        await shows(pilot, "Ready: ")
        await pilot.press("ctrl+r", "ctrl+r")
        await shows(pilot, "Sending…")
        await pilot.press("ctrl+r")
        app.recorder.go_on.set()
        await until(pilot, lambda: app.started)
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert app.sent == [EXPECTED]
        assert app.started == [("142", app.recorder.requests[0])]


@pytest.mark.parametrize("size", SIZES)
async def test_draft_keeps_workflows_unknown_to_the_config(
    size: tuple[int, int],
) -> None:
    draft = Draft(
        RevisionDraft("tag", "v1"),
        RevisionDraft("commit", "3f2a91c"),
        (WorkflowDraft("mine", (("X", "1"), ("EMPTY", ""))), WorkflowDraft("nightly")),
        shared=True,
    )
    async with Form(draft).run_test(size=size) as pilot:
        app = await ready(pilot)
        await shows(pilot, "! mine is not in the config")
        await pilot.press("down", "down", "down", "down")
        await shows(pilot, "[x] mine  typed by hand")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert json.loads(app.sent[0]) == {
            "head": {"tag": "v1"},
            "config_revision": {"commit": "3f2a91c"},
            "workflows": [
                {
                    "name": "mine",
                    "values": [{"name": "X", "value": "1"}, {"name": "EMPTY", "value": ""}],
                },
                {"name": "nightly"},
            ],
            "shared": True,
        }


async def test_burst_of_keys_goes_to_the_right_fields() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        keys = [
            "down",
            "end",
            *"-rx",
            "backspace",
            "c",
            "enter",
            "down",
            "down",
            *".1",
            "down",
            "space",
        ]
        keys += ["down", "down", "space", "up", "up", "ctrl+r"]
        for key in keys:
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: app.started)
        assert json.loads(app.sent[0]) == {
            "head": {"branch": "release/1.5-rc"},
            "workflows": [
                {
                    "name": "release",
                    "values": [
                        {"name": "VERSION", "value": "1.5.0.1"},
                        {"name": "CHANNEL", "value": "beta"},
                    ],
                },
                {"name": "nightly"},
            ],
        }


async def test_keys_after_ticking_go_into_the_new_rows() -> None:
    async with Form(Draft()).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        for key in ("down", "down", "space", "down", *"1.5.0", "ctrl+r"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: app.started)
        assert b'"values":[{"name":"VERSION","value":"1.5.0"}]' in app.sent[0]


@pytest.mark.parametrize("onward", ["down", "tab"])
@pytest.mark.parametrize("busy", ["#fields", "#form", "TickRow"])
async def test_keys_wait_for_rows_of_a_busy_form(busy: str, onward: str) -> None:
    async with Form(Draft()).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        await pilot.press("down", "down")
        app.screen.query(busy).first().call_later(asyncio.sleep, 0.3)
        for key in ("space", onward, *"1.5.0", "ctrl+r"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: app.started)
        assert b'"values":[{"name":"VERSION","value":"1.5.0"}]' in app.sent[0]


async def test_what_is_typed_ahead_waits_for_the_config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cubewatch.ui.screens.compose.screen.MAX_UNSETTLED", TIMEOUT)
    app = Form(Draft())
    app.scripted.read.clear()
    async with app.run_test() as pilot:
        app.recorder.go_on.set()
        for key in ("space", "down", *"1.5.0", "ctrl+r"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        app.scripted.read.set()
        await until(pilot, lambda: app.started)
        assert b'"values":[{"name":"VERSION","value":"1.5.0"}]' in app.sent[0]


async def test_no_key_waits_for_ever_for_a_config() -> None:
    app = Form(Draft())
    app.scripted.read.clear()
    async with app.run_test() as pilot:
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


async def test_run_goes_to_the_first_field_with_a_problem() -> None:
    async with Form(Draft(workflows=(WorkflowDraft("release"),))).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("ctrl+r")
        await shows(pilot, "›   VERSION *")
        await shows(pilot, "VERSION · required · becomes the tag")
        await write(pilot, "2")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert b'"VERSION","value":"2"' in app.sent[0]


async def test_a_refusal_keeps_every_field_and_shows_all_that_was_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cubewatch.watch.submission.CALM", 0.0)
    refusal = Invalid(
        "422 from POST /repos/acme/shop/cicd/runs",
        status=422,
        error_code="ValidationError",
        message="VERSION [/] is not free",
        request_id="3f2a-77",
        details="inputs.VERSION",
    )
    async with Form(FILLED, answers=(refusal, Run(slug="7"))).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await shows(pilot, "Not started")
        for said in ("422", "ValidationError", "VERSION [/] is not free", "3f2a-77", "inputs.VER"):
            assert said in screen_text(app)
        assert "nothing is sent again" not in screen_text(app).lower()
        await pilot.press("escape")
        await until(pilot, lambda: "Not started" not in screen_text(app))
        await shows(pilot, "1.5.0")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.started)
        assert app.sent == [EXPECTED, EXPECTED]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Unreachable("no answer within 20 s", sent=True), "no answer within 20 s"),
        (RuntimeError("a slip"), "RuntimeError: a slip"),
    ],
)
async def test_after_a_lost_answer_nothing_is_sent_again(trouble: Exception, said: str) -> None:
    async with Form(FILLED, answers=(trouble,)).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await shows(pilot, said)
        await shows(pilot, "The run may exist. Nothing is sent again automatically")
        await pilot.press("escape")
        await shows(pilot, "release/1.5")
        assert app.sent == [EXPECTED]


def made_now(slug: str, user: str) -> Run:
    return Run(
        slug=slug,
        event_type="manual",
        dates=DatesByStage(created_at=datetime.now(UTC)),
        user=UserEmbedded(user, {"u-1": "olga", "u-2": "ivan"}[user]),
    )


async def test_the_run_of_a_lost_answer_is_offered_among_those_of_colleagues() -> None:
    lost = Unreachable("no answer", sent=True)
    async with Form(FILLED, answers=(lost,)).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.runs_there = (made_now("8", "u-2"), made_now("7", "u-1"))
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await shows(pilot, "Run #7, started by olga")
        assert "#8" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.started)
        assert app.started == [("7", app.recorder.requests[0])]


async def test_several_runs_that_may_be_ours_are_listed_and_a_number_chooses() -> None:
    lost = Unreachable("no answer", sent=True)
    async with Form(FILLED, answers=(lost,)).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.runs_there = (made_now("8", "u-1"), made_now("7", "u-1"))
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await shows(pilot, "1  #8, started by olga")
        await shows(pilot, "2  #7, started by olga")
        await pilot.press("enter", "3")
        assert app.started == []
        await pilot.press("2")
        await until(pilot, lambda: app.started)
        assert app.started == [("7", app.recorder.requests[0])]


async def test_held_key_sends_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cubewatch.watch.submission.CALM", 60.0)
    trouble = Unreachable("no answer", sent=True)
    async with Form(FILLED, answers=(trouble, Run(slug="7"))).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        for _ in range(5):
            await pilot.press("ctrl+r")
        await shows(pilot, "Answer lost")
        for _ in range(5):
            await pilot.press("ctrl+r")
        assert app.sent == [EXPECTED]


async def test_missing_input_of_a_typed_workflow_gets_the_focus() -> None:
    async with Form(Draft()).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await pilot.press(*["down"] * 4, *"release", "ctrl+r")
        await shows(pilot, "✗ VERSION is required")
        await shows(pilot, "›   VERSION *  ")
        assert app.sent == []
