"""A run that was started from here: what it was asked to be, and asking for it again."""

from datetime import UTC, datetime

import pytest

from cubewatch.model.request import GitRevision, InputValue, RunRequest, WorkflowData
from cubewatch.ui.screens.compose.screen import ComposeScreen
from tests.support.live import session_of, watching
from tests.support.polling import REPO, RunScript, SteppedTiming
from tests.support.runs import cube, run, task, workflow

SECRET = "pv1_my-very-own"
REQUEST = RunRequest(
    (
        WorkflowData(
            "release", (InputValue("VERSION", "1.5.0"), InputValue("DEPLOY_TOKEN", SECRET))
        ),
    ),
    GitRevision("branch", "release/1.5"),
    GitRevision("tag", "v1"),
)


def at_work() -> dict[str, object]:
    return run("processing", workflow("release", "processing", task("t", "processing", cube("a"))))


@pytest.fixture
def _started_before() -> None:
    memory = session_of(RunScript(SteppedTiming())).memory()
    memory.remember(REPO, REQUEST, "142", datetime.now(UTC))


@pytest.mark.usefixtures("_started_before")
async def test_head_config_and_inputs_are_remembered_without_secrets() -> None:
    async with watching(at_work()) as live:
        await live.until(lambda: "@ release/1.5 · config v1 · VERSION=1.5.0" in live.text)
        await live.press("home", "left")
        assert SECRET not in live.text


async def test_a_request_without_a_revision_names_the_default_branch() -> None:
    request = RunRequest((WorkflowData("release"),))
    memory = session_of(RunScript(SteppedTiming())).memory()
    memory.remember(REPO, request, "142", datetime.now(UTC))
    async with watching(at_work()) as live:
        await live.until(lambda: "acme/shop @ default branch" in live.text)


@pytest.mark.usefixtures("_started_before")
async def test_it_fills_the_form_again() -> None:
    async with watching(at_work()) as live:
        await live.until(lambda: "@ release/1.5" in live.text)
        await live.press("R")
        await live.until(lambda: isinstance(live.pilot.app.screen, ComposeScreen))
        await live.until(lambda: "not stored: type it again" in live.text)
        assert "[x] release" in live.text
        assert SECRET not in live.text


async def test_a_run_of_another_user_cannot_be_asked_for_again() -> None:
    async with watching(at_work()) as live:
        await live.press("R")
        await live.until(lambda: "Only a run that was started from here" in live.text)
        assert "config" not in live.text.splitlines()[0]


@pytest.mark.usefixtures("_started_before")
async def test_q_leads_from_the_form_back_to_the_run() -> None:
    async with watching(at_work()) as live:
        await live.until(lambda: "@ release/1.5" in live.text)
        run_screen = live.pilot.app.screen
        await live.press("R")
        await live.until(lambda: "not stored: type it again" in live.text)
        await live.press("escape", "q")
        await live.until(lambda: live.pilot.app.screen is run_screen)


async def test_a_name_from_a_config_steers_no_terminal() -> None:
    hostile = RunRequest((WorkflowData("re\x1b]0;x\x07le\u202ease"),))
    memory = session_of(RunScript(SteppedTiming())).memory()
    memory.remember(REPO, hostile, "142", datetime.now(UTC))
    async with watching(run("created")) as live:
        await live.until(lambda: "re␛]0;x␇le" in live.text)
        assert "\x1b" not in live.text
