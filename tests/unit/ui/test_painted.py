"""Lines are drawn only where they differ, each rendered once for a frame."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.geometry import Region, Size
from textual.pilot import Pilot
from textual.strip import Strip

from cubewatch.ui.painter.painted_app import PaintedApp
from cubewatch.ui.widgets.painted import PaintedLines
from tests.support.painted import EmulatedDriver

WIDTH, HEIGHT = 30, 6


class Texts(PaintedLines):
    """Shows `texts`, and notes what is rendered and what is marked to be drawn."""

    COMPONENT_CLASSES = {"texts--all"}  # noqa: RUF012, as in textual

    def __init__(self) -> None:
        super().__init__()
        self.texts = [f"line {n}" for n in range(20)]
        self.rendered: list[int] = []
        self.marked: list[Region] = []
        self.sizes: list[Size] = []

    def on_resize(self, event: events.Resize) -> None:
        self.sizes.append(event.size)

    def line_at(self, y: int) -> Strip:
        self.rendered.append(y)
        text = self.texts[y + round(self.scroll_y)]
        return Strip([Segment(text, self.get_component_rich_style("texts--all"))])

    def refresh(self, *regions: Region, **kinds: bool) -> "Texts":
        self.marked += regions
        return super().refresh(*regions, **kinds)


class TextsApp(PaintedApp[None]):
    """The texts, as wide as the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = Texts()
        self.driver_class = EmulatedDriver

    def compose(self) -> ComposeResult:
        yield self.texts


@asynccontextmanager
async def shown() -> AsyncIterator[tuple[Pilot[None], Texts, EmulatedDriver]]:
    app = TextsApp()
    async with app.run_test(headless=False, size=(WIDTH, HEIGHT)) as pilot:
        assert isinstance(app._driver, EmulatedDriver)
        app.texts.set_line_count(len(app.texts.texts))
        await pilot.pause(0.2)
        app.texts.rendered.clear()
        app.texts.marked.clear()
        yield pilot, app.texts, app._driver


def seen(driver: EmulatedDriver) -> list[str]:
    return [line[: WIDTH - 4].rstrip() for line in driver.emulator.screen.display]


async def test_only_lines_that_differ_are_drawn() -> None:
    async with shown() as (pilot, texts, driver):
        texts.texts[2] = "changed"
        before = driver.written
        texts.repaint()
        assert [(region.y, region.height) for region in texts.marked] == [(2, 1)]
        await pilot.pause(0.1)
        assert seen(driver)[:4] == ["line 0", "line 1", "changed", "line 3"]
        assert driver.written - before < 20


async def test_a_size_that_came_without_a_word_is_told() -> None:
    async with shown() as (pilot, texts, _):
        texts.sizes.clear()
        texts._known_size = Size(0, 0)
        texts.render_line(0)
        texts.render_line(1)
        await pilot.pause()
        assert texts.sizes == [texts.size]


async def test_a_line_is_rendered_once_for_a_frame() -> None:
    async with shown() as (pilot, texts, _):
        texts.texts[2] = texts.texts[4] = "changed"
        texts.repaint()
        await pilot.pause(0.1)
        assert sorted(texts.rendered) == list(range(HEIGHT))


async def test_only_the_lines_asked_about_are_rendered() -> None:
    async with shown() as (pilot, texts, _):
        texts.texts[2] = "changed"
        texts.repaint([2, 5])
        await pilot.pause(0.1)
        assert sorted(texts.rendered) == [2, 5]


async def test_a_line_that_grows_before_it_is_drawn_is_not_cut() -> None:
    """What is drawn is what was compared, whole."""
    async with shown() as (pilot, texts, driver):
        texts.texts[1] = "short"
        texts.repaint()
        texts.texts[1] = "a much longer text"
        await pilot.pause(0.1)
        assert seen(driver)[1] == "short"
        texts.repaint()
        await pilot.pause(0.1)
        assert seen(driver)[1] == "a much longer text"


async def test_what_was_rendered_before_scrolling_is_not_drawn_after_it() -> None:
    async with shown() as (pilot, texts, driver):
        texts.texts[0] = "changed"
        texts.repaint()
        texts.scroll_to(y=5, animate=False, force=True)
        await pilot.pause(0.2)
        assert seen(driver)[:5] == [f"line {n}" for n in range(5, 10)]


async def test_what_was_rendered_for_another_width_is_not_drawn() -> None:
    async with shown() as (pilot, texts, driver):
        texts.texts[0] = "changed"
        texts.repaint()
        driver.resize(WIDTH + 10, HEIGHT)
        await pilot.pause(0.3)
        assert seen(driver)[0] == "changed"
        assert all(strip.cell_length == texts.size.width for strip in texts._painted.values())


async def test_styles_are_resolved_once_until_they_change() -> None:
    async with shown() as (pilot, texts, _):
        style = texts.get_component_rich_style("texts--all")
        texts.refresh()
        assert texts.get_component_rich_style("texts--all") is style
        assert texts.rich_style is texts.rich_style
        texts.styles.background = "red"
        pilot.app.stylesheet.update(texts)
        assert texts.rich_style.bgcolor is not None
        assert texts.get_component_rich_style("texts--all") is not style
