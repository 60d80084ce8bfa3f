"""The form: filled by keys, checked while it is filled, sent once, and never lost."""

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from textual import on
from textual.app import App, SystemCommand
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import Screen

from tests.ui.snapshots import screen_text
from tui.api.errors import Invalid, Unreachable
from tui.commands import palette
from tui.domain.ci_config import CiConfig, CubeSpec, InputSpec, TaskSpec, WorkflowSpec
from tui.domain.draft import Draft, RevisionDraft, WorkflowDraft
from tui.domain.repository import RepoSlug
from tui.domain.request import RunRequest
from tui.domain.run import Run
from tui.repo.ci_yaml import CiConfigError
from tui.screens.compose import ComposeScreen
from tui.screens.compose.preview import pretty
from tui.screens.help import HelpScreen
from tui.session import Session
from tui.settings import ComposeFirst, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.api.client import Client

STYLES = Path(__file__).parents[2] / "styles"
SIZES = [(80, 24), (120, 40), (40, 12)]
PATIENCE = 60
EXPECTED = (
    b'{"head":{"branch":"release/1.5"},"workflows":'
    b'[{"name":"release","values":[{"name":"VERSION","value":"1.5.0"}]}]}'
)
CONFIG = CiConfig(
    (
        WorkflowSpec(
            "release",
            (
                InputSpec("VERSION", required=True, description="becomes the tag"),
                InputSpec("CHANNEL", default="stable", options=("stable", "beta")),
            ),
            (
                TaskSpec(
                    "build",
                    (),
                    (
                        CubeSpec("compile"),
                        CubeSpec("unit", ("compile",)),
                        CubeSpec("lint", ("compile",)),
                        CubeSpec("package", ("unit", "lint")),
                    ),
                ),
                TaskSpec("e2e", ("build",)),
            ),
        ),
        WorkflowSpec("nightly"),
    )
)
FILLED = Draft(
    RevisionDraft("branch", "release/1.5"),
    workflows=(WorkflowDraft("release", (("VERSION", "1.5.0"),)),),
)


class Recorder:
    """A client that keeps what it is asked to run, and answers when it is let."""

    def __init__(self, answers: Sequence[Run | Exception]) -> None:
        self.requests: list[RunRequest] = []
        self.go_on = asyncio.Event()
        self._answers = list(answers)

    async def run_workflows(self, repo: RepoSlug, request: RunRequest) -> Run:
        assert str(repo) == "acme/shop"
        self.requests.append(request)
        await self.go_on.wait()
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Prepared(Session):
    """A session with a client and a config that are there already."""

    def __init__(self, config: CiConfig | Exception | None, answers: Sequence[Run | Exception]):
        super().__init__(Settings(RepoSlug("acme", "shop")))
        self.recorder = Recorder(answers)
        self.config = config
        self.read = asyncio.Event()
        self.read.set()

    async def client(self) -> "Client":
        return cast("Client", self.recorder)

    async def ci_config(self) -> CiConfig | None:
        await self.read.wait()
        if isinstance(self.config, Exception):
            raise self.config
        return self.config


class Form(App[int]):
    """An app of this screen alone; it keeps the runs that were started."""

    CSS_PATH = [STYLES / "app.tcss", STYLES / "compose.tcss", STYLES / "help.tcss"]  # noqa: RUF012

    def __init__(
        self,
        draft: Draft,
        config: CiConfig | Exception | None = CONFIG,
        answers: Sequence[Run | Exception] = (Run(slug="142"),),
        *,
        send_at_once: bool = False,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.session = Prepared(config, answers)
        self.started: list[tuple[str, RunRequest]] = []
        self._start = ComposeFirst(draft, send_at_once)

    def get_default_screen(self) -> Screen[None]:
        return ComposeScreen(self.session, self._start)

    def get_system_commands(self, screen: Screen[object]) -> "Iterable[SystemCommand]":
        return palette(self, screen)

    @on(ComposeScreen.Started)
    def _keep(self, event: ComposeScreen.Started) -> None:
        self.started.append((event.run.slug, event.request))

    @property
    def sent(self) -> list[bytes]:
        return [request.body() for request in self.session.recorder.requests]


async def until(pilot: Pilot[int], true: Callable[[], object]) -> None:
    """Wait as long as it takes for something to become true."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await pilot.pause()


async def shows(pilot: Pilot[int], text: str) -> None:
    """Wait until `text` is on screen, which it may be wrapped by."""
    try:
        await until(pilot, lambda: text in screen_text(pilot.app))
    except TimeoutError:
        pytest.fail(f"{text!r} is not on screen:\n{screen_text(pilot.app)}")


async def ready(pilot: Pilot[int]) -> Form:
    """Wait until the config has been read and the form says what it thinks of itself."""
    app = cast("Form", pilot.app)
    await until(pilot, lambda: re.search(r"^ (✗|!|Ready|✓|Sending)", screen_text(app), re.M))
    await until(pilot, lambda: cast("Any", app.screen)._phase != "reading")
    await pilot.pause()
    return app


async def write(pilot: Pilot[int], text: str) -> None:
    await pilot.press(*text)


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
        await shows(pilot, "Ready to run")
        await pilot.press("ctrl+r", "ctrl+r")
        await shows(pilot, "Sending…")
        await pilot.press("ctrl+r")
        app.session.recorder.go_on.set()
        await until(pilot, lambda: app.started)
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert app.sent == [EXPECTED]
        assert app.started == [("142", app.session.recorder.requests[0])]


@pytest.mark.parametrize("size", SIZES)
async def test_a_draft_fills_the_form_also_with_what_the_config_does_not_know(
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


async def test_keys_that_come_all_at_once_go_where_they_are_meant_to() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        app.session.recorder.go_on.set()
        keys = ["down", *"-rc", "enter", "down", "down", *".1", "down", *"beta", "ctrl+r"]
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
                }
            ],
        }


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


async def test_a_refusal_keeps_every_field_and_shows_all_that_was_said() -> None:
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
        app.session.recorder.go_on.set()
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
        app.session.recorder.go_on.set()
        await pilot.press("ctrl+r")
        await shows(pilot, said)
        await shows(pilot, "The run may exist. Nothing is sent again by itself")
        await pilot.press("escape")
        await shows(pilot, "release/1.5")
        assert app.sent == [EXPECTED]


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
        await write(pilot, "gamma")
        await shows(pilot, "! CHANNEL is one of stable, beta")
        await pilot.press("ctrl+u")
        await shows(pilot, "default stable")
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
        await shows(pilot, "Ready to run")
        await pilot.press("enter")
        await write(pilot, "EMPTY=")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.sent)
        values = [{"name": "A", "value": "b=c"}, {"name": "EMPTY", "value": ""}]
        assert json.loads(app.sent[0]) == {"workflows": [{"name": "mine", "values": values}]}


async def test_a_config_that_cannot_be_read_is_told_and_the_form_goes_on() -> None:
    broken = CiConfigError("[/] is no map", 3, 7)
    async with Form(FILLED, broken).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "! .sourcecraft/ci.yaml: line 3, column 7: [/] is no map")
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


async def test_on_a_narrow_screen_one_key_shows_the_preview() -> None:
    async with Form(FILLED).run_test(size=(80, 24)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "f2 Preview")
        await pilot.press("f2")
        await shows(pilot, "What will be sent")
        await pilot.press("escape")
        await shows(pilot, "Config from")
        assert "What will be sent" not in screen_text(app)


async def test_on_a_wide_screen_there_is_no_key_for_the_preview() -> None:
    async with Form(FILLED).run_test(size=(120, 40)) as pilot:
        app = await ready(pilot)
        await shows(pilot, "What will be sent")
        assert "Preview" not in screen_text(app)


async def test_send_at_once_waits_for_the_config_and_sends_once() -> None:
    app = Form(FILLED, send_at_once=True)
    app.session.read.clear()
    async with app.run_test() as pilot:
        await shows(pilot, "Run")
        assert app.sent == []
        app.session.read.set()
        app.session.recorder.go_on.set()
        await until(pilot, lambda: app.started)
        assert app.sent == [EXPECTED]


async def test_send_at_once_stops_at_a_problem() -> None:
    draft = Draft(workflows=(WorkflowDraft("release"),))
    async with Form(draft, send_at_once=True).run_test() as pilot:
        app = await ready(pilot)
        await shows(pilot, "›   VERSION *")
        assert app.sent == []


async def test_quitting_asks_only_if_something_is_lost() -> None:
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    async with Form(FILLED).run_test() as pilot:
        app = await ready(pilot)
        await pilot.press("down")
        await write(pilot, "q")
        await shows(pilot, "release/1.5q")
        await pilot.press("escape", "q")
        await shows(pilot, "press q again")
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
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {"Run", "Help", "Quit", "Theme", "Next field", "Next choice"} <= set(titles)
        assert "Preview" not in titles
        assert len(titles) == len(set(titles))
        run = next(one for one in app.get_system_commands(app.screen) if one.title == "Run")
        await run.callback()
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
