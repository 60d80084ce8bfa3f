"""Leaving when the system says so."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

from cubewatch.runtime.exit_status import exit_status_of_signal

LEAVING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def on_leaving(leave: Callable[[int], object]) -> None:
    """Calls `leave` with the exit status a shell expects (128 + N) when signal N asks to go.

    Needs a running event loop.
    """
    loop = asyncio.get_running_loop()
    for number in LEAVING:
        loop.add_signal_handler(number, leave, exit_status_of_signal(number))


def terminal_is_gone() -> bool:
    """Whether the terminal was closed under us."""
    return sys.__stdin__ is None or not sys.__stdin__.isatty()


def write_nowhere() -> None:
    """Lets what is still to be written end quietly, as there is nobody left to read it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
