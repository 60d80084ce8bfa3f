"""Finding: the search hits and likely causes of a log, and moving between them."""

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Literal, Protocol

from cubewatch.logs.groups import GroupSearch
from cubewatch.logs.search import Hits, LogText, Query
from cubewatch.text.format import grouped

SHORTEST_PAUSE = 0.3
"""Seconds between two repaints because something was appended or found."""

AHEAD_PAUSE = 1.5
"""How long a search in what is being loaded rests, as a share of the time that it takes: the
loading comes first."""

CAUSES = "likely causes"
COMPLAINTS = "complaints"
"""What the lines are called that say something went wrong; the latter in a log of a success."""

Step = Literal[1, -1]


class Search(Protocol):
    """A search in a log that goes on while the log grows."""

    @property
    def is_done(self) -> bool: ...
    def step(self) -> bool:
        """Searches for a few milliseconds; whether there is more to do."""
        ...


class Finds(Search, Protocol):
    """Lines of a log that are looked for step by step; `lines` are those found so far, in order."""

    name: str
    """What they are called beside their count."""
    none: str
    """What is said instead of a count of zero."""
    given_up: bool

    @property
    def lines(self) -> Sequence[int]: ...
    def marks(self, text: str) -> list[tuple[int, int]]:
        """The spans of a line's text that are marked."""
        ...


class Causes:
    """The lines that most likely say what went wrong; `best` is the likeliest. What was survived is
    not among them, unless there is nothing else or all are mere complaints."""

    none = "no"
    given_up = False

    def __init__(self, log: LogText, name: str) -> None:
        from cubewatch.logs.causes import CauseSearch

        self.name = name
        self._search = CauseSearch(log)
        self.step = self._search.step

    @property
    def lines(self) -> Sequence[int]:
        named = [cause for cause in self._search.causes if cause.tool]
        likely = [cause for cause in named if cause.is_likely and self.name != COMPLAINTS]
        return sorted({cause.line for cause in likely or named})

    @property
    def is_done(self) -> bool:
        return self._search.is_done

    @property
    def is_end_done(self) -> bool:
        return self._search.is_end_done

    @property
    def best(self) -> int | None:
        return next((cause.line for cause in self._search.causes), None)

    def marks(self, text: str) -> list[tuple[int, int]]:
        return []


class Finding:
    """The search in a log and its likely causes, and to which of them the person wants to go. It
    goes on beside everything else and keeps up with a log that grows."""

    def __init__(
        self,
        log: LogText | None,
        query: Query | None = None,
        causes_name: str = CAUSES,
        groups_of: Callable[[LogText], GroupSearch] = GroupSearch,
    ) -> None:
        self._groups_of = groups_of
        self.causes_name = causes_name
        self.hits = Hits(log, query) if log and query else None
        self.causes: Causes | None = None
        self.groups = groups_of(log) if log else None
        self.aims_at_cause = False
        """Whether to go to the likeliest cause, as soon as it is known."""
        self._log = log
        self._whole: tuple[LogText, Causes] | None = None
        self._sought: tuple[Finds, Step, int] | None = None

    def rebase(self, log: LogText) -> None:
        """Takes the same log with more text before it, so that its lines get other numbers."""
        self._log, self._sought = log, None
        self.groups = self._groups_of(log)
        self.hits = Hits(log, self.hits.query) if self.hits else None
        if self.causes:
            is_known = self._whole and self._whole[0] is log
            self.causes = self._whole[1] if self._whole and is_known else self._new(log)
        self._whole = None

    def expect(self, log: LogText) -> None:
        """The same log with what stands before it is on its way, and here so far: its causes are
        looked for meanwhile."""
        if self.causes and not self._whole:
            self._whole = (log, self._new(log))

    def name_causes(self, name: str) -> None:
        """Sets the name of the likely causes."""
        self.causes_name = name
        if self.causes:
            self.causes.name = name

    def _new(self, log: LogText) -> Causes:
        return Causes(log, self.causes_name)

    def search(self, query: Query | None, line: int) -> None:
        """Looks for something else, and for the first hit in or behind a line."""
        self.hits = Hits(self._log, query) if self._log and query else None
        self._sought = (self.hits, 1, line - 1) if self.hits else None

    def look_for_causes(self) -> Causes | None:
        """The likely causes, which are looked for from now on."""
        if self._log and not self.causes:
            self.causes = self._new(self._log)
        return self.causes

    def seek(self, finds: Finds, step: Step, line: int) -> None:
        """Looks for the next of the lines behind or before one."""
        self._sought = (finds, step, line)

    def arrivals(self, current: int | None) -> Iterator[tuple[int, Finds]]:
        """The lines to go to by what is known now, one after the other, and what they are of."""
        causes = self.causes
        if self.aims_at_cause and causes and causes.is_end_done:
            best = causes.best
            if best is not None and best != current:
                yield best, causes
        if self._sought is None:
            return
        finds, step, line = self._sought
        lines, done = finds.lines, finds.is_done
        target = beyond(lines, line, step) if step > 0 or done else None
        if target is None and done and lines:
            target = lines[0 if step > 0 else -1]
        if target is not None or done:
            self._sought = None
        if target is not None:
            yield target, finds

    def marks(self, text: str) -> list[tuple[int, int]]:
        """The spans of a line's text that the search has hits in."""
        return self.hits.marks(text) if self.hits else []

    def words(self, current: int | None) -> list[str]:
        """The state of the search, such as `2 of 7 for 'error'`."""
        return [_words(finds, current) for finds in self._all()]

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to search."""
        return not self._unfinished()

    async def run(self, report: Callable[[], object]) -> None:
        """Searches what has not been searched, a few milliseconds at a time."""
        reported_at = monotonic()
        for search in self._unfinished():
            is_ahead = search is not self.groups and search not in self._all()
            began_at = monotonic()
            while search.step():
                now = monotonic()
                if now - reported_at > SHORTEST_PAUSE:
                    reported_at = now
                    report()
                await asyncio.sleep(AHEAD_PAUSE * (now - began_at) if is_ahead else 0)
                began_at = monotonic()
        report()

    def _all(self) -> list[Finds]:
        both: tuple[Finds | None, ...] = (self.hits, self.causes)
        return [finds for finds in both if finds]

    def _unfinished(self) -> list[Search]:
        ahead = self._whole[1] if self._whole else None
        every = (self.groups, *self._all(), ahead)
        return [search for search in every if search and not search.is_done]


def _words(finds: Finds, current: int | None) -> str:
    if finds.given_up:
        return f"too slow to search {finds.name}"
    lines = finds.lines
    if finds.is_done and not lines:
        return f"{finds.none} {finds.name}"
    at = number(lines, current) if current is not None else 0
    count = grouped(len(lines)) + ("" if finds.is_done else "…")
    if at:
        return f"{grouped(at)} of {count} {finds.name}"
    is_one = count == "1" and finds.name in (CAUSES, COMPLAINTS)
    return f"{count} {finds.name.removesuffix('s') if is_one else finds.name}"


def number(lines: Sequence[int], line: int) -> int:
    """The number of a line among `lines`, counted from 1; 0 if it is none of them."""
    at = bisect_left(lines, line)
    return at + 1 if at < len(lines) and lines[at] == line else 0


def beyond(lines: Sequence[int], line: int, step: Step) -> int | None:
    """The next of the lines behind or before one."""
    at = bisect_right(lines, line) if step > 0 else bisect_left(lines, line) - 1
    return lines[at] if 0 <= at < len(lines) else None
