"""What is looked for in a log while it grows, and going through what was found."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal, Protocol

from cubewatch.logs.causes import CauseSearch
from cubewatch.logs.search import LogText

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
