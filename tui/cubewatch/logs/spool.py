"""Logs on disk: one file for a run, and as little in memory as finds a line again."""

import os
import re
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import BinaryIO

BLOCK = 16_384
"""Bytes between two marks. A mark is four bytes, however short the lines are."""
CHUNK = 65_536
"""Bytes of the file that belong to one log."""
LIMIT = 512_000_000
"""Bytes that the logs of one run may take."""

_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class SpoolFullError(Exception):
    """The limit is reached, even without all the other logs that can be dropped."""


def encoded(text: str) -> bytes:
    """UTF-8 of `text`. The halves of a pair become their character, `\\udc80` to `\\udcff` the
    byte that they stand for (PEP 383), other lone surrogates U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return _LONE.sub("\N{REPLACEMENT CHARACTER}", whole).encode("utf-8", "surrogateescape")


class SpoolFile:
    """The file that holds the logs of one run, in chunks that each belong to one log. It has no
    name and is its owner's alone (0600), so that nothing is left of it however we end."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self._free: list[int] = []
        self._count = 0

    def take(self) -> int:
        """The number of a free chunk. Raises OSError."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(  # noqa: SIM115, stays open
                prefix="cubewatch-", buffering=0
            )
        if self._free:
            return self._free.pop()
        self._count += 1
        return self._count - 1

    def give_back(self, chunks: Iterable[int]) -> None:
        """Frees chunks for other logs."""
        self._free.extend(chunks)

    def write(self, chunk: int, offset: int, data: memoryview) -> None:
        """Writes into a chunk. Raises OSError."""
        if self._file is None:
            raise ValueError("the file is closed")
        done = 0
        while done < len(data):
            at = chunk * CHUNK + offset + done
            done += os.pwrite(self._file.fileno(), data[done:], at)

    def read(self, chunk: int, offset: int, length: int) -> bytes:
        """Bytes of a chunk."""
        if self._file is None:
            return b""
        return os.pread(self._file.fileno(), length, chunk * CHUNK + offset)

    def close(self) -> None:
        """Gives the disk space back."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._free.clear()
        self._count = 0


class LogSpool:
    """One log. Lines and offsets count from 0; lines end with `\n`, the last one may not.

    `version` changes whenever something other than the end has changed.
    """

    def __init__(self, file: SpoolFile | None = None) -> None:
        self._file = file or SpoolFile()
        self._chunks = array("I")
        self._marks = array("I", [0])
        self.size = 0
        self.newlines = 0
        self.version = 0
        self.dropped = False
        self.finished = False
        """No more will be appended: it may be dropped to make room."""

    def append(self, data: bytes) -> None:
        """Adds to the end. Raises OSError if the disk is full; what was added then is undone."""
        view, at = memoryview(data), self.size
        while view:
            number, offset = divmod(at, CHUNK)
            if number == len(self._chunks):
                self._chunks.append(self._file.take())
            piece = view[: CHUNK - offset]
            self._file.write(self._chunks[number], offset, piece)
            at += len(piece)
            view = view[len(piece) :]
        seen = 0
        while (end := BLOCK * len(self._marks) - self.size) <= len(data):
            self.newlines += data.count(b"\n", seen, end)
            self._marks.append(self.newlines)
            seen = end
        self.newlines += data.count(b"\n", seen)
        self.size += len(data)

    def cut(self, size: int) -> None:
        """Truncates the log to `size` bytes."""
        if size >= self.size:
            return
        del self._marks[size // BLOCK + 1 :]
        start = size // BLOCK * BLOCK
        self.newlines = self._marks[-1] + self.read(start, size - start).count(b"\n")
        self.size = size
        self.version += 1
        self._give_back(-(-size // CHUNK))

    def drop(self) -> None:
        """Frees the disk space; the log is empty then, and `dropped`."""
        self._give_back(0)
        self._marks = array("I", [0])
        self.size = self.newlines = 0
        self.version += 1
        self.dropped = True

    def _give_back(self, kept: int) -> None:
        self._file.give_back(self._chunks[kept:])
        del self._chunks[kept:]

    @property
    def line_count(self) -> int:
        """Lines, with the one that has not ended yet if there is something in it."""
        return self.newlines + (self.size > 0 and self.read(self.size - 1, 1) != b"\n")

    def read(self, start: int, length: int) -> bytes:
        """Up to `length` bytes from byte `start` on; nothing beyond the end."""
        end = min(start + length, self.size)
        pieces = []
        while start < end:
            offset = start % CHUNK
            piece = min(CHUNK - offset, end - start)
            pieces.append(self._file.read(self._chunks[start // CHUNK], offset, piece))
            start += piece
        return b"".join(pieces)

    def line_start(self, line: int) -> int:
        """The offset of a line's first byte; the size for a line that is not there."""
        if line <= 0:
            return 0
        if line > self.newlines:
            return self.size
        block = bisect_left(self._marks, line) - 1
        data = self.read(block * BLOCK, BLOCK)
        return block * BLOCK + _after_newline(data, line - self._marks[block])

    def line_end(self, line: int) -> int:
        """The offset behind a line's last byte, its `\n` left out."""
        return self.line_start(line + 1) - 1 if line < self.newlines else self.size

    def line_of(self, offset: int) -> int:
        """The line in which the byte at `offset` stands."""
        block = min(max(0, offset), self.size) // BLOCK
        return self._marks[block] + self.read(block * BLOCK, offset - block * BLOCK).count(b"\n")

    def line(self, line: int, most: int = 1 << 30) -> bytes:
        """A line as it was written, without its `\n`; its first `most` bytes."""
        start = self.line_start(line)
        return self.read(start, min(most, self.line_end(line) - start))


def _after_newline(data: bytes, count: int) -> int:
    """The offset in `data` of the byte after its `count`th newline is, by halving."""
    low, high = 0, len(data)
    while high - low > 64:
        middle = (low + high) // 2
        before = data.count(b"\n", low, middle)
        if before >= count:
            high = middle
        else:
            low, count = middle, count - before
    for _ in range(count):
        low = data.index(b"\n", low) + 1
    return low


class SpoolPool:
    """The logs of one run, within a limit: to make room the oldest finished ones go first, then
    the oldest others, the one that grows never."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._file = SpoolFile()
        self._spools: list[LogSpool] = []

    def spool(self) -> LogSpool:
        """A new, empty log."""
        spool = LogSpool(self._file)
        self._spools.append(spool)
        return spool

    def drop(self, spool: LogSpool) -> None:
        """Drops a log that is not needed any more."""
        spool.drop()
        if spool in self._spools:
            self._spools.remove(spool)

    def append(self, spool: LogSpool, data: bytes) -> None:
        """Adds to a log. Raises SpoolFullError, with nothing added, or OSError of the disk."""
        self._make_room(spool, len(data))
        spool.append(data)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(spool.size for spool in self._spools)

    def close(self) -> None:
        """Drops all logs."""
        for spool in self._spools:
            spool.drop()
        self._spools.clear()
        self._file.close()

    def _make_room(self, spool: LogSpool, more: int) -> None:
        if spool.size + more > self._limit:
            raise SpoolFullError
        others = [other for other in self._spools if other is not spool]
        going = sorted(others, key=lambda other: not other.finished)
        while going and self.size + more > self._limit:
            self.drop(going.pop(0))
