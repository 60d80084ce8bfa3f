"""The command line of watching without a screen, asked for or where there is none."""

import pytest

from cubewatch.model.draft import Draft, WorkflowDraft
from cubewatch.model.repository import RepoSlug
from cubewatch.settings import ComposeFirst, Plain, WatchFirst
from tests.unit.conftest import BeginPlain, Refuse

pytestmark = pytest.mark.usefixtures("clean_environment")
SHOP = RepoSlug("acme", "shop")
PLAIN = ("--plain", "--heartbeat", "5", "--give-up", "1h30m", "--fail-fast")
WATCH = ("watch", "acme/shop#142")


@pytest.mark.parametrize("words", [(*PLAIN, *WATCH), (*WATCH, *PLAIN)])
def test_watching_without_a_screen(begin_plain: BeginPlain, words: tuple[str, ...]) -> None:
    settings, start, plain = begin_plain(*words)
    assert (settings.repo, start) == (SHOP, WatchFirst("142"))
    assert plain == Plain(heartbeat=5.0, give_up=5400.0, fail_fast=True)


def test_json_is_plain(begin_plain: BeginPlain) -> None:
    *_, plain = begin_plain(*WATCH, "--json", "--give-up", "90s", "--heartbeat", "0")
    assert plain == Plain(json=True, heartbeat=0.0, give_up=90.0)


def test_watching_until_something_waits(begin_plain: BeginPlain) -> None:
    *_, plain = begin_plain(*WATCH, "--until", "approval")
    assert plain == Plain(until_approval=True)


def test_a_run_can_be_started_without_a_screen(begin_plain: BeginPlain) -> None:
    _, start, plain = begin_plain("run", "-R", "acme/shop", "release", "-y", "--plain")
    draft = Draft(workflows=(WorkflowDraft("release"),))
    assert (start, plain) == (ComposeFirst(draft, send_at_once=True), Plain())


@pytest.mark.parametrize("command", [WATCH, ("run", "-R", "acme/shop", "release", "-y")])
@pytest.mark.parametrize("obstacle", ["TERM", "CI", "stdin", "stdout", "stderr"])
def test_without_a_terminal_it_is_plain_by_itself(
    begin_plain: BeginPlain,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    obstacle: str,
) -> None:
    if obstacle in ("TERM", "CI"):
        monkeypatch.setenv(obstacle, "dumb")
    else:
        stream = ("stdin", "stdout", "stderr").index(obstacle)
        monkeypatch.setattr("os.isatty", lambda descriptor: descriptor != stream)
    *_, plain = begin_plain(*command, "--fail-fast")
    assert plain == Plain(fail_fast=True)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("run", "-R", "acme/shop", "release", "--plain"), "--plain is for watch and for run -y"),
        (("--json", "-R", "acme/shop"), "--json is for watch and for run -y"),
        ((*WATCH, "--heartbeat", "9"), "--heartbeat is for watching without a screen: add --plain"),
        ((*WATCH, "--give-up", "9m"), "add --plain"),
        ((*WATCH, "--fail-fast"), "add --plain"),
        ((*WATCH, "--plain", "--until", "later"), "--until takes the word approval"),
        ((*WATCH, "--plain", "--heartbeat", "-1"), "--heartbeat takes seconds"),
        ((*WATCH, "--plain", "--heartbeat", "nan"), "--heartbeat takes seconds"),
        ((*WATCH, "--plain", "--give-up", "30"), "--give-up takes a duration"),
        ((*WATCH, "--plain", "--give-up", ""), "--give-up takes a duration"),
        ((*WATCH, "--plain", "--give-up", "1m1h"), "--give-up takes a duration"),
    ],
)
def test_what_cannot_be_plain_is_refused(
    refuse: Refuse, words: tuple[str, ...], reason: str
) -> None:
    assert reason in refuse(*words)


def test_in_a_ci_job_a_run_needs_no_person(refuse: Refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert "add -y" in refuse("run", "-R", "acme/shop", "release")
