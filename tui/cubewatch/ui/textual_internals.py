"""Every private name of Textual that the program uses, each with a test that fails when it goes.

Nothing else imports a module of Textual whose name begins with an underscore, or uses such an
attribute of its objects.
"""

import sys
from collections.abc import Iterator
from io import StringIO
from threading import Thread
from typing import TYPE_CHECKING

from rich.console import Console
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._time import get_time
from textual.app import App, ReturnType
from textual.driver import Driver
from textual.geometry import Size
from textual.message_pump import MessagePump
from textual.screen import Screen, ScreenResultType
from textual.strip import Strip

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = [
    "Frame",
    "FrameApp",
    "LayoutUpdate",
    "SteadyScreen",
    "frame_size",
    "frame_strips",
    "get_time",
    "is_idle",
]

Frame = LayoutUpdate | ChopsUpdate
"""What the compositor has drawn: the whole screen, or parts of it."""


class ReportingApp(App[ReturnType]):
    """An app that reports a fault of its own to a subclass, where Textual would print the
    traceback with all local values."""

    def report_fault(self, error: BaseException | str) -> None:
        """Takes the error that ends the app, or what Textual has drawn of it."""
        raise NotImplementedError

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


RESET_STYLE = "\x1b[m"


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
        """Has the terminal show a frame."""
        raise NotImplementedError

    def get_driver_class(self) -> type[Driver]:
        """A driver that leaves a terminal in which the next one writes in its own style."""
        driver_class = super().get_driver_class()

        class StyleResettingDriver(driver_class):  # type: ignore[misc, valid-type]
            def stop_application_mode(self) -> None:
                self.write(RESET_STYLE)
                super().stop_application_mode()

        return StyleResettingDriver

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


class SteadyScreen(Screen[ScreenResultType]):
    """A screen that is laid out for the size that the terminal has, whichever size an event
    reports.

    Textual has a screen tell itself again of each size that it was laid out for. Of two sizes that
    are under way at a time, as in a window that is dragged or that has no size at first, each has
    the other one reported again, for ever.
    """

    def _screen_resized(self, size: Size) -> None:
        super()._screen_resized(self.app.size)


def frame_size(frame: Frame) -> tuple[int, int]:
    """Columns and rows of the screen that a frame is for."""
    if isinstance(frame, LayoutUpdate):
        return frame.region.width, frame.region.height
    return frame.chop_ends[0][-1] if frame.chop_ends else 0, len(frame.chop_ends)


def frame_strips(frame: Frame) -> Iterator[tuple[int, int, int, Strip]]:
    """The parts of lines in a frame: x, y, width, look. Each is as far as one widget is seen in a
    line: of those beside it some are not drawn, so that what is behind them is."""
    if isinstance(frame, LayoutUpdate):
        for y, strips in enumerate(frame.strips):
            x = 0
            for strip in strips:
                yield x, y, strip.cell_length, strip
                x += strip.cell_length
        return
    for y, start, stop in frame.spans:
        for end, (x, drawn) in zip(frame.chop_ends[y], frame.chops[y].items(), strict=False):
            if drawn is not None and x < stop and start < end:
                yield x, y, end - x, drawn


def is_idle(pump: MessagePump) -> bool:
    """Whether a message pump has handled all its messages."""
    return pump._message_queue.empty() and bool(pump._message_queue.ready_event._waiters)
