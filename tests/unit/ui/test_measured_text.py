"""Parts of a line that are shown whole, in a shorter form or not at all."""

import pytest

from cubewatch.ui.widgets.measured_text import (
    Part,
    cells_of,
    fit_parts,
    fit_whole_parts,
    whole,
)

STATE = Part(0, ([("processing 9s", "running")], [("9s", "running")]))
COUNTS = whole(2, ("  ✓ 12", "success"))
BAR = Part(3, ([("  ━━━━━━", "running")], [("  ━━━", "running")], []))
LEFT = whole(1, ("  30s left", "text"))


def shown(width: int, *parts: Part) -> str:
    spans = fit_parts(parts, width)
    assert cells_of(spans) <= width
    return "".join(text for text, _ in spans)


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (80, "processing 9s  ✓ 12  ━━━━━━  30s left"),
        (37, "processing 9s  ✓ 12  ━━━━━━  30s left"),
        (36, "processing 9s  ✓ 12  ━━━  30s left"),
        (33, "processing 9s  ✓ 12  30s left"),
        (28, "processing 9s  ━━━  30s left"),
        (23, "processing 9s  30s left"),
        (22, "processing 9s  ✓ 12"),
        (12, "9s  30s left"),
        (2, "9s"),
        (1, "…"),
    ],
)
def test_what_matters_least_goes_first_and_whole(width: int, text: str) -> None:
    assert shown(width, STATE, COUNTS, BAR, LEFT) == text


def test_parts_at_the_end_of_a_text_are_left_out_whole() -> None:
    text = "line 1–9 of 9 · 1 of 1 likely causes · complete"
    assert fit_whole_parts(text, 60) == text
    assert fit_whole_parts(text, 46) == "line 1–9 of 9 · 1 of 1 likely causes"
    assert fit_whole_parts(text, 20) == "line 1–9 of 9"
    assert fit_whole_parts(text, 8) == "line 1–…"


def test_long_part_leaves_room_for_short_ones() -> None:
    assert shown(20, whole(0, ("run", "a")), whole(1, ("x" * 40, "a")), whole(2, (" by me", "a")))
