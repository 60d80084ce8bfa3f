"""LogView: a log of any size, read and searched as in `less`. Only the lines in sight are read."""

from functools import lru_cache
from textwrap import wrap
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Literal

from rich.segment import Segment
from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from cubewatch.logs.groups import GroupSearch
from cubewatch.logs.search import LogText, Query
from cubewatch.ui.widgets.log_finds import SHORTEST_PAUSE, Finding, Finds, Step
from cubewatch.ui.widgets.log_place import Place
from cubewatch.ui.widgets.log_window import LogWindow
from cubewatch.ui.widgets.painted import PaintedLines

if TYPE_CHECKING:
    from textual.timer import Timer

SIDEWAYS = 16
"""Cells that ← and → move."""
MAX_GROUPED = 32
"""Logs whose groups stay known, so that a log that is shown again is not read again as a whole."""


class LogView(PaintedLines, can_focus=True):
    """Follows the end until the person scrolls up. `show` gives it a log, `grown` tells that the
    log has changed; `state` is the position in the log, for display."""

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
        Binding("n", "seek('hits', 1)", "Next hit", show=False),
        Binding("N", "seek('hits', -1)", "Previous hit", show=False),
        Binding("e", "seek('causes', 1)", "Cause", key_display="e/E", tooltip="Next likely cause"),
        Binding("E", "seek('causes', -1)", "Previous likely cause", show=False),
    ]

    class Changed(Message):
        """`state` is another one."""

    class Found(Message):
        """The search has come further."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self.window = LogWindow(None, self._room)
        self._groups_of = lru_cache(MAX_GROUPED)(GroupSearch)
        self.jumps = False
        """Whether logs that are shown from now on are followed in jumps: see LogWindow."""
        self.finding = Finding(None)
        self.state = ""
        """Where one is, as of the last repaint, such as `line 41–80 of 1 240 · following`."""
        self._note = ""
        self._shown_at = 0.0
        self._later: Timer | None = None

    def show(self, log: LogText | None) -> None:
        """Shows another log, from its end on, and searches it for what was searched in the last
        one."""
        hits = self.finding.hits
        name = self.finding.causes_name
        self.finding = Finding(log, hits.query if hits else None, name, self._groups_of)
        self.window = LogWindow(log, self._room, wrapped=self.window.wrapped, jumps=self.jumps)
        self._settle()
        self._look()

    def rebase(self, log: LogText, ahead: LogText | None = None) -> None:
        """Takes the same log with more text before it; what is in sight stays. `ahead`: the whole
        log, as far as it is here."""
        if ahead:
            self.finding.expect(ahead)
            self._look()
        if self.window.rows is None or self.window.rows.log is log:
            return
        self.finding.rebase(log)
        self.window.rebase(log)
        self._settle()
        self._look()

    def explain(self, why_empty: str) -> None:
        """Sets the text in place of an empty log."""
        if why_empty != self._note:
            self._note = why_empty
            self.repaint()

    def grown(self) -> None:
        """The log has changed. What is seen follows a little later if it comes too fast."""
        wait = self._shown_at + SHORTEST_PAUSE - monotonic()
        if wait <= 0:
            self._settle()
        elif self._later is None:
            self._later = self.set_timer(wait, self._settle)
        self._look()

    def to_line(self, line: int) -> None:
        """Goes to a line, counted from 0."""
        self.window.go(line)
        self.redraw()

    def search(self, query: Query | None, *, start: int | None = None) -> None:
        """Looks for something else, and goes to the first hit in or behind the line `start`."""
        self.finding.search(query, self.window.top.line if start is None else start)
        self._look()
        self._settle()

    def aim_at_cause(self) -> None:
        """Goes to the likeliest cause as soon as it is known, and to a likelier one that is found
        later, until the person moves; stays where there is none."""
        if self.finding.look_for_causes():
            self.finding.aims_at_cause = True
            self._look()

    def _room(self) -> Size:
        """The cells that are not under the scroll bar."""
        return self.scrollable_content_region.size

    def line_at(self, y: int) -> Strip:
        window, width = self.window, self._room().width
        places = window.in_sight
        if y >= len(places):
            noted = [] if places else wrap(self._note, max(8, width))
            text = noted[y] if y < len(noted) else ""
            return Strip([Segment(text, self.get_component_rich_style("log-view--note"))])
        line, row = places[y]
        strip = self._strip(line)
        if window.wrapped and window.rows:
            return strip.crop(*window.rows.row_starts(line, width)[row : row + 2])
        begin = window.left
        if strip.cell_length <= begin + width:
            return strip.crop(begin, begin + width)
        cut = strip.crop(begin, begin + width - 1).adjust_cell_length(width - 1)
        return Strip([*cut, Segment("…", self.get_component_rich_style("log-view--note"))])

    def _strip(self, line: int) -> Strip:
        if self.window.rows is None:
            return Strip([])
        base = self.rich_style
        if line == self.window.current:
            base += self.get_component_rich_style("log-view--current", partial=True)
        hit = self.get_component_rich_style("log-view--hit", partial=True)
        return self.window.rows.strip(line, base, self.finding.marks, hit)

    @on(events.Resize)
    def _settle(self) -> None:
        """Updates the window to the present log."""
        if self._later is not None:
            self._later.stop()
            self._later = None
        self.window.settle()
        self.redraw()

    def redraw(self) -> None:
        """Shows what the window has come to."""
        self._move_bar()
        self._shown_at = monotonic()
        self.repaint()
        where = self.window.words
        state = " · ".join([*where, *self.finding.words(self.window.current)]) if where else ""
        if state != self.state:
            self.state = state
            self.post_message(self.Changed())

    def _move_bar(self) -> None:
        """Moves the scroll bar, without its reactives, which would repaint every line."""
        window, (width, height) = self.window, self.size
        extra = max(0, height - 1) if window.wrapped else 0
        size = Size(width, max(window.folds.count + extra, height))
        top = min(window.folds.index_of(window.top.line), size.height - height)
        if (size.height > height) != self.show_vertical_scrollbar:
            self.virtual_size = size
        else:
            self.set_reactive(Widget.virtual_size, size)
        self.set_reactive(Widget.scroll_y, float(top))
        self.set_reactive(Widget.scroll_target_y, float(top))
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = size.height
            self.vertical_scrollbar.position = top

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        """Updates a scroll bar that has appeared, which takes a cell."""
        if shown:
            self._move_bar()
        self.call_later(self._settle)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel or the scroll bar moved it; or a layout did that has more rows, and then
        `on_resize` says where to."""
        by_hand = old_value <= self.max_scroll_y
        line = self.window.folds.line_at(round(new_value))
        if by_hand and line != self.window.top.line:
            self._scroll(Place(line))

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_attached:
            self.repaint()

    def _scroll(self, top: Place) -> None:
        self.finding.aims_at_cause = False
        self.window.scroll(top)
        self.redraw()

    def action_move(self, rows: int) -> None:
        self._scroll(self.window.shifted(rows))

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self._scroll(Place())

    def action_last(self) -> None:
        self.finding.aims_at_cause = False
        self.window.follow()
        self._settle()

    def action_sideways(self, steps: int) -> None:
        self.window.shift(steps * SIDEWAYS)
        self.redraw()

    def action_wrap(self) -> None:
        self.window.wrap()
        self._settle()

    def action_seek(self, kind: Literal["hits", "causes"], step: Step) -> None:
        """Goes to the next (`step` 1) or the previous hit or likely cause."""
        finding = self.finding
        finds: Finds | None = finding.hits if kind == "hits" else finding.look_for_causes()
        if finds:
            self.window.keeps_current = self.finding.aims_at_cause = False
            self.finding.seek(finds, step, self.window.start(step))
            self._look()
            self._arrive()

    @work(group="log-search", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        """Goes on with the search if there is something that it has not seen."""
        if not self.finding.is_done:
            await self.finding.run(lambda: self.post_message(self.Found()))

    def _arrive(self) -> None:
        """Goes to the hit or cause that was asked for, as soon as it is known."""
        for line, finds in self.finding.arrivals(self.window.current):
            spots = finds.marks(self.window.rows.text(line)) if self.window.rows else []
            self.window.go(line, spots[0][0] if spots else 0)
            self.redraw()

    @on(Found)
    def _take_found(self) -> None:
        if self.finding.groups:
            had_groups = self.window.has_groups
            self.window.group(self.finding.groups.groups)
            if self.window.has_groups != had_groups:
                self.refresh_bindings()
        self._arrive()
        self.window.put(self.window.top)
        self.redraw()
