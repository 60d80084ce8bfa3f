"""Repeated attempts to get one thing, spaced like the poll loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from cubewatch.api.errors import ApiError, Refused
from cubewatch.runtime.clock import Timing
from cubewatch.watch.cadence import Failures
from cubewatch.watch.updates import Trouble

T = TypeVar("T")


async def attempts(
    request: Callable[[], Awaitable[T]], timing: Timing, interval: float
) -> AsyncIterator[T | Trouble]:
    """Yields what each call of `request` returns, `interval` seconds after the last one.

    A failure is a Trouble, and the next call waits as in the poll loop. A refusal is a Trouble
    without a next try: iterating further tries again all the same.
    """
    never = asyncio.Event()
    failures = Failures()
    while True:
        try:
            answer = await request()
        except ApiError as error:
            failures.add(error, timing.now())
            wait = failures.wait(error, timing.chance())
            retry_at = None if isinstance(error, Refused) else timing.now() + wait
            yield Trouble(error, failures.count, retry_at)
        else:
            failures.clear()
            wait = interval
            yield answer
        await timing.wait(never, wait)
