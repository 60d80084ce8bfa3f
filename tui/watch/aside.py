"""Work that may take long, in a thread that nobody waits for when the program ends."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T]) -> T:
    """What `work` returns, or raises. `asyncio.to_thread` would hold up the program's end."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(settled: Callable[[], None]) -> None:
        if not done.cancelled():
            settled()

    def run() -> None:
        try:
            result = work()
        except Exception as error:
            settled = partial(done.set_exception, error)
        else:
            settled = partial(done.set_result, result)
        with suppress(RuntimeError):  # the loop may have ended meanwhile
            loop.call_soon_threadsafe(settle, settled)

    Thread(target=run, daemon=True).start()
    return await done
