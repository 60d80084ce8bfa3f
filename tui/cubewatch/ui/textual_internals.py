"""Every private name of Textual that the program uses, each with a test that fails when it goes;
those of its driver are in `terminal_driver`.

Nothing else imports a module of Textual whose name begins with an underscore, or uses such an
attribute of its objects.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor, CompositorMap, LayoutUpdate
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.app import App, ReturnType
from textual.driver import Driver
from textual.events import ScreenResume
from textual.geometry import Region, Size
from textual.message_pump import MessagePump
from textual.screen import Screen, ScreenResultType
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cubewatch.ui.styles import add_sheets

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = [
    "Frame",
    "FrameApp",
    "FrameTimer",
    "InputParser",
    "LayoutUpdate",
    "LineWidget",
    "SteadyScreen",
    "frame_size",
    "frame_strips",
    "get_time",
    "is_idle",
]

Drawn = tuple[int, int, int, Strip, int]
"""A part of a line: its x, y and width in cells, and a strip with how many of its cells come before
the part. It is not cut here, as Textual loses cells where it cuts a strip behind a cluster of
characters that are drawn as one."""


class PartialUpdate(NamedTuple):
    """Parts of a screen of a size, none of which is behind another."""

    size: Size
    parts: list[Drawn]


class WholeUpdate(LayoutUpdate):
    """The parts of a whole screen; `strips` are the same for what knows nothing of parts."""

    def __init__(self, size: Size, parts: list[Drawn]) -> None:
        super().__init__([], size.region)
        self.parts = parts

    @property
    def strips(self) -> list[Iterable[Strip]]:
        lines: list[dict[int, Strip]] = [{} for _ in range(self.region.height)]
        for x, y, width, strip, skipped in self.parts:
            lines[y][x] = strip.crop(skipped, skipped + width).adjust_cell_length(width)
        return [[line[x] for x in sorted(line)] for line in lines]

    @strips.setter
    def strips(self, _: object) -> None:
        """They follow from the parts."""


Frame = LayoutUpdate | ChopsUpdate | PartialUpdate
"""What the compositor has drawn: the whole screen, or parts of it."""


class PartCompositor(Compositor):
    """A compositor that renders only those parts of lines that are seen and have changed, where
    Textual cuts every line of every widget at every edge that there is in it."""

    @property
    def full_map(self) -> CompositorMap:
        """Where all widgets are. Textual may find out before it lays them out, as when a
        notification comes, and then takes what has moved for what has not."""
        before = self._full_map
        found = super().full_map
        if found is not before:
            for _, place in found.items() ^ before.items():
                if seen := place.clip.intersection(place.region):
                    self._dirty_regions.add(seen)
        return found

    def render_partial_update(self) -> PartialUpdate | None:  # type: ignore[override]
        regions = self._dirty_regions.copy()
        self._dirty_regions.clear()
        return PartialUpdate(self.size, self._seen_of(regions)) if regions else None

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        if simplify:
            return super().render_full_update(simplify)
        self._dirty_regions.clear()
        return WholeUpdate(self.size, self._seen_of({self.size.region}))

    def _seen_of(self, regions: set[Region]) -> list[Drawn]:
        """What is seen of all widgets in some regions."""
        wanted: dict[int, list[tuple[int, int]]] = {}
        width, height = self.size
        for y, start, end in self._regions_to_spans(regions):
            if 0 <= y < height and max(0, start) < min(width, end):
                wanted.setdefault(y, []).append((max(0, start), min(width, end)))
        parts: list[Drawn] = []
        for widget, (region, clip) in self.visible_widgets.items():
            if not wanted:
                break
            seen = region.intersection(clip)
            lines = [y for y in seen.line_range if y in wanted]
            found = [(y, *part) for y in lines for part in _within(wanted[y], seen.column_span)]
            if not found:
                continue
            first, last = found[0][0], found[-1][0]
            strips = widget.render_lines(
                Region(0, first - region.y, region.width, last - first + 1)
            )
            for y, start, end in found:
                parts.append((start, y, end - start, strips[y - first], start - region.x))
            for y in lines:
                if rest := _outside(wanted.pop(y), seen.column_span):
                    wanted[y] = rest
        return parts


def _within(spans: list[tuple[int, int]], span: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The parts of some spans that are in another one."""
    first, last = span
    for start, end in spans:
        if max(start, first) < min(end, last):
            yield max(start, first), min(end, last)


def _outside(spans: list[tuple[int, int]], span: tuple[int, int]) -> list[tuple[int, int]]:
    """The parts of some spans that are not in another one."""
    first, last = span
    sides = ((start, min(end, first), max(start, last), end) for start, end in spans)
    return [part for a, b, c, d in sides for part in ((a, b), (c, d)) if part[0] < part[1]]


class ReportingApp(App[ReturnType]):
    """An app that reports a fault of its own to a subclass, where Textual would print the
    traceback with all local values. What fails while it leaves, as screens are taken apart under
    their handlers, is none: the exit status stays."""

    def report_fault(self, error: BaseException | str) -> None:
        """Takes the error that ends the app, or what Textual has drawn of it."""
        raise NotImplementedError

    def _handle_exception(self, error: Exception) -> None:
        if self._exit:
            self._close_messages_no_wait()
        else:
            super()._handle_exception(error)

    def panic(self, *renderables: "RenderableType") -> None:
        console = Console(file=StringIO(), width=100, color_system=None)
        with console.capture() as capture:
            console.print(*renderables)
        self.report_fault(self._exception or capture.get())
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        # Of a worker's error `_exception` is a new one around it, without its traceback.
        self.report_fault(sys.exc_info()[1] or self._exception or "")
        self._close_messages_no_wait()


class InputParser(XTermParser):
    """The parser of what a terminal sends, which knows when it has waited long enough for the rest
    of a sequence."""

    @property
    def seconds_left(self) -> float | None:
        """The seconds until `tick` is due; None if it is not until more is fed."""
        due = self._timeout_time
        return None if due is None else max(0.0, due - get_time())


class FrameApp(ReportingApp[ReturnType]):
    """An app in which a subclass may display frames: see `display_frame`."""

    terminal_has_focus = False
    """Whether the terminal has said that it has the focus. One that never says so may be out of
    sight, which Textual's `app_focus` takes for the opposite."""

    def on_app_focus(self) -> None:
        self.terminal_has_focus = True

    def on_app_blur(self) -> None:
        self.terminal_has_focus = False

    def display_frame(self, frame: Frame) -> None:
        """Displays a frame on the terminal."""
        raise NotImplementedError

    @property
    def is_leaving(self) -> bool:
        """Whether the app is about to end."""
        return self._exit

    def input_ended(self) -> None:
        """Takes notice that the terminal sends nothing any more, as after it was closed."""

    def get_driver_class(self) -> type[Driver]:
        """Our driver, unless another one than that of terminals is wanted."""
        from textual.drivers.linux_driver import LinuxDriver

        from cubewatch.ui.terminal_driver import TerminalDriver

        driver_class = super().get_driver_class()
        return TerminalDriver if driver_class is LinuxDriver else driver_class

    @property
    def terminal_session(self) -> object:
        """An object that is another one after other programs had the terminal; None while they have
        it, when what is written would never be read and in the end block."""
        writer = getattr(self._driver, "_writer_thread", self._driver)
        return None if isinstance(writer, Thread) and not writer.is_alive() else writer

    @property
    def draws_frames(self) -> bool:
        """Whether there is a terminal all of which is ours."""
        driver = self._driver
        if driver is None or driver.is_headless or driver.is_inline:
            return False
        return self._running and not self._closed

    @property
    def has_synchronized_updates(self) -> bool:
        """Whether the terminal has said that it can show a frame all at once."""
        return self._sync_available

    def write_frame(self, sequences: str) -> None:
        """Writes to the terminal, in one piece."""
        if self._driver is not None:
            self._driver.write(sequences)
            self._driver.flush()

    def _display(self, screen: Screen[object], renderable: "RenderableType | None") -> None:
        if not isinstance(renderable, Frame) or self._batch_count or not self.draws_frames:
            super()._display(screen, renderable)
            return
        try:
            self.display_frame(renderable)
        except Exception as error:  # as Textual does: a fault in drawing ends the app
            self._handle_exception(error)
        finally:
            self.post_display_hook()


MIN_FRAME_GAP = 1 / 60
"""Seconds from one frame to the next, at least."""


class FrameTimer:
    """Has a screen draw its next frame. Takes the place of Textual's timer, which wakes the program
    once more after each frame."""

    def __init__(self, draw: Callable[[], object], report: Callable[[Exception], object]) -> None:
        """`draw` draws a frame; what it raises goes to `report`."""
        self._draw = draw
        self._report = report
        self._next: asyncio.TimerHandle | None = None
        self._drawn_at = -MIN_FRAME_GAP

    def resume(self) -> None:
        """A frame is to be drawn, as soon as one may be."""
        if self._next is None:
            loop = asyncio.get_running_loop()
            due = max(loop.time(), self._drawn_at + MIN_FRAME_GAP)
            self._next = loop.call_at(due, self._fire)

    def pause(self) -> None:
        """No frame is to be drawn."""
        if self._next:
            self._next.cancel()
            self._next = None

    def _fire(self) -> None:
        self._next = None
        self._drawn_at = asyncio.get_running_loop().time()
        try:
            self._draw()
        except Exception as error:  # as Textual does: a fault in drawing ends the app
            self._report(error)


class SteadyScreen(Screen[ScreenResultType]):
    """A screen that is laid out for the size that the terminal has, whichever size an event
    reports.

    Textual has a screen tell itself again of each size that it was laid out for. Of two sizes that
    are under way at a time, as in a window that is dragged or that has no size at first, each has
    the other one reported again, for ever.

    A frame draws all that is to be drawn when it begins. Textual leaves what a layout has marked
    to a frame of its own, which draws every widget of another size for a second time.

    Its style sheets are read when it is first shown. With those of a CSS_PATH Textual parses all
    that were read before once more. What is mounted gets its styles then, and not again when the
    screen is first shown.
    """

    SHEETS: ClassVar[tuple[str, ...]] = ()
    """The names of its style sheets (`styles/NAME.tcss`), beside the one that all screens share."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._compositor = PartCompositor()
        self._frame_timer = FrameTimer(self._draw_frame, lambda e: self.app._handle_exception(e))

    @property
    def _update_timer(self) -> FrameTimer:  # type: ignore[override]
        return self._frame_timer

    def _draw_frame(self) -> None:
        if self.is_running and not self.app._exit:
            self._on_timer_update()

    def _post_register(self, app: App[object]) -> None:
        add_sheets(app.stylesheet, self.SHEETS)
        super()._post_register(app)

    def _on_screen_resume(self, event: ScreenResume) -> None:
        event.refresh_styles = event.refresh_styles and self.stack_updates > 0

    def _screen_resized(self, size: Size) -> None:
        super()._screen_resized(self.app.size)

    def _compositor_refresh(self) -> None:
        if self.is_current:
            visible = self._compositor.visible_widgets
            self._compositor.update_widgets({one for one in visible if one._repaint_regions})
        super()._compositor_refresh()


class LineWidget(ScrollView):
    """A widget whose lines are drawn as `render_line` gives them, where its style puts nothing
    around them: Textual works out borders, padding and colours for every line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._drawn: dict[int, Strip] = {}
        self._measures: tuple[Size, Region] | None = None
        self._parts_styled_by: tuple[object, ...] = ()

    def _get_component_classes(self) -> frozenset[str]:  # type: ignore[override]
        """The component classes whose styles have to be worked out again. Style sheets give the
        parts of a line a look that goes by nothing but the focus and the colours that the terminal
        has."""
        app = self.app
        styled_by = app.stylesheet.rules, self.has_focus, app.native_ansi_color, app.no_color
        before, self._parts_styled_by = self._parts_styled_by, styled_by
        if before and before[0] is styled_by[0] and before[1:] == styled_by[1:]:
            return frozenset()
        return super()._get_component_classes()

    @property
    def size(self) -> Size:
        return self._measures[0] if self._measures else super().size

    @property
    def scrollable_content_region(self) -> Region:
        return self._measures[1] if self._measures else super().scrollable_content_region

    @contextmanager
    def measured_once(self) -> Iterator[None]:
        """A context for rendering several lines, in which the size is measured once: Textual looks
        for the widget in the layout each time that its size is wanted."""
        before = self._measures
        self._measures = self.size, self.scrollable_content_region
        try:
            yield
        finally:
            self._measures = before

    def render_lines(self, crop: Region) -> list[Strip]:
        with self.measured_once():
            styles = self.styles
            if styles.gutter.totals != (0, 0) or styles.opacity != 1.0:
                return super().render_lines(crop)
            wanted = [y for y in crop.line_range if y not in self._drawn]
            if wanted:
                filters, background = self.get_line_filters(), self.background_colors[1]
                for y in wanted:
                    strip = self.render_line(y)
                    for line_filter in filters:
                        strip = strip.apply_filter(line_filter, background)
                    self._drawn[y] = strip
            strips = [self._drawn[y] for y in crop.line_range]
            if crop.column_span == (0, self.size.width):
                return strips
            return [strip.crop(*crop.column_span) for strip in strips]

    def forget_lines(self) -> None:
        """No line is as it was drawn any more; for a widget that is out of sight, where nothing
        can be marked to be drawn."""
        self._drawn.clear()
        self._styles_cache.clear()

    def _set_dirty(self, *regions: Region) -> None:
        super()._set_dirty(*regions)
        if not regions:
            self._drawn.clear()
        for region in regions:
            for y in region.line_range:
                self._drawn.pop(y, None)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn.clear()


def frame_size(frame: Frame) -> tuple[int, int]:
    """Columns and rows of the screen that a frame is for."""
    if isinstance(frame, PartialUpdate):
        return frame.size.width, frame.size.height
    if isinstance(frame, LayoutUpdate):
        return frame.region.width, frame.region.height
    return frame.chop_ends[0][-1] if frame.chop_ends else 0, len(frame.chop_ends)


def frame_strips(frame: Frame) -> Iterable[Drawn]:
    """The parts of lines in a frame. Each is as far as one widget is seen in a line: of those
    beside it some are not drawn, so that what is behind them is."""
    return frame.parts if isinstance(frame, PartialUpdate | WholeUpdate) else _frame_strips(frame)


def _frame_strips(frame: LayoutUpdate | ChopsUpdate) -> Iterator[Drawn]:
    if isinstance(frame, LayoutUpdate):
        for y, strips in enumerate(frame.strips):
            x = 0
            for strip in strips:
                yield x, y, strip.cell_length, strip, 0
                x += strip.cell_length
        return
    for y, start, stop in frame.spans:
        for end, (x, drawn) in zip(frame.chop_ends[y], frame.chops[y].items(), strict=False):
            if drawn is not None and x < stop and start < end:
                yield x, y, end - x, drawn, 0


def is_idle(pump: MessagePump) -> bool:
    """Whether a message pump has handled all its messages."""
    return pump._message_queue.empty() and bool(pump._message_queue.ready_event._waiters)
