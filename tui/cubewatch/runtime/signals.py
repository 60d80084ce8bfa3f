"""Signal handlers that end the program with the terminal as it was found."""

import asyncio
import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

from cubewatch.runtime.exit_status import exit_status_of_signal

GRACE = 3.0
"""Seconds that an orderly end may take; then the process ends without one."""
SEPARATE = 0.5
"""Seconds between two signals that were sent one after the other. A terminal that closes
sends several at once."""
RESTORED = (
    "\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
    "\x1b[?1016l\x1b[<u\x1b[0m\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[23;2t"
)
"""Undoes all that a screen may have set: updates, paste, wrap, sizes, mouse, keys, colours, the
second screen, cursor, focus, title."""

_NOT_TO_LEAVE = ("KILL", "STOP", "TSTP", "TTIN", "TTOU", "CONT", "CHLD", "URG", "WINCH", "INFO")
_FAULTS = ("SEGV", "BUS", "FPE", "ILL")
"""A handler in Python would come back to the fault for ever."""


def leaving_signals() -> Iterator[int]:
    """The signals that would end the process, and are not ignored (as nohup has it)."""
    others = {getattr(signal, f"SIG{name}", None) for name in (*_NOT_TO_LEAVE, *_FAULTS)}
    for number in signal.valid_signals() - others:
        before = signal.getsignal(number)
        if before == signal.SIG_DFL or (number == signal.SIGINT and before != signal.SIG_IGN):
            yield number


def on_leaving(leave: Callable[[int], object], restore: Callable[[], object]) -> None:
    """Calls `leave` in the running event loop when a signal asks to go, with the exit status that
    a shell expects. If that does not end the process within GRACE seconds, or at a second signal,
    calls `restore` and ends it: the loop may hang."""
    loop = asyncio.get_running_loop()
    seen: list[tuple[int, float]] = []

    def end() -> None:
        restore()
        os._exit(exit_status_of_signal(seen[0][0]))

    def handle(number: int, _frame: FrameType | None) -> None:
        seen.append((number, time.monotonic()))
        if len(seen) > 1:
            if seen[-1][1] - seen[0][1] >= SEPARATE:
                end()
            return
        with suppress(RuntimeError):  # the loop is closed: we are leaving already
            loop.call_soon_threadsafe(leave, exit_status_of_signal(number))
        timer = threading.Timer(GRACE, end)
        timer.daemon = True
        timer.start()

    for number in leaving_signals():
        signal.signal(number, handle)


def terminal_restorer() -> Callable[[], None]:
    """A function that restores the terminal to its present state, whatever changes it meanwhile,
    without waiting for it."""
    attributes: list[Any] | None = None
    with suppress(OSError, termios.error):
        attributes = termios.tcgetattr(0)

    def restore() -> None:
        with suppress(OSError, ValueError, termios.error):
            if attributes is not None:
                termios.tcsetattr(0, termios.TCSANOW, attributes)
            if os.isatty(2) and select.select([], [2], [], 0.5)[1]:
                os.write(2, RESTORED.encode("ascii"))

    return restore


def terminal_is_gone() -> bool:
    """Whether the terminal was closed under us."""
    return sys.__stdin__ is None or not sys.__stdin__.isatty()


def discard_output() -> None:
    """Discards what is still to be written, as there is no reader left."""
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(null, stream)
