"""Odd environments: containers without a user, folders that are gone, wrong variables."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SOURCE
from tests.support.terminal import Terminal

NOBODY = """
import os, pwd, sys

def getpwuid(uid):
    raise KeyError(f"getpwuid(): uid not found: {uid}")

pwd.getpwuid = getpwuid
from cubewatch.cli import main
sys.exit(main())
"""
"""cubewatch as a user that the system has no entry for."""
DEMO = ("--demo", "--demo-speed", "50", "watch", "130", "--plain")


def start(*words: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    base = {"PATH": os.defpath, "PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-c", NOBODY, *words],
        env=base | environ,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("variables", [(), ("XDG_CONFIG_HOME",), ("XDG_STATE_HOME",)])
def test_nobody_needs_no_home(tmp_path: Path, variables: tuple[str, ...]) -> None:
    environ = {name: str(tmp_path / name) for name in variables}
    done = start(*DEMO, cwd=tmp_path, **environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert "run #130 success" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} <= {"XDG_STATE_HOME"}, "a recording"


def test_doctor_says_that_there_is_no_home(tmp_path: Path) -> None:
    done = start("doctor", "--api-url", "http://127.0.0.1:9", cwd=tmp_path)
    assert done.returncode == 2
    assert "config file   none: no home folder is known (HOME is not set)" in done.stdout
    assert "what was sent is forgotten" in done.stdout
    assert done.stderr == ""


def test_without_a_home_the_form_works(tmp_path: Path) -> None:
    environ = {
        "PATH": os.defpath,
        "PYTHONPATH": f"{SOURCE}:{ROOT}",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }
    argv = (sys.executable, "-c", NOBODY, "--demo")
    with Terminal(argv, environ, tmp_path, columns=80, rows=24) as cubewatch:
        cubewatch.wait_for(lambda _: "release" in cubewatch.text)
        cubewatch.send("q")
        assert cubewatch.wait_for_exit() == 0
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["/bin/sh", "-c", 'rmdir "$PWD"; exec "$0" -m cubewatch watch 1', sys.executable],
        env={"PATH": os.defpath, "PYTHONPATH": str(SOURCE), "HOME": str(tmp_path)},
        cwd=gone,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "add -R ORG/REPO" in done.stderr
    assert "the folder you stand in was deleted" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("HTTPS_PROXY", "socks4://me:SECRET@h", "HTTPS_PROXY names a proxy of a kind"),
        ("ALL_PROXY", "http://me:SECRET@[", "ALL_PROXY is not the address of a proxy"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "SSL_CERT_FILE names '/nowhere/ca.pem'"),
    ],
)
def test_a_wrong_entry_of_the_environment_is_one_line(
    tmp_path: Path, variable: str, value: str, what: str
) -> None:
    token = {"SOURCECRAFT_TOKEN": "pv1_x"}
    done = start("watch", "acme/shop#1", "--plain", cwd=tmp_path, **token, **{variable: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"cubewatch: {what}")
    assert done.stderr.count("\n") == 1
    assert "SECRET" not in done.stderr


def test_children_do_not_get_the_token(tmp_path: Path) -> None:
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text('#!/bin/sh\nenv > "$HOME/seen"\nexit 1\n')
    git.chmod(0o755)
    environ = {"PATH": f"{git.parent}:{os.defpath}", "HOME": str(tmp_path)}
    start("watch", "1", cwd=tmp_path, SOURCECRAFT_TOKEN="pv1_x", SOURCECRAFT_PAT="pv1_y", **environ)
    seen = (tmp_path / "seen").read_text()
    assert "HOME=" in seen
    assert "SOURCECRAFT" not in seen
