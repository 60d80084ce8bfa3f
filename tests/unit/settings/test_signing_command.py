"""A command that prints the token: what counts of it, and how it can fail."""

import os
import shlex
import sys
import time
from pathlib import Path

import pytest

from cubewatch.settings import SettingsError, token_command
from cubewatch.settings.token_command import run_token_command

PLACE = "--token-command"


@pytest.fixture(autouse=True)
def terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.isatty", lambda _: False)


def refusal(command: str) -> str:
    with pytest.raises(SettingsError) as caught:
        run_token_command(command, PLACE)
    assert "secret" not in f"{caught.value!r} {caught.value.__context__!r}"
    assert caught.value.__cause__ is None
    return str(caught.value)


@pytest.mark.parametrize(
    "command",
    [
        "echo pv1_secret",
        "printf ' pv1_secret\\r\\nuser: ann\\n'",
        "printf %s pv1_secret",
        "echo pv1_terces | tr terces secret; echo more",
        "X=pv1_secret; echo \"$X\"",
        "cat ~/token",
        "echo pv1_secret; echo careful >&2",
    ],
)  # fmt: skip
def test_the_first_line_counts(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("pv1_secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run_token_command(command, PLACE).reveal() == "pv1_secret"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("true", "--token-command holds no token: it is empty"),
        ("echo; echo pv1_secret", "--token-command holds no token: it is empty"),
        ("echo the secret", "--token-command holds no token: there are characters"),
        ("printf 'secret\\377'", "--token-command holds no token: there are characters"),
        ("echo pv1_secret; exit 3", "--token-command ended with exit status 3: try the command"),
        ("no-such-secret-command", "--token-command ended with exit status 127: try the command"),
        ("echo pv1_secret; kill -9 $$", "--token-command ended with a signal: try the command"),
        ("yes secret", "--token-command prints more than a token: only its first line counts"),
        ("echo \0secret", "--token-command can't be run: it takes a command of the shell"),
    ],
)
def test_failures_show_neither_the_command_nor_what_it_printed(command: str, told: str) -> None:
    assert refusal(command).startswith(told)


def test_without_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    def popen(*_: object, **__: object) -> None:
        raise FileNotFoundError("/bin/sh")

    monkeypatch.setattr("subprocess.Popen", popen)
    assert refusal("echo").startswith("--token-command can't be run")


@pytest.mark.parametrize("command", ["echo pv1_secret; sleep 1000", "sleep 1000 | cat"])
def test_without_a_terminal_there_is_a_deadline(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_command, "UNATTENDED_TIMEOUT", 0.2)
    assert refusal(command) == "--token-command gave no token within 0.2 s"


def test_with_a_terminal_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(token_command, "UNATTENDED_TIMEOUT", 0.0)
    monkeypatch.setattr("os.isatty", lambda fd: fd == 2)
    late = tmp_path / "late"
    code = f"import os, time; time.sleep(0.2); os.mknod({str(late)!r}); print('pv1_secret')"
    command = shlex.join([sys.executable, "-c", code])
    assert run_token_command(command, PLACE).reveal() == "pv1_secret"
    assert late.exists()


def test_our_own_input_is_not_for_the_command() -> None:
    reading, writing = os.pipe()
    kept = os.dup(0)
    os.dup2(reading, 0)
    try:
        os.write(writing, b"pv1_secret\n")
        assert refusal("head -n 1") == "--token-command holds no token: it is empty"
    finally:
        os.dup2(kept, 0)
        for end in (kept, reading, writing):
            os.close(end)


def test_what_it_leaves_running_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_command, "UNATTENDED_TIMEOUT", 0.5)
    started = time.monotonic()
    assert "gave no token within" in refusal("sleep 60 & echo pv1_secret")
    assert time.monotonic() - started < 30


def test_a_command_that_runs_behind_a_screen_neither_reads_nor_writes_there(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.isatty", lambda _: True)
    command = "read line; echo noise >&2; echo pv1_secret"
    assert run_token_command(command, PLACE, unattended=True).reveal() == "pv1_secret"
    assert capfd.readouterr() == ("", "")
