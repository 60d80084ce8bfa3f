"""TimelineView: the nodes of a run as bars on an axis of the whole width."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip

from cubewatch.model import status
from cubewatch.model.status import TONES
from cubewatch.text.format import duration
from cubewatch.ui.screens.timeline.ruler import ruler
from cubewatch.ui.widgets.cursor_lines import CursorLines
from cubewatch.ui.widgets.measured_text import Span, pad
from cubewatch.ui.widgets.painted import component_classes
from cubewatch.ui.widgets.tree_rows import TreeRows
from cubewatch.ui.widgets.waterfall import waterfall

if TYPE_CHECKING:
    from cubewatch.model.durations import Band
    from cubewatch.model.estimate import Expected
    from cubewatch.model.snapshot import Path
    from cubewatch.model.timeline import Axis, Bar, Timeline
    from cubewatch.watch.outlook import Outlook

HEAD = 2
"""Lines of the ruler, above the rows."""
FOLD_CELLS = 10
LABEL = 8
"""Cells behind the axis, for the label of what ends last."""
MAX_ZOOM = 16
MIN_NAMES, NAMES_SHARE = 8, 3
ROOT: "Path" = ()


class TimelineView(CursorLines):
    """A row per node, all of them; what the run's end waited for is drawn thick. Two lines of
    ruler stand above them and do not scroll."""

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
        super().__init__()
        self._line: Timeline | None = None
        self._now = datetime.min
        self._critical: frozenset[Path] = frozenset()
        self._zoom = 1
        self._first = 0
        self._clock = False
        self._axis: Axis | None = None
        self._outlook: Outlook | None = None

    def show(
        self,
        line: "Timeline",
        critical: "tuple[Path, ...]",
        now: datetime,
        outlook: "Outlook | None" = None,
    ) -> None:
        """Goes over to another state; the cursor stays on its node. `outlook`: what earlier runs
        say about this one."""
        self._outlook = outlook
        first = self._line is None
        self._line, self._critical, self._now = line, frozenset(critical), now
        self._model.take(line.snapshot, [], now)
        if first:
            self._model.set_all_open(True)
            for row in self._model.setups:
                self._model.set_open(row, False)
            self._model.cursor = 0
        self._axis = None
        self.rows_changed()

    def tick(self, now: datetime) -> None:
        """Moves the present."""
        self._now, self._axis = now, None
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
    def cursor(self) -> int:
        return self._model.cursor

    @cursor.setter
    def cursor(self, row: int) -> None:
        self._model.cursor = row

    @property
    def row_count(self) -> int:
        return len(self._model.rows)

    @property
    def head_lines(self) -> int:
        return HEAD

    def head_line(self, y: int) -> Strip:
        axis = self._full_axis()
        if axis is None or self._line is None:
            return Strip([])
        text = ruler(axis, self._line.origin, clock=self._clock)[y]
        names = " " * (self._names() + 1)
        return self.strip_of([(names, "note"), *self._window([(text, "note")])])

    def row_spans(self, row: int) -> list[Span]:
        line, axis, path = self._line, self._full_axis(), self._model.rows[row]
        if line is None or axis is None:
            return []
        setup = self._model.setups.get(path)
        tone: status.Tone = "muted"
        if setup:
            from cubewatch.ui.widgets.tree_line import around

            bar, name = around([line.bar(cube) for cube in setup]), "setup"
            critical = not self._critical.isdisjoint(setup)
        else:
            bar, tone = line.bar(path), status.tone(line.snapshot.status_of(path))
            name, critical = path[-1], path in self._critical
        now = None if line.is_final or not line.is_dated else line.seconds(self._now)
        drawn = waterfall(
            bar,
            tone,
            axis,
            now,
            self._ahead(path),
            crossed=path in line.snapshot.failed,
            critical=critical,
            now_line=True,
        )
        label = self._label(bar, tone)
        if label and self._outlook and bar.start is not None and not setup:
            label += self._usual(bar, self._outlook.usual(path))
        part = "strong" if len(path) == 1 else "note" if setup else "text"
        shown = pad(f"{'  ' * (len(path) - 1)}{name}", self._names())
        named: Span = (f" {shown}", tone if tone == "failure" else part)
        return [named, *_labeled(self._window(drawn), label)]

    def _label(self, bar: "Bar", tone: status.Tone) -> str:
        if bar.start is None:
            return "waits for approval" if tone == "waiting" and bar.ready is not None else ""
        if self._line is None or (bar.end is None and not bar.is_open):
            return ""
        end = self._line.seconds(self._now) if bar.end is None else bar.end
        return duration(end - bar.start)

    def _expected(self, path: "Path") -> "Expected | None":
        return self._outlook.estimate(self._now).of(path) if self._outlook else None

    def _ahead(self, path: "Path") -> tuple[float, float] | None:
        """From when to when a node is expected to be at work."""
        expected = self._expected(path)
        if self._line is None or expected is None or expected.left is None:
            return None
        now = self._line.seconds(self._now)
        begin = now + expected.begins.middle if expected.begins else now
        return begin, now + expected.left.middle

    def _usual(self, bar: "Bar", usual: "Band | None") -> str:
        """What a node usually takes, where it is at work or was much slower."""
        from cubewatch.model.compare import is_longer

        if usual is None or bar.start is None:
            return ""
        if bar.is_open:
            return f", usually {duration(usual.middle)}"
        took = (bar.end or bar.start) - bar.start
        return f" ▲ usually {duration(usual.middle)}" if is_longer(took, usual.middle) else ""

    def _names(self) -> int:
        """Cells of the names."""
        from cubewatch.ui.widgets.tree_line import longest_name

        longest = longest_name(self._line.snapshot) - 2 if self._line else 0
        return max(MIN_NAMES, min(longest, self.size.width // NAMES_SHARE))

    def _cells(self) -> int:
        """Cells of the axis in sight: what the names leave, but for a label at the end."""
        return max(1, self.scrollable_content_region.width - self._names() - 2 - LABEL)

    def _full_axis(self) -> "Axis | None":
        """The axis as wide as it is zoomed; a window of it is in sight."""
        from cubewatch.model.timeline import axis

        width = self._cells() * self._zoom
        if self._line and (self._axis is None or self._axis.width != width):
            left = self._expected(ROOT)
            seconds = left.left.middle if left and left.left else 0.0
            self._axis = axis(self._line, self._now, width, left=seconds, fold_cells=FOLD_CELLS)
        return self._axis

    def _window(self, spans: list[Span]) -> list[Span]:
        """The cells in sight of a line that is as wide as the axis."""
        width = self._cells()
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
        self._zoom, self._axis = zoom, None
        self.repaint()

    def action_clock(self) -> None:
        """Between elapsed time and the time of day."""
        self._clock = not self._clock
        self.repaint()


def _labeled(drawn: list[Span], label: str) -> list[Span]:
    """A line with a label behind its bar, where there is room."""
    drawn = [*drawn, (" " * LABEL, "rest")]
    text = "".join(piece for piece, _ in drawn)
    last = max((n for n, char in enumerate(text) if char in "━█╸╺╳‖╌"), default=-1)
    at = last + 2 + (text[last + 1 : last + 2] == "┊")
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
