"""Signing in as a person does it: what is asked, what is seen, and that no token is left about."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from tests.conftest import ROOT, SOURCE, StartTerminal
from tests.support.keyrings import PLACE, FileKeyring, read_entries, write_entries
from tests.support.server import Served, serve
from tests.support.terminal import TIMEOUT, Terminal

TOKEN = "pv1_top-secret"
REPO = ("-R", "acme/shop")

Sign = Callable[..., "subprocess.CompletedProcess[str]"]
SignAt = Callable[..., Terminal]


async def api(scope: Scope, receive: Receive, send: Send) -> None:
    """Has one repository for one token."""
    request = Request(scope, receive)
    status, body = 404, {"message": f"no such page, {request.headers.get('authorization')}"}
    if request.url.path.startswith("/repos/"):
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            status = 401
        elif request.url.path == "/repos/acme/shop":
            status, body = 200, {"slug": "shop"}
    await JSONResponse(body, status)(scope, receive, send)


@pytest.fixture
def served() -> Iterator[Served]:
    with serve(api) as served:
        yield served


@pytest.fixture
def ring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the keyring keeps; nowhere near what the program may write itself."""
    return tmp_path_factory.mktemp("keyring") / "entries"


@pytest.fixture
def environ(served: Served, ring: Path) -> dict[str, str]:
    kind = f"{FileKeyring.__module__}.{FileKeyring.__name__}"
    return {
        "SOURCECRAFT_API_URL": served.url,
        "PYTHON_KEYRING_BACKEND": kind,
        PLACE: str(ring),
    }


@pytest.fixture
def sign_at(terminal: StartTerminal, environ: dict[str, str]) -> SignAt:
    """Starts cubewatch in a terminal with that keyring and that API."""

    def start(*words: str, columns: int = 120, **others: str) -> Terminal:
        return terminal(*words, columns=columns, **environ | others)

    return start


@pytest.fixture
def sign(tmp_path: Path, environ: dict[str, str]) -> Sign:
    """The same without a terminal; `given` comes through a pipe."""

    def run(*words: str, given: str = "", **others: str) -> "subprocess.CompletedProcess[str]":
        base = {"HOME": str(tmp_path), "PATH": os.defpath, "PYTHONPATH": f"{SOURCE}:{ROOT}"}
        return subprocess.run(
            [sys.executable, "-m", "cubewatch", *words],
            cwd=tmp_path,
            env=base | {"LANG": "C.UTF-8"} | environ | others,
            input=given,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )

    return run


def server_of(served: Served) -> str:
    return served.url.removeprefix("http://")


def holding_the_token(folder: Path) -> list[Path]:
    """The files in which it can be read."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if TOKEN.encode() in path.read_bytes()]


def test_login_asks_without_an_echo(
    sign_at: SignAt, served: Served, ring: Path, tmp_path: Path
) -> None:
    cubewatch = sign_at("login", *REPO)
    cubewatch.wait_for(f"Token for {server_of(served)} (it is not shown):")
    cubewatch.send(f"{TOKEN}\n")
    assert cubewatch.wait_for_exit() == 0
    assert "the token is accepted: acme/shop can be read" in cubewatch.text
    assert f"stored for {server_of(served)} in the system keyring" in cubewatch.text
    assert read_entries(ring) == {("cubewatch", server_of(served)): TOKEN}
    assert b"secret" not in cubewatch.raw
    assert holding_the_token(tmp_path) == []
    assert cubewatch.modes() == cubewatch.modes_before


def test_login_can_be_left(sign_at: SignAt, ring: Path) -> None:
    for key, status in (("\x03", 130), ("\x04", 2), ("\n", 2)):
        cubewatch = sign_at("login")
        cubewatch.wait_for("Token for ")
        cubewatch.send(key)
        assert cubewatch.wait_for_exit() == status
        assert cubewatch.modes() == cubewatch.modes_before
    assert not ring.exists()


def test_a_token_that_is_not_accepted_is_not_stored(sign: Sign, ring: Path) -> None:
    done = sign("login", *REPO, given="pv1_wrong\n")
    assert done.returncode == 3
    assert done.stdout.endswith(" does not accept this token: it is not stored\n")
    assert not ring.exists()
    assert "pv1_wrong" not in done.stdout + done.stderr


def test_a_token_comes_through_a_pipe(sign: Sign, served: Served, ring: Path) -> None:
    done = sign("login", given=f"{TOKEN}\nuser: ann\n")
    assert done.returncode == 0
    assert "could not be tried without a repository: add -R ORG/REPO" in done.stdout
    assert served.requests == []
    assert read_entries(ring) == {("cubewatch", server_of(served)): TOKEN}


def test_a_repository_that_cannot_be_read_says_nothing_of_the_token(sign: Sign, ring: Path) -> None:
    done = sign("login", "-R", "acme/other", given=TOKEN)
    assert done.returncode == 0
    assert "not refused, but acme/other can't be read with it: not found (404)" in done.stdout
    assert ring.exists()
    assert TOKEN not in done.stdout + done.stderr


def test_an_api_that_is_away_tells_nothing(sign: Sign, ring: Path) -> None:
    done = sign("login", *REPO, given=TOKEN, SOURCECRAFT_API_URL="http://127.0.0.1:9")
    assert done.returncode == 0
    assert "the token could not be tried: " in done.stdout
    assert read_entries(ring) == {("cubewatch", "127.0.0.1:9"): TOKEN}


@pytest.mark.parametrize("given", ["", "\n", "top secret\n", "sécret\n"])
def test_what_is_no_token_is_refused(sign: Sign, ring: Path, given: str) -> None:
    done = sign("login", *REPO, given=given)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cubewatch: standard input holds no token")
    assert "cret" not in done.stderr
    assert not ring.exists()


def test_login_says_where_else_a_token_may_be(sign: Sign, tmp_path: Path) -> None:
    done = sign("login", *REPO, given=TOKEN, PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    assert done.returncode == 2
    assert "a token can't be stored here: there is no system keyring here" in done.stdout
    for place in ("export SOURCECRAFT_TOKEN=", "token_command = ", "chmod 600", "config.toml"):
        assert place in done.stdout
    assert TOKEN not in done.stdout + done.stderr
    assert holding_the_token(tmp_path) == []


def test_login_says_what_comes_first(sign: Sign) -> None:
    done = sign("login", *REPO, given=TOKEN, SOURCECRAFT_PAT="pv1_other")
    assert "but SOURCECRAFT_PAT comes first" in done.stdout


def test_logout_deletes_our_own_entry_and_names_what_is_left(
    sign: Sign, served: Served, ring: Path
) -> None:
    mine, others = ("cubewatch", server_of(served)), ("cubewatch", "ci.example.com")
    write_entries(ring, {mine: TOKEN, others: TOKEN})
    done = sign("logout", SOURCECRAFT_TOKEN=TOKEN)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        f"the token for {server_of(served)} is deleted",
        "there still is a token, which cubewatch did not store: SOURCECRAFT_TOKEN",
    ]
    assert read_entries(ring) == {others: TOKEN}
    assert sign("logout").stdout == f"no token for {server_of(served)} was stored\n"


def test_logout_leaves_the_entry_of_src(sign: Sign, ring: Path) -> None:
    write_entries(ring, {("sourcecraft-cli", "x"): TOKEN})
    done = sign("logout", SOURCECRAFT_API_URL="")
    assert done.stdout.splitlines() == [
        "no token for api.sourcecraft.tech was stored",
        "there still is a token, which cubewatch did not store: "
        "the system keyring, where src keeps it",
    ]
    assert read_entries(ring) == {("sourcecraft-cli", "x"): TOKEN}


def test_without_a_token_it_is_said_how_to_get_one(sign_at: SignAt) -> None:
    cubewatch = sign_at(*REPO, columns=200)
    assert cubewatch.wait_for_exit() == 2
    [line] = [line for line in cubewatch.screen if line]
    for way in ("cubewatch login", "SOURCECRAFT_TOKEN", "--demo"):
        assert way in line
    assert b"\x1b" not in cubewatch.raw


def test_a_token_command_may_ask_and_signs_in(
    sign_at: SignAt, served: Served, tmp_path: Path
) -> None:
    ask = tmp_path / "ask"
    ask.write_text(
        "stty -echo; printf 'Passphrase:' >&2; read answer; stty echo;"
        '[ "$answer" = open ] && printf "pv1_top-%s\\n" "$(echo terces | tr terces secret)"\n'
    )
    cubewatch = sign_at("log", "7", "x", *REPO, "--token-command", f"sh {ask}")
    cubewatch.wait_for("Passphrase:")
    cubewatch.send("open\n")
    assert cubewatch.wait_for_exit() == 3
    [request] = served.received("GET")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN.encode() not in cubewatch.raw
    assert holding_the_token(tmp_path) == []


def test_no_token_is_left_about(
    sign_at: SignAt, served: Served, ring: Path, tmp_path: Path
) -> None:
    write_entries(ring, {("cubewatch", server_of(served)): TOKEN})
    cubewatch = sign_at(*REPO)
    cubewatch.wait_for("^r run")
    cubewatch.wait_for(lambda _: served.requests)
    cubewatch.send("\x03")
    assert cubewatch.wait_for_exit() == 130
    assert {request.headers["authorization"] for request in served.requests} == {f"Bearer {TOKEN}"}
    assert TOKEN.encode() not in cubewatch.raw
    assert holding_the_token(tmp_path) == []


def test_doctor_tells_what_works_here(sign_at: SignAt, served: Served, ring: Path) -> None:
    write_entries(ring, {("cubewatch", server_of(served)): TOKEN})
    cubewatch = sign_at("doctor", *REPO)
    assert cubewatch.wait_for_exit() == 0
    for line in (
        "✓ token         from the system keyring",
        "✓ signed in     the token is accepted: acme/shop can be read",
        "✓ terminal      xterm-256color, 120x24, 256 colours, Unicode",
    ):
        assert line in cubewatch.screen
    assert b"secret" not in cubewatch.raw
    assert cubewatch.modes() == cubewatch.modes_before


def test_doctor_works_in_a_pipe(sign: Sign) -> None:
    done = sign("doctor", *REPO, SOURCECRAFT_TOKEN="pv1_other", PYTHONIOENCODING="ascii")
    assert done.returncode == 3
    assert done.stdout.isascii()
    assert "x signed in     acme/shop can't be read with this token: " in done.stdout
    assert "! terminal      none at standard input, standard output" in done.stdout
    assert done.stderr == ""
