"""What is drawn where the terminal takes ASCII alone."""

import ast

from rich.segment import Segment
from textual.color import Color
from textual.scrollbar import ScrollBarRender

from cubewatch.model import secrecy, status
from cubewatch.ui.theme import AsciiOnly
from tests.conftest import ROOT

DRAWN_BY = ("ui", "api/errors.py", "model/status.py", "model/wording.py")


def texts() -> set[str]:
    """All texts in the code that draws, but for docstrings."""
    found: set[str] = set()
    for place in DRAWN_BY:
        path = ROOT / "tui" / "cubewatch" / place
        for file in [path] if path.is_file() else path.rglob("*.py"):
            if file.parent.name == "painter":  # it draws what it is given
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            found |= {
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in alone
            }
    return found


def in_ascii(text: str) -> str:
    return AsciiOnly().apply([Segment(text)], Color(0, 0, 0))[0].text


def test_all_that_we_draw_has_a_likeness_in_ascii() -> None:
    drawn = texts() | {secrecy.MASK, *ScrollBarRender.VERTICAL_BARS, "╭─╮│╰╯┏━┓┃┗┛"}
    assert status.glyph("processing") in "".join(drawn)
    left = {char for text in drawn for char in in_ascii(text) if not char.isascii()}
    assert left == set()


def test_what_a_server_wrote_stays() -> None:
    assert in_ascii("выпуск 日本") == "выпуск 日本"
