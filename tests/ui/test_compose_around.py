"""Around the form: the preview, the start that sends at once, leaving, help and palette."""

import re

import pytest

from cubewatch.model.draft import Draft, WorkflowDraft
from cubewatch.ui.palette import palette
from cubewatch.ui.screens.help import HelpScreen
from tests.support.compose import (
    EXPECTED,
    FILLED,
    SIZES,
    Form,
    loaded,
    ready,
    shows,
    until,
    write,
)
from tests.ui.snapshots import Snapshot, screen_text


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_says_what_would_run(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with Form(FILLED).run_test(size=size) as pilot:
        await ready(pilot)
        await shows(pilot, "Ready")
        if size != (40, 12):
            await shows(pilot, "signed in")
            await shows(pilot, "CHANNEL")
        await loaded(pilot)
        snapshot(pilot, "compose")


async def test_warnings_do_not_hide_the_plan_on_a_narrow_screen() -> None:
    many = tuple(WorkflowDraft(name) for name in ("nightly", "a", "b", "c"))
    async with Form(Draft(FILLED.head, workflows=many)).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await shows(pilot, " ! 4 workflows")
        await shows(pilot, "Ready: nightly, a, b, c on acme/shop at release/1.5")


async def test_on_a_narrow_screen_one_key_shows_the_preview() -> None:
    async with Form(FILLED).run_test(size=(80, 24)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "f2 preview")
        await pilot.press("f2")
        await shows(pilot, "What will be sent")
        await pilot.press("escape")
        await shows(pilot, "Config from")
        assert "What will be sent" not in screen_text(app)


async def test_on_a_wide_screen_there_is_no_key_for_the_preview() -> None:
    async with Form(FILLED).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "What will be sent")
        assert "f2 preview" not in screen_text(app)


async def test_send_at_once_waits_for_the_config_and_sends_once() -> None:
    app = Form(FILLED, send_at_once=True)
    app.scripted.read.clear()
    async with app.run_test() as pilot:
        await shows(pilot, "Run")
        assert app.sent == []
        app.scripted.read.set()
        app.recorder.go_on.set()
        await until(pilot, lambda: app.started)
        assert app.sent == [EXPECTED]


async def test_send_at_once_stops_at_a_problem() -> None:
    draft = Draft(workflows=(WorkflowDraft("release"),))
    async with Form(draft, send_at_once=True).run_test() as pilot:
        app = await ready(pilot, at_top=False)
        await shows(pilot, "›   VERSION *")
        assert app.sent == []


async def test_quitting_asks_only_if_something_is_lost() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down", "end")
        await write(pilot, "q")
        await shows(pilot, "release/1.5q")
        await pilot.press("escape", "escape", "q")
        await shows(pilot, "Press q again to leave")
        assert app.is_running
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


@pytest.mark.parametrize("size", SIZES)
async def test_help_lists_the_keys_and_closes(size: tuple[int, int]) -> None:
    async with Form(FILLED).run_test(size=size) as pilot:
        app = await ready(pilot)
        await pilot.press("f1")
        await shows(pilot, "This screen")
        await until(pilot, lambda: re.search(r"\^r +Run", screen_text(app)))
        await pilot.press("question_mark")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


async def test_the_palette_has_every_action_and_no_other() -> None:
    async with Form(FILLED).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        commands = list(palette(app, app.screen))
        titles = [command.name for command in commands]
        assert titles[0] == "Run"
        assert titles[-3:] == ["Help", "Theme", "Quit"]
        assert not {"Next choice", "Next field", "Page down", "Leave the field"} & set(titles)
        assert "Again" in titles
        assert not [title for title in titles if title.startswith("Preview")]
        assert len(titles) == len(set(titles))
        app.call_later(commands[0].run)
        await until(pilot, lambda: app.sent)
        assert app.sent == [EXPECTED]


async def test_the_mouse_ticks_chooses_and_focuses() -> None:
    async with Form(Draft()).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)

        async def click(text: str) -> None:
            lines = screen_text(app).splitlines()
            row = next(number for number, line in enumerate(lines) if text in line)
            await pilot.click(offset=(lines[row].index(text), row))

        await click("○ branch")
        await shows(pilot, "● branch")
        await click("name of the branch")
        await write(pilot, "release/1.5")
        await click("[ ] release")
        await shows(pilot, "VERSION *")
        await click("VERSION *")
        await write(pilot, "1.5.0")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert app.sent == [EXPECTED]
