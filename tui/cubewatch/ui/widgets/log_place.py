"""Place: a position in a log: a line, and a row of it where lines are wrapped."""

from collections.abc import Callable
from typing import NamedTuple

from cubewatch.logs.groups import Folds


class Place(NamedTuple):
    """A row: the line, and which of the rows that it takes. Both count from 0."""

    line: int = 0
    row: int = 0


class Places:
    """Rows of the lines that are not folded away, of which `rows_in(line)` tells how many a line
    takes. None: one."""

    def __init__(self, folds: Folds, rows_in: Callable[[int], int] | None) -> None:
        self._folds = folds
        self._rows_in = rows_in

    def shifted(self, place: Place, rows: int) -> Place:
        """A place so many rows further down, or up, but not beyond the first and the last row."""
        folds, last = self._folds, self._folds.count - 1
        if last < 0:
            return Place()
        at, row = folds.index_of(place.line), place.row
        if self._rows_in is None:
            return Place(folds.line_at(max(0, min(last, at + rows))), 0)
        row += rows
        while row < 0 and at > 0:
            at -= 1
            row += self._rows_in(folds.line_at(at))
        while at < last and row >= (taken := self._rows_in(folds.line_at(at))):
            row -= taken
            at += 1
        line = folds.line_at(at)
        return Place(line, max(0, min(row, self._rows_in(line) - 1)))

    def last_top(self, height: int) -> Place:
        """The first row in sight where the last one is at the bottom."""
        last = self._folds.line_at(max(0, self._folds.count - 1))
        row = self._rows_in(last) - 1 if self._rows_in and self._folds.count else 0
        return self.shifted(Place(last, row), 1 - height)
