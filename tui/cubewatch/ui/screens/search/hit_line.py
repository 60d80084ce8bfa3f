"""One row of the hits: a cube, or a line of its log with what was looked for marked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len

from cubewatch.ui.screens.search.texts import cube_words

if TYPE_CHECKING:
    from cubewatch.logs.run_search import Hit, LogHits
    from cubewatch.ui.widgets.measured_text import Span

PARTS = ("title", "note", "culprit", "text", "hit")
NUMBER = 6
"""Cells of a line number, which may be longer."""


def cube_line(found: "LogHits") -> "list[Span]":
    """The row of a log: the path of its cube, the number of hits, and any trouble."""
    name, count = cube_words(found)
    trouble = f"  {found.trouble}" if found.trouble else ""
    return [(f" {name}", "title"), (count, "note"), (trouble, "culprit")]


def hit_line(hit: "Hit", width: int) -> "list[Span]":
    """The row of a hit: the number of its line, and of the line what fits around the hit."""
    number = f" {hit.line + 1:>{NUMBER}}  "
    text, marks = windowed(hit, width - len(number))
    parts = [(part, "hit" if hot else "text") for part, hot in pieces(text, marks)]
    return [(number, "note"), *parts]


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
