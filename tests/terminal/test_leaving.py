"""However one leaves, the terminal is as it was found."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import StartTerminal
from tests.support.clones import Clones
from tests.support.fifo import Fifo
from tests.support.terminal import Terminal

DEMO = ("--demo", "--demo-speed", "4", "run", "release", "VERSION=1.5.0", "-y")
UNDONE = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1004l", b"\x1b[?2004l", b"\x1b[23;2t")
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


def watching(terminal: StartTerminal, **environ: str) -> Terminal:
    seen = terminal(*DEMO, columns=100, rows=30, **environ)
    seen.wait_for("◐")
    return seen


def assert_as_found(seen: Terminal) -> None:
    assert seen.modes() == seen.modes_before
    for sequence in UNDONE:
        assert sequence in seen.raw
    assert "The run goes on." in seen.text


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (number, 128 + number)
        for number in (
            *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT),
            *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGXCPU, signal.SIGPROF),
        )
    ],
)
def test_a_signal_to_go(terminal: StartTerminal, number: signal.Signals, status: int) -> None:
    seen = watching(terminal)
    seen.signal(number)
    assert seen.wait_for_exit() == status
    assert_as_found(seen)


PROGRAM = """
import os, sys, time
from cubewatch.ui.app import CubewatchApp

def hang(self, status):
    print("hangs", file=sys.__stderr__)
    while True:
        time.sleep(0.1)

def fail(self, status):
    local = "pv1_LOCAL"
    raise LookupError("pv1_MESSAGE")

CubewatchApp.action_leave_app = hang if "HANG" in os.environ else fail
from cubewatch.cli import main
sys.exit(main())
"""
"""A program that fails at ctrl+q, or hangs then."""


@pytest.mark.parametrize("signals", [1, 2])
def test_a_signal_ends_a_program_that_hangs(terminal: StartTerminal, signals: int) -> None:
    seen = terminal("--demo", program=PROGRAM, HANG="1")
    seen.wait_for("release")
    seen.send("\x11")
    seen.wait_for(lambda t: b"hangs" in t.raw)
    for _ in range(signals):
        seen.signal(signal.SIGTERM)
        time.sleep(0.6)
    assert seen.wait_for_exit() == 143
    assert seen.modes() == seen.modes_before
    for sequence in UNDONE:
        assert sequence in seen.raw


def test_a_fault_is_one_line_and_a_file(terminal: StartTerminal, tmp_path: Path) -> None:
    seen = terminal("--demo", program=PROGRAM)
    seen.wait_for("release")
    seen.send("\x11")
    assert seen.wait_for_exit() == 70
    assert seen.modes() == seen.modes_before
    assert b"Traceback" not in seen.raw
    shown = "".join(seen.screen)
    assert "cubewatch has stopped, because of a fault of its own (LookupError)" in shown
    [report] = (tmp_path / ".local/state/cubewatch/crashes").glob("crash-*.txt")
    assert report.name in shown
    assert report.stat().st_mode & 0o077 == 0
    assert "LookupError: ***" in report.read_text()
    assert "pv1_" not in report.read_text()


@pytest.mark.parametrize(("keys", "status"), [("\x03", 130), ("\x11", 0)], ids=["ctrl+c", "ctrl+q"])
def test_a_key_to_go(terminal: StartTerminal, keys: str, status: int) -> None:
    seen = watching(terminal)
    seen.send(keys)
    assert seen.wait_for_exit() == status
    assert_as_found(seen)


def test_a_terminal_that_is_closed_ends_the_program(terminal: StartTerminal) -> None:
    seen = watching(terminal)
    assert seen.hang_up() == 129


@pytest.mark.parametrize(
    ("how", "status"),
    [("q", 0), ("\x03", 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (None, 129)],
    ids=["q", "ctrl+c", "TERM", "HUP", "closed"],
)
def test_git_does_not_outlive_it(
    terminal: StartTerminal, clones: Clones, how: str | signal.Signals | None, status: int
) -> None:
    fifo = Fifo(clones.root / "fifo")
    git = clones.program("git", f"exec 3>{fifo.path}; echo >&3; sleep 600")
    path = f"{git.parent}{os.pathsep}{os.defpath}"
    seen = terminal(PATH=path, SOURCECRAFT_TOKEN="pv1_x")
    seen.wait_for("looking for a git clone")
    seen.wait_for(lambda _: fifo.has_news())
    assert fifo.next() == b"\n"
    if how is None:
        assert seen.hang_up() == status
    else:
        seen.send(how) if isinstance(how, str) else seen.signal(how)
        assert seen.wait_for_exit() == status
    assert fifo.next() == b""
    fifo.close()


def test_to_the_shell_and_back(terminal: StartTerminal) -> None:
    seen = watching(terminal)
    seen.send("\x1a")
    seen.wait_for(lambda t: t.is_stopped)
    seen.wait_for(lambda t: b"\x1b[?1049l" in t.raw)
    assert seen.modes() == seen.modes_before
    before = len(seen.raw)
    seen.signal(signal.SIGCONT)
    seen.wait_for(lambda t: b"\x1b[?1049h" in t.raw[before:])
    seen.wait_for(lambda t: b"release" in t.raw[before:] and b"build" in t.raw[before:])
    seen.wait_for("✓ success")


def test_no_colour_means_not_one_colour_sequence(terminal: StartTerminal) -> None:
    seen = watching(terminal, NO_COLOR="1")
    seen.send("d?")
    seen.wait_for("Keys")
    assert not COLOUR.findall(bytes(seen.raw))


def test_a_window_that_is_too_small_says_so_and_recovers(terminal: StartTerminal) -> None:
    seen = watching(terminal)
    seen.resize(39, 11)
    seen.wait_for("39×11 is too small")
    for columns in range(40, 120, 3):
        seen.resize(columns, 12 + columns % 7)
    seen.resize(80, 24)
    seen.wait_for("release")
    seen.wait_for("✓ success")


def test_ascii_alone_draws_it_all(terminal: StartTerminal) -> None:
    seen = terminal(*DEMO, "--ascii", columns=100, rows=30)
    seen.wait_for(lambda t: "< now" in t.text or "< usually" in t.text)
    seen.send("d")
    seen.wait_for(lambda t: "created  " not in t.text)  # the log beside it is in any script
    seen.send("?")
    seen.wait_for("Keys")
    assert seen.text.isascii()


def test_over_ssh_the_mouse_is_left_alone(terminal: StartTerminal) -> None:
    assert b"\x1b[?1003h" in watching(terminal).raw
    ssh = "192.0.2.1 50000 192.0.2.2 22"
    assert b"\x1b[?1003h" not in watching(terminal, SSH_CONNECTION=ssh).raw


def test_a_program_that_is_continued_leaves_the_terminal_as_found(terminal: StartTerminal) -> None:
    seen = watching(terminal)
    threads = seen.thread_count
    for _ in range(4):
        stop_and_continue(seen)
    seen.wait_for(lambda t: t.thread_count <= threads + 2)
    seen.send("\x11")
    assert seen.wait_for_exit() == 0
    assert_as_found(seen)


def stop_and_continue(seen: Terminal) -> None:
    """Has the program stopped without a word, and waits until it shows its screen again."""
    before = len(seen.raw)
    seen.signal(signal.SIGSTOP)
    seen.wait_for(lambda t: t.is_stopped)
    seen.signal(signal.SIGCONT)
    seen.wait_for(lambda t: b"release" in t.raw[before:])
