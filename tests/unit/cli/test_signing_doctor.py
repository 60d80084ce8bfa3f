"""What doctor finds: each line with its mark, and the exit status they amount to."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cubewatch.cli.checks import Check
from cubewatch.cli.diagnose import DoctorContext, diagnose
from cubewatch.cli.terminal_checks import state_check, terminal_checks
from cubewatch.model.repository import RepoSlug
from cubewatch.settings import Secret, SettingsError, TerminalOptions
from cubewatch.settings.config_file import ConfigFile
from cubewatch.settings.token_sources import Sources
from tests.support.keyrings import MemoryKeyring
from tests.support.server import Served, serve

SHOP = RepoSlug("acme", "shop")
TOKEN = "pv1_top-secret"


async def shop(request: Request) -> JSONResponse:
    good = request.headers.get("authorization") == f"Bearer {TOKEN}"
    return JSONResponse({"slug": "shop"} if good else {}, 200 if good else 401)


@pytest.fixture
def served() -> Iterator[Served]:
    with serve(Starlette(routes=[Route("/repos/acme/shop", shop)])) as served:
        yield served


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", MemoryKeyring())
    monkeypatch.setattr("os.isatty", lambda _: True)
    monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((120, 40)))


def examine(
    api_url: str,
    token: str = TOKEN,
    repo: RepoSlug | None = SHOP,
    config: ConfigFile | None = None,
    **environ: str,
) -> tuple[int, dict[str, str]]:
    """Doctor's exit status and lines, by name: mark and text."""

    def read() -> ConfigFile:
        if config is None:
            raise SettingsError("config.toml:3: there is no key 'x'")
        return config

    context = DoctorContext(
        config=read,
        sources=lambda found: Sources(
            {"SOURCECRAFT_TOKEN": token, "TERM": "xterm"} | environ, found, api_url
        ),
        terminal=lambda _: TerminalOptions(),
        repo=repo,
        repo_source="the remote origin of the clone here" if repo else "no repository is named",
    )
    lines: list[str] = []
    waits: list[str] = []
    status = diagnose(context, "utf-8", lines.append, waits.append)
    assert waits == []
    assert TOKEN not in "".join(lines)
    assert "secret" not in "".join(lines)
    return status, {line[2:16].strip(): f"{line[0]} {line[16:]}" for line in lines}


FILE = ConfigFile(Path("config.toml"))


def test_all_is_well(served: Served) -> None:
    status, lines = examine(served.url, config=FILE)
    assert status == 0
    unknown = {name for name, text in lines.items() if text[0] != "✓"}
    assert unknown == {"who", "API calls"}
    assert len(lines) == 13
    assert lines["config file"] == "✓ config.toml"
    assert lines["repository"] == "✓ acme/shop, the remote origin of the clone here"
    assert lines["token"] == "✓ from SOURCECRAFT_TOKEN"
    assert lines["API"].startswith(f"✓ {served.url.removeprefix('http://')} answers within ")
    assert lines["signed in"] == "✓ the token is accepted: acme/shop can be read"
    assert lines["terminal"] == "✓ xterm, 120x40, 16 colours, Unicode"
    assert lines["cubewatch"].startswith("✓ 0.")


def test_a_wrong_file_hides_nothing_else(served: Served) -> None:
    status, lines = examine(served.url, config=None)
    assert status == 2
    assert lines["config file"] == "✗ config.toml:3: there is no key 'x'"
    assert lines["signed in"].startswith("✓")


def test_without_a_file(served: Served) -> None:
    status, lines = examine(served.url, config=ConfigFile())
    assert status == 0
    assert lines["config file"].startswith("✓ none, which is fine: ")


def test_a_token_that_is_refused(served: Served) -> None:
    status, lines = examine(served.url, token="pv1_other-secret", config=FILE)
    assert status == 3
    assert lines["API"].startswith("✓")
    assert lines["signed in"].startswith("✗ acme/shop can't be read with this token: the API")


def test_a_repository_that_is_not_there(served: Served) -> None:
    status, lines = examine(served.url, repo=RepoSlug("acme", "site"), config=FILE)
    assert status == 3
    assert "not found (404)" in lines["signed in"]


def test_without_a_repository_the_token_goes_nowhere(served: Served) -> None:
    status, lines = examine(served.url, repo=None, config=FILE)
    assert status == 0
    assert lines["repository"] == "! no repository is named"
    assert lines["API"].startswith("✓")
    assert lines["signed in"].startswith("! not known without a repository")
    assert [request.headers.get("authorization") for request in served.requests] == [None]


def test_without_a_token(served: Served) -> None:
    status, lines = examine(served.url, token="", config=FILE)
    assert status == 2
    assert lines["token"].startswith("✗ no token for 127.0.0.1:")
    assert lines["API"].startswith("✓")
    assert "signed in" not in lines


def test_an_api_that_is_away() -> None:
    status, lines = examine("http://127.0.0.1:9", config=FILE)
    assert status == 3
    assert lines["API"].startswith("✗")
    assert "Check the network" in lines["API"]
    assert "signed in" not in lines
    assert "terminal" in lines


def test_an_address_that_may_not_have_the_token() -> None:
    status, lines = examine("http://ci.example.com", config=FILE)
    assert status == 2
    assert lines["API"].startswith("✗ the API's address must start with https://")


def test_an_environment_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://")
    status, lines = examine("https://ci.example.invalid", config=FILE)
    assert status == 2
    assert lines["API"].startswith("✗ HTTPS_PROXY is not the address of a proxy")


def test_a_token_of_a_wrong_form(served: Served) -> None:
    config = ConfigFile(Path("c.toml"), token_command="echo the secret", token=Secret(TOKEN))
    _, lines = examine(served.url, token="", config=config)
    assert lines["token"].startswith("✗ no token for 127.0.0.1")


def terminal_lines(environ: dict[str, str], *, poor: bool = False) -> dict[str, tuple[str, str]]:
    options = TerminalOptions(mouse=not poor, ascii_only=poor)
    checks = list(terminal_checks(environ, options))
    assert {check.status for check in checks} == {0}
    return {check.name: (check.mark, check.text) for check in checks}


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"TERM": "xterm-256color"}, "xterm-256color, 120x40, 256 colours, Unicode"),
        ({"TERM": "linux", "NO_COLOR": "1"}, "linux, 120x40, no colours (NO_COLOR), Unicode"),
        ({"TERM": "foot", "COLORTERM": "truecolor"}, "foot, 120x40, 24-bit colours, Unicode"),
    ],
)
def test_what_the_terminal_can_do(environ: dict[str, str], told: str) -> None:
    assert terminal_lines(environ)["terminal"] == ("good", told)


def test_what_the_terminal_can_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    vt100 = {"TERM": "vt100"}
    lines = terminal_lines(vt100, poor=True)
    assert lines["terminal"] == ("good", "vt100, 120x40, 16 colours, ASCII alone")
    assert "--mouse turns it on" in lines["mouse"][1]
    assert terminal_lines({"TERM": "dumb"})["terminal"][0] == "note"
    monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((39, 40)))
    assert terminal_lines(vt100)["terminal"][1].endswith("too small, make it 40x12 or larger")
    monkeypatch.setattr("os.isatty", lambda fd: fd == 2)
    mark, text = terminal_lines(vt100)["terminal"]
    assert (mark, text.partition(":")[0]) == ("note", "none at standard input, standard output")


@pytest.mark.parametrize(
    ("answer", "mark", "told"),
    [
        ("3.4 on 1", "good", "3.4, copying and notifications pass through"),
        ("3.4 external 1", "good", "3.4, copying and notifications pass through"),
        ("3.4 off 1", "note", "3.4; to copy: tmux set -s set-clipboard external"),
        ("3.3a on 0", "note", "3.3a; for notifications: tmux set -g allow-passthrough on"),
        ("nonsense", "note", "it does not answer: what it lets through is not known"),
    ],
)
def test_what_tmux_lets_through(
    monkeypatch: pytest.MonkeyPatch, answer: str, mark: str, told: str
) -> None:
    done = subprocess.CompletedProcess([], 0, f"{answer}\n".encode())
    monkeypatch.setattr("subprocess.run", lambda *_, **__: done)
    lines = terminal_lines({"TERM": "tmux", "TMUX": "socket,1,0"})
    assert lines["tmux"] == (mark, told)
    assert "clipboard" not in lines


def test_tmux_may_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise FileNotFoundError("tmux")

    monkeypatch.setattr("subprocess.run", gone)
    assert terminal_lines({"TERM": "tmux", "TMUX": "socket,1,0"})["tmux"][0] == "note"


def test_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "state" / "cubewatch"
    assert state_check(folder).mark == "good"
    folder.parent.write_text("no folder")
    assert state_check(folder).mark == "note"
    folder.parent.unlink()
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "can't be written to" in state_check(folder).text


def test_marks_are_ascii_where_the_terminal_has_no_others() -> None:
    check = Check("bad", "API", "api\x1b[2J is \u202eaway")
    assert check.line("utf-8") == "✗ API           api␛[2J is �away"
    assert [Check(mark, "", "").line("ascii")[0] for mark in ("good", "note", "bad")] == [*"+!x"]


def test_the_proxy_and_the_certificates_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("nothing")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@127.0.0.1:9")
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(ca))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    status, lines = examine("https://ci.example.invalid", config=FILE)
    assert status == 2
    assert lines["proxy"] == "✓ 127.0.0.1:9, named by HTTPS_PROXY"
    assert lines["certificates"] == f"✓ those of {ca} (SSL_CERT_FILE) alone"
    assert lines["API"].startswith("✗ SSL_CERT_FILE names a file without certificates")
