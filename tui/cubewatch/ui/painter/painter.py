"""Painter: what each cell of a terminal shows, and the shortest way to have it show something else.

It is pure: frames come in as pieces of lines, and a string for the terminal comes out.

Terminals do not agree how wide some clusters of characters are. What follows one of them in its
line is therefore addressed absolutely; and when such a cluster changes or goes, the line is erased
and drawn from there on.
"""

import re
from collections.abc import Iterable

from rich.color import ColorSystem
from rich.segment import Segment

from cubewatch.ui.painter.cell_styles import PLAIN, Styles
from cubewatch.ui.painter.cells import BLANK, CONTINUATION, Cells
from cubewatch.ui.painter.pen import Pen, ScreenLine
from cubewatch.ui.painter.scrolls import MIN_MOVED, find_scroll

Piece = tuple[int, int, int, Iterable[Segment], int]
"""A part of a line: its x, y and width in cells, and the segments that it is cut from, behind so
many of their cells."""


_BETWEEN_WORDS = re.compile(r"(?<=[^ ]) (?=[^ ])")


class Painter:
    """The cells of a terminal of `width` × `height`, blank at first. `erases_cells`: see Pen."""

    def __init__(
        self,
        width: int,
        height: int,
        color_system: ColorSystem = ColorSystem.TRUECOLOR,
        *,
        erases_cells: bool = False,
    ) -> None:
        self.size = width, height
        self._erases_cells = erases_cells
        self._color_system = color_system
        self._cells, self._styles = Cells(), Styles(color_system)
        self._blank = ScreenLine(BLANK * width, PLAIN * width)
        self._frame = [self._blank] * height
        self._lines = [self._blank] * height
        self._pen: Pen | None = None

    @property
    def is_known(self) -> bool:
        """Whether the terminal shows what the painter has written."""
        return self._pen is not None

    def forget(self) -> None:
        """Forgets what the terminal shows, so that the next frame is drawn whole."""
        self._pen = None

    def paint(self, pieces: Iterable[Piece], cursor: tuple[int, int] | None = None) -> str:
        """The sequences after which the terminal shows these pieces, and for the rest what it was
        given before; and has its cursor at `cursor` (x, y), if that matters. Empty if nothing has
        to change."""
        if self._cells.is_full or self._styles.is_full:
            self._shrink_tables()
        frame = self._with(pieces)
        lines = [
            shown if line == before else self._inked(line)
            for line, before, shown in zip(frame, self._frame, self._lines, strict=True)
        ]
        pen = self._pen
        if pen is None:
            pen = Pen(self._cells, self._styles, erases_cells=self._erases_cells)
            pen.clear()
            self._lines = [self._blank] * len(lines)
        self._turn(pen, lines)
        if cursor is not None:
            pen.move(*cursor)
        if self._styles.has_link(pen.style):
            pen.use(PLAIN)
        self._frame, self._lines, self._pen = frame, lines, pen
        return pen.lift()

    def _turn(self, pen: Pen, lines: list[ScreenLine]) -> None:
        """Writes the changes to `lines`, by way of a scroll where that is shorter."""
        before = self._lines
        changed = sum(old is not new and old != new for old, new in zip(before, lines, strict=True))
        scroll = find_scroll(before, lines, self._blank) if changed >= MIN_MOVED else None
        if scroll is None:
            pen.turn_all(before, lines)
            return
        still, scrolled = pen.fork(), pen.fork()
        still.turn_all(before, lines)
        scroll.write(scrolled)
        scrolled.turn_all(scroll.applied(before, self._blank), lines)
        pen.take(min(still, scrolled, key=lambda way: way.length))

    def _with(self, pieces: Iterable[Piece]) -> list[ScreenLine]:
        lines = list(self._frame)
        columns, rows = self.size
        for x, y, width, segments, skipped in pieces:
            width = min(width, columns - x)
            if 0 <= y < rows and width > 0 <= x:
                line = self._line(segments, skipped + width)
                lines[y] = _spliced(lines[y], x, _behind(line, skipped) if skipped else line)
        return lines

    def _inked(self, line: ScreenLine) -> ScreenLine:
        """The line with the blanks between words in the style of the word before them, where that
        looks the same: so its words are written at a stretch, and in the same way each time."""
        styles = list(line.styles)
        for blank in _BETWEEN_WORDS.finditer(line.cells):
            x = blank.start()
            if styles[x] == self._styles.on_blanks(styles[x - 1]):
                styles[x] = styles[x - 1]
        return ScreenLine(line.cells, "".join(styles))

    def _line(self, segments: Iterable[Segment], width: int) -> ScreenLine:
        """The look of segments, cut or filled up to a width."""
        found: list[str] = []
        styles: list[str] = []
        for text, style, control in segments:
            cells = "" if control else self._cells.of(text)
            ink, blank = self._styles.of(style)
            found.append(cells)
            if ink == blank or BLANK not in cells:
                styles.append(ink * len(cells))
            else:
                styles.append(blank.join([ink * len(word) for word in cells.split(BLANK)]))
        line = ScreenLine("".join(found), "".join(styles))
        missing = width - len(line.cells)
        if missing > 0:
            return ScreenLine(line.cells + BLANK * missing, line.styles + PLAIN * missing)
        if missing < 0:
            return _spliced(ScreenLine(BLANK * width, PLAIN * width), 0, line)
        return line

    def _shrink_tables(self) -> None:
        """Keeps of the tables only what is on the screen."""
        cells, styles = Cells(), Styles(self._color_system)
        self._frame = [
            ScreenLine(
                cells.adopted(line.cells, self._cells), styles.adopted(line.styles, self._styles)
            )
            for line in self._frame
        ]
        self._lines = [self._inked(line) for line in self._frame]
        self._cells, self._styles = cells, styles
        self.forget()


def _behind(line: ScreenLine, skipped: int) -> ScreenLine:
    """The rest of a line; of a wide character that is cut a blank remains."""
    cells = line.cells[skipped:]
    if cells.startswith(CONTINUATION):
        cells = BLANK + cells[1:]
    return ScreenLine(cells, line.styles[skipped:])


def _spliced(line: ScreenLine, x: int, piece: ScreenLine) -> ScreenLine:
    """A line in which the cells from `x` on are replaced by a piece; of a wide character that is
    cut in two, a blank remains."""
    width = len(line.cells)
    before, after = line.cells[:x], line.cells[x + len(piece.cells) :]
    if line.cells[x] == CONTINUATION:
        before = before[:-1] + BLANK
    if after.startswith(CONTINUATION):
        after = BLANK + after[1:]
    cells = before + piece.cells + after
    if len(cells) > width:
        cut = cells[width] == CONTINUATION
        cells = cells[: width - 1] + BLANK if cut else cells[:width]
    styles = line.styles[:x] + piece.styles + line.styles[x + len(piece.styles) :]
    return ScreenLine(cells, styles[:width])
