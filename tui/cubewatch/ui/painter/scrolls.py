"""Scrolls: lines that have moved up or down together, which a terminal can move by itself."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cubewatch.ui.painter.pen import Pen, ScreenLine

MIN_MOVED = 4
"""Lines that have to have moved for a scroll to be tried."""


class Scroll(NamedTuple):
    """The lines from `top` to `bottom` move up by `rows`, or down if that is negative."""

    top: int
    bottom: int
    rows: int

    def applied(self, lines: Sequence[ScreenLine], blank: ScreenLine) -> list[ScreenLine]:
        """The lines after it: those that come in are blank."""
        top, end = self.top, self.bottom + 1
        band, come_in = lines[top:end], [blank] * abs(self.rows)
        moved = [*band[self.rows :], *come_in] if self.rows > 0 else [*come_in, *band[: self.rows]]
        return [*lines[:top], *moved, *lines[end:]]

    def write(self, pen: Pen) -> None:
        """Writes the scroll."""
        pen.scroll(self.top, self.bottom, self.rows)


def find_scroll(
    old: Sequence[ScreenLine], new: Sequence[ScreenLine], blank: ScreenLine
) -> Scroll | None:
    """The scroll after which most lines of `old` are those of `new`; None if few have moved."""
    where: dict[ScreenLine, int] = {}
    for y, line in enumerate(old):
        where.setdefault(line, y)
    votes: Counter[int] = Counter()
    for y, line in enumerate(new):
        if line != blank and line != old[y] and line in where:
            votes[where[line] - y] += 1
    if not votes:
        return None
    rows, moved = votes.most_common(1)[0]
    if moved < MIN_MOVED:
        return None
    first, last = _longest_run(
        [0 <= y + rows < len(old) and line == old[y + rows] for y, line in enumerate(new)]
    )
    return Scroll(min(first, first + rows), max(last, last + rows), rows)


def _longest_run(moved: Sequence[bool]) -> tuple[int, int]:
    """The first and the last index of the longest run of True."""
    best, start = (0, -1), 0
    for y, holds in enumerate(moved):
        if not holds:
            start = y + 1
        elif y - start > best[1] - best[0]:
            best = start, y
    return best
