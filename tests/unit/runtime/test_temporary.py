"""Temporary folders: gone with their process, also with a killed one."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from cubewatch.runtime.temporary import PREFIX, TemporaryFolder, sweep
from tests.conftest import SOURCE

A_DAY_AGO = time.time() - 90_000


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder that is this test's alone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_private_and_goes_when_closed(temporary: Path) -> None:
    folder = TemporaryFolder("demo")
    assert folder.path.stat().st_mode & 0o077 == 0
    (folder.path / "file").touch()
    folder.close()
    folder.close()
    assert not list(temporary.iterdir())


def test_a_folder_in_use_stays() -> None:
    folder = TemporaryFolder("demo")
    sweep()
    assert folder.path.is_dir()
    folder.close()


def test_what_a_killed_process_left_is_swept(temporary: Path) -> None:
    code = (
        "import os, signal; from cubewatch.runtime.temporary import TemporaryFolder;"
        "folder = TemporaryFolder('logs'); (folder.path / 'log').write_bytes(bytes(99));"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    environ = {"PYTHONPATH": str(SOURCE), "TMPDIR": str(temporary)}
    done = subprocess.run([sys.executable, "-c", code], env=environ, check=False)
    assert done.returncode == -9
    [left] = temporary.iterdir()
    assert (left / "log").exists()
    sweep()
    assert not left.exists()


def test_old_leftovers_without_a_lock_are_swept(temporary: Path) -> None:
    old, new = temporary / f"{PREFIX}old.log", temporary / f"{PREFIX}new.log"
    for file in (old, new):
        file.touch()
    os.utime(old, (A_DAY_AGO, A_DAY_AGO))
    sweep()
    assert (old.exists(), new.exists()) == (False, True)


def test_what_a_link_leads_to_is_left_alone(temporary: Path) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".lock").touch()
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    sweep()
    assert (elsewhere / ".lock").exists()
