"""Network errors in words, made from the chain of exceptions below httpx; never from their texts,
which may hold headers."""

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

from cubewatch.api.proxies import Proxy
from cubewatch.text.sanitize import inert

NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
"""After these nothing of the request has left."""


def trouble(error: Exception, host: str, proxy: Proxy | None = None) -> str:
    """One line that says what happened between us and `host` ("api.example:443"), to which the
    connections go through `proxy`."""
    if isinstance(error, httpx.ProxyError) and proxy:
        return _proxy_refusal(str(error), host, proxy)
    through = f" through the proxy {proxy.host} ({proxy.source})" if proxy else ""
    if isinstance(error, httpx.TimeoutException):
        return f"no connection to {host}{through} in time"
    if isinstance(error, httpx.RemoteProtocolError):
        return _broken_rule(str(error), host) + through
    if isinstance(error, httpx.ReadError | httpx.WriteError | httpx.CloseError):
        return f"{host} broke off the connection{through}"
    reached = f"the proxy {proxy.host} ({proxy.source})" if proxy else host
    for cause in _causes(error):
        if text := _network(cause, host, reached):
            return text
    return f"no connection to {host}{through}"


def _proxy_refusal(said: str, host: str, proxy: Proxy) -> str:
    """The meaning of the proxy's own answer, such as `407 Proxy Authentication Required`."""
    status, name = said[:3], f"the proxy {proxy.host}"
    if status == "407":
        return (
            f"{name} asks for a user name and a password, or refuses them (407): "
            f"write them into {proxy.source}, as http://USER:PASSWORD@HOST:PORT"
        )
    if status.isascii() and status.isdigit():
        verb = "can't reach" if status.startswith("5") else "does not let us through to"
        return f"{name} ({proxy.source}) {verb} {host} ({status})"
    return f"{name} ({proxy.source}) does not let us through to {host}"


def _broken_rule(said: str, host: str) -> str:
    if said.startswith("Server disconnected"):
        return f"{host} broke off the connection without an answer"
    if said.startswith(("peer closed connection", "peer unexpectedly closed")):
        return f"{host} broke off the connection in the middle of its answer"
    return f"what {host} sends is no HTTP"


def _network(cause: BaseException, host: str, reached: str) -> str | None:
    """The meaning of a network error. `reached` is what we connect to: the host or a proxy."""
    match cause:
        case ConnectionRefusedError():
            return f"connection refused by {reached}"
        case socket.gaierror() | UnicodeError():
            return f"name not found: {reached}"
        case ssl.SSLCertVerificationError():
            return (
                f"the certificate of {host} is not trusted: {inert(cause.verify_message)} "
                "(a company's own certificates: name their file in SSL_CERT_FILE)"
            )
        case ssl.SSLError():
            return f"no secure connection (TLS) to {host}"
        case ConnectionResetError() | BrokenPipeError():
            return f"{reached} broke off the connection"
        case OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH | errno.ENETDOWN):
            return f"no route to {reached}"
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
