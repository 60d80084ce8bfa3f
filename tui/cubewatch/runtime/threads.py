"""Runs long work in a thread that the program does not wait for when it ends."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def run_in_daemon_thread(work: Callable[[], T]) -> T:
    """Runs `work` in a thread and returns its result, or raises what it raises. `asyncio.to_thread`
    would hold up the program's end."""
    done: Future[T] = Future()
    done.set_running_or_notify_cancel()

    def run() -> None:
        try:
            done.set_result(work())
        except Exception as error:
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(done)


SHORT_TURN = 0.0005
"""Seconds for which a thread that calculates keeps the interpreter from the others, instead of the
usual 0.005: an event loop has many turns until a key is on the screen."""


async def calculate_in_daemon_thread(work: Callable[[], T]) -> T:
    """The same for work that calculates rather than waits: keys stay quick meanwhile."""
    with _short_turns():
        return await run_in_daemon_thread(work)


_calculating: list[float] = []


@contextmanager
def _short_turns() -> Iterator[None]:
    """A context in which threads take short turns."""
    _calculating.append(sys.getswitchinterval())
    sys.setswitchinterval(SHORT_TURN)
    try:
        yield
    finally:
        usual = _calculating.pop()
        if not _calculating:
            sys.setswitchinterval(usual)
