"""Moves of the cursor: right from everywhere, and short."""

import pytest

from cubewatch.ui.painter.moves import absolute, move
from tests.support.painted import Emulator

COLUMNS, ROWS = 14, 5


def test_every_move_arrives() -> None:
    emulator = Emulator(COLUMNS, ROWS)
    for start in range(COLUMNS * ROWS):
        before = start % COLUMNS, start // COLUMNS
        for goal in range(COLUMNS * ROWS):
            after = goal % COLUMNS, goal // COLUMNS
            for known in (before[0], None):
                emulator.feed(absolute(*before) + move(known, before[1], *after))
                assert emulator.cursor == after, (before, after, known)


def test_moves_are_never_longer_than_an_absolute_one() -> None:
    for before in range(0, 200, 7):
        for after in range(0, 200, 3):
            for rows in ((3, 3), (3, 4), (3, 30), (30, 3)):
                assert len(move(before, rows[0], after, rows[1])) <= len(absolute(after, rows[1]))


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ((5, 3), (4, 3), "\b"),
        ((5, 3), (2, 3), "\b\b\b"),
        ((5, 3), (0, 3), "\r"),
        ((5, 3), (6, 3), "\x1b[C"),
        ((70, 3), (0, 4), "\r\n"),
        ((71, 3), (70, 4), "\x1b[B\b"),
        ((40, 3), (40, 2), "\x1b[A"),
        ((40, 30), (0, 0), "\x1b[H"),
        ((None, 3), (0, 3), "\r"),
        ((None, 3), (20, 3), "\x1b[21G"),
    ],
)
def test_examples(before: tuple[int | None, int], after: tuple[int, int], written: str) -> None:
    assert move(*before, *after) == written
