"""Asking for one thing until it is there, and how long to wait after a failure."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from cubewatch.api.errors import ApiError, Refused
from cubewatch.runtime.clock import Timing
from cubewatch.watch.poll import MOVING, back_off
from cubewatch.watch.updates import Trouble

T = TypeVar("T")


async def attempts(
    ask: Callable[[], Awaitable[T]], timing: Timing, again: float = MOVING
) -> AsyncIterator[T | Trouble]:
    """What each call of `ask` brings, `again` seconds after the last; after a failure it waits as
    the poll loop does. A refusal is a Trouble without a next try: who goes on all the same asks
    again."""
    never = asyncio.Event()
    tries = 0
    while True:
        try:
            answer = await ask()
        except ApiError as error:
            tries += 1
            wait = back_off(error, tries, timing.chance())
            lasting = isinstance(error, Refused)
            yield Trouble(error, tries, None if lasting else timing.now() + wait)
        else:
            tries, wait = 0, again
            yield answer
        await timing.wait(never, wait)
