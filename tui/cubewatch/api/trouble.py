"""Why no answer came, in words: from the chain of exceptions below httpx, never with their text,
which may hold headers."""

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

from cubewatch.text.sanitize import inert

NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
"""After these nothing of the request has left."""


def trouble(error: Exception, host: str) -> str:
    """One line that says what happened between us and `host` ("api.example:443")."""
    if isinstance(error, httpx.ProxyError):
        return f"the proxy lets nothing through to {host}"
    if isinstance(error, httpx.TimeoutException):
        return f"no connection to {host} in time"
    if isinstance(error, httpx.RemoteProtocolError):
        return _broken_rule(str(error), host)
    if isinstance(error, httpx.ReadError | httpx.WriteError | httpx.CloseError):
        return f"{host} broke off the connection"
    for cause in _causes(error):
        if text := _network(cause, host):
            return text
    return f"no connection to {host}"


def _broken_rule(said: str, host: str) -> str:
    if said.startswith("Server disconnected"):
        return f"{host} broke off the connection without an answer"
    if said.startswith(("peer closed connection", "peer unexpectedly closed")):
        return f"{host} broke off the connection in the middle of its answer"
    return f"what {host} sends is no HTTP"


def _network(cause: BaseException, host: str) -> str | None:
    match cause:
        case ConnectionRefusedError():
            return f"connection refused by {host}"
        case socket.gaierror() | UnicodeError():
            return f"name not found: {host}"
        case ssl.SSLCertVerificationError():
            return f"the certificate of {host} is not trusted: {inert(cause.verify_message)}"
        case ssl.SSLError():
            return f"no secure connection (TLS) to {host}"
        case ConnectionResetError() | BrokenPipeError():
            return f"{host} broke off the connection"
        case OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH | errno.ENETDOWN):
            return f"no route to {host}"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error`, what it comes from, and the members of groups among these, each once."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting += [current.__cause__, current.__context__]
