"""One request and its answer: connections, deadline, size, and our errors instead of httpx's."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Literal

import httpx

from cubewatch import __version__
from cubewatch.api.body import BodyError, read_body
from cubewatch.api.budget import RequestBudget
from cubewatch.api.certificates import tls_context
from cubewatch.api.error_answer import is_web_page, refusal
from cubewatch.api.errors import (
    ApiError,
    BadAnswer,
    ServerTrouble,
    TooManyRequests,
    Unreachable,
)
from cubewatch.api.proxies import proxy_for
from cubewatch.api.retry import TRIES, moment
from cubewatch.api.stray import has_stray_bytes
from cubewatch.api.trouble import NOT_SENT, trouble
from cubewatch.model.address import checked_api_url
from cubewatch.runtime.clock import MAX_OFFSET, Timing
from cubewatch.runtime.threads import run_in_daemon_thread
from cubewatch.settings import Secret, SettingsError
from cubewatch.text.sanitize import inert

RENEWAL_GAP = 60.0
ERROR_BODY = 256_000
"""Bytes; what an error says beyond that is not read."""

Method = Literal["GET", "POST"]


@dataclass(frozen=True, slots=True)
class Limits:
    """`deadline` and `connect` in seconds, for a whole call and for a connection within it;
    `body` in bytes after unpacking; `spacing` is the least time in seconds from one request to
    the next, across all callers: a limit of ten a second is said to exist (seen once). `tries`:
    how often at most something is read, if errors may pass."""

    deadline: float = 30.0
    connect: float = 10.0
    body: int = 32_000_000
    spacing: float = 0.13
    tries: int = TRIES


_NOTABLE = frozenset({"etag", "date", "retry-after", "cache-control", "server"})
MAX_HEADER = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of success: its body, unpacked, and the server's time (UTC) if it had a `Date`.

    `etag`: what names this state of the resource, "" if the server gives none. `not_modified`: it
    is still in the state of the etag that was sent along, and there is no body.
    """

    body: bytes
    server_time: datetime | None
    web_page: bool = False
    etag: str = ""
    not_modified: bool = False


@dataclass(slots=True)
class _Connections:
    http: httpx.AsyncClient
    users: int = 0


@dataclass(slots=True)
class _Writing:
    """A trace of httpcore that notes whether any of the request may have been sent."""

    begun: bool

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            self.begun = self.begun or info["request"].method != b"CONNECT"


class Exchange:
    """Requests to one API. A failure retires its connections: the next request opens new ones.

    Raises ValueError for an address the token must not go to (only https, or http to this
    machine), a token no header can hold, and proxies or certificates in the environment that
    can't be used.
    """

    def __init__(
        self,
        api_url: str,
        token: Secret,
        transport: httpx.AsyncBaseTransport | None,
        limits: Limits,
        timing: Timing,
        renew_token: Callable[[], Secret] | None = None,
    ) -> None:
        url = httpx.URL(checked_api_url(api_url))
        self._base = str(url).rstrip("/")
        self.host = host_of(url)
        self._token = _checked_token(token)
        self._renew_token = renew_token
        self._renewing = asyncio.Lock()
        self._renewed_at = float("-inf")
        self._transport = transport
        self._limits = limits
        self.server_ahead = timedelta()
        self.knows_clock = False
        """Whether an answer has told the server's time."""
        self._timing = timing
        self._budget = RequestBudget(limits.spacing, timing)
        self.notable_headers: dict[str, str] = {}
        over_network = transport is None and url.scheme == "https"
        self._tls = tls_context() if over_network else False
        name = url.raw_host.decode("ascii")
        self._proxy = proxy_for(name, url.port or 443) if over_network else None
        self._connections = self._opened()

    def _opened(self) -> _Connections:
        """New connections, made when first used. No cookies: the token is all there is."""
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"cubewatch/{__version__}",
        }
        http = httpx.AsyncClient(
            transport=self._transport,
            verify=self._tls,
            proxy=self._proxy.url if self._proxy else None,
            trust_env=False,
            headers=headers,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=httpx.Timeout(None, connect=self._limits.connect),
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=4),
        )
        return _Connections(http)

    async def close(self) -> None:
        await self._connections.http.aclose()

    async def renew(self) -> None:
        """Retires all connections: calls that use them finish, and the next call opens a new
        one."""
        if self._transport is not None:
            return
        old, self._connections = self._connections, self._opened()
        if not old.users:
            await old.http.aclose()

    async def renew_token(self) -> bool:
        """Looks for the token again, as a person may renew it or its command print a newer one;
        whether there is another one by now. Not more often than every RENEWAL_GAP seconds."""
        if self._renew_token is None:
            return False
        refused = self._token
        async with self._renewing:
            if self._token == refused and self._timing.now() >= self._renewed_at + RENEWAL_GAP:
                with suppress(SettingsError, OSError, ValueError):
                    self._token = _checked_token(await run_in_daemon_thread(self._renew_token))
                self._renewed_at = self._timing.now()
        return self._token != refused

    async def once(
        self,
        method: Method,
        target: str,
        content: bytes | None = None,
        *,
        seconds: float,
        etag: str = "",
    ) -> Answer:
        """One request, never repeated, answered within `seconds` or not at all, from its place in
        the queue on.

        `target` is a path and query, percent-encoded. With an `etag` the answer may be that there
        is nothing new. Raises ApiError; its `sent` is true if the method is POST and what it asks
        for may have been done.
        """
        until = self._timing.now() + seconds
        await self._budget.turn(seconds)
        connections = self._connections
        connections.users += 1
        left = until - self._timing.now()
        try:
            return await self._attempt(connections.http, method, target, content, left, etag)
        except (Unreachable, BadAnswer, ServerTrouble, TooManyRequests) as error:
            if isinstance(error, ServerTrouble | TooManyRequests) and error.retry_after:
                self._budget.hold(error.retry_after)
            if connections is self._connections and not isinstance(error, TooManyRequests):
                await self.renew()
            raise
        finally:
            self._budget.answered()
            connections.users -= 1
            if connections is not self._connections and not connections.users:
                await connections.http.aclose()

    async def _attempt(
        self,
        http: httpx.AsyncClient,
        method: Method,
        target: str,
        content: bytes | None,
        seconds: float,
        etag: str,
    ) -> Answer:
        """Errors leave from outside of any `except`: httpx's hold the request and its token."""
        token = self._token
        writing = _Writing(begun=self._transport is not None)
        posted = method == "POST"
        problem: ApiError
        try:
            async with asyncio.timeout(seconds):
                request = _request(http, method, self._base + target, content, writing)
                if token:
                    request.headers["Authorization"] = f"Bearer {token}"
                if etag:
                    request.headers["If-None-Match"] = etag
                return await self._answer(http, request, token)
        except TimeoutError:
            what = f"no complete answer from {self.host} within {self._limits.deadline:g} s"
            problem = Unreachable(what, sent=posted and writing.begun)
        except BodyError as error:
            problem = BadAnswer(str(error), status=200, sent=posted)
        except httpx.InvalidURL:
            problem = BadAnswer("a name in the request is too long for an address")
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            sent = posted and writing.begun and not isinstance(error, NOT_SENT)
            problem = Unreachable(trouble(error, self.host, self._proxy), sent=sent)
        raise problem

    def _learn_clock(self, server_time: datetime) -> None:
        ahead = server_time - datetime.now(UTC)
        if abs(ahead.total_seconds()) < MAX_OFFSET:
            self.server_ahead = ahead
            self.knows_clock = True

    async def _answer(self, http: httpx.AsyncClient, request: httpx.Request, token: str) -> Answer:
        response = await http.send(request, stream=True, follow_redirects=False)
        server_time = moment(response.headers.get("date"))
        if server_time:
            self._learn_clock(server_time)
        etag = response.headers.get("etag", "")
        self.notable_headers |= _notable(response.headers)
        try:
            if response.status_code == 304 and "If-None-Match" in request.headers:
                await read_body(response.headers, _chunks(response), 0)
                return Answer(b"", server_time, etag=etag, not_modified=True)
            if response.is_success:
                body = await read_body(response.headers, _chunks(response), self._limits.body)
                web_page = is_web_page(response.headers, body)
                return Answer(body, server_time, web_page, etag)
            with suppress(BodyError, httpx.HTTPError):
                body = b""
                body = await read_body(response.headers, _chunks(response), ERROR_BODY)
        finally:
            if has_stray_bytes(response):
                await self.renew()
            await response.aclose()
        raise refusal(response, body, token=token, posted=request.method == "POST")


def _request(
    http: httpx.AsyncClient,
    method: Method,
    url: str,
    content: bytes | None,
    writing: _Writing,
) -> httpx.Request:
    headers = {} if content is None else {"Content-Type": "application/json"}
    return http.build_request(
        method, url, content=content, headers=headers, extensions={"trace": writing}
    )


def _notable(headers: httpx.Headers) -> dict[str, str]:
    """The headers that say how a client may behave, by lower-case names, each cut short."""
    return {
        inert(name.lower())[:MAX_HEADER]: inert(value)[:MAX_HEADER]
        for name, value in headers.items()
        if name.lower() in _NOTABLE or "ratelimit" in name.lower().replace("-", "")
    }


def _chunks(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body as it comes over the wire, packed if it is packed."""
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError("an asynchronous client got a synchronous stream")
    return aiter(response.stream)


def host_of(url: httpx.URL) -> str:
    """Host and port as they are spoken to: `api.example:443`."""
    host = inert(url.raw_host.decode("ascii", "replace"))
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{url.port or (80 if url.scheme == 'http' else 443)}"


def _checked_token(token: Secret) -> str:
    text = token.reveal()
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("the token holds characters that no token has")
    return text
