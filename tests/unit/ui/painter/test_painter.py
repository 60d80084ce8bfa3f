"""Random screens and updates, compared cell by cell through a terminal emulator."""

import random
from collections.abc import Iterator, Sequence

import pytest
from pyte.graphics import FG_AIXTERM, FG_ANSI
from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from cubewatch.ui.painter.painter import Painter, Piece
from tests.support.painted import Cell, Emulator

COLOURS = ("red", "bright_black", "blue", "default", "color(208)", "#102030", None)
STYLES = [
    None,
    *(
        Style(color=fg, bgcolor=bg, bold=bold, underline=line, reverse=back, italic=slant)
        for fg, bg, bold, line, back, slant in (
            ("red", None, True, None, None, None),
            ("red", None, None, None, None, None),
            ("bright_black", None, None, None, None, True),
            (None, "blue", None, None, None, None),
            ("#102030", "blue", True, None, None, None),
            ("color(208)", "#ffffff", None, True, None, None),
            (None, None, None, None, True, None),
            ("default", "default", None, True, None, None),
            (None, None, None, None, None, None),
        )
    ),
]
CERTAIN = "aab  .-Жяé│─…✓日本한"
DOUBTFUL = (
    *"ab 日é─",
    "e\u0301",
    "👨\u200d👩\u200d👧",
    "⚠",
    "⚠\ufe0f",
    "👍🏽",
    "\u0301",
    "क्षि",
    "\u200b",
    "🇩🇪",
)


def text_of(dice: random.Random, letters: Sequence[str], width: int) -> str:
    """A text of exactly so many cells."""
    text = ""
    while (missing := width - cell_len(text)) > 0:
        letter = dice.choice(letters) * dice.choice((1, 1, 1, 3))
        text += letter if cell_len(text + letter) <= width else " " * missing
    return text


def piece_of(dice: random.Random, letters: Sequence[str], columns: int, rows: int) -> Piece:
    """Some cells of some line, in up to three styles."""
    x = dice.randrange(columns)
    width = dice.choice((1, columns - x, dice.randint(1, columns - x)))
    skipped = dice.choice((0, 0, 0, 1, 5))
    segments, left = [Segment(text_of(dice, letters, skipped))], width
    while left:
        part = dice.choice((left, dice.randint(1, left)))
        segments.append(Segment(text_of(dice, letters, part), dice.choice(STYLES)))
        left -= part
    return x, dice.randrange(rows), width, segments, skipped


def colour(color: Color | None) -> str:
    """A colour as pyte names it."""
    if color is None or color.is_default:
        return "default"
    if color.triplet is not None:
        return color.triplet.hex.removeprefix("#")
    assert color.number is not None
    codes = color.get_ansi_codes()
    return (FG_ANSI | FG_AIXTERM)[int(codes[0])] if len(codes) == 1 else "ff8700"


def expected(screen: list[list[Cell]], pieces: list[Piece]) -> None:
    """Puts certain pieces on a screen; what is left of a wide character that is cut is blank."""
    for x, y, width, (_, *segments), _ in pieces:
        line = screen[y]
        if line[x][0] == "":
            line[x - 1] = (" ", *line[x - 1][1:])
        if x + width < len(line) and line[x + width][0] == "":
            line[x + width] = (" ", *line[x + width][1:])
        for text, style, _ in segments:
            style = style or Style()
            ink = [name for name, on in (("bold", style.bold), ("italics", style.italic)) if on]
            under = [
                name
                for name, on in (("underscore", style.underline), ("reverse", style.reverse))
                if on
            ]
            for letter in text:
                look = (colour(style.color), colour(style.bgcolor), *ink, *under)
                for data in (letter, "")[: cell_len(letter)]:
                    line[x] = (data, *look)
                    x += 1


def tellable(cell: Cell) -> Cell:
    """What a person can tell of a cell."""
    if cell[0] == " " and not {"underscore", "reverse"} & set(cell):
        return (" ", "", cell[2])
    return cell


def frames(
    dice: random.Random, letters: Sequence[str], size: tuple[int, int], number: int
) -> Iterator[list[Piece]]:
    for _ in range(number):
        yield [piece_of(dice, letters, *size) for _ in range(dice.choice((1, 1, 2, 5)))]


@pytest.mark.parametrize("seed", range(8))
def test_each_update_shows_every_cell_as_wanted(seed: int) -> None:
    dice = random.Random(seed)
    size = dice.choice(((30, 3), (9, 5), (60, 2), (1, 4), (2, 1)))
    painter, emulator = Painter(*size, erases_cells=seed % 2 > 0), Emulator(*size)
    wanted: list[list[Cell]] = [[(" ", "default", "default")] * size[0] for _ in range(size[1])]
    for painting, pieces in enumerate(frames(dice, CERTAIN, size, 1500)):
        if dice.random() < 0.01:
            painter.forget()
            emulator.feed("\x1b[31;44mnoise\n\x1b[5;5Hmore")
        written = painter.paint(pieces)
        emulator.feed(written)
        expected(wanted, pieces)
        touched = range(size[1]) if painting % 20 == 0 else {y for _, y, *_ in pieces}
        for y in touched:
            assert emulator.line(y) == [tellable(cell) for cell in wanted[y]], (pieces, written)
        assert painter.paint(pieces) == ""


@pytest.mark.parametrize("seed", range(8))
def test_doubtful_widths_look_like_a_full_repaint(seed: int) -> None:
    """pyte draws some of these clusters wider than Rich measures them, as many terminals do."""
    dice = random.Random(seed)
    size = 24, 2
    painter, emulator = Painter(*size, erases_cells=seed % 2 > 0), Emulator(*size)
    repainting, repainted = Painter(*size), Emulator(*size)
    for pieces in frames(dice, DOUBTFUL, size, 400):
        emulator.feed(painter.paint(pieces))
        repainting.forget()
        repainted.feed(repainting.paint(pieces))
        assert emulator.cells == repainted.cells, pieces


def log_line(dice: random.Random, width: int) -> list[Segment]:
    words = text_of(dice, CERTAIN, dice.randrange(width)).strip() + "x"
    return [Segment(words, dice.choice(STYLES))]


@pytest.mark.parametrize("seed", range(4))
def test_lines_that_move_are_scrolled_and_every_cell_is_right(seed: int) -> None:
    dice = random.Random(seed)
    width, height = 50, 14
    painter, emulator = Painter(width, height, erases_cells=seed % 2 > 0), Emulator(width, height)
    wanted: list[list[Cell]] = [[(" ", "default", "default")] * width for _ in range(height)]
    lines = [log_line(dice, width) for _ in range(height)]
    total = scrolled = 0
    for _ in range(250):
        top, bottom = dice.choice(((0, height), (2, height), (2, 12), (0, 9)))
        rows = dice.choice((1, 1, 2, 3, 5, 0))
        come_in = [log_line(dice, width) for _ in range(rows)]
        band = lines[top:bottom]
        up = dice.random() < 0.7
        lines[top:bottom] = [*band[rows:], *come_in] if up else [*come_in, *band][: bottom - top]
        if dice.random() < 0.3:
            lines[dice.randrange(height)] = log_line(dice, width)
        pieces: list[Piece] = [
            (0, y, width, [Segment(""), *line, Segment(" " * (width - cell_len(line[0].text)))], 0)
            for y, line in enumerate(lines)
        ]
        written = painter.paint(pieces)
        emulator.feed(written.replace("\n", "\r\n"))  # as a terminal's driver does
        expected(wanted, pieces)
        assert emulator.cells == [[tellable(cell) for cell in line] for line in wanted], written
        total += len(written)
        scrolled += "\x1b[r" in written
    assert scrolled > 100


def test_a_log_that_grows_by_a_line_costs_about_that_line() -> None:
    painter = Painter(80, 40)
    texts = [f"[unit] {n * 7919:012d} compiled handler.go price.go {n * n}" for n in range(60)]

    def frame(first: int) -> list[Piece]:
        state: Piece = (0, 39, 80, [Segment(f"line {first} following", Style(bold=True))], 0)
        return [
            (0, 0, 80, [Segment("title")], 0),
            *((0, y, 80, [Segment(texts[first + y])], 0) for y in range(1, 39)),
            state,
        ]

    painter.paint(frame(0))
    for first in range(1, 20):
        assert len(painter.paint(frame(first))) < len(texts[first + 38]) + 52


@pytest.mark.parametrize("seed", range(2))
def test_even_blanks_are_as_after_a_full_repaint(seed: int) -> None:
    """Nobody sees in which colour a blank was written, but a comparison of screens does."""
    dice = random.Random(seed)
    size = 40, 5
    painter, emulator = Painter(*size, erases_cells=seed % 2 > 0), Emulator(*size)
    repainting, repainted = Painter(*size), Emulator(*size)
    for pieces in frames(dice, CERTAIN, size, 200):
        emulator.feed(painter.paint(pieces))
        repainting.forget()
        repainted.feed(repainting.paint(pieces))
        for y in range(size[1]):
            one, other = emulator.screen.buffer[y], repainted.screen.buffer[y]
            assert [one[x] for x in range(size[0])] == [other[x] for x in range(size[0])], pieces


@pytest.mark.parametrize("cluster", ["🇩🇪", "👍🏽", "👨\u200d👩\u200d👧", "⚠\ufe0f"])
def test_blanks_before_a_doubtful_width_leave_it_and_what_follows_in_place(cluster: str) -> None:
    """As when a dialog closes that covered the middle of a line."""
    width = 60
    painter, emulator = Painter(width, 1), Emulator(width, 1)
    repainting, repainted = Painter(width, 1), Emulator(width, 1)
    behind = f"name {' ' * 30}{cluster}-1/é │"
    for text in (behind, behind[:5] + "a dialog that covers it" + behind[28:], behind):
        pieces: list[Piece] = [(0, 0, width, [Segment(text)], 0)]
        emulator.feed(painter.paint(pieces))
        repainting.forget()
        repainted.feed(repainting.paint(pieces))
        assert emulator.cells == repainted.cells


@pytest.mark.parametrize("cluster", ["👍🏽", "👨\u200d👩\u200d👧", "日"])
def test_a_part_behind_a_cluster_begins_where_it_is_measured(cluster: str) -> None:
    painter, emulator = Painter(8, 1), Emulator(8, 1)
    emulator.feed(painter.paint([(0, 0, 4, [Segment(f"{cluster}-name")], 3)]))
    assert emulator.screen.display == ["name    "]
    emulator.feed(painter.paint([(0, 0, 4, [Segment(f"{cluster}-name")], 1)]))
    assert emulator.screen.display == [" -na    "]


@pytest.mark.parametrize(
    ("erases_cells", "written"), [(True, "\r\x1b[8X"), (False, "\r" + 8 * " ")]
)
def test_blanks_beside_what_stays_are_erased_if_the_terminal_can(
    erases_cells: bool, written: str
) -> None:
    painter = Painter(20, 1, erases_cells=erases_cells)
    painter.paint([(0, 0, 20, [Segment("compiled  │ stays")], 0)])
    assert painter.paint([(0, 0, 9, [Segment(" " * 9)], 0)]) == written
