"""Pen: where a terminal's cursor is and how what it writes looks, while a frame is written."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cubewatch.ui.painter.cell_styles import PLAIN, Styles
from cubewatch.ui.painter.cells import BLANK, CONTINUATION, Cells, doubtful_runs
from cubewatch.ui.painter.moves import absolute, move

CLEAR = "\x1b[m\x1b[H\x1b[J"
_ERASE = "\x1b[K"
_ERASE_CELLS = "\x1b[{}X"
_SAME = re.compile(r"(.)\1*", re.DOTALL)
_MAX_GAP = 8
"""Unchanged cells that may be shorter to write again than to pass over."""
_MIN_HOLE = 12
"""Blanks within a line from which on it may be shorter to erase it there and write the rest."""
_HOLE = re.compile(f" {{{_MIN_HOLE},}}")
_NOTHING = (BLANK, PLAIN)


class ScreenLine(NamedTuple):
    """A line of the screen: for each cell its character and its style, in strings of one length."""

    cells: str
    styles: str

    @property
    def inked(self) -> int:
        """The number of cells before those at its end that are blank and plain."""
        return max(len(self.cells.rstrip(BLANK)), len(self.styles.rstrip(PLAIN)))


class Pen:
    """Turns lines into others and collects what has to be written for it.

    `x` is None where only the line of the cursor is certain. `erases_cells`: the terminal can
    erase some cells of a line (ECH), not only all up to its end.
    """

    __slots__ = ("_cells", "_erases_cells", "_styles", "style", "written", "x", "y")

    def __init__(self, cells: Cells, styles: Styles, *, erases_cells: bool = False) -> None:
        self._cells, self._styles, self._erases_cells = cells, styles, erases_cells
        self.x: int | None = 0
        self.y = 0
        self.style = PLAIN
        self.written: list[str] = []

    @property
    def length(self) -> int:
        return sum(map(len, self.written))

    def lift(self) -> str:
        """Takes all that has been written since the last time."""
        written = "".join(self.written)
        self.written.clear()
        return written

    def clear(self) -> None:
        """Makes all of the screen blank, whatever it was."""
        self.written.append(CLEAR)
        self.x, self.y, self.style = 0, 0, PLAIN

    def move(self, x: int, y: int) -> None:
        if (x, y) != (self.x, self.y):
            self.written.append(move(self.x, self.y, x, y))
            self.x, self.y = x, y

    def use(self, style: str) -> None:
        """Sets the style of what is written next."""
        if style != self.style:
            self.written.append(self._styles.change(self.style, style))
            self.style = style

    def scroll(self, top: int, bottom: int, rows: int) -> None:
        """Scrolls the lines from `top` to `bottom` up by `rows`, or down if that is negative."""
        self.use(PLAIN)
        self.written.append(f"\x1b[{top + 1};{bottom + 1}r")
        if rows > 0:
            self.written.append(absolute(0, bottom) + "\n" * rows)
        else:
            self.written.append(absolute(0, top) + "\x1bM" * -rows)
        self.written.append("\x1b[r\x1b[H")
        self.x, self.y = 0, 0

    def turn_all(self, old: Sequence[ScreenLine], new: Sequence[ScreenLine]) -> None:
        """Writes the change of a screen from `old` to `new`."""
        for y, (before, after) in enumerate(zip(old, new, strict=True)):
            if before is not after and before != after:
                self.turn(y, before, after)

    def fork(self) -> "Pen":
        """Another one in the same place, that has written nothing yet."""
        fork = Pen(self._cells, self._styles, erases_cells=self._erases_cells)
        fork.x, fork.y, fork.style = self.x, self.y, self.style
        return fork

    def take(self, fork: "Pen") -> None:
        """Goes where a fork has gone, and writes what it has written."""
        self.x, self.y, self.style = fork.x, fork.y, fork.style
        self.written += fork.written

    def turn(self, y: int, old: ScreenLine, new: ScreenLine) -> None:
        """Writes the change of line `y` from `old` to `new`."""
        changed = _changed(old, new)
        if (start := _first_doubtful(old, new, changed)) is not None:
            self._update(y, [x for x in changed if x < start], new)
            self._redraw(start, y, new)
            return
        hole = _first_hole(new, changed)
        if hole is None:
            self._update(y, changed, new)
            return
        around, afresh = self.fork(), self.fork()
        around._update(y, changed, new)
        afresh._update(y, [x for x in changed if x < hole], new)
        afresh._erase_from(hole, y)
        inked = [x for x in range(hole, new.inked) if (new.cells[x], new.styles[x]) != _NOTHING]
        afresh._update(y, inked, new)
        self.take(min(around, afresh, key=lambda pen: pen.length))

    def _update(self, y: int, changed: Sequence[int], new: ScreenLine) -> None:
        """Writes the cells that have changed, none of which is doubtful."""
        end = new.inked
        for start, stop in self._ranges(changed, new):
            if stop > end:
                blanks = stop - max(start, end)
                if blanks > len(_ERASE) + len(self._styles.change(self.style, PLAIN)):
                    if start < end:
                        self._write(start, y, new, end)
                    self._erase_from(max(start, end), y)
                    return
            self._fill(start, y, new, stop)

    def _fill(self, start: int, y: int, new: ScreenLine, stop: int) -> None:
        """Writes some cells; those at their end that are blank are erased where that is shorter."""
        inked = max(len(new.cells[:stop].rstrip(BLANK)), len(new.styles[:stop].rstrip(PLAIN)))
        inked = max(start, inked)
        blanks = stop - inked
        if not self._erases_cells or blanks <= len(_ERASE_CELLS.format(blanks)):
            self._write(start, y, new, stop)
            return
        if start < inked:
            self._write(start, y, new, inked)
        self.move(inked, y)
        self.use(PLAIN)
        self.written.append(_ERASE_CELLS.format(blanks))

    def _ranges(self, changed: Sequence[int], new: ScreenLine) -> Iterator[tuple[int, int]]:
        """The ranges to write at a stretch: from, to."""
        start = stop = -1
        for x in changed:
            if start < 0:
                start = x
            elif x > stop and not self._is_short(new, stop, x):
                yield _whole(start, stop, new)
                start = x
            stop = x + 1
        if start >= 0:
            yield _whole(start, stop, new)

    def _is_short(self, line: ScreenLine, start: int, stop: int) -> bool:
        """Whether writing a gap is at most as long as passing over it."""
        gap = line.cells[start:stop]
        if len(gap) > _MAX_GAP or doubtful_runs(gap):
            return False
        if len(self._cells.text(gap).encode()) > (3 if len(gap) == 1 else 4):
            return False
        before, after = line.styles[start - 1], line.styles[stop]
        used = set(line.styles[start : stop + 1])
        return len(used - {before}) <= (before != after)

    def _redraw(self, x: int, y: int, line: ScreenLine) -> None:
        """Writes the rest of a line. Before each cluster of doubtful width all behind it is made
        blank, so that what an earlier one may have covered is not left there."""
        self._erase_from(x, y)
        for start, end in doubtful_runs(line.cells):
            if start < x:
                continue
            if x < start:
                self._write(x, y, line, start)
                self._erase_from(start, y)
            self._write(start, y, line, end)
            self.x, x = None, end
        if x < line.inked:
            self._write(x, y, line, line.inked)
        if line.inked < len(line.cells):
            self._erase_from(max(x, line.inked), y)

    def _write(self, x: int, y: int, line: ScreenLine, stop: int) -> None:
        self.move(x, y)
        for cells, style in self._runs(line, x, stop):
            self.use(style)
            self.written.append(self._cells.text(cells))
        self.x = stop if stop < len(line.cells) else None

    def _runs(self, line: ScreenLine, start: int, stop: int) -> Iterator[tuple[str, str]]:
        """Neighbouring cells of one style, and that style."""
        for run in _SAME.finditer(line.styles, start, stop):
            yield line.cells[slice(*run.span())], run.group(1)

    def _erase_from(self, x: int, y: int) -> None:
        """Makes the rest of a line blank and plain."""
        self.move(x, y)
        self.use(PLAIN)
        self.written.append(_ERASE)


def _changed(old: ScreenLine, new: ScreenLine) -> list[int]:
    cells = zip(old.cells, new.cells, old.styles, new.styles, strict=True)
    return [x for x, (a, b, c, d) in enumerate(cells) if a != b or c != d]


def _whole(start: int, stop: int, line: ScreenLine) -> tuple[int, int]:
    """Takes in the other half of a wide character at either end."""
    while line.cells[start] == CONTINUATION:
        start -= 1
    while stop < len(line.cells) and line.cells[stop] == CONTINUATION:
        stop += 1
    return start, stop


def _first_doubtful(old: ScreenLine, new: ScreenLine, changed: list[int]) -> int | None:
    """The first cell from which a line has to be drawn because what changes is of doubtful
    width."""
    runs = doubtful_runs(old.cells) + doubtful_runs(new.cells)
    starts = [start for start, end in runs if any(start <= x < end for x in changed)]
    if not starts:
        return None
    start = min(starts)
    return start - 1 if new.cells[start] == CONTINUATION else start


def _first_hole(new: ScreenLine, changed: list[int]) -> int | None:
    """The first of many blanks within a line that have to be written, with nothing of doubtful
    width behind them: what follows such a cluster would be out of its place."""
    doubtful = doubtful_runs(new.cells)
    for hole in _HOLE.finditer(new.cells, 0, new.inked):
        start, end = hole.span()
        if doubtful and doubtful[-1][0] >= start:
            continue
        if new.styles[start:end] == PLAIN * (end - start) and end < new.inked:
            written = sum(start <= x < end for x in changed)
            if written >= _MIN_HOLE:
                return start
    return None
