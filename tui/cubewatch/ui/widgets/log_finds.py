"""What is found in a log while it grows: the hits of a query, and the likely causes."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal, Protocol

from cubewatch.logs.causes import CauseSearch
from cubewatch.logs.search import SLICE, LogText, Query, Scan
from cubewatch.runtime.cpu_limit import computing_at_most

MAX_SLICE_SECONDS = 0.08
"""Seconds of computing for one slice, after which an expression is given up."""
MAX_MARK_SECONDS = 0.02
"""The same for the marks of one line."""

Step = Literal[1, -1]


class Finds(Protocol):
    """Lines of a log that are looked for step by step; `lines` are those found so far, in order."""

    name: str
    """What they are called beside their count."""
    none: str
    """What is said instead of a count of zero."""
    given_up: bool

    @property
    def lines(self) -> Sequence[int]: ...
    @property
    def is_done(self) -> bool: ...
    def step(self) -> bool:
        """Searches for a few milliseconds; whether there is more to do."""
        ...

    def marks(self, text: str) -> list[tuple[int, int]]:
        """Where in a line's text something is to be marked."""
        ...


class Hits:
    """The lines that hold what a person looks for."""

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
        if self.given_up:
            return []
        if not self.query.regex:
            return list(self.query.marks(text))
        try:
            with computing_at_most(MAX_MARK_SECONDS):
                return list(self.query.marks(text))
        except (TimeoutError, RecursionError, MemoryError, re.error):
            return []


class Causes:
    """The lines that most likely say what went wrong; `best` is the likeliest."""

    name = "likely causes"
    none = "no"
    given_up = False

    def __init__(self, log: LogText) -> None:
        self._search = CauseSearch(log)
        self.step = self._search.step

    @property
    def lines(self) -> Sequence[int]:
        return sorted({cause.line for cause in self._search.causes if cause.tool})

    @property
    def is_done(self) -> bool:
        return self._search.is_done

    @property
    def best(self) -> int | None:
        return next((cause.line for cause in self._search.causes), None)

    def marks(self, text: str) -> list[tuple[int, int]]:
        return []


def number(lines: Sequence[int], line: int) -> int:
    """Which of the lines one is, counted from 1; 0 if it is none of them."""
    at = bisect_left(lines, line)
    return at + 1 if at < len(lines) and lines[at] == line else 0


def beyond(lines: Sequence[int], line: int, step: Step) -> int | None:
    """The next of the lines behind or before one."""
    at = bisect_right(lines, line) if step > 0 else bisect_left(lines, line) - 1
    return lines[at] if 0 <= at < len(lines) else None
