"""A file server on a real socket of this machine that does what file servers do, and worse."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

from cubewatch.api.download import TIMEOUTS, Downloader, DownloadTimeouts
from cubewatch.model.artifact_path import Parts
from tests.support.faults import listening

PIECE = 1 << 14

_REASONS = {200: "OK", 206: "Partial Content", 302: "Found", 403: "Forbidden", 416: "No Range"}


def content(size: int, seed: str = "artifact") -> bytes:
    """So many bytes, always the same."""
    return Random(seed).randbytes(size)


def checksum(data: bytes) -> str:
    return sha256(data).hexdigest()


@dataclass
class FileServer:
    """Serves `file` at any path; what else it does is set here, also while it runs.

    `stop_after`: bytes of a body until the connection is broken off; `wait_after`: until it stands
    still. `expired` paths are refused; `redirects` leads paths to addresses. `range_says` takes the
    place of the right Content-Range. `heads` are the requests' heads, as they came.
    """

    file: bytes = b""
    etag: str = '"v1"'
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    length: bool = True
    ranges: bool = True
    range_says: str = ""
    stop_after: int | None = None
    wait_after: int | None = None
    expired: set[str] = field(default_factory=set)
    redirects: dict[str, str] = field(default_factory=dict)
    heads: list[str] = field(default_factory=list)
    port: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str = "/file?signature=1") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def sent(self, name: str) -> list[str]:
        """The values of a header in all requests, "" where it was not sent."""
        found = (re.search(rf"(?im)^{name}: *(.*?)\r?$", head) for head in self.heads)
        return [match[1] if match else "" for match in found]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.tasks.add(task)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.heads.append(head)
                await self.answer(head, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()
        except asyncio.CancelledError:
            writer.transport.abort()

    async def answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        path = head.split(" ", 2)[1]
        if path in self.redirects:
            await self.write(writer, 302, {"Location": self.redirects[path]}, b"")
        elif path in self.expired:
            await self.write(writer, 403, {}, b"<Error><Code>AccessDenied</Code></Error>")
        elif self.status != 200:
            await self.write(writer, self.status, {}, b"")
        else:
            status, headers, body = self.found(head)
            await self.write(writer, status, headers, body)

    def found(self, head: str) -> tuple[int, dict[str, str], bytes]:
        """The whole file, or the rest that a request asks for of this very file."""
        headers = dict(self.headers)
        if self.etag:
            headers["ETag"] = self.etag
        wanted = re.search(r"(?im)^range: bytes=(\d+)-\r?$", head)
        same = re.search(r"(?im)^if-range: (.*?)\r?$", head)
        known = (self.etag, self.headers.get("Last-Modified"))
        if not (self.ranges and wanted and (same is None or same[1] in known)):
            return 200, headers, self.file
        start, total = int(wanted[1]), len(self.file)
        if start >= total:
            return 416, {"Content-Range": f"bytes */{total}"}, b""
        headers["Content-Range"] = self.range_says or f"bytes {start}-{total - 1}/{total}"
        return 206, headers, self.file[start:]

    async def write(
        self, writer: asyncio.StreamWriter, status: int, headers: dict[str, str], body: bytes
    ) -> None:
        if self.length:
            headers = {"Content-Length": str(len(body)), **headers}
        lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Other')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        limits = [limit for limit in (self.stop_after, self.wait_after) if limit is not None]
        whole = body[: min(limits)] if limits else body
        for start in range(0, len(whole), PIECE):
            writer.write(whole[start : start + PIECE])
            await writer.drain()
        if len(whole) < len(body) and self.wait_after is not None:
            await asyncio.Event().wait()
        if len(whole) < len(body) or not self.length:
            writer.close()


@asynccontextmanager
async def file_server(file: bytes = b"") -> AsyncIterator[FileServer]:
    server = FileServer(file)
    async with listening(server):
        yield server


class Progress:
    """What was told of a download."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int | None]] = []
        self.enough: Callable[[int], bool] = lambda _: False
        self.reached = asyncio.Event()

    def __call__(self, done: int, total: int | None) -> None:
        self.told.append((done, total))
        if self.enough(done):
            self.reached.set()


async def fetch(
    url: str,
    folder: Path,
    *,
    parts: Parts = ("dist", "app.bin"),
    source: str = "shop#142",
    progress: Progress | None = None,
    timeouts: DownloadTimeouts = TIMEOUTS,
) -> Path:
    """One download with connections of its own."""
    downloader = Downloader(timeouts=timeouts)
    try:
        return await downloader.download(url, folder, parts, source, progress or Progress())
    finally:
        await downloader.close()


def files(folder: Path) -> list[str]:
    """The paths of all files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
