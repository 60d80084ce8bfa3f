"""What is copied where tmux stands between, with a program in its place."""

from pathlib import Path

import pytest

from cubewatch.ui.clipboard import give_to_tmux
from tests.support.clones import put_first

TEXT = "curl -X POST \\\n  'https://…' # выпуск"


def tmux(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "tmux"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    put_first(program, monkeypatch)


@pytest.mark.parametrize("flag", [" -w", ""], ids=["3.2", "older"])
def test_it_goes_into_the_buffer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: str
) -> None:
    script = f'[ "$*" = "load-buffer{flag} -" ] && cat >{tmp_path}/buffer'
    tmux(tmp_path, script, monkeypatch)
    assert give_to_tmux(TEXT)
    assert (tmp_path / "buffer").read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("script", ["exit 1", "exec sleep 60"])
def test_it_may_not_take_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr("cubewatch.ui.clipboard.DEADLINE", 0.2)
    tmux(tmp_path, script, monkeypatch)
    assert not give_to_tmux(TEXT)


def test_there_may_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not give_to_tmux(TEXT)
