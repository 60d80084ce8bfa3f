"""Reading a response body: never more of it in memory than the limit, compressed or not."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping

PIECE = 1 << 20
"""How many bytes are unpacked before others get their turn."""


class BodyError(Exception):
    """A body that can't be read; `str()` of it says why, in one line."""


async def read_body(headers: Mapping[str, str], chunks: AsyncIterator[bytes], limit: int) -> bytes:
    """The unpacked body out of its `chunks` as they come over the wire.

    Raises BodyError for one of more than `limit` bytes, as soon as that is known, for an encoding
    other than gzip, and for gzip that is broken or cut off.
    """
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise BodyError(_too_large(limit))
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        chunks = _unpacked(chunks)
    elif encoding not in ("", "identity"):
        raise BodyError("the answer has a content encoding that was not requested")
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise BodyError(_too_large(limit))
        parts.append(chunk)
    return b"".join(parts)


def _too_large(limit: int) -> str:
    return f"the answer is larger than {limit / 1_000_000:.0f} MB"


async def _unpacked(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    empty = True
    async for chunk in chunks:
        empty = empty and not chunk
        while chunk and not unpacker.eof:
            try:
                piece = unpacker.decompress(chunk, PIECE)
            except zlib.error:
                raise BodyError("the answer's gzip is broken") from None
            yield piece
            chunk = unpacker.unconsumed_tail
            if len(piece) == PIECE:
                await asyncio.sleep(0)
    if not (unpacker.eof or empty):
        raise BodyError("the answer's gzip is cut off")
