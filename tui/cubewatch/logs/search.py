"""Query and Scan: find lines in a log, slice by slice, so that the screen never waits for it.

What is looked at is the text without escape sequences, so a word that is half in colour is found.
Hits are lines, as grep counts them.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from cubewatch.logs.log_line import without_sequences
from cubewatch.runtime.cpu_limit import computing_at_most

SLICE = 262_144
"""Bytes that are searched in one go."""
SAMPLE = 8_192
MAX_LINE = 1_000_000
"""Bytes after which a line is searched piece by piece."""


class LogText(Protocol):
    """The text of a log so far. Lines and offsets count from 0; `version` changes when something
    other than the end does."""

    size: int
    version: int

    @property
    def line_count(self) -> int: ...
    def read(self, start: int, length: int) -> bytes: ...
    def line_start(self, line: int) -> int: ...
    def line_end(self, line: int) -> int: ...
    def line_of(self, offset: int) -> int: ...
    def __hash__(self) -> int: ...


_ESCAPED = re.compile(r"\\.")

MAX_SLICE_SECONDS = 0.08
"""Seconds of computing for one slice, after which an expression is given up."""
MAX_MARK_SECONDS = 0.02
"""The same for the marks of one line."""

Finder = Callable[[bytes, int], list[int]]
"""Which of some whole lines hold something, in order; the int is the number of the first one."""


class Query:
    """A text to search for: small letters match both cases, a capital only itself.

    `regex`: a regular expression in the way of Python, searched line by line. Raises ValueError
    with its reason if it is none.
    """

    def __init__(self, text: str, *, regex: bool = False) -> None:
        self.text = text
        self.regex = regex
        letters = _ESCAPED.sub("", text) if regex else text
        self._folds = letters == letters.lower()
        flags = re.IGNORECASE if self._folds else 0
        try:
            self._pattern = re.compile(text if regex else re.escape(text), flags)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"no regular expression: {error}") from None

    def marks(self, text: str) -> Iterator[tuple[int, int]]:
        """The spans of a line that match, empty ones left out."""
        return (
            found.span() for found in self._pattern.finditer(text) if found.end() > found.start()
        )

    def lines(self, data: bytes, first: int) -> list[int]:
        """The lines that match: a Finder."""
        data = without_sequences(data).removesuffix(b"\n")
        if self.regex:
            found = map(self._pattern.search, data.decode("utf-8", "replace").split("\n"))
            return [line for line, hit in enumerate(found, first) if hit]
        if self.text.isascii():
            return holding(data.lower() if self._folds else data, self.text.encode(), first)
        text = data.decode("utf-8", "replace")
        text = text.lower() if self._folds else text
        return [line for line, part in enumerate(text.split("\n"), first) if self.text in part]


def holding(data: bytes, word: bytes, first: int) -> list[int]:
    """The lines that contain a word: found one by one if there are few, else line by line."""
    if data.count(word, 0, SAMPLE) * 4 > data.count(b"\n", 0, SAMPLE):
        # `in` is three times as fast for str as for bytes.
        parts, wanted = data.decode("latin-1").split("\n"), word.decode("latin-1")
        return [line for line, part in enumerate(parts, first) if wanted in part]
    lines: list[int] = []
    line, last = first, -1
    before_hits = data.split(word)
    before_hits.pop()
    for before in before_hits:
        line += before.count(b"\n")
        if line != last:
            lines.append(line)
            last = line
    return lines


class Scan:
    """The hits of a finder in a log from the byte `start` on, a line's first, kept while the log
    grows. `step` until it says no; each one searches `piece` bytes. `most`: of more lines only the
    first and the last are kept."""

    def __init__(
        self,
        log: LogText,
        find: Finder,
        piece: int = SLICE,
        start: int = 0,
        most: int | None = None,
    ) -> None:
        self.log = log
        self._piece = piece
        self._most = most
        self._find = find
        self._begin(start)

    def _begin(self, start: int = 0) -> None:
        self._version = self.log.version
        self.lines = array("I")
        self._sure = 0
        self._at = self.searched = start
        """Bytes that are done."""

    @property
    def is_done(self) -> bool:
        return self.log.version == self._version and self.searched >= self.log.size

    def step(self) -> bool:
        """Searches one slice; whether there is more to do. Whatever the finder raises, passes."""
        if self.log.version != self._version:
            self._begin()
        if self.is_done:
            return False
        data, whole = self._slice()
        found = self._find(data, self.log.line_of(self._at))
        del self.lines[self._sure :]
        if found and self.lines and self.lines[-1] == found[0]:
            del found[0]
        self.lines.extend(found)
        self.searched = self._at + len(data)
        if whole:
            self._at = self.searched
            if self._most and len(self.lines) > 2 * self._most:
                del self.lines[self._most // 2 : -self._most // 2]
            self._sure = len(self.lines)
        return not self.is_done

    def _slice(self) -> tuple[bytes, bool]:
        """The next whole lines; or the last line, which may go on later."""
        length = self._piece
        while True:
            data = self.log.read(self._at, length)
            end = data.rfind(b"\n") + 1
            if end:
                return data[:end], True
            if len(data) < length:
                return data, False
            if length >= MAX_LINE:
                return data, True
            length *= 4

    def after(self, line: int) -> int:
        """The index of the first hit behind a line."""
        return bisect_right(self.lines, line)


class Hits:
    """The lines of a log that match a query, found step by step.

    An expression that would take for ever is given up (`given_up`). `name` and `none` are what is
    said of it beside a count, and instead of a count of zero.
    """

    def __init__(self, log: LogText, query: Query) -> None:
        self.query = query
        self.name = f"for '{query.text}'"
        self.none = "nothing"
        self.given_up = False
        self._scan = Scan(log, query.lines, SLICE // 4 if query.regex else SLICE)

    @property
    def lines(self) -> Sequence[int]:
        return self._scan.lines

    @property
    def is_done(self) -> bool:
        return self.given_up or self._scan.is_done

    def step(self) -> bool:
        """Searches for a few milliseconds; whether there is more to do."""
        if self.given_up:
            return False
        if not self.query.regex:
            return self._scan.step()
        try:
            with computing_at_most(MAX_SLICE_SECONDS):
                return self._scan.step()
        except (TimeoutError, RecursionError, MemoryError):
            self.given_up = True
            return False

    def marks(self, text: str) -> list[tuple[int, int]]:
        """The spans of a line that match."""
        if self.given_up:
            return []
        if not self.query.regex:
            return list(self.query.marks(text))
        try:
            with computing_at_most(MAX_MARK_SECONDS):
                return list(self.query.marks(text))
        except (TimeoutError, RecursionError, MemoryError, re.error):
            return []
