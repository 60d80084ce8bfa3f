"""A server on a real socket of this machine that breaks off, hangs or writes nonsense."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from cubewatch.api.client import Client, Limits
from cubewatch.settings import Secret
from tests.support.scripted import Hasty

TOKEN = "pv1_top-secret"
RUN = json.dumps({"slug": "142", "status": "processing"}).encode()
LIMIT = Limits().body

Fault = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def for_ever() -> None:
    await asyncio.Event().wait()


@dataclass
class FaultServer:
    """Reads requests and lets `fault` write what comes back; keeps each request's head."""

    fault: Fault
    reads_first: bool = True
    requests: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            while not writer.is_closing():
                if self.reads_first:
                    await self.take_request(reader)
                await self.fault(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()
        except asyncio.CancelledError:
            writer.transport.abort()

    async def take_request(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        for line in head.splitlines():
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                await reader.readexactly(int(value))
        self.requests.append(head)

    def client(self, deadline: float = 30, body: int = LIMIT, scheme: str = "http") -> Client:
        return Client(
            f"{scheme}://127.0.0.1:{self.port}",
            Secret(TOKEN),
            limits=Limits(deadline=deadline, body=body, spacing=0),
            timing=Hasty(),
        )


class RawServer(Protocol):
    """A server that writes bytes; its tasks end with it."""

    port: int
    tasks: set[asyncio.Task[None]]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...


@asynccontextmanager
async def listening(server: RawServer) -> AsyncIterator[None]:
    """Serves on a free port of this machine."""
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        listener.close()
        for task in server.tasks:
            task.cancel()
        await asyncio.gather(*server.tasks)


@asynccontextmanager
async def serving(fault: Fault, *, reads_first: bool = True) -> AsyncIterator[FaultServer]:
    server = FaultServer(fault, reads_first)
    async with listening(server):
        yield server


def writes(*parts: bytes, close: bool = False) -> Fault:
    async def fault(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if close:
            writer.close()

    return fault


def answer(body: bytes = RUN, *headers: str, status: str = "200 OK", close: bool = False) -> Fault:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return writes("\r\n".join(head).encode() + b"\r\n\r\n" + body, close=close)


def then_reset(*parts: bytes) -> Fault:
    async def fault(writer: asyncio.StreamWriter) -> None:
        await writes(*parts)(writer)
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return fault


def then_hang(*parts: bytes) -> Fault:
    async def fault(writer: asyncio.StreamWriter) -> None:
        await writes(*parts)(writer)
        await for_ever()

    return fault
