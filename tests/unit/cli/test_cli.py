"""The command line: words and environment in, settings and start out, or one line and status 2."""

import sys
from types import ModuleType

import pytest

from cubewatch.cli import main
from cubewatch.cli.arguments import Arguments
from cubewatch.cli.commands import COMMANDS
from cubewatch.cli.parser import command_parser, parse, top_parser
from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft
from cubewatch.model.repository import API_URL, RepoSlug
from cubewatch.settings import (
    DEMO_REPO,
    ComposeFirst,
    Secret,
    Settings,
    TerminalOptions,
    WatchFirst,
)
from tests.unit.conftest import Begin, Refuse

pytestmark = pytest.mark.usefixtures("clean_environment")
SHOP = RepoSlug("acme", "shop")


def test_no_command_composes_an_empty_draft(begin: Begin) -> None:
    settings, start = begin("-R", "acme/shop")
    assert (settings.repo, settings.api_url) == (SHOP, API_URL)
    assert settings.token == Secret("pv1_secret")
    assert start == ComposeFirst(Draft())


def test_the_form_may_find_its_repository_later(begin: Begin) -> None:
    settings, _ = begin("run", "release")
    assert settings.repo is None


def test_run_fills_the_draft_in(begin: Begin) -> None:
    _, start = begin(
        "-R", "acme/shop", "run", "release", "VERSION=1.5.0", "--ref", "release/1.5"
    )  # fmt: skip
    workflow = WorkflowDraft("release", (("VERSION", "1.5.0"),))
    assert start == ComposeFirst(
        Draft(RevisionDraft("branch", "release/1.5"), workflows=(workflow,))
    )


def test_words_after_an_option_still_belong_to_the_run(begin: Begin) -> None:
    words = ("release", "A=1", "--tag", "v1", "B=x=y", "nightly", "-y", "C=", "deploy")
    _, start = begin("run", "-R", "acme/shop", *words)
    assert start == ComposeFirst(
        Draft(
            RevisionDraft("tag", "v1"),
            workflows=(
                WorkflowDraft("release", (("A", "1"), ("B", "x=y"))),
                WorkflowDraft("nightly", (("C", ""),)),
                WorkflowDraft("deploy"),
            ),
        ),
        send_at_once=True,
    )


OPTIONS = (
    *("-R", "acme/shop", "--commit", "1a2b3c4", "--cfg-tag", "v2", "--shared"),
    *("--api-url", "http://127.0.0.1:8080/"),
)


@pytest.mark.parametrize("words", [(*OPTIONS, "run"), ("run", *OPTIONS), OPTIONS])
def test_options_stand_before_or_after_the_command(begin: Begin, words: tuple[str, ...]) -> None:
    settings, start = begin(*words)
    assert settings == Settings(SHOP, "http://127.0.0.1:8080", Secret("pv1_secret"))
    assert start == ComposeFirst(
        Draft(RevisionDraft("commit", "1a2b3c4"), RevisionDraft("tag", "v2"), shared=True)
    )


def test_an_option_after_the_command_wins(begin: Begin) -> None:
    settings, _ = begin("-R", "acme/site", "run", "-R", "acme/shop")
    assert settings.repo == SHOP


def test_cfg_ref_is_a_branch(begin: Begin) -> None:
    _, start = begin("-R", "acme/shop", "--cfg-ref", "ci/new")
    assert start == ComposeFirst(Draft(config_revision=RevisionDraft("branch", "ci/new")))


@pytest.mark.parametrize(
    "words",
    [
        ("-R", "acme/shop", "watch", "142"),
        ("watch", "142", "-R", "acme/shop"),
        ("watch", "acme/shop#142"),
        ("watch", "acme/shop#142", "-R", "acme/shop"),
        ("watch", "https://sourcecraft.dev/acme/shop/cicd/runs/142"),
        ("watch", "https://sourcecraft.dev/acme/shop/cicd/runs/142/release?tab=log#end"),
    ],
)
def test_watch_takes_every_way_to_name_a_run(begin: Begin, words: tuple[str, ...]) -> None:
    settings, start = begin(*words)
    assert settings.repo == SHOP
    assert start == WatchFirst("142")


def test_watch_without_a_number_is_the_newest_run(begin: Begin) -> None:
    settings, start = begin("watch", "-R", "acme/shop")
    assert (settings.repo, start) == (SHOP, WatchFirst())


def test_the_demo_needs_no_token(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCECRAFT_TOKEN")
    settings, _ = begin("--demo")
    assert settings == Settings(DEMO_REPO, demo_speed=1.0)
    settings, start = begin("watch", "7", "--demo", "--demo-speed", "5")
    assert settings == Settings(DEMO_REPO, demo_speed=5.0)
    assert start == WatchFirst("7")


def test_the_environment_says_what_flags_do_not(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCECRAFT_TOKEN", " ")
    monkeypatch.setenv("SOURCECRAFT_PAT", "pv1_other\n")
    monkeypatch.setenv("SOURCECRAFT_API_URL", "https://ci.example.com/v1/")
    settings, _ = begin("-R", "acme/shop")
    assert settings == Settings(SHOP, "https://ci.example.com/v1", Secret("pv1_other"))
    settings, _ = begin("-R", "acme/shop", "--api-url", "https://flag.example.com")
    assert settings.api_url == "https://flag.example.com"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("bogus",), "no command bogus (see cubewatch -h); a workflow is started with"),
        (("wacth", "142"), "there is no command wacth: did you mean watch?"),
        (("watch", "142", "--plian"), "unknown option --plian: did you mean --plain?"),
        (("--plian", "watch", "142"), "unknown option --plian: did you mean --plain?"),
        (("--bogus",), "unknown option --bogus: see cubewatch -h"),
        (("--rep=acme/shop",), "unknown option --rep: did you mean --repo?"),
        (("-R",), "-R/--repo takes a value"),
        (("-R", "shop"), "ORG/REPO"),
        (("run", "release", "-y", "--plain"), "add -R ORG/REPO"),
        (("watch", "142"), "add -R ORG/REPO"),
        (("watch",), "add -R ORG/REPO"),
        (("watch", ""), "names no run"),
        (("watch", "1", "2"), "unknown word 2: see cubewatch watch -h"),
        (("watch", "last"), "'last' names no run"),
        (("watch", "#"), "names no run"),
        (("watch", "142x"), "did you mean 142?"),
        (("watch", "acme/shop/142"), "did you mean acme/shop#142?"),
        (("watch", "shop#142"), "ORG/REPO"),
        (("watch", "https://example.com/acme/shop/cicd/runs/142"), "names no run"),
        (("watch", "acme/shop#142", "-R", "acme/site"), "leave out one of them"),
        (("--ref", "main", "watch", "acme/shop#142"), "watch starts no run"),
        (("watch", "acme/shop#142", "--shared"), "--shared"),
        (("--ref", "a", "run", "release", "--tag", "b"), "only one of --ref, --tag, --commit"),
        (("--cfg-ref", "a", "--cfg-commit", "abcd"), "only one of --cfg-ref"),
        (("--ref", "a..b"), "Head: a branch can't contain '..'"),
        (("--ref", ""), "Head: the branch is empty"),
        (("--commit", "main"), "Head: a commit is"),
        (("--cfg-tag", "v 1"), "Config from: a tag can't contain a space"),
        (("run", "VERSION=1"), "write WORKFLOW VERSION=…"),
        (("run", "release", "VERSION"), "looks like an input without a value: write VERSION=..."),
        (("run", "release", "nightly", "release"), "release is chosen twice"),
        (("run", "release", "A=1", "A=2"), "A is given twice"),
        (("run", "release", "=1"), "an input has no name"),
        (("run", ""), "a workflow has no name"),
        (("run", "-y"), "name a workflow"),
        (("--demo-speed", "2"), "add --demo"),
        (("--demo", "--demo-speed", "fast"), "a number from 0.1 to 1000"),
        (("--demo", "--demo-speed", "nan"), "a number from 0.1 to 1000"),
        (("--demo", "-R", "acme/site"), "acme/shop"),
        (("--demo", "--api-url", "https://ci.example.com"), "leave out --api-url or --demo"),
        (("--demo", "--token-command", "pass"), "leave out --token-command or --demo"),
        (("-R", "acme/shop", "--config", "absent.toml"), "absent.toml: No such file"),
        (("login", "--demo"), "login is for the real API"),
        (("logout", "--demo-speed", "2"), "logout is for the real API"),
        (("login", "--token-command", "pass"), "leave out --token-command, or pipe it in"),
        (("--json", "doctor"), "--json is not for doctor"),
        (("--ref", "main", "login"), "login starts no run"),
        (("doctor", "-R", "shop"), "ORG/REPO"),
        (("login", "acme/shop"), "login takes no words"),
        (("-R", "acme/shop", "--api-url", "http://ci.example.com"), "https://"),
        (("-R", "acme/shop", "run", "rel\udcff"), "not text"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    refuse: Refuse, words: tuple[str, ...], reason: str
) -> None:
    assert reason in refuse(*words)


def test_a_missing_token_is_refused(refuse: Refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCECRAFT_TOKEN")
    assert "SOURCECRAFT_TOKEN" in refuse("-R", "acme/shop")


def test_a_refusal_shows_no_token(refuse: Refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCECRAFT_TOKEN", "pv1 secret")
    assert "secret" not in refuse("-R", "acme/shop")


def test_what_is_refused_cannot_steer_the_terminal(refuse: Refuse) -> None:
    assert "\x1b" not in refuse("--\x1b]0;title\x07")
    assert "\x1b" not in refuse("run", "\x1b[2J=1")


@pytest.mark.parametrize("stream", [0, 1, 2])
def test_without_a_terminal_there_is_no_screen(
    refuse: Refuse, monkeypatch: pytest.MonkeyPatch, stream: int
) -> None:
    monkeypatch.setattr("os.isatty", lambda descriptor: descriptor != stream)
    assert "a terminal is needed" in refuse("--demo")


def test_a_dumb_terminal_is_none(refuse: Refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert "a terminal is needed" in refuse("--demo")


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    app = ModuleType("cubewatch.ui.app")
    monkeypatch.setattr(app, "run_app", interrupted, raising=False)
    monkeypatch.setitem(sys.modules, "cubewatch.ui.app", app)
    assert main(["--demo"]) == 130


@pytest.mark.parametrize(
    "command", ["", "run", "watch", "log", "artifacts", "login", "logout", "doctor"]
)
def test_help_is_plain_text_of_80_columns(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit, match=r"^0$"):
        main([command, "-h"] if command else ["-h"])
    text = capsys.readouterr().out
    assert text.startswith("usage: cubewatch")
    assert text.isascii()
    assert max(map(len, text.splitlines())) < 80


@pytest.mark.parametrize(
    ("words", "over_ssh", "expected"),
    [
        ((), False, TerminalOptions()),
        ((), True, TerminalOptions(mouse=False)),
        (("--mouse",), True, TerminalOptions()),
        (("--no-mouse",), False, TerminalOptions(mouse=False)),
        (("--ascii", "--no-notify"), False, TerminalOptions(ascii_only=True, notify=False)),
    ],
)
def test_terminal_options_follow_flags_and_ssh(
    begin: Begin,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    over_ssh: bool,
    expected: TerminalOptions,
) -> None:
    if over_ssh:
        monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    settings, _ = begin("-R", "acme/shop", "watch", "142", *words)
    assert settings.terminal == expected


@pytest.mark.parametrize(
    "words",
    [
        ("login", "pv1_MYSELF"),
        ("--token", "pv1_MYSELF"),
        ("login", "--token=pv1_MYSELF"),
        ("login", "eyJhbGciOiJSUzI1NiIsMYSELF"),
        ("run", "DB_PASSWORD=MYSELF"),
        *(("doctor", "pv1_MYSELF=="), ("run", "X=pv1_MYSELF"), ("watch", "1", "X=pv1_MYSELF")),
        *(("run", "-ypv1_MYSELF"), ("run", "--yes=pv1_MYSELF"), ("--demo=pv1_MYSELF",)),
        ("run", "release", "--typo", "DB_PASSWORD=MYSELF"),
        ("run", "release", "DB_PASSWORD=MYSELF\udcff"),
    ],
)
def test_a_misplaced_secret_is_not_repeated(refuse: Refuse, words: tuple[str, ...]) -> None:
    assert "MYSELF" not in refuse(*words)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("watch", "142", "--head"), "RUN and --head"),
        (("watch", "--head", "--next"), "--head and --next"),
        (("watch", "--by", "me"), "add --next"),
        (("watch", "142", "--wait", "5m"), "add --head or --next"),
        (("watch", "--next", "--wait", "soon"), "--wait takes a duration"),
        (("runs", "--limit", "0"), "--limit takes a number"),
        (("runs", "acme"), "names no repository"),
    ],
)
def test_words_about_runs_that_do_not_fit_are_refused(
    refuse: Refuse, words: tuple[str, ...], reason: str
) -> None:
    assert reason in refuse("--demo", *words)


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_all_that_a_command_takes_is_an_attribute_of_arguments(command: str | None) -> None:
    actions = command_parser(top_parser(), command)._actions
    dests = {action.dest for action in actions} - {"help", "version"}
    assert dests <= set(vars(Arguments))


def test_an_option_of_a_command_may_stand_before_it() -> None:
    assert parse(["--json", "compare", "142"]).json
    assert parse(["--plain", "runs"]).plain
    assert not parse(["runs"]).plain


@pytest.mark.parametrize(
    ("columns", "width"), [("60", 60), ("0", 80), ("-5", 80), ("wide", 80), (None, 80)]
)
def test_help_is_as_wide_as_columns_says(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    columns: str | None,
    width: int,
) -> None:
    monkeypatch.setattr("os.get_terminal_size", lambda _: (_ for _ in ()).throw(OSError()))
    if columns is None:
        monkeypatch.delenv("COLUMNS", raising=False)
    else:
        monkeypatch.setenv("COLUMNS", columns)
    with pytest.raises(SystemExit):
        main(["watch", "--help"])
    options = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  -")]
    assert width - 20 < max(map(len, options)) < width
