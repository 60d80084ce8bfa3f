"""Trying a token, by a request for a repository."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass

from cubewatch.api.client import TIMING, Client, Limits
from cubewatch.api.errors import ApiError
from cubewatch.api.exchange import Exchange
from cubewatch.model.repository import RepoSlug
from cubewatch.settings import Secret, SettingsError

LIMITS = Limits(deadline=10.0)
UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class TokenTrial:
    """The result of a trial. `seconds`: until the answer, further tries included. `error` None: the
    request succeeded."""

    seconds: float
    error: ApiError | None = None

    @property
    def reached(self) -> bool:
        """Whether a server answered at all."""
        return self.error is None or self.error.status is not None

    @property
    def refused(self) -> bool:
        """Whether the token itself is turned down."""
        return self.error is not None and self.error.status == UNAUTHORIZED


def try_token(api_url: str, token: Secret, repo: RepoSlug) -> TokenTrial:
    """Requests `repo` with the token. Raises SettingsError if the environment has no usable way
    to the API."""

    async def ask() -> TokenTrial:
        client = Client(api_url, token, limits=LIMITS)
        try:
            return await _timed(client.repository(repo))
        finally:
            await client.close()

    return _run(ask)


def try_address(api_url: str) -> TokenTrial:
    """Requests the root without a token: that there is an answer is all that counts. Raises
    SettingsError as `try_token`."""

    async def ask() -> TokenTrial:
        exchange = Exchange(api_url, Secret(""), None, LIMITS, TIMING)
        try:
            return await _timed(exchange.once("GET", "/", seconds=LIMITS.deadline))
        finally:
            await exchange.close()

    return _run(ask)


def _run(ask: Callable[[], Coroutine[None, None, TokenTrial]]) -> TokenTrial:
    try:
        return asyncio.run(ask())
    except ValueError as error:
        raise SettingsError(str(error)) from None


async def _timed(call: Awaitable[object]) -> TokenTrial:
    begun = time.monotonic()
    try:
        await call
    except ApiError as error:
        return TokenTrial(time.monotonic() - begun, error)
    return TokenTrial(time.monotonic() - begun)
