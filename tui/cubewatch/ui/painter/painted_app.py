"""PaintedApp: a Textual app of whose frames only the cells that differ are written."""

import os
import re
from collections.abc import Iterable
from typing import ClassVar

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual.app import ReturnType
from textual.binding import Binding, BindingType
from textual.events import Event, Resize

from cubewatch.ui.painter.painter import Painter, Piece
from cubewatch.ui.textual_internals import (
    Frame,
    FrameApp,
    LayoutUpdate,
    frame_size,
    frame_strips,
)

SYNCHRONIZED = "\x1b[?2026h{}\x1b[?2026l"
MIN_SYNCHRONIZED = 400
"""Characters of a frame from which on the terminal shows it all at once (synchronized output): a
shorter one arrives in one piece."""

_ERASES_CELLS = bool(
    re.match(
        "alacritty|foot|ghostty|gnome|konsole|linux|putty|rxvt|tmux|vte|wezterm|xterm",
        os.environ.get("TERM", ""),
    )
)
"""Whether the terminal can erase some cells of a line (ECH), by its name."""


class PaintedApp(FrameApp[ReturnType]):
    """Keeps what each cell of the terminal shows, in a `Painter`, until something else may have
    written there: a resize, a program in the foreground, or ctrl+l by the person who saw it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "repaint", "Repaint the screen", show=False, priority=True)
    ]

    def __init__(self) -> None:
        super().__init__()
        self._painter: Painter | None = None
        self._painted_in: object = None

    def display_frame(self, frame: Frame) -> None:
        size = frame_size(frame)
        painter = self._painter
        if painter is None or painter.size != size:
            if not isinstance(frame, LayoutUpdate):
                self.screen.refresh()
                return
            colors = COLOR_SYSTEMS.get(self.console.color_system or "", ColorSystem.TRUECOLOR)
            painter = self._painter = Painter(*size, colors, erases_cells=_ERASES_CELLS)
        self._paint(painter, frame_strips(frame))

    def _paint(self, painter: Painter, pieces: Iterable[Piece]) -> None:
        session = self.terminal_session
        if session is not self._painted_in:
            self._painted_in = session
            painter.forget()
        written = painter.paint(pieces, self._cursor)
        if session is None:
            painter.forget()
            return
        if len(written) >= MIN_SYNCHRONIZED and self.has_synchronized_updates:
            written = SYNCHRONIZED.format(written)
        if written:
            self.write_frame(written)

    @property
    def _cursor(self) -> tuple[int, int] | None:
        """The place for the terminal's cursor, though it is hidden: an input method shows there
        what is being typed."""
        if not hasattr(type(self.focused), "cursor_screen_offset"):
            return None
        return self.screen.outer_size.clamp_offset(self.cursor_position)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Resize) and self._painter is not None:
            self._painter.forget()
            self.call_after_refresh(self._repaint_if_forgotten)
        await super().on_event(event)

    def _repaint_if_forgotten(self) -> None:
        """Repaints after a resize to the same size, where nothing else would be redrawn."""
        if self._painter is not None and not self._painter.is_known:
            self.action_repaint()

    def action_repaint(self) -> None:
        """Draws the whole screen, whatever the terminal shows."""
        if self._painter is not None and self.draws_frames:
            self._painter.forget()
            self._paint(self._painter, [])
