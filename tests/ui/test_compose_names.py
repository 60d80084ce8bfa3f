"""The form's fields for names of revisions and repositories."""

import asyncio
from datetime import UTC, datetime

import pytest
from textual.events import Paste

from cubewatch.model.draft import Draft, WorkflowDraft
from cubewatch.model.git_ref import GitRef
from tests.support.clones import Clones
from tests.support.compose import FILLED, CurrentFolder, Form, ready, shows, until, write
from tests.ui.snapshots import screen_text

URL = "https://sourcecraft.dev/acme/shop"
ANY = Draft(workflows=(WorkflowDraft("x"),))


async def test_the_first_key_replaces_the_name_that_is_there() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down", *"main", "ctrl+r")
        await until(pilot, lambda: app.sent)
        assert app.sent[0].startswith(b'{"head":{"branch":"main"}')


async def test_where_the_next_key_replaces_a_name_all_names_are_offered() -> None:
    async with Form(FILLED).run_test() as pilot:
        await ready(pilot)
        await pilot.press("down", "ctrl+@")
        await shows(pilot, "fix/cart")
        await pilot.press("escape", "end", "ctrl+@")
        await until(pilot, lambda: "fix/cart" not in screen_text(pilot.app))


async def test_each_kind_of_revision_has_a_name_of_its_own() -> None:
    async with Form(FILLED).run_test() as pilot:
        await ready(pilot)
        await pilot.press("right", "down", *"v1", "enter", "up", "up")
        await shows(pilot, "at tag v1")
        await until(pilot, lambda: "release/1.5" not in screen_text(pilot.app))
        await pilot.press("left")
        await shows(pilot, "release/1.5")


async def test_blanks_around_a_name_that_is_pasted_are_not_part_of_it() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down")
        app.post_message(Paste(" main \n"))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert app.sent[0].startswith(b'{"head":{"branch":"main"}')


async def test_what_git_knows_does_not_wait_for_the_server(
    clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clones.with_remotes(origin=URL)
    clones.commit(folder, "Mine alone")
    monkeypatch.chdir(folder)
    silent = asyncio.Event()

    async def never(*_: object, **__: object) -> None:
        await silent.wait()

    place = CurrentFolder()
    for call in ("repository", "branches", "tags", "runs"):
        monkeypatch.setattr(place.recorder, call, never)
    draft = Draft(workflows=(WorkflowDraft("x"),))
    async with Form(draft, place=place).run_test(size=(120, 40)) as pilot:
        await shows(pilot, "Mine alone")


async def test_in_a_clone_of_something_else_it_says_so(
    clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clones.with_remotes(origin="https://github.com/acme/shop"))
    async with Form(ANY, place=CurrentFolder()).run_test() as pilot:
        await ready(pilot)
        await shows(pilot, "✗ name a repository")
        await pilot.press("f2")
        await shows(pilot, "no remote of the clone here is on SourceCraft")
        await pilot.press("f2")
        await write(pilot, "acme/shop")
        await pilot.press("enter")
        await shows(pilot, "Ready: x")
        assert " more" not in screen_text(pilot.app)


async def test_a_chosen_repository_ends_the_question_which_it_is(
    clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    remotes = {"sc": URL, "fork": "https://sourcecraft.dev/ann/shop"}
    monkeypatch.chdir(clones.with_remotes(**remotes))
    async with Form(ANY, place=CurrentFolder()).run_test() as pilot:
        await ready(pilot)
        await write(pilot, "acme/shop")
        await pilot.press("enter")
        await shows(pilot, "! the config cannot be used")
        assert " more" not in screen_text(pilot.app)


async def test_whoever_insists_is_told_what_is_wrong_before_what_to_mind() -> None:
    async with Form(Draft()).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down", "right", "down", *"nowhere", "enter")
        await shows(pilot, "! the server has no branch nowhere")
        await pilot.press("ctrl+r")
        await shows(pilot, "✗ choose a workflow")
        assert not app.sent


def test_the_server_knows_no_date_but_the_clone_does() -> None:
    when = datetime(2026, 11, 1, tzinfo=UTC)
    here = GitRef("branch", "main", "a" * 40, "Here", when)
    assert GitRef("branch", "main", "a" * 40, "There").dated_by(here).when == when
    assert GitRef("branch", "main", "b" * 40, "There").dated_by(here).when is None


async def test_a_head_that_was_not_seen_yet_is_not_sent(
    clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clones.with_remotes(sc=URL, fork="https://sourcecraft.dev/ann/shop")
    clones.git(folder, "switch", "--quiet", "-c", "wip")
    monkeypatch.chdir(folder)
    async with Form(ANY, place=CurrentFolder()).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        await write(pilot, "acme/shop")
        await pilot.press("ctrl+r")
        await shows(pilot, "Ready: x on acme/shop at wip")
        assert app.sent == []


async def test_the_head_of_a_clone_is_not_that_of_another_repository(
    clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clones.with_remotes(sc=URL, fork="https://sourcecraft.dev/ann/shop")
    monkeypatch.chdir(folder)
    async with Form(Draft(), place=CurrentFolder()).run_test() as pilot:
        await ready(pilot)
        await write(pilot, "acme/shop")
        await pilot.press("enter")
        await shows(pilot, "● branch")
        await pilot.press("pageup", "pageup", *"ping", "enter")
        await shows(pilot, "cubewatch  acme/shopping")
        await shows(pilot, "● default ○ branch")
