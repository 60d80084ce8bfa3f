"""A painted app with Textual's own widgets: the terminal shows what Textual alone would write."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import (
    Button,
    Checkbox,
    DataTable,
    Footer,
    Header,
    Input,
    RichLog,
    Select,
    TabbedContent,
    TextArea,
    Tree,
)

from cubewatch.ui.painter.painted_app import PaintedApp
from tests.support.painted import EmulatedDriver, stock_cells

KEYS = (
    *("tab", "tab", "shift+tab", "down", "up", "right", "left", "enter", "space", "escape"),
    *("pagedown", "end", "home", "backspace", "ctrl+p", "ctrl+l", "a", "b", "f2", "f3", "f4"),
)


class StockApp(PaintedApp[None]):
    """Much of what Textual has."""

    BINDINGS = [  # noqa: RUF012, as App has it
        ("f2", "toast", "Notify"),
        ("f3", "toggle_dark", "Theme"),
        ("f4", "pour", "Log"),
    ]
    CSS = "TextArea, DataTable, Tree, RichLog { height: 6; } Toast { width: 30; }"

    def compose(self) -> ComposeResult:
        yield Header()
        yield Input(placeholder="name")
        with TabbedContent("One", "Two"):
            yield Tree("日本 tree")
            yield DataTable()
        yield Checkbox("check")
        yield Select([("first", 1), ("second 日", 2)])
        yield TextArea("some text\nmore\n" * 5)
        yield RichLog()
        yield Button("Go")
        yield Footer()

    def on_mount(self) -> None:
        self.animation_level = "none"
        for field in self.query(Input):
            field.cursor_blink = False
        for area in self.query(TextArea):
            area.cursor_blink = False
        tree = self.query_one(Tree)
        for name in ("build", "тест", "deploy"):
            tree.root.add(name).add_leaf(f"{name} leaf")
        tree.root.expand()
        table: DataTable[str] = self.query_one(DataTable)
        table.add_columns("a", "b")
        table.add_rows([(f"row {n}", "x" * n) for n in range(12)])

    def action_toast(self) -> None:
        self.notify("something happened", timeout=60)

    def action_toggle_dark(self) -> None:
        self.theme = "textual-light" if self.theme == "textual-dark" else "textual-dark"

    def action_pour(self) -> None:
        log = self.query_one(RichLog)
        log.write("\n".join(f"line {n} of a log" for n in range(4)))


@asynccontextmanager
async def running(
    app: PaintedApp[None], size: tuple[int, int] = (60, 30)
) -> AsyncIterator[tuple[Pilot[None], EmulatedDriver]]:
    app.driver_class = EmulatedDriver
    async with app.run_test(headless=False, size=size, notifications=True) as pilot:
        assert isinstance(app._driver, EmulatedDriver)
        yield pilot, app._driver


async def same_as_stock(pilot: Pilot[None], driver: EmulatedDriver, after: object) -> None:
    for _ in range(50):
        await pilot.pause(0.02)
        if driver.emulator.cells == stock_cells(pilot.app):
            return
    shown, wanted = driver.emulator.cells, stock_cells(pilot.app)
    for y, (line, other) in enumerate(zip(shown, wanted, strict=True)):
        assert line == other, (y, after)


@pytest.mark.parametrize("seed", range(2))
async def test_after_a_random_walk_the_screen_is_as_textual_draws_it(seed: int) -> None:
    dice = random.Random(seed)
    async with running(StockApp()) as (pilot, driver):
        walked: list[object] = []
        for _ in range(20):
            if dice.random() < 0.1:
                size = dice.choice(((60, 30), (44, 20), (80, 24)))
                walked.append(size)
                driver.resize(*size)
            else:
                keys = dice.choices(KEYS, k=3)
                walked += keys
                await pilot.press(*keys)
            await same_as_stock(pilot, driver, walked)


async def test_what_does_not_change_is_not_written() -> None:
    async with running(StockApp()) as (pilot, driver):
        frames: list[object] = []
        before = -1
        while before != driver.written:  # until it has come to rest
            before = driver.written
            await pilot.pause(0.3)
        pilot.app.post_display_hook = lambda: frames.append(1)  # type: ignore[method-assign]
        pilot.app.screen.refresh()
        await pilot.pause(0.3)
        assert frames
        assert driver.written == before


async def test_ctrl_l_draws_the_screen_over_what_others_wrote() -> None:
    async with running(StockApp()) as (pilot, driver):
        await same_as_stock(pilot, driver, "start")
        driver.emulator.feed("\x1b[3;3H\x1b[31mbroadcast message from root\r\n\n\n\n\n\n")
        await pilot.press("ctrl+l")
        await same_as_stock(pilot, driver, "ctrl+l")


async def test_a_resize_to_the_same_size_repaints() -> None:
    """As after a shell had the terminal, or the size went to and fro."""
    async with running(StockApp()) as (pilot, driver):
        await same_as_stock(pilot, driver, "start")
        driver.emulator.feed("\x1b[2J")
        driver.resize(60, 30)
        await same_as_stock(pilot, driver, "resize")


async def test_the_cursor_is_where_one_types() -> None:
    async with running(StockApp()) as (pilot, driver):
        await pilot.press(*"word")
        await same_as_stock(pilot, driver, "typing")
        field = pilot.app.query_one(Input)
        assert field.has_focus
        assert driver.emulator.cursor == field.cursor_screen_offset


async def test_a_long_frame_is_shown_at_once_where_the_terminal_can() -> None:
    app = StockApp()
    async with running(app) as (pilot, driver):
        frames: list[str] = []
        feed = driver.emulator.feed
        driver.emulator.feed = lambda text: (frames.append(text), feed(text))[1]  # type: ignore
        app._sync_available = True
        await pilot.press("ctrl+l")
        await pilot.press("a")
        await same_as_stock(pilot, driver, "a key")
        assert frames[0].startswith("\x1b[?2026h")
        assert frames[0].endswith("\x1b[?2026l")
        assert not any("2026" in frame for frame in frames[1:])
