"""Which keys the last line shows where there is little room."""

import pytest

from cubewatch.ui.widgets.key_bar import Key, chosen

KEYS = [
    Key("question_mark", "?", "help", "help"),
    Key("enter", "⏎", "open", "choose"),
    Key("l", "l", "log", "log"),
    Key("n", "n", "failure", "failure"),
    Key("q", "q", "back", "leave"),
]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (80, "⏎ open  l log  n failure  ? help  q back"),
        (40, "⏎ open  l log  n failure  ? help  q back"),
        (39, "⏎ open  l log  ? help  q back"),
        (20, "? help  q back"),
        (14, "? help  q back"),
        (10, "q back"),
    ],
)
def test_the_least_important_keys_go_first_and_none_is_cut(width: int, shown: str) -> None:
    assert "  ".join(f"{key.shown} {key.title}" for key in chosen(KEYS, width)) == shown
