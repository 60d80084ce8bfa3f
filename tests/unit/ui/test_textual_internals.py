"""The private names of Textual that the program uses are still there and mean the same."""

import ast
import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.events import Key
from textual.timer import Timer
from textual.widgets import Label
from textual.worker import WorkerFailed

from cubewatch.ui.painter.painted_app import PaintedApp
from cubewatch.ui.styles import style_sheets
from cubewatch.ui.textual_internals import (
    Frame,
    FrameTimer,
    InputParser,
    LayoutUpdate,
    SteadyScreen,
    frame_size,
    frame_strips,
    get_time,
    is_idle,
)
from tests.conftest import ROOT, SOURCE
from tests.support.painted import EmulatedDriver, stock_cells

ALLOWED = "textual_internals.py"
STYLES = ROOT / "styles"


class LabelApp(PaintedApp[None]):
    """Two labels, and all frames of them."""

    CSS = "Label { width: 10; height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[Frame] = []
        self.faults: list[BaseException | str] = []
        self.driver_class = EmulatedDriver

    def report_fault(self, error: BaseException | str) -> None:
        self.faults.append(error)

    def compose(self) -> ComposeResult:
        yield Label("first", id="first")
        yield Label("second", id="second")

    def display_frame(self, frame: Frame) -> None:
        self.frames.append(frame)
        super().display_frame(frame)


def test_an_input_parser_waits_only_within_a_sequence() -> None:
    parser = InputParser()
    assert parser.seconds_left is None
    assert not list(parser.feed("\x1b"))
    assert parser.seconds_left is not None
    [key] = parser.feed("[A")
    assert isinstance(key, Key)
    assert key.key == "up"
    assert parser.seconds_left is None


def test_an_input_parser_takes_a_lone_escape_for_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.ESCAPE_DELAY", 0.0)
    parser = InputParser()
    assert not list(parser.feed("\x1b"))
    assert parser.seconds_left == 0
    [key] = parser.tick()
    assert isinstance(key, Key)
    assert key.key == "escape"
    assert parser.seconds_left is None


async def test_a_frame_is_the_whole_screen_or_what_changed() -> None:
    app = LabelApp()
    async with app.run_test(headless=False, size=(20, 4)) as pilot:
        await pilot.pause(0.1)
        whole = app.frames[-1]
        assert isinstance(whole, LayoutUpdate)
        assert frame_size(whole) == (20, 4)
        lines = [
            "".join(s.text for _, at, _, s, _ in frame_strips(whole) if at == y) for y in (0, 1)
        ]
        assert [line.rstrip() for line in lines] == ["first", "second"]
        app.frames.clear()
        app.query_one("#second", Label).update("changed")
        await pilot.pause(0.1)
        [part] = app.frames
        assert not isinstance(part, LayoutUpdate)
        assert frame_size(part) == (20, 4)
        [(x, y, width, strip, _)] = frame_strips(part)
        assert (x, y, width, strip.text) == (0, 1, 10, "changed   ")


async def test_nothing_is_displayed_while_updates_are_batched() -> None:
    app = LabelApp()
    async with app.run_test(headless=False, size=(20, 4)) as pilot:
        await pilot.pause(0.1)
        app.frames.clear()
        with app.batch_update():
            app.query_one("#first", Label).update("later")
            await pilot.pause(0.1)
            assert app.frames == []
        await pilot.pause(0.1)
        assert app.frames


async def test_a_fault_in_drawing_ends_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(app: LabelApp, frame: Frame) -> None:
        raise ZeroDivisionError

    app = LabelApp()
    with pytest.raises(ZeroDivisionError):
        await _change_label(app, lambda: monkeypatch.setattr(LabelApp, "display_frame", fail))
    assert {type(fault) for fault in app.faults} == {ZeroDivisionError}


async def test_a_fault_of_a_worker_is_reported_with_where_it_was() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    app = LabelApp()
    with suppress(WorkerFailed):
        async with app.run_test(size=(20, 4)) as pilot:
            app.run_worker(fail())
            await pilot.pause(0.1)
    [fault] = app.faults
    assert isinstance(fault, ZeroDivisionError)
    assert fault.__traceback__


async def test_what_fails_while_the_app_leaves_is_no_fault() -> None:
    app = LabelApp()

    async def fail() -> None:
        app.exit()
        raise ZeroDivisionError

    async with app.run_test(size=(20, 4)):
        app.screen.call_later(fail)
        await asyncio.sleep(0.1)
    assert not app.faults
    assert not app.return_code


async def test_a_fault_of_another_thread_ends_the_app() -> None:
    app = LabelApp()
    async with app.run_test(size=(20, 4)):
        app.panic("what was drawn")
    assert app.faults == ["what was drawn\n"]


async def _change_label(app: LabelApp, before: Callable[[], None]) -> None:
    async with app.run_test(headless=False, size=(20, 4)) as pilot:
        before()
        app.query_one("#first", Label).update("other")
        await pilot.pause(0.1)


async def test_a_pump_is_idle_when_its_messages_are_handled() -> None:
    app = LabelApp()
    async with app.run_test(size=(20, 4)) as pilot:
        label = app.query_one("#first", Label)
        for _ in range(500):
            await pilot.pause(0.01)
            if is_idle(label):
                break
        assert is_idle(label)
        label.call_next(lambda: None)
        assert not is_idle(label)


def test_time_is_a_number_of_seconds() -> None:
    before = get_time()
    assert 0 <= get_time() - before < 5


def test_only_one_module_imports_private_modules() -> None:
    for file in SOURCE.rglob("*.py"):
        if file.name == ALLOWED:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith("textual._"), file


class TwoSidesApp(PaintedApp[None]):
    """Two frames side by side, the lower lines of which a banner may take."""

    CSS = """
        Horizontal { height: 1fr; }
        Vertical { border: round red; }
        #banner { height: 2; display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[Frame] = []
        self.driver_class = EmulatedDriver

    def get_default_screen(self) -> SteadyScreen[None]:
        return SteadyScreen()

    def compose(self) -> ComposeResult:
        with Horizontal():
            for name in ("left", "right"):
                with Vertical():
                    yield Label(f"{name}\n" * 3, id=name)
        yield Label("banner", id="banner")

    def display_frame(self, frame: Frame) -> None:
        self.frames.append(frame)
        super().display_frame(frame)


async def test_parts_of_a_frame_are_seen_and_changed() -> None:
    app = TwoSidesApp()
    async with app.run_test(headless=False, size=(20, 8)) as pilot:
        assert isinstance(app._driver, EmulatedDriver)
        await pilot.pause(0.1)
        app.frames.clear()
        app.query_one("#left", Label).update("other\n" * 3)
        await pilot.pause(0.1)
        [frame] = app.frames
        parts = list(frame_strips(frame))
        assert {(x, width) for x, _, width, *_ in parts} == {(1, 5)}
        assert [strip.text.strip() for *_, strip, _ in parts][:3] == ["other"] * 3
        assert app._driver.emulator.cells == stock_cells(app)


async def test_a_layout_is_drawn_in_one_frame() -> None:
    app = TwoSidesApp()
    async with app.run_test(headless=False, size=(20, 8)) as pilot:
        assert isinstance(app._driver, EmulatedDriver)
        await pilot.pause(0.1)
        app.frames.clear()
        app.query_one("#banner").display = True
        await pilot.pause(0.2)
        drawn = [frame for frame in app.frames if list(frame_strips(frame))]
        assert len(drawn) == 1
        assert app._driver.emulator.cells == stock_cells(app)


def test_parts_of_lines_go_by_nothing_but_focus_and_colours() -> None:
    """Their styles are not worked out again for anything else."""
    selectors = [
        one.strip()
        for file in STYLES.glob("*.tcss")
        for block in re.findall(r"^[^{}]*\{", re.sub(r"/\*.*?\*/", "", file.read_text()), re.M)
        for one in block.rstrip("{").split(",")
        if "line--" in one or "log-view--" in one
    ]
    assert len(selectors) > 20
    for one in selectors:
        assert re.fullmatch(r"([A-Z]\w+(:ansi|:nocolor)?(:focus)? (> )?)?\.[a-z-]+", one), one


async def test_the_sheets_of_a_screen_are_read_when_it_is_shown() -> None:
    class Framed(SteadyScreen[None]):
        SHEETS = ("replay",)

    app = LabelApp()
    async with app.run_test(size=(20, 4)) as pilot:
        [path] = style_sheets("replay")
        rules = app.stylesheet.rules
        assert not app.stylesheet.has_source(str(path))
        await app.push_screen(Framed())
        await pilot.pause()
        assert app.stylesheet.has_source(str(path))
        assert "ReplayBar" in app.stylesheet.rules_map
        assert all(rule in app.stylesheet.rules for rule in rules)


async def test_a_mounted_widget_is_styled_once_before_its_screen_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Named(SteadyScreen[None]):
        def compose(self) -> ComposeResult:
            yield Label("first", id="first")

    styled: list[str | None] = []
    apply = Stylesheet.apply

    def counted(sheet: Stylesheet, node: DOMNode, **keywords: Any) -> None:
        styled.append(node.id)
        apply(sheet, node, **keywords)

    app = LabelApp()
    async with app.run_test(size=(20, 4)) as pilot:
        monkeypatch.setattr(Stylesheet, "apply", counted)
        await app.push_screen(Named())
        await pilot.pause()
        label = app.screen.query_one("#first")
        assert (label.size.width, label.size.height) == (10, 1)
        assert styled.count("first") == 1


async def test_what_is_found_to_have_moved_before_a_layout_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As for notifications, when one more comes while they are in sight."""
    app = TwoSidesApp()
    async with app.run_test(headless=False, size=(20, 8)) as pilot:
        assert isinstance(app._driver, EmulatedDriver)
        await pilot.pause(0.1)
        lay_out, compositor = app.screen._refresh_layout, app.screen._compositor

        def look_then_lay_out(*arguments: Any, **keywords: Any) -> None:
            compositor._full_map_invalidated = True
            assert compositor.full_map
            lay_out(*arguments, **keywords)

        monkeypatch.setattr(app.screen, "_refresh_layout", look_then_lay_out)
        app.query_one("#left").styles.offset = (1, 2)
        await pilot.pause(0.2)
        assert app._driver.emulator.cells == stock_cells(app)


async def test_no_timer_of_textual_draws_the_frames() -> None:
    app = TwoSidesApp()
    async with app.run_test(headless=False, size=(20, 4)) as pilot:
        await pilot.pause(0.1)
        assert app.frames
        assert "screen_update" not in {timer.name for timer in app.screen._timers}
        assert "screen_update" in {timer.name for timer in await stock_timers()}


async def stock_timers() -> list[Timer]:
    """The timers of a screen of Textual's own that has drawn a frame."""
    app = LabelApp()
    async with app.run_test(headless=False, size=(20, 4)) as pilot:
        await pilot.pause(0.1)
        return list(app.screen._timers)


def test_a_frame_timer_draws_once_for_all_that_resume_it() -> None:
    drawn: list[int] = []
    faults: list[Exception] = []

    def draw() -> None:
        drawn.append(1)
        raise ValueError("drawing")

    async def frames() -> None:
        is_reported = asyncio.Event()

        def report(error: Exception) -> None:
            faults.append(error)
            is_reported.set()

        timer = FrameTimer(draw, report)
        timer.resume()
        timer.pause()
        await asyncio.sleep(0.02)
        assert not drawn
        timer.resume()
        timer.resume()
        await is_reported.wait()

    asyncio.run(frames())
    assert drawn == [1]
    assert [str(fault) for fault in faults] == ["drawing"]
