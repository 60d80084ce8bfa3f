"""Text as cells: one character each, of whatever width the text's characters are."""

import pytest
from rich.cells import cell_len

from cubewatch.ui.painter.cells import Cells, doubtful_runs, is_certain

FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "при─вет ✓",
        "日本 x",
        FAMILY,
        "⚠\ufe0f x",
        "e\u0301",
        "a\u200bb",
        "👍🏽 ok",
        "한글",
    ],
)
def test_a_text_comes_back_from_its_cells(text: str) -> None:
    table = Cells()
    found = table.of(text)
    assert len(found) == cell_len(text)
    assert table.text(found) == text


@pytest.mark.parametrize(
    "text", ["a\x1b[2Jb", "a\tb", "a\r\nb", "a\x9bb", "a\u2028b", "a\udc80b", "a\U000f0000b"]
)
def test_nothing_that_steers_a_terminal_has_a_cell(text: str) -> None:
    table = Cells()
    drawn = table.text(table.of(text))
    assert drawn.isprintable()
    assert drawn == "".join(c for c in text if c.isprintable())


def test_what_joins_is_one_cluster() -> None:
    table = Cells()
    found = table.of(f"x{FAMILY}y")
    assert doubtful_runs(found) == [(1, 3)]
    assert table.of(FAMILY) == found[1:3]


@pytest.mark.parametrize("text", ["○◐✓✗⊘◷↷‖▓░╌╳▾▸◂…≈·⏎│━", "Ёжик", "日本語", "naïve"])
def test_what_all_terminals_agree_on_is_certain(text: str) -> None:
    assert doubtful_runs(Cells().of(text)) == []


def test_every_certain_character_is_as_wide_as_it_is_measured() -> None:
    for code in range(0x20, 0x30000):
        if is_certain(chr(code)):
            assert len(Cells().of(chr(code))) == cell_len(chr(code)) > 0


def test_a_table_moves_to_another() -> None:
    old, new = Cells(), Cells()
    old.of("👍 ⚠")
    line = old.of(f"a{FAMILY}⚠")
    assert new.text(new.adopted(line, old)) == f"a{FAMILY}⚠"
