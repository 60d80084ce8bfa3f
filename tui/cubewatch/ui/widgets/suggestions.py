"""Suggestions: a list of texts that drops down at a field and covers what is there."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple, Self

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from cubewatch.text.sanitize import inert
from cubewatch.ui.widgets.measured_text import fit
from cubewatch.ui.widgets.painted import PaintedLines

MAX_LINES = 8
PARTS = ("bar", "name", "mark", "cursor", "cursor-mark", "flag", "note", "state")
BAR, CORNER, CURSOR = "│", "╰", "›"
EDGE = 2
"""Cells of the bar and of the cursor, left of a name."""
GAP = "  "

Span = tuple[int, int]


class Suggestion(NamedTuple):
    """`value` is what is taken, `text` what is shown of it; both unchecked.

    `mark`: the characters of `text` that were looked for. `flag` is a warning, `note` says more.
    """

    value: str
    text: str
    mark: Span = (0, 0)
    flag: str = ""
    note: str = ""


class Offer(NamedTuple):
    """All that can be suggested, the best first, and how complete it is, in one inert line."""

    items: tuple[Suggestion, ...] = ()
    state: str = ""


class Suggestions(PaintedLines, can_focus=False):
    """Up to seven rows of names and one that says how complete they are. It lies over the screen,
    takes no focus, and moves nothing: its parent places it and passes keys on."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"suggestions--{part}" for part in PARTS}

    class Chosen(Message):
        """A row was clicked."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    def __init__(self) -> None:
        super().__init__()
        self.offer = Offer()
        self._cursor: int | None = None
        self._top = 0
        self._column = 0
        self._lines = MAX_LINES
        self.display = False

    @property
    def highlighted(self) -> str | None:
        """The value under the cursor, None without a cursor."""
        return None if self._cursor is None else self.offer.items[self._cursor].value

    def show(self, offer: Offer, *, reset: bool) -> None:
        """Shows another offer. The cursor stays on its value, `reset` takes it away."""
        if offer == self.offer and not reset:
            return
        value = None if reset else self.highlighted
        self.offer = offer
        values = (place for place, item in enumerate(offer.items) if item.value == value)
        self._cursor = next(values, None) if value is not None else None
        self._top = 0 if reset else self._top
        self._column = max((cell_len(inert(item.text)) for item in offer.items), default=0)
        self._scroll_to_cursor()
        self.repaint()

    def drop(self, x: int, width: int, *, above: int, below: int) -> None:
        """Places the list `x` cells right of its parent's edge, below its parent's line, or above
        it where there is more room: `above` and `below` are the lines there are."""
        wanted = min(MAX_LINES, len(self.offer.items) + bool(self.offer.state))
        down = below >= min(wanted, above)
        lines = max(1, min(wanted, below if down else above))
        self.styles.offset = (x, 0 if down else -1 - lines)
        self.styles.width = width
        self.styles.height = lines
        if wanted and not self.display:  # nothing was marked while it was hidden
            self.forget_lines()
            self._painted.clear()
        self.display = wanted > 0
        if lines != self._lines:
            self._lines = lines
            self._scroll_to_cursor()
            self.repaint()

    def step(self, steps: int) -> None:
        """Moves the cursor. One step beyond either end hides it, the next one enters again
        from the other end; longer ones stop at the ends."""
        last = len(self.offer.items) - 1
        if last < 0:
            return
        if abs(steps) == 1:
            place = (-1 if self._cursor is None else self._cursor) + steps
            self._cursor = last if place < -1 else place if 0 <= place <= last else None
        else:
            start = -1 if self._cursor is None else self._cursor
            self._cursor = min(max(start + steps, 0), last)
        self._scroll_to_cursor()
        self.repaint()

    @property
    def page(self) -> int:
        """The number of names in sight."""
        return max(1, self._lines - bool(self.offer.state))

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Refreshes the list. A layout writes what it moves by itself; marked as well, it would be
        written twice."""
        marked = repaint and not layout
        return super().refresh(*regions, repaint=marked, layout=layout, recompose=recompose)

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        resized = super()._size_updated(size, virtual_size, container_size, layout)
        if resized:
            self._repaint_regions.clear()
        return resized

    def _scroll_to_cursor(self) -> None:
        """Brings the cursor into sight by half a list: every row is written for it."""
        page, last = self.page, max(0, len(self.offer.items) - self.page)
        cursor = self._cursor or 0
        if cursor < self._top:
            self._top = 0 if cursor < page else cursor - page // 2
        elif cursor >= self._top + page:
            self._top = cursor - page // 2
        self._top = min(self._top, last)

    def line_at(self, y: int) -> Strip:
        if self.offer.state and y == self._lines - 1:
            return self._state_line()
        row = y + self._top
        if row >= len(self.offer.items):
            return Strip([])
        segments = self._item_line(self.offer.items[row], row == self._cursor)
        return Strip(segment for segment in segments if segment.text)

    def _state_line(self) -> Strip:
        text = fit(self.offer.state, self.size.width - EDGE)
        return Strip([Segment(f"{CORNER} ", self.part("bar")), Segment(text, self.part("state"))])

    def _item_line(self, item: Suggestion, here: bool) -> Iterator[Segment]:
        room = self.size.width - EDGE
        flag = f"{GAP}{item.flag}" if item.flag else ""
        column = min(self._column, room * 3 // 5)
        text, mark = windowed(inert(item.text), item.mark, max(column, room - cell_len(flag)))
        yield Segment(BAR, self.part("bar"))
        yield Segment(CURSOR if here else " ", self.part("name"))
        plain, marked = ("cursor", "cursor-mark") if here else ("name", "mark")
        for part, style in zip(_cut(text, mark), (plain, marked, plain), strict=True):
            yield Segment(part, self.part(style))
        room -= cell_len(text)
        blank = max(0, column - cell_len(text))
        yield Segment(" " * blank, self.part("name"))
        yield Segment(fit(flag, room - blank), self.part("flag"))
        room -= blank + cell_len(flag) + len(GAP)
        if item.note and room > 0:
            yield Segment(GAP + fit(inert(item.note), room), self.part("note"))

    def part(self, name: str) -> Style:
        return self.get_component_rich_style(f"suggestions--{name}")

    def on_click(self, event: events.Click) -> None:
        event.stop()
        row = event.y + self._top
        if event.y < self.page and row < len(self.offer.items):
            self.post_message(self.Chosen(self.offer.items[row].value))


def windowed(text: str, mark: Span, room: int) -> tuple[str, Span]:
    """`text` in at most `room` cells and where its mark is then: in sight, if it fits at all."""
    begin, end = mark
    if cell_len(text) <= room or cell_len(text[:end]) < room:
        return fit(text, room), mark
    start = 1
    while start < begin and cell_len(text[start:end]) > room - 2:
        start += 1
    shown = fit(f"…{text[start:]}", room)
    return shown, (min(begin - start + 1, len(shown)), min(end - start + 1, len(shown)))


def _cut(text: str, mark: Span) -> tuple[str, str, str]:
    begin, end = mark
    return text[:begin], text[begin:end], text[end:]
