"""GroupSearch: the groups of lines that a CI system marked in a log. Folds: those of them that are
folded to their title."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from cubewatch.logs.group_marks import group_mark
from cubewatch.logs.search import LogText, Scan, holding

MAX_GROUPS = 20_000
MAX_LINE = 2_000
"""Bytes of a line that are looked at."""

_WORDS = (b"##[group]", b"##[endgroup]", b"::group::", b"::endgroup::", b"section_")


class Group(NamedTuple):
    """A group: the line of its title and its last one. `last` may be the title itself."""

    first: int
    last: int


class GroupSearch:
    """A search for the groups of a log, step by step, which goes on while the log grows."""

    def __init__(self, log: LogText) -> None:
        self._log = log
        self._scan = Scan(log, _marked_lines)
        self._found: tuple[object, list[Group]] = (None, [])

    @property
    def is_done(self) -> bool:
        return self._scan.is_done

    def step(self) -> bool:
        """Searches for a few milliseconds; whether there is more to do."""
        return self._scan.step()

    @property
    def groups(self) -> list[Group]:
        """The groups that have ended, by their first lines. One within another follows it."""
        key = (self._log.version, len(self._scan.lines), self._scan.lines[-1:])
        if key != self._found[0]:
            self._found = (key, self._read())
        return self._found[1]

    def _read(self) -> list[Group]:
        found: list[Group] = []
        open_from: list[int] = []
        for line in self._scan.lines[: 2 * MAX_GROUPS]:
            start = self._log.line_start(line)
            raw = self._log.read(start, min(MAX_LINE, self._log.line_end(line) - start))
            mark = group_mark(raw.decode("utf-8", "replace"))
            if mark is None:
                continue
            for _ in range(min(mark.ends, len(open_from))):
                last = line - 1 if mark.begins else line
                found.append(Group(open_from.pop(), last))
            if mark.begins:
                open_from.append(line)
        return sorted(group for group in found if group.last > group.first)


def _marked_lines(data: bytes, first: int) -> list[int]:
    words = [word for word in _WORDS if word in data]
    near = {line for word in words for line in holding(data, word, 0)}
    if not near:
        return []
    lines = data.split(b"\n")
    return [
        first + line
        for line in sorted(near)
        if group_mark(lines[line][:MAX_LINE].decode("utf-8", "replace"))
    ]


class Folds:
    """The lines of a log of which some are hidden: a line has an index among those in sight."""

    def __init__(self, count: int = 0, folded: Sequence[Group] = ()) -> None:
        """`count`: the lines of the log."""
        self._spans: list[Group] = []
        for first, last in sorted(folded):
            if not self._spans or first > self._spans[-1].last:
                self._spans.append(Group(first, last))
        self._firsts = [span.first for span in self._spans]
        sizes = [span.last - span.first for span in self._spans]
        self._hidden_before = [0, *accumulate(sizes)]
        self._first_indexes = [
            span.first - hidden
            for span, hidden in zip(self._spans, self._hidden_before, strict=False)
        ]
        self.hidden = self._hidden_before[-1]
        """Lines that are hidden."""
        self.count = count - self.hidden
        """Lines that are not hidden."""

    def hides(self, line: int) -> bool:
        """Whether a line is hidden."""
        at = bisect_left(self._firsts, line) - 1
        return at >= 0 and line <= self._spans[at].last

    def hidden_below(self, line: int) -> int:
        """How many lines are hidden below a title."""
        at = bisect_left(self._firsts, line)
        is_title = at < len(self._spans) and self._firsts[at] == line
        return self._spans[at].last - line if is_title else 0

    def index_of(self, line: int) -> int:
        """The index of a line; of a hidden one that of its title."""
        at = bisect_left(self._firsts, line)
        if at and line <= self._spans[at - 1].last:
            return self._first_indexes[at - 1]
        return line - self._hidden_before[at]

    def line_at(self, index: int) -> int:
        """The line that has an index."""
        return index + self._hidden_before[bisect_left(self._first_indexes, index)]


def group_of(groups: Sequence[Group], line: int) -> Group | None:
    """The innermost group that a line is in, its title included."""
    at = bisect_right(groups, line, key=lambda group: group.first) - 1
    while at >= 0:
        if groups[at].last >= line:
            return groups[at]
        at -= 1
    return None
