"""The file server of the demo's artifacts: any path has a file, with the same bytes every time."""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from random import Random
from urllib.parse import parse_qs, unquote, urlsplit

BLOCK = 1 << 16
BYTES_PER_SECOND = 8_000_000
_LARGE = {".gz": 48_000_000, ".tgz": 18_000_000, ".zip": 9_000_000, "": 27_000_000}
"""About how many bytes a file with such a suffix has; others are small texts."""
_SMALL = 40_000
_RANGE = re.compile(r"bytes=([0-9]{1,18})-")


@dataclass(frozen=True, slots=True)
class FileAnswer:
    status: int
    headers: dict[str, str]
    chunks: AsyncIterator[bytes]


def answer_file(url: str, headers: Mapping[str, str], speed: float) -> FileAnswer:
    """The answer to a GET of `url` with `headers` (lower case), as fast as the demo's time goes.

    Knows `Range` with `If-Range`; an address without a signature is refused as S3 does it.
    """
    parts = urlsplit(url)
    name = unquote(parts.path)
    if "signature" not in parse_qs(parts.query):
        return FileAnswer(403, {"content-type": "application/xml"}, _said(b"<Error/>"))
    size, etag = _size(name), f'"{zlib.crc32(name.encode()):08x}"'
    answered = {"etag": etag, "accept-ranges": "bytes"}
    asked = _RANGE.fullmatch(headers.get("range", ""))
    start = int(asked[1]) if asked and headers.get("if-range", etag) == etag else 0
    if start >= size:
        return FileAnswer(416, {"content-range": f"bytes */{size}"}, _said(b""))
    if start:
        answered["content-range"] = f"bytes {start}-{size - 1}/{size}"
    answered["content-length"] = str(size - start)
    return FileAnswer(206 if start else 200, answered, _bytes(name, start, size, speed))


def _size(name: str) -> int:
    file = name.rsplit("/", 1)[-1]
    suffix = f".{file.rsplit('.', 1)[1]}" if "." in file else ""
    usual = _LARGE.get(suffix, _SMALL) if "SUM" not in file else _SMALL
    return usual + zlib.crc32(name.encode()) % (usual // 4)


async def _said(text: bytes) -> AsyncIterator[bytes]:
    yield text


async def _bytes(name: str, start: int, size: int, speed: float) -> AsyncIterator[bytes]:
    while start < size:
        number, inside = divmod(start, BLOCK)
        block = Random(f"{name}/{number}").randbytes(min(BLOCK, size - number * BLOCK))
        yield block[inside:]
        start += len(block) - inside
        await asyncio.sleep(BLOCK / BYTES_PER_SECOND / speed)
