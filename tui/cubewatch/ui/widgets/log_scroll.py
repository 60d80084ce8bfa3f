"""LogScroll: a log of any size, of which only the lines in sight are read."""

from textwrap import wrap
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from cubewatch.logs.search import LogText
from cubewatch.ui.widgets.log_place import Place, Places
from cubewatch.ui.widgets.log_rows import LogRows
from cubewatch.ui.widgets.painted import PaintedLines

if TYPE_CHECKING:
    from textual.timer import Timer

SHORTEST_PAUSE = 0.3
"""Seconds between two repaints because something was appended or found."""
SIDEWAYS = 16
"""Cells that ← and → move."""


class LogScroll(PaintedLines, can_focus=True):
    """Follows the end until the person scrolls up. `show` gives it a log, `grown` tells that the
    log has changed; `state` is where one is, for whoever shows it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"log-view--{part}" for part in ("hit", "current", "note")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j,enter", "move(1)", "Down", show=False),
        Binding("pageup,b", "page(-1)", "Page up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("home,g", "first", "Beginning", show=False),
        Binding("end,G,F", "last", "End, and follow", show=False),
        Binding("left", "sideways(-1)", "Left", show=False),
        Binding("right", "sideways(1)", "Right", show=False),
        Binding("w", "wrap", "Wrap"),
    ]

    class Changed(Message):
        """`state` is another one."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._rows: LogRows | None = None
        self._note = ""
        self._top = Place()
        self._left = 0
        self._wrapped = False
        self._following = True
        self._seen = self._known_count = 0
        self._current: int | None = None
        self._keeps_current = False
        self._state = ""
        self._version = 0
        self._places: tuple[object, list[Place]] = (None, [])
        self._painted_at = 0.0
        self._later: Timer | None = None

    def show(self, log: LogText | None) -> None:
        """Another log, from its end on."""
        self._rows = LogRows(log) if log else None
        self._version = log.version if log else 0
        self._top, self._left, self._following, self._current = Place(), 0, True, None
        self._keeps_current = False
        self._seen = 0
        self._settle()

    def rebase(self, log: LogText) -> None:
        """The same log with what stands before it, so that its lines get other numbers; what is
        in sight stays."""
        if self._rows is None or self._rows.log is log:
            return
        shift = log.line_count - self._known_count
        self._rows = LogRows(log)
        self._version = log.version
        self._top = Place(max(0, self._top.line + shift), self._top.row)
        if self._current is not None:
            self._current = max(0, self._current + shift)
        self._seen += shift
        self._settle()

    def explain(self, why_empty: str) -> None:
        """What is shown in the place of a log in which there is nothing."""
        if why_empty != self._note:
            self._note = why_empty
            self.repaint()

    def grown(self) -> None:
        """The log has changed. What is seen follows a little later if it comes too fast."""
        wait = self._painted_at + SHORTEST_PAUSE - monotonic()
        if wait <= 0:
            self._settle()
        elif self._later is None:
            self._later = self.set_timer(wait, self._settle)

    def to_line(self, line: int) -> None:
        """Goes to a line, counted from 0."""
        self._go(line)

    @property
    def place(self) -> int:
        """The first line in sight, counted from 0."""
        return self._top.line

    @property
    def following(self) -> bool:
        return self._following

    @property
    def visible_text(self) -> str:
        """The lines in sight, whole, as they are shown."""
        if not self._rows or not self._count:
            return ""
        lines = range(self._top.line, self._bottom().line + 1)
        return "".join(f"{self._rows.text(line).rstrip()}\n" for line in lines)

    @property
    def state(self) -> str:
        """Where one is, as of the last repaint, such as `line 41–80 of 1 240 · following`."""
        return self._state

    def _where(self) -> str:
        if not self._count:
            return ""
        first, last = self._top.line + 1, self._bottom().line + 1
        parts = [f"line {grouped(first)}–{grouped(last)} of {grouped(self._count)}"]
        unseen = self._count - self._seen
        if self._following:
            parts.append("following")
        elif unseen > 0:
            parts.append(f"+{grouped(unseen)} new ↓")
        if self._left:
            parts.append(f"from column {self._left + 1}")
        return " · ".join([*parts, *self._more_state()])

    def _more_state(self) -> list[str]:
        return []

    def _marks(self, text: str) -> list[tuple[int, int]]:
        """Where in a line something stands out."""
        return []

    @property
    def _count(self) -> int:
        return self._rows.log.line_count if self._rows else 0

    def _all_places(self) -> Places:
        return Places(self._count, self._rows_in if self._wrapped else None)

    def _rows_in(self, line: int) -> int:
        return self._rows.rows_in(line, self.size.width) if self._rows else 1

    def _shifted(self, place: Place, rows: int) -> Place:
        return self._all_places().shifted(place, rows)

    def _in_sight(self) -> list[Place]:
        """What stands in the rows of the window, as far as there is something."""
        log = self._rows.log if self._rows else None
        sign = (self._top, self._wrapped, self.size, log and (id(log), log.size, log.version))
        if sign != self._places[0]:
            places, count = [self._top], self._count
            while len(places) < self.size.height:
                place = self._shifted(places[-1], 1)
                if place == places[-1]:
                    break
                places.append(place)
            self._places = (sign, places if count else [])
        return self._places[1]

    def _bottom(self) -> Place:
        return (self._in_sight() or [Place()])[-1]

    def _strip(self, line: int) -> Strip:
        if self._rows is None:
            return Strip([])
        base = self.rich_style
        if line == self._current:
            base += self.get_component_rich_style("log-view--current", partial=True)
        hit = self.get_component_rich_style("log-view--hit", partial=True)
        return self._rows.strip(line, base, self._marks, hit)

    def line_at(self, y: int) -> Strip:
        places = self._in_sight()
        if y >= len(places):
            noted = [] if places else wrap(self._note, max(8, self.size.width))
            text = noted[y] if y < len(noted) else ""
            return Strip([Segment(text, self.get_component_rich_style("log-view--note"))])
        line, row = places[y]
        strip, width = self._strip(line), self.size.width
        begin = row * width if self._wrapped else self._left
        if self._wrapped or strip.cell_length <= begin + width:
            return strip.crop(begin, begin + width)
        cut = strip.crop(begin, begin + width - 1).adjust_cell_length(width - 1)
        return Strip([*cut, Segment("…", self.get_component_rich_style("log-view--note"))])

    def _settle(self) -> None:
        """Brings what is seen up to what there is."""
        if self._later is not None:
            self._later.stop()
            self._later = None
        if self._rows and self._rows.log.version != self._version:
            self._version = self._rows.log.version
            self._current = None
        self._put(self._last_top() if self._following else self._top)
        if (
            self._keeps_current
            and self._current is not None
            and not self._is_in_sight(self._current)
        ):
            self._go(self._current)

    def _is_in_sight(self, line: int) -> bool:
        return self._top.line + (self._top.row > 0) <= line <= self._bottom().line

    def _last_top(self) -> Place:
        return self._all_places().last_top(max(1, self.size.height))

    def _put(self, top: Place) -> None:
        """Has the row `top` at the top, or as near as what there is allows."""
        self._top = min(top, self._last_top())
        bottom = self._bottom().line + 1
        self._known_count = self._count
        self._seen = self._count if self._following else max(min(self._seen, self._count), bottom)
        self._move_bar()
        self._painted_at = monotonic()
        self.repaint()
        state = self._where()
        if state != self._state:
            self._state = state
            self.post_message(self.Changed())

    def _move_bar(self) -> None:
        """Tells the scroll bar. Not by the reactives themselves: each would repaint every line."""
        extra = max(0, self.size.height - 1) if self._wrapped else 0
        size = Size(self.size.width, max(self._count + extra, self.size.height))
        if (size.height > self.size.height) != self.show_vertical_scrollbar:
            self.virtual_size = size
        else:
            self.set_reactive(Widget.virtual_size, size)
        self.set_reactive(Widget.scroll_y, float(self._top.line))
        self.set_reactive(Widget.scroll_target_y, float(self._top.line))
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = size.height
            self.vertical_scrollbar.position = self._top.line

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        """The bar that has come knows nothing of where the log stands."""
        if shown:
            self._move_bar()

    def _go(self, line: int, *, column: int = 0) -> None:
        """Makes a line the current one and has it in sight."""
        self._current = max(0, min(line, self._count - 1))
        self._keeps_current = True
        self._following = False
        width, top = max(1, self.size.width), self._top
        if not self._wrapped and not self._left <= column < self._left + width:
            self._left = max(0, column - width // 2) if column >= width else 0
        if not self._is_in_sight(self._current):
            top = self._all_places().shifted(Place(self._current), -(self.size.height // 3))
        self._put(top)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel or the scroll bar moved it; or a layout did that has more rows, and then
        `on_resize` says where to."""
        by_hand = old_value <= self.max_scroll_y
        if by_hand and round(new_value) != self._top.line:
            self._scroll(Place(round(new_value)))

    def _scroll(self, top: Place) -> None:
        """By hand: going up ends the following, going down to the end does not begin it."""
        self._moved_by_hand()
        if top < self._last_top():
            self._following = False
        self._put(top)

    def on_resize(self) -> None:
        self._painted.clear()
        self._settle()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_attached:
            self.repaint()

    def action_move(self, rows: int) -> None:
        self._scroll(self._all_places().shifted(self._top, rows))

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self._scroll(Place())

    def _moved_by_hand(self) -> None:
        """The person goes somewhere: no line is kept in sight any more."""
        self._keeps_current = False

    def action_last(self) -> None:
        self._moved_by_hand()
        self._following = True
        self._settle()

    def action_sideways(self, steps: int) -> None:
        if not self._wrapped:
            self._left = max(0, self._left + steps * SIDEWAYS)
            self._put(self._top)

    def action_wrap(self) -> None:
        self._wrapped = not self._wrapped
        self._left = 0
        self._top = Place(self._top.line)
        self._settle()


def grouped(value: int) -> str:
    """`1 240`"""
    return f"{value:,}".replace(",", " ")
