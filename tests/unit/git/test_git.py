"""Running git: so long, so much, and without a word to the person."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from cubewatch.git import git as running
from cubewatch.git.clone import find_clone, push_state
from cubewatch.git.config_at import config_at, fetch
from cubewatch.git.git import Git, GitError
from cubewatch.git.refs import default_branch, local_refs, ref_named
from cubewatch.model.request import GitRevision
from tests.conftest import SOURCE
from tests.support.clones import Clones, opened, put_first
from tests.support.fifo import Fifo
from tests.support.terminal import TIMEOUT


def test_git_gets_so_much_time_and_no_more(clones: Clones, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LOCAL_TIMEOUT", 0.05)
    put_first(clones.program("git", "sleep 600"), monkeypatch)
    with pytest.raises(GitError, match="git status took more than"):
        Git(clones.root).ask("status")


def test_what_floods_us_is_cut_off(clones: Clones, monkeypatch: pytest.MonkeyPatch) -> None:
    put_first(clones.program("git", "yes"), monkeypatch)
    answer = Git(clones.root).ask("status", most=1001)
    assert (len(answer.out), answer.whole) == (1001, False)
    with pytest.raises(GitError, match="more than 1001 bytes"):
        Git(clones.root).out("status", most=1001)
    script = "yes | head -c 3000000 >&2; echo 'fatal: \x1b[31mno' >&2; exit 128"
    clones.program("git", script)
    assert Git(clones.root).ask("status").error == "fatal: ␛[31mno"
    clones.program("git", "exec >&-; sleep 0.1; echo 'fatal: late' >&2; exit 128")
    assert Git(clones.root).ask("status").error == "fatal: late"


def test_what_stays_behind_is_not_waited_for(
    clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_first(clones.program("git", "sleep 600 >/dev/null & echo $!"), monkeypatch)
    answer = Git(clones.root).ask("status")
    os.kill(int(answer.out), signal.SIGKILL)
    assert answer.status == 0


@pytest.fixture
def fifo(clones: Clones) -> Iterator[Fifo]:
    fifo = Fifo(clones.root / "fifo")
    yield fifo
    fifo.close()


def test_its_children_end_with_it(
    clones: Clones, fifo: Fifo, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_first(clones.program("git", f"exec 3>{fifo.path}; sleep 600 & yes"), monkeypatch)
    assert not Git(clones.root).ask("status", most=1).whole
    assert fifo.next() == b""


FETCHING = """
import sys
from pathlib import Path
from threading import Thread
from cubewatch.git.git import Git

ask = lambda: Git(Path.cwd()).reach("fetch", environ={}, timeout=600)
Thread(target=ask, daemon=True).start()
sys.stdin.read()
"""


@pytest.mark.parametrize(
    "script",
    [
        "echo >&3; sleep 600",
        "trap '' TERM; echo >&3; sleep 600",
        "(trap '' TERM; echo >&3; sleep 600) & wait",
    ],
    ids=["willing", "unwilling", "unwilling child"],
)
def test_it_ends_with_the_program(clones: Clones, fifo: Fifo, script: str) -> None:
    program = clones.program("git", f"exec 3>{fifo.path}; {script}")
    path = f"{program.parent}{os.pathsep}{os.defpath}"
    fetching = subprocess.Popen(
        [sys.executable, "-c", FETCHING],
        cwd=clones.root,
        env={"PATH": path, "PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert fifo.next() == b"\n"
    _, errors = fetching.communicate(timeout=TIMEOUT)
    assert (fetching.returncode, errors) == (0, b"")
    assert fifo.next() == b""


def test_git_never_prompts(clones: Clones, monkeypatch: pytest.MonkeyPatch) -> None:
    python = f"{sys.executable} -c 'import os; print(os.getsid(0))'"
    script = f"cat; {python}; echo $GIT_TERMINAL_PROMPT $LC_ALL"
    put_first(clones.program("git", script), monkeypatch)
    (clones.root / "typed").write_text("typed", encoding="utf-8")
    before = os.dup(0)
    with (clones.root / "typed").open() as file:
        os.dup2(file.fileno(), 0)
        said = Git(clones.root).ask("status").out.decode().splitlines()
        os.dup2(before, 0)
    os.close(before)
    assert said[1:] == ["0 C"]
    assert int(said[0]) != os.getsid(0)


def test_reading_the_index_starts_no_monitor(clones: Clones) -> None:
    folder = clones.with_remotes()
    trap = clones.program("trap", f"touch {clones.root}/executed")
    clones.git(folder, "config", "core.fsmonitor", str(trap))
    assert Git(folder).ask("status").status == 0
    assert not (clones.root / "executed").exists()


def test_how_many_processes_it_takes(clones: Clones, monkeypatch: pytest.MonkeyPatch) -> None:
    clones.server()
    folder = clones.clone()
    main, side, nowhere = (GitRevision("branch", name) for name in ("main", "side", "nowhere"))
    commit = GitRevision("commit", clones.commit(folder))
    clones.git(folder, "branch", "side")
    clone, remote = opened(folder)
    log = clones.root / "log"
    script = f'echo "$@" >>{log}; exec {shutil.which("git")} "$@"'
    put_first(clones.program("git", script), monkeypatch)
    for look, processes in (
        (lambda: find_clone(folder), 4),
        (lambda: find_clone(clones.root), 1),
        (lambda: local_refs(clone, remote), 1),
        (lambda: ref_named(clone, remote, main), 1),
        (lambda: ref_named(clone, remote, side), 2),
        (lambda: ref_named(clone, remote, commit), 1),
        (lambda: default_branch(clone, remote), 1),
        (lambda: config_at(clone, remote, main), 3),
        (lambda: config_at(clone, remote, nowhere), 1),
        (lambda: push_state(clone, remote, main), 2),
        (lambda: push_state(clone, remote, commit), 4),
        (lambda: fetch(clone, remote, main), 3),
    ):
        log.write_text("", encoding="utf-8")
        look()
        assert len(log.read_text(encoding="utf-8").splitlines()) == processes
