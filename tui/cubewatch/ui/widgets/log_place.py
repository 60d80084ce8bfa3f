"""Place: a position in a log: a line, and a row of it where lines are wrapped."""

from collections.abc import Callable
from typing import NamedTuple


class Place(NamedTuple):
    """A row: the line, and which of the rows that it takes. Both count from 0."""

    line: int = 0
    row: int = 0


class Places:
    """Rows of so many lines, of which `rows_in(line)` tells how many a line takes. None: one."""

    def __init__(self, lines: int, rows_in: Callable[[int], int] | None) -> None:
        self._lines = lines
        self._rows_in = rows_in

    def shifted(self, place: Place, rows: int) -> Place:
        """A place so many rows further down, or up, but not beyond the first and the last row."""
        if not self._lines:
            return Place()
        line, row = place
        if self._rows_in is None:
            return Place(max(0, min(self._lines - 1, line + rows)), 0)
        row += rows
        while row < 0 and line > 0:
            line -= 1
            row += self._rows_in(line)
        while line < self._lines - 1 and row >= (taken := self._rows_in(line)):
            row -= taken
            line += 1
        return Place(line, max(0, min(row, self._rows_in(line) - 1)))

    def last_top(self, height: int) -> Place:
        """The first row in sight where the last one is at the bottom."""
        last = max(0, self._lines - 1)
        row = self._rows_in(last) - 1 if self._rows_in and self._lines else 0
        return self.shifted(Place(last, row), 1 - height)
