"""The command line without what it starts."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cubewatch.cli import main
from cubewatch.settings import Plain, Settings, Start
from tests.support.keyrings import MemoryKeyring

VARIABLES = (
    *("SOURCECRAFT_TOKEN", "SOURCECRAFT_PAT", "SOURCECRAFT_API_URL"),
    *("TERM", "CI", "SSH_CONNECTION", "SSH_TTY", "GIT_DIR"),
)

Begin = Callable[..., tuple[Settings, Start]]
BeginPlain = Callable[..., tuple[Settings, Start, Plain]]
Refuse = Callable[..., str]


def intercept(
    monkeypatch: pytest.MonkeyPatch, module: str, name: str, status: int
) -> Callable[..., Any]:
    """Puts a function that returns `status` in the place of what a command calls. What is returned
    runs the command line and returns the arguments of that call."""
    calls: list[tuple[Any, ...]] = []

    def called(*given: Any) -> int:
        calls.append(given)
        return status

    replaced = ModuleType(module)
    monkeypatch.setattr(replaced, name, called, raising=False)
    monkeypatch.setitem(sys.modules, module, replaced)

    def start(*words: str) -> tuple[Any, ...]:
        assert main(words) == status
        return calls.pop()

    return start


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A terminal and a token, but no clone around us and nothing in the keyring."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("keyring.core._keyring_backend", MemoryKeyring())
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SOURCECRAFT_TOKEN", "pv1_secret")
    monkeypatch.setattr("os.isatty", lambda _: True)


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch) -> Begin:
    """What the app would be started with for these words, without the function that looks for the
    token again, which equals no other; its exit status is passed on."""
    start = intercept(monkeypatch, "cubewatch.ui.app", "run_app", 7)

    def started(*words: str) -> tuple[Settings, Start]:
        settings, first = start(*words)
        return settings._replace(renew_token=None), first

    return started


@pytest.fixture
def begin_plain(monkeypatch: pytest.MonkeyPatch) -> BeginPlain:
    """The same for watching without a screen."""
    return intercept(monkeypatch, "cubewatch.headless.plain", "run_plain", 3)


@pytest.fixture
def refuse(capsys: pytest.CaptureFixture[str]) -> Refuse:
    """The one line that these words are refused with."""

    def start(*words: str) -> str:
        assert main(words) == 2
        output = capsys.readouterr()
        assert output.out == ""
        assert output.err.startswith("cubewatch: ")
        assert output.err.count("\n") == 1
        assert output.err.endswith("\n")
        return output.err.removeprefix("cubewatch: ").rstrip("\n")

    return start
