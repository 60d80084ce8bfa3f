"""The list that all lists are: a cursor that keeps the colour of its row, and what moves it."""

from collections.abc import Sequence
from typing import ClassVar

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from cubewatch.ui.styles import style_sheets
from cubewatch.ui.theme import THEME
from cubewatch.ui.widgets.cursor_lines import CursorLines
from cubewatch.ui.widgets.measured_text import Span
from cubewatch.ui.widgets.painted import component_classes


class Rows(CursorLines):
    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("failure", "success", "text", "note")

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    @property
    def row_count(self) -> int:
        return self.count

    def row_spans(self, row: int) -> Sequence[Span]:
        return [("✗ ", "failure"), (f"row {row}", "text"), (" and some more", "note")]


class RowsApp(App[None]):
    CSS_PATH = style_sheets("app")

    def __init__(self, count: int, theme: str) -> None:
        super().__init__()
        self.register_theme(THEME)
        self.theme = theme
        self.rows = Rows(count)

    def compose(self) -> ComposeResult:
        yield self.rows


def under_cursor(pilot: Pilot[None]) -> list[Segment]:
    app = pilot.app
    assert isinstance(app, RowsApp)
    rows = app.rows
    return [part for part in rows.render_line(rows.cursor - round(rows.scroll_y)) if part.text]


async def test_keys_move_the_cursor_and_keep_it_in_sight() -> None:
    async with RowsApp(100, THEME.name).run_test(size=(30, 10)) as pilot:
        rows = pilot.app.query_one(Rows)
        for key, row in (("down", 1), ("j", 2), ("k", 1), ("pagedown", 10), ("G", 99), ("g", 0)):
            await pilot.press(key)
            assert rows.cursor == row
            assert 0 <= row - rows.scroll_y < 10


async def test_the_cursor_stays_where_rows_are_when_some_go() -> None:
    async with RowsApp(5, THEME.name).run_test(size=(30, 10)) as pilot:
        rows = pilot.app.query_one(Rows)
        await pilot.press("end")
        rows.count = 2
        rows.rows_changed()
        assert rows.cursor == 1
        rows.count = 0
        rows.rows_changed()
        assert rows.cursor == 0


async def test_the_cursor_has_the_colour_of_its_row_in_our_theme() -> None:
    async with RowsApp(3, THEME.name).run_test(size=(40, 10)) as pilot:
        styles = [part.style or Style() for part in under_cursor(pilot)]
        assert all(style.reverse for style in styles)
        assert {style.color.name for style in styles if style.color} == {"color(1)"}


@pytest.mark.parametrize("theme", ["nord", "textual-light"])
async def test_the_cursor_is_a_background_in_other_themes(theme: str) -> None:
    async with RowsApp(3, theme).run_test(size=(40, 10)) as pilot:
        styles = [part.style or Style() for part in under_cursor(pilot)]
        assert not any(style.reverse for style in styles)
        assert len({style.bgcolor for style in styles}) == 1
        assert styles[0].color != styles[1].color


async def test_a_row_that_is_too_long_ends_in_an_ellipsis() -> None:
    async with RowsApp(3, THEME.name).run_test(size=(12, 10)) as pilot:
        text = "".join(part.text for part in under_cursor(pilot))
        assert text == "✗ row 0 and…"
