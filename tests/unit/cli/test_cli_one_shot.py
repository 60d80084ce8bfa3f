"""The command line of logs and artifacts: one command, or one line and status 2."""

from typing import Protocol

import pytest

from cubewatch.model.repository import RepoSlug
from cubewatch.settings import DEMO_REPO, Settings, SettingsError
from cubewatch.settings.one_shot import BringArtifacts, OneShotCommand, PrintLog
from tests.unit.conftest import Refuse, intercept

pytestmark = pytest.mark.usefixtures("clean_environment")
SHOP = RepoSlug("acme", "shop")
RUN = "acme/shop#142"


class BeginOneShot(Protocol):
    def __call__(self, *words: str) -> tuple[Settings, OneShotCommand]: ...


@pytest.fixture
def begin_one_shot(monkeypatch: pytest.MonkeyPatch) -> BeginOneShot:
    """What these words would do; the exit status is passed on, and no terminal is needed."""
    monkeypatch.setattr("os.isatty", lambda _: False)
    return intercept(monkeypatch, "cubewatch.headless.one_shot", "run_one_shot", 3)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("log", RUN, "unit"), PrintLog("142", "unit")),
        (("log", "142", "unit", "-R", "acme/shop"), PrintLog("142", "unit")),
        (("-R", "acme/shop", "log", "142", "unit"), PrintLog("142", "unit")),
        (("log", "-R", "acme/shop", "142", "unit"), PrintLog("142", "unit")),
        (("log", "142", "-R", "acme/shop", "unit"), PrintLog("142", "unit")),
        (("log", f"https://sourcecraft.dev/{SHOP}/cicd/runs/142", "a"), PrintLog("142", "a")),
        (("log", RUN, "--follow", "unit", "--raw"), PrintLog("142", "unit", follow=True, raw=True)),
        (("log", "--raw", "-f", RUN, "unit"), PrintLog("142", "unit", follow=True, raw=True)),
        (("log", RUN, "--failed"), PrintLog("142", failed=True)),
        (("log", RUN), PrintLog("142")),
        (("artifacts", RUN), BringArtifacts("142")),
        (("artifacts", "142", "a", "-R", "acme/shop", "b"), BringArtifacts("142", ("a", "b"))),
        (("artifacts", RUN, "a", "--dir", "o", "b"), BringArtifacts("142", ("a", "b"), "o")),
        (("artifacts", "--dir", "o", RUN, "a"), BringArtifacts("142", ("a",), "o")),
        (("artifacts", RUN, "--all"), BringArtifacts("142", everything=True)),
        (("artifacts", "--all", "--dir=o", RUN), BringArtifacts("142", (), "o", True)),
    ],
)
def test_a_one_shot_command(
    begin_one_shot: BeginOneShot, words: tuple[str, ...], command: OneShotCommand
) -> None:
    settings, begun = begin_one_shot(*words)
    assert settings.repo == SHOP
    assert begun == command


@pytest.mark.parametrize("command", ["log", "artifacts"])
def test_a_one_shot_command_in_the_demo(begin_one_shot: BeginOneShot, command: str) -> None:
    settings, _ = begin_one_shot(command, "138", "--demo", "x")
    assert settings == Settings(DEMO_REPO, demo_speed=1.0)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("log",), "RUN is missing; see cubewatch log -h"),
        (("log", "unit", "142"), "'unit' names no run"),
        (("log", "142", "unit"), "add -R ORG/REPO"),
        (("log", RUN, "a", "b"), "unknown word b: see cubewatch log -h"),
        (("log", RUN, "a", "--raw", "b"), "unknown word b: see cubewatch log -h"),
        (("log", RUN, "--bogus"), "unknown option --bogus"),
        (("log", RUN, "unit", "--failed"), "leave out it or PATH"),
        (("log", RUN, "unit", "--ref", "main"), "log starts no run: leave out --ref"),
        (("--ref", "main", "log", RUN, "unit"), "log starts no run"),
        (("--json", "log", RUN, "unit"), "--json is not for log"),
        (("artifacts",), "RUN is missing"),
        (("artifacts", "dist"), "'dist' names no run"),
        (("--plain", "artifacts", RUN), "--plain is not for artifacts"),
        (("--shared", "artifacts", RUN), "artifacts starts no run"),
        (("artifacts", RUN, "--dir", "out"), "name a PATH, or add --all"),
        (("artifacts", RUN, "x", "--dir", ""), "--dir takes a directory"),
    ],
)
def test_what_no_command_takes_is_refused(
    refuse: Refuse, words: tuple[str, ...], reason: str
) -> None:
    assert reason in refuse(*words)


def test_an_environment_that_cannot_be_used(
    refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_one_shot(*_: object) -> int:
        raise SettingsError("the environment names a proxy")

    monkeypatch.setattr("cubewatch.headless.one_shot.run_one_shot", run_one_shot)
    assert refuse("log", RUN, "unit") == "the environment names a proxy"
