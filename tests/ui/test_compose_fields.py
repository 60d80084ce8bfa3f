"""The form: what its fields hold, and what they amount to."""

import json

import pytest

from cubewatch.git.ci_yaml import CiConfigError
from cubewatch.model.config import CiConfig, CubeSpec, InputSpec, TaskSpec, WorkflowSpec
from cubewatch.model.draft import Draft, WorkflowDraft
from cubewatch.ui.screens.compose.preview import pretty
from tests.support.compose import (
    EXPECTED,
    FILLED,
    SIZES,
    Form,
    ready,
    shows,
    until,
    write,
)
from tests.ui.snapshots import screen_text


async def test_what_was_typed_survives_unticking() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down", "down", "down", "space")
        await shows(pilot, "[ ] release")
        assert "1.5.0" not in screen_text(app)
        await pilot.press("space")
        await shows(pilot, "1.5.0")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert app.sent == [EXPECTED]


async def test_a_value_that_is_cleared_is_not_sent() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down", "down", "down", "down", "down")
        await pilot.press("space")
        await shows(pilot, "○ stable ● beta")
        await pilot.press("left")
        await shows(pilot, "● stable ○ beta")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert app.sent == [EXPECTED]


async def test_workflows_and_inputs_are_typed_by_hand_without_a_config() -> None:
    async with Form(Draft(), None).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await pilot.press("down", "down")
        await write(pilot, "mine")
        await shows(pilot, '"mine"')
        await pilot.press("enter")
        await shows(pilot, "[x] mine")
        await pilot.press("up")
        await write(pilot, "A")
        await shows(pilot, "✗ an input is written NAME=value")
        await write(pilot, "=b=c")
        await shows(pilot, "Ready: ")
        await pilot.press("enter")
        await write(pilot, "EMPTY=")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        values = [{"name": "A", "value": "b=c"}, {"name": "EMPTY", "value": ""}]
        assert json.loads(app.sent[0]) == {"workflows": [{"name": "mine", "values": values}]}


async def test_unreadable_config_is_reported_and_the_form_works() -> None:
    broken = CiConfigError("[/] is no map", 3, 7)
    async with Form(FILLED, broken).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "! .sourcecraft/ci.yaml of main: line 3, column 7: [/] is no map")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert app.sent == [EXPECTED]


async def test_the_preview_is_the_body_that_goes_out() -> None:
    values = (("VERSION", 'a"b'), ("NOTES", "\x1b[31m\u202e日本 [/b]"), ("LONG", "x" * 60))
    draft = Draft(FILLED.head, workflows=(WorkflowDraft("release", values),))
    async with Form(draft).run_test(size=(200, 60)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "POST /repos/acme/shop/cicd/runs")
        await shows(pilot, "compile → unit, lint → package")
        await shows(pilot, "e2e    after build")
        text = screen_text(app)
        _, _, right = text.partition("POST /repos/acme/shop/cicd/runs")
        rows = right.splitlines()[1:]
        end = next(number for number, row in enumerate(rows) if "││" not in row)
        shown = "".join(row.rpartition("││")[2].strip(" │") for row in rows[:end])
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert json.loads(shown) == json.loads(app.sent[0])
        assert not set(text) & {"\x1b", "\u202e"}


def test_a_laid_out_body_is_the_same_value_at_any_width() -> None:
    value = {"a": [{"b": "\x1b\u202e\U000e0041"}, []], "c": {}, "d": True, "e": "日" * 40}
    for width in range(1, 120):
        text = pretty(value, width)
        assert json.loads(text) == value
        assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_are_shown_and_harmless(size: tuple[int, int]) -> None:
    evil = "[@click=app.quit]x[/]"
    config = CiConfig(
        (
            WorkflowSpec(
                evil,
                (InputSpec("[b]", required=True, default="[/]", description="[/red]"),),
                (TaskSpec("[/t]", ("[x",), (CubeSpec("[/c]"),)),),
            ),
            WorkflowSpec("漢" * 300),
        )
    )
    async with Form(Draft(), config).run_test(size=size) as pilot:
        app = await ready(pilot)
        await pilot.press("down", "down", "space")
        await shows(pilot, "default [/]")
        assert "[x] [@click=app.quit]" in screen_text(app)
        if size[0] < 100:
            await pilot.press("f2")
        await shows(pilot, "[/t]" if size[1] > 12 else "What will be sent")
        assert all(len(line) <= size[0] for line in screen_text(app).splitlines())
        assert app.is_running
