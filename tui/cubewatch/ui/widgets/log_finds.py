"""What was looked for in a log, and what was found of it, while it grows."""

import re
from bisect import bisect_left, bisect_right
from typing import Literal

from cubewatch.logs.causes import error_lines, last_error
from cubewatch.logs.search import SLICE, LogText, Query, Scan
from cubewatch.runtime.cpu_limit import computing_at_most

SLOWEST = 0.08
"""Seconds of computing for one slice, after which an expression is given up."""
MARKING = 0.02
"""The same for the marks of one line."""

Step = Literal[1, -1]


class Finds:
    """The hits of a query or, without one, the likely errors of a log."""

    def __init__(self, log: LogText, query: Query | None = None) -> None:
        self.query = query
        self.given_up = False
        plain = query is not None and not query.regex
        find = query.lines if query else error_lines
        self._scan = Scan(log, find, SLICE if plain else SLICE // 4)

    @property
    def is_done(self) -> bool:
        return self.given_up or self._scan.is_done

    @property
    def count(self) -> int:
        return len(self._scan.lines)

    def work(self) -> bool:
        """A few milliseconds of searching; whether there is more to do."""
        if self.given_up:
            return False
        if self.query is None or not self.query.regex:
            return self._scan.step()
        try:
            with computing_at_most(SLOWEST):
                return self._scan.step()
        except (TimeoutError, RecursionError, MemoryError):
            self.given_up = True
            return False

    def marks(self, text: str) -> list[tuple[int, int]]:
        """Where in a line the query's hits are."""
        if self.query is None or self.given_up:
            return []
        if not self.query.regex:
            return list(self.query.marks(text))
        try:
            with computing_at_most(MARKING):
                return list(self.query.marks(text))
        except (TimeoutError, RecursionError, MemoryError, re.error):
            return []

    def number(self, line: int) -> int:
        """Which hit a line is, counted from 1; 0 if it is none."""
        at = bisect_left(self._scan.lines, line)
        return at + 1 if at < self.count and self._scan.lines[at] == line else 0

    def beyond(self, line: int, step: Step) -> int | None:
        """The next hit behind or before a line. Errors in a row are one, at its beginning."""
        lines = self._scan.lines
        at = bisect_right(lines, line) if step > 0 else bisect_left(lines, line) - 1
        while self.query is None and 0 < at < len(lines) and lines[at - 1] == lines[at] - 1:
            at += step
        return lines[at] if 0 <= at < len(lines) else None

    def edge(self, step: Step) -> int | None:
        """The first hit, or the last one."""
        if not self.count:
            return None
        return self.beyond(-1, 1) if step > 0 else self.beyond(1 << 40, -1)

    def last_error(self) -> int | None:
        return last_error(self._scan.log, self._scan.lines)
