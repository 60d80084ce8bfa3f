"""RequestBudget: the one queue of all requests to the API, and the pauses the server asks for."""

import asyncio

from cubewatch.api.errors import TooManyRequests, Unreachable
from cubewatch.runtime.clock import Timing

MAX_HOLD = 300.0
"""Seconds of a `Retry-After` that are obeyed at most."""


class RequestBudget:
    """A queue that lets one request leave every `spacing` seconds, in the order in which they were
    made.

    A waiting task that is cancelled leaves the queue and does not delay the others.
    """

    def __init__(self, spacing: float, timing: Timing) -> None:
        self._spacing = spacing
        self._timing = timing
        self._queue = asyncio.Lock()
        self._next_at = 0.0
        self._held_until = 0.0

    async def turn(self, seconds: float) -> None:
        """Waits for the next free place in the queue, at most `seconds`.

        Raises TooManyRequests at once if the server asked for a longer pause than that, and
        Unreachable if so many requests are waiting that this one has no chance.
        """
        until = self._timing.now() + seconds
        self._check_hold(until)
        try:
            async with asyncio.timeout(seconds), self._queue:
                while (wait := max(self._next_at, self._held_until) - self._timing.now()) > 0:
                    self._check_hold(until)
                    await self._timing.sleep(wait)
                self._next_at = self._timing.now() + self._spacing
        except TimeoutError:
            raise Unreachable("too many requests are waiting: this one was not sent") from None

    def answered(self) -> None:
        """Notes that an answer came. The next request leaves no sooner than `spacing` seconds after
        it, as how long a request was on its way is not known."""
        self._next_at = max(self._next_at, self._timing.now() + self._spacing)

    def hold(self, seconds: float) -> None:
        """Blocks all requests for `seconds`, as the server requested."""
        until = self._timing.now() + min(seconds, MAX_HOLD)
        self._held_until = max(self._held_until, until)

    def _check_hold(self, until: float) -> None:
        if self._held_until > until:
            left = self._held_until - self._timing.now()
            raise TooManyRequests("the server asked for a pause", retry_after=left)
