"""Windows of odd sizes, and of sizes that change faster than one can look."""

import signal
import time

import pytest

from tests.conftest import StartTerminal
from tests.support.terminal import Terminal

STORM = 4.0
"""Seconds for which a window is dragged, thirty times a second."""


def at_rest(terminal: Terminal, seconds: float = 1.0) -> None:
    """Waits until nothing has been written for a while."""
    end, before = time.monotonic() + 30, -1
    while time.monotonic() < end and before != len(terminal.raw):
        before = len(terminal.raw)
        until = time.monotonic() + seconds
        terminal.wait_for(lambda _: time.monotonic() > until)  # noqa: B023
    assert before == len(terminal.raw), "it writes for ever"


@pytest.mark.parametrize("size", [(0, 0), (80, 0), (0, 24), (1, 1), (3, 40)])
@pytest.mark.parametrize("end", ["q", "\x03", signal.SIGTERM])
def test_a_window_without_a_size_comes_to_rest_and_can_be_left(
    terminal: StartTerminal, size: tuple[int, int], end: str | signal.Signals
) -> None:
    window = terminal("--demo", columns=size[0], rows=size[1])
    window.wait_for(lambda window: window.raw.count(b"\x1b[H") > 0)
    at_rest(window)
    if isinstance(end, str):
        window.send(end)
    else:
        window.signal(end)
    assert window.wait_for_exit() in (0, 130, 143), window.raw[-2000:]


@pytest.mark.parametrize("size", [(0, 0), (80, 0), (0, 24), (1, 1)])
def test_it_recovers_from_a_window_without_a_size(
    terminal: StartTerminal, size: tuple[int, int]
) -> None:
    window = terminal("--demo")
    window.wait_for("Workflows")
    window.resize(*size)
    at_rest(window)
    window.resize(120, 40)
    window.wait_for("Workflows")
    window.wait_for("POST /repos")
    window.send("?")
    window.wait_for("This screen")


@pytest.mark.parametrize(
    ("opened", "small"), [("", (39, 11)), ("", (1, 1)), ("\x10", (39, 11)), ("?", (0, 0))]
)
def test_a_window_that_is_dragged_comes_to_rest(
    terminal: StartTerminal, small: tuple[int, int], opened: str
) -> None:
    window = terminal("--demo")
    window.wait_for("Workflows")
    if opened:
        window.send(opened)
        window.wait_for({"\x10": "type parts of a name", "?": "This screen"}[opened])
    end = time.monotonic() + STORM
    step = 0
    while time.monotonic() < end:
        step += 1
        window.resize(*((40, 12) if step % 2 else small))
        until = time.monotonic() + 1 / 30
        window.wait_for(lambda _: time.monotonic() > until)  # noqa: B023
    window.resize(120, 40)
    at_rest(window)
    window.wait_for("? help")
    window.send("\x11")
    assert window.wait_for_exit() == 0


def test_what_is_written_after_the_program_has_its_own_style(terminal: StartTerminal) -> None:
    """The last cell that was drawn may have been of any style."""
    window = terminal("--demo")
    window.wait_for("Workflows")
    window.send("q")
    assert window.wait_for_exit() == 0
    end = window.raw.rfind(b"\x1b[?1049l")
    assert window.raw.rfind(b"\x1b[m", 0, end) > window.raw.rfind(b"Workflows")
