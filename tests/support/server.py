"""An ASGI app on a real socket of this machine, and what it was asked."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came. The path is as sent, still percent-encoded; header names are lower
    case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Served:
    """A server that runs, and every request it has received whole, oldest first."""

    url: str
    requests: list[Request] = field(default_factory=list)

    def received(self, method: str) -> list[Request]:
        """The requests of one method."""
        return [request for request in self.requests if request.method == method]


@contextmanager
def serve(app: ASGIApp) -> Iterator[Served]:
    """Serve `app` on a free port of 127.0.0.1 from a thread, until the block is left.

    The socket listens before anything else happens, so nobody has to wait for the server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # asyncio does so only for sockets that name their protocol; a head would wait for its body.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with _serve(app, listener, f"http://127.0.0.1:{listener.getsockname()[1]}") as served:
            yield served


@contextmanager
def serve_at(app: ASGIApp, path: Path) -> Iterator[Served]:
    """The same on a Unix socket that is made at `path`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        with _serve(app, listener, f"unix:{path}") as served:
            yield served


@contextmanager
def _serve(app: ASGIApp, listener: socket.socket, url: str) -> Iterator[Served]:
    served = Served(url)
    config = uvicorn.Config(
        _recording(app, served),
        log_level="error",
        timeout_graceful_shutdown=5,
        date_header=False,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join()


def _recording(app: ASGIApp, served: Served) -> ASGIApp:
    """`app`, with every request noted once its body is complete."""

    async def recorder(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        messages = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        served.requests.append(_request(scope, messages))

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        await app(scope, replay, send)

    return recorder


def _request(scope: Scope, messages: list[Message]) -> Request:
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("ascii"),
        query=scope["query_string"].decode("ascii"),
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=b"".join(message.get("body", b"") for message in messages),
    )
