"""What a person reads in a terminal before there is a screen."""

import subprocess
import sys
from pathlib import Path

import pytest

from cubewatch import __version__
from tests.conftest import SOURCE, StartTerminal


def test_version(terminal: StartTerminal) -> None:
    cubewatch = terminal("--version")
    assert cubewatch.wait_for_exit() == 0
    assert cubewatch.text.strip() == f"cubewatch {__version__}"
    assert cubewatch.modes() == cubewatch.modes_before


def test_help_names_commands_and_options(terminal: StartTerminal) -> None:
    cubewatch = terminal("-h", rows=90)
    assert cubewatch.wait_for_exit() == 0
    for word in (
        "run",
        "watch",
        "--demo",
        "--cfg-commit",
        "SOURCECRAFT_TOKEN",
        "--plain",
        "login",
        "artifacts",
        "--token-command",
        "--config FILE",
        "130",
    ):
        assert word in cubewatch.text
    assert "--heartbeat" not in cubewatch.text


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--bogus",), "unknown option --bogus: see cubewatch -h"),
        (("watch",), "add -R ORG/REPO"),
        (
            ("-R", "acme/shop"),
            "set SOURCECRAFT_TOKEN, or try cubewatch --demo",
        ),
        (("--demo", "--ref", "a b"), "a branch can't contain a space"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    terminal: StartTerminal, words: tuple[str, ...], reason: str
) -> None:
    cubewatch = terminal(*words, columns=200)
    assert cubewatch.wait_for_exit() == 2
    lines = [line for line in cubewatch.screen if line]
    assert len(lines) == 1
    assert lines[0].startswith("cubewatch: ")
    assert reason in lines[0]
    assert b"\x1b" not in cubewatch.raw
    assert cubewatch.modes() == cubewatch.modes_before


def test_bytes_that_are_no_text_are_refused(terminal: StartTerminal) -> None:
    cubewatch = terminal("run", "--demo", b"rel\xff".decode(errors="surrogateescape"))
    assert cubewatch.wait_for_exit() == 2
    assert "write it in UTF-8" in cubewatch.text


def test_a_pipe_is_no_terminal(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cubewatch", "--demo"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(SOURCE)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cubewatch: a terminal is needed")
    assert done.stderr.count("\n") == 1
