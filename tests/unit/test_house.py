"""The rules of the house, held by the tools that know them."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPTS = Path(sysconfig.get_path("scripts"))

LIGHT = (
    "cubewatch.model.config",
    "cubewatch.model.copies",
    "cubewatch.model.draft",
    "cubewatch.model.git_ref",
    "cubewatch.text.sanitize",
    "cubewatch.model.ranking",
    "cubewatch.model.repository",
    "cubewatch.model.request",
    "cubewatch.model.secrecy",
    "cubewatch.model.status",
    "cubewatch.model.wording",
    "cubewatch.history.memory",
    "cubewatch.settings",
)
AFTER_THE_FIRST_FRAME = {"httpx", "pydantic_core", "sqlite3", "starlette", "uvicorn", "yaml"}
FOR_A_SCREEN = AFTER_THE_FIRST_FRAME | {"asyncio", "rich", "textual"}
FOR_A_COMMAND = FOR_A_SCREEN | {"dataclasses", "inspect", "pathlib", "shutil", "urllib"}


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the project's directory, where it writes no colours."""
    environ = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environ | {"NO_COLOR": "1", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


FOR_A_REQUEST = {"cubewatch.model.draft", "cubewatch.model.request", "json"}
FOR_A_PREVIEW = {"cubewatch.ui.screens.compose.preview", "json"}
FOR_A_LOG = {"cubewatch.logs.log_line", "cubewatch.ui.widgets.log_view"}


def imported(*arguments: str, status: int = 0, **variables: str) -> set[str]:
    """The top-level names of all that Python imports when it is started like this."""
    modules = imported_modules(*arguments, status=status, **variables)
    return {name.partition(".")[0] for name in modules}


def imported_modules(*arguments: str, status: int = 0, **variables: str) -> set[str]:
    """The names of all modules that Python imports when it is started like this."""
    done = run(sys.executable, "-X", "importtime", *arguments, **variables)
    assert done.returncode == status, done.stderr
    lines = done.stderr.splitlines()
    names = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}
    assert "cubewatch" in names
    return names


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-m", "ruff", "check", "."),
        (sys.executable, "-m", "ruff", "format", "--check", "."),
        (sys.executable, "-m", "mypy"),
        (str(SCRIPTS / "lint-imports"), "--no-logo"),
    ],
    ids=["ruff check", "ruff format", "mypy", "lint-imports"],
)
def test_tool_finds_nothing(command: tuple[str, ...]) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_plain_values_import_nothing_heavy() -> None:
    assert not imported("-c", f"import {', '.join(LIGHT)}") & FOR_A_SCREEN


@pytest.mark.parametrize("words", [("--help",), ("run", "-h"), ("--version",)])
def test_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    assert not imported("-m", "cubewatch", *words) & FOR_A_COMMAND


@pytest.mark.parametrize("words", [("",), ("wa",), ("watch", "--")])
def test_completing_a_command_or_an_option_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    answered = imported("-m", "cubewatch", *words, _CUBEWATCH_COMPLETE="fish")
    assert not answered & FOR_A_COMMAND


def test_an_unknown_option_imports_nothing_heavy() -> None:
    assert not imported("-m", "cubewatch", "--bogus", status=2) & FOR_A_COMMAND


@pytest.mark.parametrize("words", [("watch", "x"), ("run", "VERSION=1"), ("--demo", "--ref", "")])
def test_wrong_usage_imports_no_screen(words: tuple[str, ...]) -> None:
    assert not imported("-m", "cubewatch", *words, status=2) & FOR_A_SCREEN


def test_the_first_frame_waits_for_nothing_heavy() -> None:
    assert not imported("-c", "import cubewatch.ui.app") & AFTER_THE_FIRST_FRAME


def test_the_first_frame_of_a_run_waits_for_no_request_and_no_log() -> None:
    loaded = imported_modules("-c", "import cubewatch.ui.app, cubewatch.ui.screens.live.screen")
    assert not loaded & (FOR_A_REQUEST | FOR_A_LOG)


def test_the_first_frame_of_a_form_waits_for_no_preview() -> None:
    loaded = imported_modules("-c", "import cubewatch.ui.app, cubewatch.ui.screens.compose.screen")
    assert not loaded & FOR_A_PREVIEW
