"""The form while the config it goes by becomes another one."""

import asyncio
from pathlib import Path

import pytest

from cubewatch.git.ci_yaml import CiConfigError
from cubewatch.model.config import CiConfig, WorkflowSpec
from cubewatch.model.draft import Draft, WorkflowDraft
from cubewatch.model.git_ref import GitRef
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run
from cubewatch.ui.screens.compose.screen import ComposeScreen
from tests.support.compose import (
    CONFIG,
    TIMEOUT,
    CurrentFolder,
    Form,
    ScriptedPlace,
    ready,
    shows,
    until,
    write,
)
from tests.ui.snapshots import screen_text

HOTFIX = CiConfig((WorkflowSpec("deploy"), WorkflowSpec("hotfix")))
TO_CONFIG = ("down", "right", "down")
"""From head to the name of the branch that the config is to be from."""


def form_of(**configs: CiConfig | None) -> Form:
    return Form(Draft(), place=place_with(**configs))


def place_with(**configs: CiConfig | None) -> ScriptedPlace:
    place = ScriptedPlace(CONFIG, (Run(slug="142"),))
    place.configs = {name.replace("_", "/"): config for name, config in configs.items()}
    place.recorder.go_on.set()
    return place


def body(app: Form) -> bytes:
    [body] = app.sent
    return body


@pytest.mark.parametrize("between", [None, HOTFIX])
async def test_workflows_that_come_back_can_be_ticked(between: CiConfig | None) -> None:
    async with form_of(other=between).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press(*TO_CONFIG, *"other", "up")
        await until(pilot, lambda: "nightly" not in screen_text(app))
        await pilot.press("left")
        await shows(pilot, "[ ] nightly")
        await pilot.press("down", "down", "space", "down", *"A=1", "enter")
        await shows(pilot, "[x] nightly")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        values = b'[{"name":"A","value":"1"}]'
        assert body(app) == b'{"workflows":[{"name":"nightly","values":' + values + b"}]}"


async def test_a_name_that_is_half_written_changes_nothing_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cubewatch.facts.UNKNOWN_NAME_DELAY", TIMEOUT)
    async with form_of(other=HOTFIX).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press(*TO_CONFIG)
        for letter in "other":
            await write(pilot, letter)
            await asyncio.sleep(0.4)
            assert "[ ] nightly" in screen_text(app)
        await pilot.press("enter")
        await shows(pilot, "[ ] hotfix")
        assert "nightly" not in screen_text(app)


async def test_unknown_name_is_read_after_a_pause() -> None:
    place, draft = place_with(other=HOTFIX), Draft(workflows=(WorkflowDraft("release"),))
    async with Form(draft, place=place).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "compile → ")
        place.read.clear()
        await pilot.press(*TO_CONFIG, *"other")
        await shows(pilot, "reading .sourcecraft/ci.yaml")
        assert "compile → " not in screen_text(app)
        place.read.set()
        await shows(pilot, "[ ] hotfix")


async def test_problems_of_one_config_go_with_it() -> None:
    place = place_with()
    place.config = CiConfigError("mapping values are not allowed here", 17, 3)
    async with Form(Draft(), place=place).run_test() as pilot:
        await shows(pilot, "! .sourcecraft/ci.yaml of main: ")
        await ready(pilot)
        place.read.clear()
        await pilot.press(*TO_CONFIG, *"o")
        await until(pilot, lambda: "column 3" not in screen_text(pilot.app))


async def test_request_is_not_sent_when_the_config_is_unreadable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cubewatch.watch.submission.CALM", 0.0)
    place = place_with()
    async with Form(Draft(), place=place).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await pilot.press(*TO_CONFIG, "down", "down", "space")
        await pilot.press("up", "up")
        place.config = CiConfigError("mapping values are not allowed here", 17, 3)
        await pilot.press(*"other", "ctrl+r")
        await shows(pilot, "! the config cannot be used")
        assert not app.sent
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)


async def test_a_name_that_is_known_counts_while_it_is_written() -> None:
    async with form_of(release_1=HOTFIX).run_test() as pilot:
        app = await ready(pilot)
        screen = app.screen
        assert isinstance(screen, ComposeScreen)
        screen.composition.facts.refs.learn((GitRef("branch", "release/1"),))
        await pilot.press(*TO_CONFIG, *"release/1")
        await until(pilot, lambda: screen.composition.state.config is HOTFIX)


async def test_what_is_to_run_by_another_config_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cubewatch.watch.submission.CALM", 0.0)
    place = place_with(other=HOTFIX)
    async with Form(Draft(), place=place).run_test() as pilot:
        app = await ready(pilot)
        place.read.clear()
        await pilot.press(*TO_CONFIG, *"other", "enter", "down", "space", "ctrl+r")
        await shows(pilot, "sent as soon as")
        place.read.set()
        await shows(pilot, "nightly")
        await until(pilot, lambda: "sent as soon as" not in screen_text(app))
        assert not app.sent
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)


async def test_it_is_sent_when_the_other_config_has_come() -> None:
    hotfix = Draft(workflows=(WorkflowDraft("hotfix"),))
    place = place_with(ci_new=HOTFIX)
    async with Form(hotfix, place=place).run_test() as pilot:
        app = await ready(pilot)
        place.read.clear()
        await pilot.press(*TO_CONFIG, *"ci/new", "ctrl+r")
        await shows(pilot, "sent as soon as")
        place.read.set()
        await until(pilot, lambda: app.sent)
        assert b'"config_revision":{"branch":"ci/new"}' in body(app)


async def test_nothing_is_waited_for_where_the_name_is_erased_again() -> None:
    async with form_of(other=HOTFIX).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press(*TO_CONFIG, *"ot", "backspace", "backspace", "ctrl+r")
        await shows(pilot, "branch is empty")
        assert "sent as soon as" not in screen_text(app)
        await pilot.press(*"other", "enter")
        await shows(pilot, "[ ] hotfix")


async def test_local_file_is_not_taken_for_the_config_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".sourcecraft").mkdir()
    config = "workflows: {release: {inputs: {VERSION: {required: true}}}}"
    (tmp_path / ".sourcecraft/ci.yaml").write_text(config, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cubewatch.watch.submission.CALM", 0.0)
    draft = Draft(workflows=(WorkflowDraft("release"),))
    place = CurrentFolder(RepoSlug("acme", "shop"))
    async with Form(draft, place=place).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "is the file here, which need")
        await shows(pilot, "✗ VERSION is required")
        await pilot.press("ctrl+y")
        await shows(pilot, "›   VERSION *")
        assert "ctrl+r again" not in screen_text(app)
        await pilot.press("ctrl+r")
        await shows(pilot, "ctrl+r again sends it anyway")
        assert not app.sent
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        await shows(pilot, "Sending…")
        assert "again sends" not in screen_text(app)
