"""TimelineView: the nodes of a run as bars on an axis of the whole width."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip

from cubewatch.model.status import TONES
from cubewatch.ui.screens.timeline.drawing import TimelineDrawing
from cubewatch.ui.screens.timeline.ruler import ruler
from cubewatch.ui.widgets.cursor_lines import CursorLines
from cubewatch.ui.widgets.measured_text import Span, pad
from cubewatch.ui.widgets.painted import component_classes
from cubewatch.ui.widgets.tree_rows import TreeRows

if TYPE_CHECKING:
    from datetime import datetime

    from cubewatch.model.snapshot import Path
    from cubewatch.model.timeline import Timeline
    from cubewatch.watch.outlook import Outlook

LABEL = 8
"""Cells behind the axis, for the label of what ends last."""
MAX_ZOOM = 16
NO_TIMES = "The server has told no times of this run yet."
MIN_NAMES, NAMES_SHARE = 8, 3


class TimelineView(CursorLines):
    """A row per node, all of them; what the run's end waited for is drawn thick. Two lines of
    ruler stand above them and do not scroll."""

    HEAD = 2
    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(
        *TONES, "rest", "text", "strong", "note"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "scroll_time(-1)", "Earlier", show=False),
        Binding("right", "scroll_time(1)", "Later", show=False),
        Binding("plus", "zoom(2.0)", "Zoom", key_display="+-"),
        Binding("minus", "zoom(0.5)", "Zoom out", show=False),
        Binding("T", "clock", "Clock", tooltip="Elapsed time or time of day"),
    ]

    def __init__(self) -> None:
        self._model = TreeRows()
        super().__init__(model=self._model)
        self._drawing: TimelineDrawing | None = None
        self._longest_name = 0
        self._zoom = 1
        self._first = 0
        self._clock = False

    def show(
        self,
        line: "Timeline",
        critical: "tuple[Path, ...]",
        now: "datetime",
        outlook: "Outlook | None" = None,
    ) -> None:
        """Shows another state; the cursor stays on its node. `outlook`: what earlier runs say about
        this one."""
        from cubewatch.ui.widgets.tree_line import longest_name

        is_first = self._model.snapshot is None
        if not self._model.has_tree_of(line.snapshot):
            self._longest_name = longest_name(line.snapshot) - 2
        self._drawing = TimelineDrawing(line, frozenset(critical), now, outlook)
        self._model.take(line.snapshot, [], now)
        if is_first:
            self._model.set_all_open(True)
            for row in self._model.setups:
                self._model.set_open(row, False)
            self._model.cursor = 0
        self.rows_changed()

    def tick(self, now: "datetime") -> None:
        """Moves the present."""
        if self._drawing:
            self._drawing = replace(self._drawing, now=now)
            self.repaint()

    def reveal(self, path: "Path") -> None:
        """Puts the cursor on a node."""
        self._model.reveal(path)
        self.scroll_to_cursor()
        self.repaint()

    @property
    def selected(self) -> "Path":
        """The node under the cursor."""
        return self._model.selected

    @property
    def row_count(self) -> int:
        return len(self._model.rows)

    def head_line(self, y: int) -> Strip:
        drawing = self._fitted()
        if drawing is None:
            return Strip([])
        if not drawing.line.is_dated:
            return self.strip_of([("" if y else f" {NO_TIMES}", "note")])
        text = ruler(drawing.axis, drawing.line.origin, clock=self._clock)[y]
        names = " " * (self._names() + 2)
        return self.strip_of([(names, "note"), *self._window([(text, "note")])])

    def row_spans(self, row: int) -> list[Span]:
        drawing, path = self._fitted(), self._model.rows[row]
        if drawing is None:
            return []
        setup = self._model.setups.get(path)
        drawn = drawing.setup(path, setup) if setup else drawing.node(path)
        name = "setup" if setup else path[-1]
        part = "strong" if len(path) == 1 else "note" if setup else "text"
        shown = pad(f"{'  ' * (len(path) - 1)}{name}", self._names())
        named: Span = (f" {shown} ", drawn.tone if drawn.tone == "failure" else part)
        return [named, *_labeled(self._window(drawn.bar), drawn.label)]

    def _names(self) -> int:
        """Cells of the names."""
        return max(MIN_NAMES, min(self._longest_name, self.size.width // NAMES_SHARE))

    def _fitted(self) -> TimelineDrawing | None:
        """The drawing as wide as it is zoomed. A window of it is in sight: what the names leave of
        the width, but for a label at the end."""
        cells = max(1, self.scrollable_content_region.width - self._names() - 3 - LABEL)
        width = cells * self._zoom
        if self._drawing and self._drawing.width != width:
            self._drawing = replace(self._drawing, width=width)
        return self._drawing

    def _window(self, spans: list[Span]) -> list[Span]:
        """The cells in sight of a line that is as wide as the axis."""
        width = self._drawing.width // self._zoom if self._drawing else 1
        first = self._first = max(0, min(self._first, width * (self._zoom - 1)))
        found: list[Span] = []
        at = 0
        for text, part in spans:
            piece = text[max(0, first - at) : max(0, first + width - at)]
            at += len(text)
            if piece:
                found.append((piece, part))
        return found

    def action_scroll_time(self, direction: int) -> None:
        """Shows what was earlier or later, where the axis is zoomed."""
        self._first += direction * max(1, self.size.width // 4)
        self.repaint()

    def action_zoom(self, factor: float) -> None:
        """Shows more detail of a shorter time, or less of a longer one."""
        zoom = max(1, min(MAX_ZOOM, int(self._zoom * factor)))
        half = self.size.width // 3
        self._first = round((self._first + half) * zoom / self._zoom) - half if zoom > 1 else 0
        self._zoom = zoom
        self.repaint()

    def action_clock(self) -> None:
        """Switches between elapsed time and the time of day."""
        self._clock = not self._clock
        self.repaint()


def _labeled(drawn: list[Span], label: str) -> list[Span]:
    """A line with a label behind its bar, where there is room."""
    drawn = [*drawn, (" " * LABEL, "rest")]
    text = "".join(piece for piece, _ in drawn)
    last = max((n for n, char in enumerate(text) if char in "━█╸╺╳‖╌"), default=-1)
    at = last + 2 + (text[last + 1 : last + 2] in ("┊", "│"))
    room = text[at : at + len(label)]
    if last < 0 or not label or len(room) < len(label) or room.strip(" │"):
        return drawn
    found: list[Span] = []
    place = 0
    for piece, part in drawn:
        before = piece[: max(0, at - place)]
        after = piece[max(0, at + len(label) - place) :]
        if before:
            found.append((before, part))
        if place <= at < place + len(piece):
            found.append((label, "note"))
        if after and place + len(piece) > at:
            found.append((after, part))
        place += len(piece)
    return found
