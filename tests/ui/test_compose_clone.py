"""The form where one stands: in clones of all kinds, and in none."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from cubewatch.api.errors import Refused
from cubewatch.git.surroundings import Surroundings
from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.model.run import Repository, Run, Workflow
from tests.support.clones import Clones
from tests.support.compose import CurrentFolder, Form, ready, shows, until, write
from tests.ui.snapshots import screen_text

SHOP = RepoSlug("acme", "shop")
MAIN = """\
workflows:
  release:
    inputs:
      CHANNEL: {default: stable, options: [stable, beta]}
      DRY_RUN: {type: boolean, default: false}
      VERSION: {required: true, description: becomes the tag}
    tasks: [{name: build, cubes: [{name: compile}]}]
  lint: {tasks: []}
"""
OTHER = "workflows: {nightly: {tasks: []}}"


@pytest.fixture
def clone(clones: Clones, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of acme/shop that we stand in, on a branch of its own that is pushed."""
    clones.server(config=MAIN)
    folder = clones.clone()
    clones.git(folder, "switch", "--quiet", "-c", "fix/cart")
    clones.commit(folder, "Lock the cart")
    clones.push(folder, "-u", "origin", "fix/cart")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("clone")
async def test_in_a_clone_one_only_has_to_confirm() -> None:
    async with Form(Draft(), place=CurrentFolder()).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "cubewatch  acme/shop")
        await shows(pilot, "● branch")
        await shows(pilot, "main, not fix/cart")
        await pilot.press("down", "down", "down", "space", "down")
        await write(pilot, "1.5.0")
        await shows(pilot, " on acme/shop at fix/cart (")
        await shows(pilot, "Lock the cart")
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert app.sent == [
            b'{"head":{"branch":"fix/cart"},"workflows":'
            b'[{"name":"release","values":[{"name":"VERSION","value":"1.5.0"}]}]}'
        ]


@pytest.mark.usefixtures("clone")
async def test_required_inputs_come_first_and_each_has_its_kind_of_field() -> None:
    draft = Draft(workflows=(WorkflowDraft("release"),))
    async with Form(draft, place=CurrentFolder()).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "VERSION *")
        names = re.findall("VERSION|CHANNEL|DRY_RUN", screen_text(app))
        assert names[:3] == ["VERSION", "CHANNEL", "DRY_RUN"]
        await shows(pilot, "● stable ○ beta")
        await shows(pilot, "[ ] default false")
        await pilot.press("down", "down", "down", "down")
        await write(pilot, "2")
        await pilot.press("down", "space", "down", "space")
        await shows(pilot, "[x] true")
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert b'"VERSION","value":"2"},{"name":"CHANNEL","value":"beta"}' in app.sent[0]
        assert b'{"name":"DRY_RUN","value":"true"}' in app.sent[0]


async def test_what_is_not_pushed_is_reported(clones: Clones, clone: Path) -> None:
    clones.commit(clone, "Not pushed")
    draft = Draft(workflows=(WorkflowDraft("release", (("VERSION", "1"),)),))
    async with Form(draft, place=CurrentFolder()).run_test() as pilot:
        await shows(pilot, "! fix/cart: 1 commit is not pushed, so the run will not contain it")
        assert await ready(pilot)


async def test_a_branch_that_is_only_here_is_reported(clones: Clones, clone: Path) -> None:
    clones.git(clone, "switch", "--quiet", "-c", "only/here")
    draft = Draft(workflows=(WorkflowDraft("release", (("VERSION", "1"),)),))
    async with Form(draft, place=CurrentFolder()).run_test() as pilot:
        await shows(pilot, "! the server has no branch only/here: push it first")


async def test_another_config_than_the_heads_is_reported(clones: Clones, clone: Path) -> None:
    clones.commit(clone, "Another config", OTHER)
    clones.push(clone)
    draft = Draft(workflows=(WorkflowDraft("release", (("VERSION", "1"),)),))
    async with Form(draft, place=CurrentFolder()).run_test() as pilot:
        await shows(
            pilot, "! the config is that of origin/main, which is not the same as that of fix/cart"
        )
        await ready(pilot)
        await pilot.press("down", "down", "right", "down")
        await write(pilot, "fix/cart")
        await shows(pilot, "[ ] nightly")
        await pilot.press("escape")
        await shows(pilot, "[x] release  typed by hand")


async def test_a_detached_head_is_a_commit(clones: Clones, clone: Path) -> None:
    commit = clones.git(clone, "rev-parse", "HEAD")
    clones.git(clone, "switch", "--quiet", "--detach")
    async with Form(Draft(), place=CurrentFolder()).run_test() as pilot:
        await shows(pilot, "● commit")
        await shows(pilot, commit)


@pytest.mark.usefixtures("clone")
async def test_a_named_repository_gets_no_head_of_the_clone() -> None:
    async with Form(Draft(), place=CurrentFolder(SHOP)).run_test() as pilot:
        await ready(pilot)
        await shows(pilot, "[ ] release")
        await shows(pilot, "● default ○ branch")


async def test_a_revision_that_is_not_here_can_be_fetched(clones: Clones, clone: Path) -> None:
    server = next(clones.root.glob("server-*"))
    clones.git(server, "branch", "late", "main")
    clones.git(server, "symbolic-ref", "HEAD", "refs/heads/late")
    clones.commit(server, "Came late", OTHER)
    draft = Draft(config_revision=RevisionDraft("branch", "late"))
    async with Form(draft, place=CurrentFolder()).run_test() as pilot:
        await shows(pilot, "late is not in this clone")
        await ready(pilot)
        await pilot.press("down", "down", "down", "down")
        await shows(pilot, "› ")
        await pilot.press("enter")
        await shows(pilot, "[ ] nightly")
    assert clones.git(clone, "rev-parse", "origin/late") == clones.git(server, "rev-parse", "late")


async def test_a_config_that_is_out_of_date_here_can_be_fetched(
    clones: Clones, clone: Path
) -> None:
    server = next(clones.root.glob("server-*"))
    place = CurrentFolder()
    place.recorder.commits["main"] = clones.commit(server, "Another config", OTHER)
    async with Form(Draft(), place=place).run_test() as pilot:
        await shows(pilot, "! main is another commit on the server")
        await shows(pilot, "[ ] release")
        await ready(pilot)
        await pilot.press("down", "down", "down", "enter")
        await shows(pilot, "[ ] nightly")
        await until(pilot, lambda: "another commit" not in screen_text(pilot.app))
    assert clones.git(clone, "rev-parse", "origin/main") == place.recorder.commits["main"]


async def test_in_no_clone_a_repository_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = CurrentFolder()
    request = RunRequest((WorkflowData("release"),))
    place.session.memory().remember(RepoSlug("acme", "site"), request, "7", datetime.now(UTC))
    place.recorder.runs_there = (Run(slug="7", workflows=(Workflow(slug="deploy"),)),)
    async with Form(Draft(), place=place).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "✗ name a repository: ORG/REPO")
        await shows(pilot, "acme/site")
        await write(pilot, "acme/sit")
        await pilot.press("tab")
        await shows(pilot, "cubewatch  acme/sit ")
        await pilot.press("shift+tab", "backspace")
        await pilot.press("down", "enter")
        await shows(pilot, "cubewatch  acme/site")
        await shows(pilot, "[ ] deploy  ran recently")
        assert app.session.repo == RepoSlug("acme", "site")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("no commit", "✗ name a repository: ORG/REPO"),
        ("no git", "! git was not found: install it"),
        ("not trusted", "! git does not trust this clone"),
    ],
)
async def test_odd_places_end_in_no_traceback(
    clones: Clones, monkeypatch: pytest.MonkeyPatch, broken: str, said: str
) -> None:
    folder = clones.empty()
    monkeypatch.chdir(folder)
    if broken == "no git":
        monkeypatch.setenv("PATH", "/nowhere")
    elif broken == "not trusted":
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    async with Form(Draft(), place=CurrentFolder()).run_test(size=(120, 40)) as pilot:
        await shows(pilot, "✗ name a repository: ORG/REPO")
        await shows(pilot, said)


async def test_an_old_config_forbids_nothing_to_who_insists(
    clones: Clones, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cubewatch.watch.submission.CALM", 0.0)
    server = next(clones.root.glob("server-*"))
    place = CurrentFolder()
    place.recorder.commits["main"] = clones.commit(server, "Another config", OTHER)
    draft = Draft(workflows=(WorkflowDraft("release"),))
    async with Form(draft, place=place).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "✗ VERSION is required")
        await pilot.press("ctrl+r")
        await shows(pilot, "ctrl+r again sends it anyway")
        assert not app.sent
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)


@pytest.mark.parametrize(
    ("config", "said"), [("workflows: [", "line 1, column"), ("on: {}", "main names no")]
)
async def test_why_there_is_no_workflow_stays_on_screen(
    clones: Clones, clone: Path, config: str, said: str
) -> None:
    server = next(clones.root.glob("server-*"))
    clones.commit(server, "Broken", config)
    clones.git(clone, "fetch", "--quiet")
    place = CurrentFolder()
    place.recorder.runs_there = (Run(slug="7", workflows=(Workflow(slug="deploy"),)),)
    place.recorder.commits["main"] = clones.commit(server, "And on")
    async with Form(Draft(), place=place).run_test(size=(120, 40)) as pilot:
        await shows(pilot, "! .sourcecraft/ci.yaml of origin/main")
        await shows(pilot, said)
        await shows(pilot, "main is")
        await shows(pilot, "[ ] deploy  ran recently")


async def test_the_config_is_waited_for_where_only_the_server_knows_the_branch(
    clones: Clones, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clones.git(clone, "remote", "set-head", "origin", "--delete")
    place, go_on = CurrentFolder(), asyncio.Event()

    async def repository(_: RepoSlug) -> Repository:
        await go_on.wait()
        return Repository(default_branch="main")

    monkeypatch.setattr(place.recorder, "repository", repository)
    draft = Draft(workflows=(WorkflowDraft("release"),))
    async with Form(draft, place=place, send_at_once=True).run_test() as pilot:
        await shows(pilot, "which branch is the default one is not known yet")
        go_on.set()
        await shows(pilot, "✗ VERSION is required")
        assert not place.recorder.requests


@pytest.mark.usefixtures("clone")
async def test_a_refusal_that_comes_before_the_config_ends_no_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, go_on = CurrentFolder(), Event()
    place.recorder.trouble = Refused("403", status=403)
    known = Surroundings.default_branch

    def default_branch(self: Surroundings) -> str:
        go_on.wait(60)
        return known(self)

    monkeypatch.setattr(Surroundings, "default_branch", default_branch)
    draft = Draft(workflows=(WorkflowDraft("release"),))
    async with Form(draft, place=place, send_at_once=True).run_test() as pilot:
        await shows(pilot, "token refused")
        await pilot.pause()
        go_on.set()
        await shows(pilot, "✗ VERSION is required")
        assert not place.recorder.requests
