"""What words leave open: the config file says it, or the clone around us."""

from pathlib import Path

import pytest

from cubewatch.cli import main
from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft
from cubewatch.model.repository import API_URL, RepoSlug
from cubewatch.settings import (
    ComposeFirst,
    Preset,
    Secret,
    Settings,
    TerminalOptions,
    WatchFirst,
)
from tests.support.clones import Clones
from tests.unit.conftest import Begin, BeginPlain, Refuse

pytestmark = pytest.mark.usefixtures("clean_environment")
SHOP = RepoSlug("acme", "shop")

CONFIG = """
api_url = "https://file.example.com"
theme = "nord"
ascii = true
notifications = false
mouse = true
poll_interval = 10
[presets.release]
ref = "main"
"""


def test_the_config_file_says_what_flags_and_environment_do_not(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "my.toml").write_text(CONFIG)
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    words = ("-R", "acme/shop", "--config", "my.toml")
    settings, _ = begin(*words)
    assert settings == Settings(
        SHOP,
        "https://file.example.com",
        Secret("pv1_secret"),
        terminal=TerminalOptions(mouse=True, ascii_only=True, notify=False),
        theme="nord",
        poll_interval=10.0,
        presets=(Preset("release", None, Draft(RevisionDraft("branch", "main"))),),
    )
    settings, _ = begin(*words, "--no-mouse", "--api-url", "https://flag.example.com")
    assert settings.api_url == "https://flag.example.com"
    assert not settings.terminal.mouse
    monkeypatch.setenv("SOURCECRAFT_API_URL", "https://environment.example.com")
    assert begin(*words)[0].api_url == "https://environment.example.com"
    demo, _ = begin("--demo", "--config", "my.toml")
    assert (demo.theme, demo.api_url, demo.token) == ("nord", API_URL, Secret(""))


def test_config_file_error_comes_before_the_token(refuse: Refuse, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("mouse = 1")
    command = f"touch {tmp_path}/ran; echo pv1_x"
    refusal = refuse("-R", "acme/shop", "--config", "my.toml", "--token-command", command)
    assert refusal == "my.toml:1: mouse is true or false, not a number"
    assert "add -R" in refuse("watch", "--token-command", command)
    assert not (tmp_path / "ran").exists()


@pytest.fixture
def clone(clean_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with two remotes on SourceCraft, which we stand in."""
    clones = Clones(tmp_path, monkeypatch)
    host = "ssh://ssh.sourcecraft.dev"
    folder = clones.with_remotes(origin=f"{host}/acme/shop.git", fork=f"{host}/ann/shop.git")
    clones.git(folder, "switch", "--quiet", "--create", "fix/cart")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("clone")
def test_the_clone_says_which_repository(begin_plain: BeginPlain) -> None:
    settings, start, _ = begin_plain("watch", "142", "--plain")
    assert (settings.repo, start) == (SHOP, WatchFirst("142"))
    settings, start, _ = begin_plain("run", "release", "-y", "--plain")
    head, workflows = RevisionDraft("branch", "fix/cart"), (WorkflowDraft("release"),)
    assert settings.repo == SHOP
    assert start == ComposeFirst(Draft(head, workflows=workflows), send_at_once=True)
    _, start, _ = begin_plain("run", "release", "-y", "--plain", "--tag", "v1")
    assert isinstance(start, ComposeFirst)
    assert start.draft.head == RevisionDraft("tag", "v1")


@pytest.mark.usefixtures("clone")
def test_what_is_named_comes_before_the_clone(begin_plain: BeginPlain) -> None:
    assert begin_plain("watch", "acme/site#142", "--plain")[0].repo == RepoSlug("acme", "site")
    settings, start, _ = begin_plain("run", "x", "-y", "--plain", "-R", "acme/site")
    assert settings.repo == RepoSlug("acme", "site")
    assert start == ComposeFirst(Draft(workflows=(WorkflowDraft("x"),)), send_at_once=True)


def test_a_clone_of_several_repositories_is_not_guessed_from(refuse: Refuse, clone: Path) -> None:
    config = clone / ".git" / "config"
    config.write_text(config.read_text().replace('"origin"', '"upstream"'))
    assert "add -R with one of acme/shop, ann/shop" in refuse("watch", "--plain")


def test_a_clone_that_git_will_not_read(refuse: Refuse, clone: Path) -> None:
    (clone / ".git" / "config").write_text("[")
    refusal = refuse("watch", "--plain")
    assert refusal.startswith("no repository is named: add -R ORG/REPO")
    assert "git" in refusal


def test_a_folder_that_is_gone(
    refuse: Refuse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert refuse("watch", "--plain").startswith("no repository is named: add -R ORG/REPO")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        (("-R", "acme/shpo", "watch", "--plain"), 3, "cubewatch: did you mean acme/shop?\n"),
        (("watch", "acme/shpo#1", "--plain"), 3, "cubewatch: did you mean acme/shop?\n"),
        (("-R", "acme/shop", "watch", "--plain"), 3, ""),
        (("-R", "other/thing", "watch", "--plain"), 3, ""),
        (("-R", "acme/shpo", "watch", "--plain"), 1, ""),
    ],
)
def test_refusal_suggests_a_similar_known_repository(
    clones: Clones,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    status: int,
    expected: str,
) -> None:
    clones.server()
    monkeypatch.chdir(clones.clone())
    monkeypatch.setattr("cubewatch.headless.plain.run_plain", lambda *_: status)
    assert main(words) == status
    assert capsys.readouterr().err == expected
