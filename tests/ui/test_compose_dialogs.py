"""What opens over the form: copies of the request, and what was sent before."""

from datetime import timedelta

import pytest

from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft, check
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest
from cubewatch.settings import Preset
from cubewatch.ui.screens.again import AgainScreen
from cubewatch.ui.screens.copying import CopyScreen
from tests.support.compose import (
    CONFIG,
    FILLED,
    CurrentFolder,
    Form,
    loaded,
    ready,
    shows,
    until,
    write,
)
from tests.ui.snapshots import Snapshot, screen_text

SHOP = RepoSlug("acme", "shop")
SIZES = [(80, 24), (120, 40)]
SECRET = "pv1_my-very-own"


def request_of(draft: Draft) -> RunRequest:
    request = check(draft, config=None).request
    assert request
    return request


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was put on the clipboard."""
    texts: list[str] = []
    monkeypatch.setattr(Form, "copy_to_clipboard", lambda _, text: texts.append(text))
    return texts


@pytest.mark.parametrize("size", SIZES)
async def test_the_request_is_copied_as_what_is_chosen(
    size: tuple[int, int], copied: list[str], snapshot: Snapshot
) -> None:
    async with Form(FILLED).run_test(size=size) as pilot:
        app = await ready(pilot)
        await shows(pilot, "signed in")
        await pilot.press("ctrl+y", "down", "down", "down")
        await shows(pilot, "cubewatch run release VERSION=1.5.0 -R acme/shop")
        snapshot(pilot, "compose-copy")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, CopyScreen))
        assert copied == [
            "cubewatch run release VERSION=1.5.0 -R acme/shop --ref release/1.5 -y",
        ]


async def test_an_incomplete_request_is_not_copied() -> None:
    async with Form(Draft(workflows=(WorkflowDraft("release"),))).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("ctrl+y")
        await shows(pilot, "›   VERSION *")
        assert not isinstance(app.screen, CopyScreen)


async def test_a_secret_is_sent_and_copied_but_never_shown(copied: list[str]) -> None:
    secret = WorkflowDraft("release", (("VERSION", "1"), ("DEPLOY_TOKEN", SECRET)))
    async with Form(Draft(workflows=(secret,))).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "signed in")
        assert SECRET not in screen_text(app)
        await pilot.press("ctrl+y", "down")
        await shows(pilot, "secrets are hidden here, but copied")
        assert SECRET not in screen_text(app)
        await pilot.press("enter")
        assert SECRET in copied[0]
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert SECRET.encode() in app.sent[0]
        await until(pilot, lambda: app.session.memory().sent(SHOP))
        [sent] = app.session.memory().sent(SHOP)
        assert sent.forgotten == (("release", "DEPLOY_TOKEN"),)


def place_with_a_past(presets: tuple[Preset, ...] = ()) -> CurrentFolder:
    place = CurrentFolder(SHOP, presets=presets)
    now = place.session.timing.utc()
    tokens = Draft(workflows=(WorkflowDraft("deploy", (("TOKEN", SECRET), ("TO", "here"))),))
    memory = place.session.memory()
    memory.remember(SHOP, request_of(FILLED), "140", now - timedelta(hours=3, minutes=1))
    memory.remember(SHOP, request_of(tokens), "141", now - timedelta(hours=2, minutes=1))
    return place


@pytest.mark.parametrize("size", SIZES)
async def test_what_was_sent_fills_the_form_again(
    size: tuple[int, int], snapshot: Snapshot
) -> None:
    hotfix = Draft(RevisionDraft("tag", "v1"), workflows=(WorkflowDraft("hotfix"),))
    place = place_with_a_past((Preset("hotfix", None, hotfix),))
    async with Form(Draft(), place=place).run_test(size=size) as pilot:
        app = await ready(pilot)
        await shows(pilot, "signed in")
        await pilot.press("ctrl+g")
        await shows(pilot, "#141 · 2h ago")
        await loaded(pilot)
        snapshot(pilot, "compose-again")
        await pilot.press("down", "down", "enter")
        await shows(pilot, "release/1.5")
        await shows(pilot, "Ready: ")
        app.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        assert app.sent == [request_of(FILLED).body()]


async def test_a_value_that_was_not_kept_is_asked_for_again() -> None:
    async with Form(Draft(), place=place_with_a_past()).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("ctrl+g")
        await shows(pilot, "not stored: TOKEN of deploy")
        await pilot.press("enter")
        await shows(pilot, "✗ type TOKEN again: its value was not stored")
        await shows(pilot, "not stored: type it again")
        assert SECRET not in screen_text(app)


async def test_a_request_gets_a_name_and_loses_it() -> None:
    place = place_with_a_past()
    async with Form(Draft(), place=place).run_test() as pilot:
        await ready(pilot)
        await pilot.press("ctrl+g")
        await shows(pilot, "#141")
        await pilot.press("s")
        await write(pilot, "to here")
        await pilot.press("enter")
        await until(pilot, lambda: place.session.memory().presets(SHOP))
        await shows(pilot, "to here")
        [preset] = place.session.memory().presets(SHOP)
        assert (preset.name, preset.forgotten) == ("to here", (("deploy", "TOKEN"),))
        await pilot.press("up", "up", "up", "delete")
        await until(pilot, lambda: not place.session.memory().presets(SHOP))


async def test_with_no_past_it_says_so() -> None:
    async with Form(Draft(), CONFIG).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("ctrl+g")
        await shows(pilot, "Nothing was sent from here to this repository yet.")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, AgainScreen))


async def test_a_preset_is_replaced_only_by_who_says_so_twice() -> None:
    place = place_with_a_past()
    request = request_of(Draft(workflows=(WorkflowDraft("other"),)))
    place.session.memory().save_preset(SHOP, "mine", request)
    async with Form(Draft(), place=place).run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+g")
        await shows(pilot, "mine")
        await pilot.press("down", "s", *"mine", "enter")
        await shows(pilot, "The preset mine exists already")
        assert place.session.memory().presets(SHOP)[0].draft.workflows[0].name == "other"
        await pilot.press("enter")
        await until(
            pilot,
            lambda: place.session.memory().presets(SHOP)[0].draft.workflows[0].name != "other",
        )
