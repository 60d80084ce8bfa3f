"""The lines of a log as strips: only those that are seen are read, decoded and styled."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cubewatch.logs import log_line
from cubewatch.logs.log_line import DIRECT, LOOK_BACK, MAX_RAW, SgrState, Span
from cubewatch.logs.search import LogText

MAX_KEPT = 2_000

Marks = Callable[[str], Iterable[tuple[int, int]]]
"""Where in a line something stands out, in characters."""


class LogRows:
    """Lines of one log, kept as long as they stay as they are."""

    def __init__(self, log: LogText) -> None:
        self.log = log
        self.hidden: Callable[[int], int] = lambda line: 0
        """How many lines are folded away below one."""
        self._version = log.version
        self._spans: dict[int, tuple[tuple[int, int], list[Span], int]] = {}
        self._row_starts: dict[tuple[int, tuple[int, int], int], list[int]] = {}

    def strip(self, line: int, base: Style, marks: Marks | None, mark: Style) -> Strip:
        """A line in its colours over `base`, with what `marks` finds in the style `mark`."""
        spans = self._of(line)
        if marks:
            spots = list(marks("".join(text for text, _ in spans)))
            if spots:
                return Strip(_marked(spans, spots, base, mark))
        return Strip([Segment(text, base + style_of(sgr)) for text, sgr in spans])

    def text(self, line: int) -> str:
        """A line as it is shown, without its colours."""
        return "".join(text for text, _ in self._of(line))

    def rows_in(self, line: int, width: int) -> int:
        """The number of rows of a line if it is wrapped."""
        return len(self.row_starts(line, width)) - 1

    def row_starts(self, line: int, width: int) -> Sequence[int]:
        """The cells of a line at which its rows begin if it is wrapped, and the one after its end.

        Rows end between whole characters: a wide one that does not fit stands in the next row.
        """
        state, spans, cells = self._kept(line)
        width = max(1, width)
        text = "".join(text for text, _ in spans)
        if text.isascii():
            return [*range(0, max(1, cells), width), cells]
        key = line, state, width
        if key not in self._row_starts:
            self._row_starts[key] = [*_row_starts(text, width), cells]
        return self._row_starts[key]

    def _of(self, line: int) -> list[Span]:
        return self._kept(line)[1]

    def _kept(self, line: int) -> tuple[tuple[int, int], list[Span], int]:
        if self._version != self.log.version or len(self._spans) > MAX_KEPT:
            self._spans.clear()
            self._row_starts.clear()
            self._version = self.log.version
        state = self.log.line_end(line), self.hidden(line)
        kept = self._spans.get(line)
        if kept is None or kept[0] != state:
            spans = self._read(line, *state)
            cells = sum(cell_len(text) for text, _ in spans)
            kept = self._spans[line] = (state, spans, cells)
        return kept

    def _read(self, line: int, end: int, hidden: int) -> list[Span]:
        start = self.log.line_start(line)
        length = end - start
        raw = self.log.read(start, min(length, MAX_RAW))
        if length > MAX_RAW:
            last = self.log.read(end - MAX_RAW, MAX_RAW).rstrip(b"\r")
            if b"\r" in last:  # a progress bar: only what it left is shown
                raw = last.rpartition(b"\r")[2]
                length = len(raw)
        reach = max(0, start - LOOK_BACK)
        return log_line.spans(
            raw, length, log_line.carried(self.log.read(reach, start - reach)), hidden
        )


def _row_starts(text: str, width: int) -> list[int]:
    starts, at = [0], 0
    for character in text:
        cells = get_character_cell_size(character)
        if at + cells - starts[-1] > width and at > starts[-1]:
            starts.append(at)
        at += cells
    return starts


@lru_cache(maxsize=4096)
def style_of(sgr: SgrState) -> Style:
    """An SGR state as a style of Rich."""

    def has(flag: int) -> bool | None:
        return bool(sgr.flags & flag) or None

    return Style(
        color=_colour(sgr.colour),
        bgcolor=_colour(sgr.ground),
        bold=has(log_line.BOLD),
        dim=has(log_line.DIM),
        italic=has(log_line.ITALIC),
        underline=has(log_line.UNDERLINE),
        reverse=has(log_line.REVERSE),
        strike=has(log_line.STRIKE),
    )


def _colour(value: int | None) -> Color | None:
    if value is None:
        return None
    if value < DIRECT:
        return Color.from_ansi(value)
    return Color.from_rgb(value >> 16 & 0xFF, value >> 8 & 0xFF, value & 0xFF)


def _marked(
    spans: list[Span], spots: list[tuple[int, int]], base: Style, mark: Style
) -> list[Segment]:
    """The pieces of a line, cut where marks begin and end."""
    edges = sorted({edge for spot in spots for edge in spot})
    inside = {start for start, _ in spots}
    segments: list[Segment] = []
    at, marked = 0, False
    for text, sgr in spans:
        style = base + style_of(sgr)
        begin, end = at, at + len(text)
        while edges and edges[0] < end:
            edge = edges.pop(0)
            segments.append(
                Segment(text[at - begin : edge - begin], style + mark if marked else style)
            )
            at, marked = edge, edge in inside
        segments.append(Segment(text[at - begin :], style + mark if marked else style))
        at = end
    return [segment for segment in segments if segment.text]
