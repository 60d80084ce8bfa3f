"""One row of the hits: a cube, or a line of its log with what was looked for marked."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cubewatch.ui.screens.search.words import cube_words
from cubewatch.ui.widgets.cells import fit, pad

if TYPE_CHECKING:
    from cubewatch.logs.run_search import Hit, Searched

PARTS = ("cube", "count", "failed", "number", "text", "mark", "cursor", "cursor-mark")
NUMBER = 6
"""Cells of a line number, which may be longer."""


def cube_line(found: "Searched", width: int, selected: bool, styles: Mapping[str, Style]) -> Strip:
    """The row of a cube: its path, how many lines were found, what went wrong."""
    name, count = cube_words(found)
    parts = [
        (f" {name}", "cube"),
        (count, "count"),
        (found.trouble and f"  {found.trouble}", "failed"),
    ]
    segments, room = [], width
    for text, part in parts:
        shown = fit(text, room)
        room -= cell_len(shown)
        segments.append(Segment(shown, styles[part]))
    if selected:
        whole = "".join(segment.text for segment in segments)
        return Strip([Segment(pad(whole, width), styles["cursor"])])
    return Strip(segment for segment in segments if segment.text)


def hit_line(hit: "Hit", width: int, selected: bool, styles: Mapping[str, Style]) -> Strip:
    """The row of a hit: the number of its line, and of the line what fits around the hit."""
    number = f" {hit.line + 1:>{NUMBER}}  "
    plain, mark = ("cursor", "cursor-mark") if selected else ("text", "mark")
    segments = [Segment(number, styles["cursor" if selected else "number"])]
    text, marks = windowed(hit, width - len(number))
    segments += [Segment(part, styles[mark if hot else plain]) for part, hot in pieces(text, marks)]
    strip = Strip(segments)
    return strip.adjust_cell_length(width, styles["cursor"]) if selected else strip


def windowed(hit: "Hit", room: int) -> tuple[str, list[tuple[int, int]]]:
    """The line, moved to the left where its first hit would not be in sight otherwise."""
    marks = list(hit.marks)
    if not marks or cell_len(hit.text[: marks[0][1]]) <= room:
        return hit.text, marks
    begin = max(1, marks[0][0] - room // 3)
    moved = [(a - begin + 1, b - begin + 1) for a, b in marks]
    return f"…{hit.text[begin:]}", moved


def pieces(text: str, marks: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """A text cut where marks begin and end, and which of the pieces are marked."""
    at = 0
    for start, end in marks:
        if at < start:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False
