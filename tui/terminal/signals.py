"""Leaving when the system says so."""

import asyncio
import signal
from collections.abc import Callable

LEAVING = (signal.SIGTERM, signal.SIGHUP)
HANGUP = 128 + signal.SIGHUP
"""The exit status of a program whose terminal was closed."""


def on_leaving(leave: Callable[[int], object]) -> None:
    """Calls `leave` with the exit status a shell expects (128 + N) when signal N asks to go.

    Needs a running event loop.
    """
    loop = asyncio.get_running_loop()
    for number in LEAVING:
        loop.add_signal_handler(number, leave, 128 + number)
