"""The recent runs below the form."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cubewatch.model.draft import Draft
from cubewatch.model.run import Run, UserEmbedded, Workflow
from cubewatch.ui.screens.compose.recent import RecentRuns
from tests.support.compose import FILLED, CurrentFolder, Form, ready, shows, until
from tests.ui.snapshots import Snapshot, screen_text

RUNS = (
    Run("", "141", status="processing", workflows=(Workflow(slug="nightly"),)),
    Run(
        "",
        "140",
        status="failed",
        workflows=(Workflow(slug="release"),),
        user=UserEmbedded(slug="olga"),
    ),
)


def form(draft: Draft = FILLED) -> Form:
    app = Form(draft)
    app.recorder.runs_there = RUNS
    return app


async def test_recent_runs_are_listed_where_there_is_room(snapshot: Snapshot) -> None:
    async with form().run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await shows(pilot, "◐ #141  running")
        await shows(pilot, "✗ #140")
        await shows(pilot, "signed in")
        snapshot(pilot, "compose-recent")


async def test_recent_runs_are_loading_until_the_server_has_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = form()
    app.recorder.runs_there = ()
    answer, may_answer = app.recorder.runs_answer, asyncio.Event()

    async def answer_late(*args: Any, **options: Any) -> Any:
        await may_answer.wait()
        return await answer(*args, **options)

    monkeypatch.setattr(app.recorder, "runs_answer", answer_late)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await shows(pilot, "loading the runs…")
        assert "no runs yet" not in screen_text(app)
        may_answer.set()
        await shows(pilot, "no runs yet")


async def test_enter_watches_a_recent_run_and_escape_goes_back_to_the_form() -> None:
    async with form().run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "#141")
        app.screen.query_one(RecentRuns).focus()
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.opened)
        assert app.opened == [("live", {"run_slug": "140"})]
        await pilot.press("escape")
        await shows(pilot, "› Head")


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_where_there_is_no_room_no_runs_are_listed(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with form().run_test(size=size) as pilot:
        app = await ready(pilot)

        async def refuse(*_: object, **__: object) -> None:
            pytest.fail("runs were listed")

        monkeypatch.setattr(app.recorder, "runs_answer", refuse)
        await pilot.pause(0.5)
        assert "Recent runs" not in screen_text(app)


async def test_after_a_run_the_cursor_is_on_the_recent_runs() -> None:
    async with form().run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        app.recorder.runs_there = ()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.started)
        await pilot.press("f1")
        await shows(pilot, "This screen")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.focused, RecentRuns))
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


async def test_runs_of_a_repository_named_later_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = CurrentFolder()
    place.recorder.runs_there = RUNS
    async with Form(FILLED, place=place).run_test(size=(120, 40)) as pilot:
        await shows(pilot, "› Repository")
        await shows(pilot, "loading the runs…")
        await pilot.press(*"acme/shop", "enter")
        await shows(pilot, "#141")
