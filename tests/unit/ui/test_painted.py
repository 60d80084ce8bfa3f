"""Only cells that differ are written, and all of them."""

import random

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cubewatch.ui.widgets.painted import changed_width

STYLES = [None, Style(bold=True), Style(color="red")]
ASCII = "ab .-"
WIDE = "ab日本Жé◐…"
Cell = tuple[str, Style | None]


def strip_of(dice: random.Random, letters: str, width: int) -> Strip:
    """Segments of random lengths in random styles, together exactly so wide."""
    segments = []
    while width > 0:
        text = "".join(dice.choices(letters, k=dice.randint(1, 6)))
        while Segment(text).cell_length > width:
            text = text[:-1] or " "
        segments.append(Segment(text, dice.choice(STYLES)))
        width -= segments[-1].cell_length
    return Strip(segments)


def changed_in(dice: random.Random, strip: Strip, letters: str) -> Strip:
    """The same line with one segment's text or style replaced, as wide as before."""
    segments = list(strip)
    place = dice.randrange(len(segments))
    other = strip_of(dice, letters, segments[place].cell_length)
    return Strip([*segments[:place], *other, *segments[place + 1 :]])


def cells(strip: Strip) -> list[Cell]:
    """What stands in each cell; the second cell of a wide character holds nothing of its own."""
    found: list[Cell] = []
    for segment in strip:
        for letter in segment.text:
            found.append((letter, segment.style))
            found += [("", segment.style)] * (Segment(letter).cell_length - 1)
    return found


def needed(old: Strip, new: Strip) -> int:
    """One more than the last cell that differs, looked up cell by cell."""
    pairs = list(zip(cells(old), cells(new), strict=True))
    return max((n + 1 for n, (a, b) in enumerate(pairs) if a != b), default=0)


@pytest.mark.parametrize("letters", [ASCII, WIDE], ids=["ascii", "wide"])
def test_what_stands_right_of_it_is_the_same(letters: str) -> None:
    dice = random.Random(11)
    for _ in range(5000):
        old = strip_of(dice, letters, dice.randint(1, 30))
        for new in (
            strip_of(dice, letters, old.cell_length),
            changed_in(dice, old, letters),
            old.simplify(),
            old,
        ):
            assert needed(old, new) <= changed_width(old, new) <= new.cell_length


def test_it_is_no_more_than_needed() -> None:
    dice = random.Random(12)
    for _ in range(5000):
        old = strip_of(dice, ASCII, dice.randint(1, 30))
        for new in (strip_of(dice, ASCII, old.cell_length), changed_in(dice, old, ASCII), old):
            before, after = old.simplify(), new.simplify()
            assert changed_width(before, after) == needed(before, after)


def test_nothing_changed_means_nothing_written() -> None:
    dice = random.Random(13)
    for letters in (ASCII, WIDE):
        for _ in range(1000):
            strip = strip_of(dice, letters, dice.randint(1, 30))
            assert changed_width(strip, Strip(list(strip))) == 0
    assert changed_width(Strip([]), Strip([])) == 0


def line(*parts: str) -> Strip:
    return Strip([Segment(text, STYLES[n % 3]) for n, text in enumerate(parts)])


@pytest.mark.parametrize(
    ("old", "new", "width"),
    [
        (line("  41s ", "━━──", " unit"), line("  42s ", "━━──", " unit"), 4),
        (line("  41s ", "━━──", " unit"), line("  41s ", "━━━─", " unit"), 10),
        (line("abc"), line("abd"), 3),
        (line("abc"), line("xbc"), 1),
        (line("ab", "c"), line("abc"), 3),
        (line("日x", "end"), line("本x", "end"), 3),
        (line("日", "end"), line("ab", "end"), 2),
        (line("e\u0301x", "!"), line("ex", "!"), 2),
    ],
)
def test_examples(old: Strip, new: Strip, width: int) -> None:
    assert changed_width(old, new) == width


def test_letters_that_grow_together_are_written_together() -> None:
    """The last letter of both is the same, what stands in its cells is not."""
    family, woman = "👨\u200d👩", "ab👩"
    assert changed_width(line(woman, "x"), line(family, "x")) == Segment(family).cell_length
