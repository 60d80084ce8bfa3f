"""Cells: a line of text as a string with exactly one character for each cell of the terminal.

A wide character is followed by CONTINUATION. A cluster whose width terminals do not agree on (an
emoji, a combining mark with its base, an unassigned code point) is represented by one character
of a private plane: such a cell is *doubtful*.
"""

import re
from functools import lru_cache

from rich.cells import cell_len

CONTINUATION = "\0"
BLANK = " "
FIRST_DOUBTFUL = "\U000f0000"
MAX_CLUSTERS = 60_000
"""Distinct doubtful clusters before the table is full: the private planes hold twice as many."""

_NARROW_RANGES = (
    " ~ \xa0¬ ®ʯ "  # ASCII, Latin
    "Ͱͷ ͻͿ ΄Ί ΌΌ ΎΡ Σ҂ Ҋԯ ԱՖ "  # Greek, Cyrillic, Armenian
    "Ḁἕ ‐‧ ‰› ‽⁈ ⁊⁞ ₠₿ "  # Latin and Greek with accents, punctuation, currencies
    "℀℡ ℣ℸ ℺↋ ←↓ ↚↨ ↫⇿ ∀⌙ "  # letterlike, numbers, arrows, mathematics
    "⌜⌧ ⌫⏎ ⏐⏨ ␀␦ ①Ⓛ Ⓝ⓿ ─▩ ▬▵ ▷▿ ◁◺ "  # technical, boxes, blocks, shapes
    "✓✓ ✗✗ ⠀⣿"  # ticks, braille
)
"""First and last characters of the ranges in which each is one cell wide in every terminal."""
_RANGES = [
    f"{re.escape(_NARROW_RANGES[at])}-{re.escape(_NARROW_RANGES[at + 1])}"
    for at in range(0, len(_NARROW_RANGES), 3)
]
_NARROW = re.compile(f"[{''.join(_RANGES)}]*")
_WIDE_RANGES = "⺀⺙ ⺛⻳ ⼀⿕ 、〉 「〩 ぁゖ ゛ヿ ㄅㄯ 㐀䶿 一鿿 가힣 ！｠"
"""The same for two cells."""
_UNPRINTABLE = "[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\U000f0000-\U0010ffff]"
_DOUBTFUL_RUN = "[\U000f0000-\U0010ffff][\0\U000f0000-\U0010ffff]*"


class Cells:
    """Converts text to cells and back. Keeps a table of the doubtful clusters it has met."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._clusters: list[str] = []
        self._convert = lru_cache(2048)(self._converted)

    @property
    def is_full(self) -> bool:
        """Whether the table should be replaced by a new one, with all cells made from it."""
        return len(self._clusters) >= MAX_CLUSTERS

    def of(self, text: str) -> str:
        """The cells of a text; what steers a terminal instead of being drawn has none."""
        if text.isascii() and text.isprintable():
            return text
        if _NARROW.fullmatch(text):
            return text
        return self._convert(text)

    def text(self, cells: str) -> str:
        """The text that draws these cells."""
        if cells.isascii() and CONTINUATION not in cells:
            return cells
        cells = cells.replace(CONTINUATION, "")
        return re.sub(_DOUBTFUL_RUN, self._expanded, cells)

    def adopted(self, cells: str, other: "Cells") -> str:
        """The cells that another table made, as this one makes them."""
        first = ord(FIRST_DOUBTFUL)
        doubtful = {ord(cell) for cell in cells if cell >= FIRST_DOUBTFUL}
        return cells.translate({cell: self._id(other._clusters[cell - first]) for cell in doubtful})

    def _converted(self, text: str) -> str:
        text = re.sub(_UNPRINTABLE, "", text)
        found: list[str] = []
        for cluster in _clusters(text):
            width = min(2, cell_len(cluster))
            if is_certain(cluster):
                found.append(cluster)
            elif width:
                found.append(self._id(cluster))
            found.append(CONTINUATION * (width - 1))
        return "".join(found)

    def _id(self, cluster: str) -> str:
        if cluster not in self._ids:
            self._ids[cluster] = chr(ord(FIRST_DOUBTFUL) + len(self._clusters))
            self._clusters.append(cluster)
        return self._ids[cluster]

    def _expanded(self, run: re.Match[str]) -> str:
        first = ord(FIRST_DOUBTFUL)
        return "".join(self._clusters[ord(cell) - first] for cell in run.group())


def is_certain(cluster: str) -> bool:
    """Whether every terminal gives it the width that it is measured with."""
    if len(cluster) != 1:
        return False
    return bool(_NARROW.fullmatch(cluster)) or any(
        _WIDE_RANGES[at] <= cluster <= _WIDE_RANGES[at + 1] for at in range(0, len(_WIDE_RANGES), 3)
    )


def _clusters(text: str) -> list[str]:
    """The clusters of a text that a terminal may draw as one: a character with all that joins
    it."""
    found: list[str] = []
    joins = False
    for character in text:
        if found and (joins or not cell_len(character)):
            found[-1] += character
        else:
            found.append(character)
        joins = character == "\u200d"
    return found


def doubtful_runs(cells: str) -> list[tuple[int, int]]:
    """The runs of cells, from and to, whose width is doubtful."""
    if not cells or max(cells) < FIRST_DOUBTFUL:
        return []
    return [run.span() for run in re.finditer(_DOUBTFUL_RUN, cells)]
