"""Where the cursor of the form is, and where it goes."""

import pytest

from cubewatch.model.config import ApprovalSpec, CiConfig, InputSpec, TaskSpec, WorkflowSpec
from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft
from tests.support.compose import CONFIG, FILLED, Form, ready, shows, until, write
from tests.ui.snapshots import screen_text

VERSION = InputSpec("VERSION", required=True)
ONE = CiConfig((WorkflowSpec("release", (InputSpec("CHANNEL", default="stable"), VERSION)),))


async def test_the_cursor_starts_at_the_workflows() -> None:
    async with Form(Draft()).run_test() as pilot:
        await ready(pilot, at_top=False)
        await shows(pilot, "› Workflows    [ ] release")


async def test_only_workflow_is_ticked_and_its_input_focused() -> None:
    async with Form(Draft(), ONE).run_test() as pilot:
        app = await ready(pilot, at_top=False)
        await shows(pilot, "[x] release")
        await shows(pilot, "›   VERSION *")
        await write(pilot, "1.5.0")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert b'"VERSION","value":"1.5.0"' in app.sent[0]


async def test_the_cursor_starts_at_what_is_missing() -> None:
    draft = Draft(workflows=(WorkflowDraft("nightly"), WorkflowDraft("release")))
    async with Form(draft).run_test() as pilot:
        await ready(pilot, at_top=False)
        await shows(pilot, "›   VERSION *")


async def test_the_cursor_does_not_start_in_a_text_field_without_any_workflow() -> None:
    async with Form(Draft(), None).run_test() as pilot:
        app = await ready(pilot, at_top=False)
        await shows(pilot, "› Head")
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


async def test_a_cursor_that_was_moved_stays_when_the_config_comes() -> None:
    app = Form(Draft())
    app.scripted.read.clear()
    async with app.run_test() as pilot:
        await until(pilot, lambda: not app.screen.query("Form") or True)
        app.screen.unsettled = False  # type: ignore[attr-defined]
        await pilot.press("down", "down")
        app.scripted.read.set()
        await shows(pilot, "[ ] release")
        await ready(pilot, at_top=False)
        assert "› Workflows    [ ] release" not in screen_text(app)


async def test_letters_move_and_choose_outside_text_fields() -> None:
    async with Form(Draft()).run_test() as pilot:
        await ready(pilot)
        await pilot.press("l", "l")
        await shows(pilot, "● tag")
        await pilot.press("h", "h", "j", "j", "l")
        await shows(pilot, "[x] release")
        await pilot.press("k")
        await shows(pilot, "› Config from")
        await pilot.press("j", "j")
        await shows(pilot, "›   CHANNEL")
        await pilot.press("j", "j", "j", "j", "j")
        await shows(pilot, "› Shared")
        await shows(pilot, "VERSION *  required")
        await pilot.press("k", "k", "k", "down")
        await write(pilot, "jkhl")
        await shows(pilot, "VERSION *  jkhl")


async def test_escape_leaves_a_text_field_and_keeps_the_cursor() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down", "down", "down", "down", "escape")
        await shows(pilot, "› Workflows    [x] release")
        await pilot.press("escape", "escape")
        await shows(pilot, "› Workflows    [x] release")
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


async def test_ticking_a_workflow_does_not_shift_the_form() -> None:
    long = InputSpec("A_RATHER_LONG_NAME")
    config = CiConfig((WorkflowSpec("release", (long,)), WorkflowSpec("nightly")))
    async with Form(Draft(), config).run_test() as pilot:
        app = await ready(pilot)
        before = screen_text(app).index("[ ] release")
        await pilot.press("down", "down", "space")
        await shows(pilot, "[x] release")
        assert screen_text(app).index("[x] release") == before


async def test_a_name_is_not_called_wrong_while_something_matches() -> None:
    draft = Draft(RevisionDraft("branch", ""), workflows=(WorkflowDraft("nightly"),))
    async with Form(draft).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down")
        await write(pilot, "release/")
        await shows(pilot, "release/1.4")
        await pilot.pause(1.0)
        assert "✗" not in screen_text(app)
        assert "the server has no branch" not in screen_text(app)
        await write(pilot, "9")
        await shows(pilot, "! the server has no branch release/9")


async def test_an_empty_revision_is_reported_when_the_field_is_left() -> None:
    draft = Draft(RevisionDraft("commit", ""), workflows=(WorkflowDraft("nightly"),))
    async with Form(draft).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down")
        await write(pilot, "3f")
        await pilot.pause(0.5)
        assert "hexadecimal" not in screen_text(app).partition("✗")[2]
        await pilot.press("up")
        await shows(pilot, "✗ Head: a commit is 4 to 64 hexadecimal digits")


async def test_an_input_named_like_a_workflow_is_a_problem() -> None:
    draft = Draft(workflows=(WorkflowDraft("release"), WorkflowDraft("VERSION")))
    async with Form(draft).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "VERSION is an input of release, not a workflow: write VERSION=…")
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert app.sent == []


@pytest.mark.parametrize("size", [(120, 40)])
async def test_a_task_that_waits_for_approval_is_marked_in_the_plan(size: tuple[int, int]) -> None:
    deploy = TaskSpec("deploy", approval=ApprovalSpec("2h", "olga [/]"))
    config = CiConfig((WorkflowSpec("release", (), (deploy,)), CONFIG.workflows[1]))
    draft = Draft(workflows=(WorkflowDraft("release"),))
    async with Form(draft, config).run_test(size=size) as pilot:
        await ready(pilot)
        await shows(pilot, "deploy  ‖ waits for approval (within 2h): olga [/]")
