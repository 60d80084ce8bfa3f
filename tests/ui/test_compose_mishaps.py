"""The form when things come at a bad moment."""

from pathlib import Path
from threading import Event

import httpx
import pytest
from textual.events import AppBlur, AppFocus, Paste

from cubewatch.api.client import Client
from cubewatch.api.errors import ApiError, Invalid
from cubewatch.model.config import CiConfig, InputSpec, WorkflowSpec
from cubewatch.model.draft import Draft, WorkflowDraft
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import InputValue, RunRequest, WorkflowData
from cubewatch.settings import Secret
from cubewatch.ui.screens.compose.screen import ComposeScreen
from cubewatch.ui.screens.copying import CopyScreen
from tests.support.compose import FILLED, CurrentFolder, Form, ready, shows, until, write
from tests.ui.snapshots import screen_text

RELEASE = Draft(workflows=(WorkflowDraft("release"),))


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory that we stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("empty_folder")
async def test_the_request_goes_to_the_repository_that_is_shown() -> None:
    async with Form(RELEASE, place=CurrentFolder()).run_test() as pilot:
        app = await ready(pilot)
        await write(pilot, "acme/shop")
        await pilot.press("enter")
        await shows(pilot, "signed in")
        await pilot.press("up", "up", "up")
        await write(pilot, "ping")
        await shows(pilot, "cubewatch  acme/shopping")
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.started)
        assert app.recorder.repos == [RepoSlug("acme", "shopping")]


@pytest.mark.usefixtures("empty_folder")
async def test_a_repository_counts_as_soon_as_it_is_typed() -> None:
    async with Form(RELEASE, place=CurrentFolder()).run_test() as pilot:
        app = await ready(pilot)
        await write(pilot, "acme/shop")
        await pilot.press("ctrl+y")
        await until(pilot, lambda: isinstance(app.screen, CopyScreen))
        await shows(pilot, '"name": "release"')


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("refilled", [False, True])
async def test_another_repository_while_one_is_sent_to_is_not_possible(refilled: bool) -> None:
    async with Form(RELEASE, place=CurrentFolder()).run_test() as pilot:
        app = await ready(pilot)
        await write(pilot, "acme/shop")
        await pilot.press("ctrl+r")
        await shows(pilot, "Sending…")
        if refilled:
            app.screen.post_message(ComposeScreen.Refill(FILLED, ()))
            await shows(pilot, "release/1.5")
            await pilot.press("pageup")
        await write(pilot, "ping")
        app.recorder.go_on.set()
        await until(pilot, lambda: app.started)
        assert app.session.repo == RepoSlug("acme", "shop")
        assert "shopping" not in screen_text(app)
        await until(pilot, lambda: app.session.memory().sent(RepoSlug("acme", "shop")))


async def test_refilling_the_form_waits_for_its_turn() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        screen = app.screen
        assert isinstance(screen, ComposeScreen)
        for _ in range(3):
            screen.composition.facts.refresh()
            screen.post_message(ComposeScreen.Refill(RELEASE, ()))
        await shows(pilot, "✗ VERSION is required")
        await shows(pilot, "[x] release")


async def test_a_directory_that_is_gone_does_not_prevent_sending(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Path:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(Path, "cwd", gone)
    place = CurrentFolder(RepoSlug("acme", "shop"))
    async with Form(RELEASE, place=place).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.started)


async def test_what_is_half_typed_waits_while_the_person_looks_elsewhere() -> None:
    async with Form(RELEASE, None).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down", "down", "down")
        await write(pilot, "VERSION=1.")
        app.post_message(AppBlur())
        await pilot.pause()
        app.post_message(AppFocus())
        await pilot.pause()
        await write(pilot, "5.0")
        await shows(pilot, '{"name": "VERSION", "value": "1.5.0"}') if app.size.width > 99 else None
        await pilot.press("enter")
        await shows(pilot, "VERSION    1.5.0")


async def test_an_answer_is_closed_to_where_one_was() -> None:
    refusal = Invalid("422 from POST", status=422)
    async with Form(FILLED, answers=(refusal,)).run_test() as pilot:
        app = await ready(pilot)
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await shows(pilot, "Not started")
        await pilot.press("escape")
        await shows(pilot, "› Head")


async def test_without_a_way_to_the_api_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)

        async def broken() -> Client:
            raise OSError("no such file: ca.pem")

        monkeypatch.setattr(app.session, "client", broken)
        await pilot.press("ctrl+r")
        await shows(pilot, "no such file: ca.pem: nothing was sent.")
        assert "may exist" not in screen_text(app)


async def test_the_focus_comes_back_when_there_is_room_again() -> None:
    async with Form(FILLED).run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("down")
        pilot.app.screen.set_focus(None)
        await shows(pilot, "               release/1.5")
        await pilot.resize_terminal(119, 40)
        await shows(pilot, "›              release/1.5")


@pytest.mark.parametrize("key", ["ctrl+y", "ctrl+g", "ctrl+r"])
async def test_keys_that_need_the_repository_may_come_before_it_is_known(key: str) -> None:
    found = Event()

    def find_clone() -> None:
        found.wait(timeout=60)

    place = CurrentFolder(find_clone=find_clone)
    async with Form(RELEASE, place=place).run_test() as pilot:
        form = pilot.app.screen
        assert isinstance(form, ComposeScreen)
        form.unsettled = False
        await pilot.press(key)
        await shows(pilot, "✗ name a repository") if key != "ctrl+r" else await pilot.pause()
        found.set()
        await shows(pilot, "› Repository")


async def test_whatever_keeps_the_request_from_leaving_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)

        async def broken() -> Client:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(app.session, "client", broken)
        await pilot.press("ctrl+r")
        await shows(pilot, "can't start new thread: nothing was sent.")


@pytest.mark.parametrize("value", ["1", "yes", "True"])
async def test_a_value_that_no_box_can_show_is_a_text(value: str) -> None:
    dry = InputSpec("DRY", "boolean", default="false")
    config = CiConfig((WorkflowSpec("release", (dry,)),))
    draft = Draft(workflows=(WorkflowDraft("release", (("DRY", value),)),))
    async with Form(draft, config).run_test() as pilot:
        await ready(pilot)
        await shows(pilot, f"DRY        {value}")


async def test_a_secret_is_hidden_while_it_is_typed_by_hand() -> None:
    async with Form(RELEASE, None).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down", "down", "down")
        await write(pilot, "DB_PASSWORD=hunter2")
        await shows(pilot, "•••")
        assert "hunter2" not in screen_text(app)
        await pilot.press("enter")
        await shows(pilot, "DB_PASSWORD")
        assert "hunter2" not in screen_text(app)


async def test_a_secret_that_the_server_repeats_is_not_shown() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        body = {
            "error_code": "ValidationError",
            "message": "hunter2 is short",
            "details": "hunter2",
        }
        return httpx.Response(400, json=body)

    client = Client(
        "https://ci.example.com", Secret("pv1_x"), transport=httpx.MockTransport(refuse)
    )
    values = (InputValue("DB_PASSWORD", "hunter2"),)
    request = RunRequest((WorkflowData("release", values),))
    with pytest.raises(ApiError) as refusal:
        await client.run_workflows(RepoSlug("acme", "shop"), request)
    assert "hunter2" not in f"{refusal.value} {refusal.value.message} {refusal.value.details}"
    assert "••• is short" in refusal.value.message
    await client.close()


async def test_several_lines_can_be_pasted_into_a_value() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down", "down", "down", "down", "ctrl+u")
        app.post_message(Paste("one\r\ntwo\r\n"))
        await shows(pilot, "one␊two")
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.started)
        assert b'"value":"one\\ntwo"' in app.sent[0]


def test_no_value_of_an_input_is_in_a_repr() -> None:
    draft = Draft(workflows=(WorkflowDraft("release", (("DB_PASSWORD", "hunter2"),)),))
    assert "hunter2" not in repr(draft)
