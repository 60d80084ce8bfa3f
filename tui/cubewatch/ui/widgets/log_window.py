"""LogWindow: the rows of a log that are in sight, and how much of it was seen."""

from collections.abc import Callable

from textual.geometry import Size

from cubewatch.logs.search import LogText
from cubewatch.text.format import grouped
from cubewatch.ui.widgets.log_place import Place, Places
from cubewatch.ui.widgets.log_rows import LogRows


class LogWindow:
    """A window of so many cells as `size` says, at the end of a log and following it until it is
    moved."""

    def __init__(
        self, log: LogText | None, size: Callable[[], Size], *, wrapped: bool = False
    ) -> None:
        self.rows = LogRows(log) if log else None
        self.top = Place()
        self.left = 0
        """Cells that are cut off on the left."""
        self.wrapped = wrapped
        self.following = True
        self.current: int | None = None
        """The line that the person was led to."""
        self.keeps_current = False
        """Whether that line is kept in sight."""
        self._size = size
        self._version = log.version if log else 0
        self._seen = 0
        self._places: tuple[object, list[Place]] = (None, [])

    @property
    def count(self) -> int:
        """The number of lines."""
        return self.rows.log.line_count if self.rows else 0

    @property
    def text(self) -> str:
        """The lines in sight, whole, as they are shown."""
        if not self.rows or not self.count:
            return ""
        lines = range(self.top.line, self.bottom.line + 1)
        return "".join(f"{self.rows.text(line).rstrip()}\n" for line in lines)

    @property
    def words(self) -> list[str]:
        """The position, such as `line 41–80 of 1 240` and `following`."""
        if not self.count:
            return []
        first, last = self.top.line + 1, self.bottom.line + 1
        words = [f"line {grouped(first)}–{grouped(last)} of {grouped(self.count)}"]
        unseen = self.count - self._seen
        if self.following:
            words.append("following")
        elif unseen > 0:
            words.append(f"+{grouped(unseen)} new ↓")
        if self.left:
            words.append(f"from column {self.left + 1}")
        return words

    @property
    def in_sight(self) -> list[Place]:
        """The lines in the rows of the window."""
        log, size = self.rows.log if self.rows else None, self._size()
        sign = (self.top, self.wrapped, size, log and (id(log), log.size, log.version))
        if sign != self._places[0]:
            places, every = [self.top], self._every_place()
            while len(places) < size.height:
                place = every.shifted(places[-1], 1)
                if place == places[-1]:
                    break
                places.append(place)
            self._places = (sign, places if self.count else [])
        return self._places[1]

    @property
    def bottom(self) -> Place:
        """The last row in sight."""
        return (self.in_sight or [Place()])[-1]

    @property
    def last_top(self) -> Place:
        """The first row in sight where the last one is at the bottom."""
        return self._every_place().last_top(max(1, self._size().height))

    def _every_place(self) -> Places:
        return Places(self.count, self._rows_in if self.wrapped else None)

    def _rows_in(self, line: int) -> int:
        return self.rows.rows_in(line, self._size().width) if self.rows else 1

    def shifted(self, rows: int) -> Place:
        """The row at the top once the window is so many rows further down, or up."""
        return self._every_place().shifted(self.top, rows)

    def shows(self, line: int | None) -> bool:
        """Whether a line is in sight from its first row on."""
        first = self.top.line + (self.top.row > 0)
        return line is not None and first <= line <= self.bottom.line

    def rebase(self, log: LogText) -> None:
        """The same log with what stands before it, so that its lines get other numbers; what is
        in sight stays."""
        shift = log.line_count - self.count
        self.rows = LogRows(log)
        self._version = log.version
        self.top = Place(max(0, self.top.line + shift), self.top.row)
        if self.current is not None:
            self.current = max(0, self.current + shift)
        self._seen += shift

    def settle(self) -> None:
        """Updates the window to the present log."""
        if self.rows and self.rows.log.version != self._version:
            self._version = self.rows.log.version
            self.current = None
        self.put(self.last_top if self.following else self.top)
        if self.keeps_current and self.current is not None and not self.shows(self.current):
            self.go(self.current)

    def put(self, top: Place) -> None:
        """Puts the row `top` at the top, or as near as possible."""
        self.top = min(top, self.last_top)
        seen = max(min(self._seen, self.count), self.bottom.line + 1)
        self._seen = self.count if self.following else seen

    def go(self, line: int, column: int = 0) -> None:
        """Makes a line the current one and has it in sight."""
        self.current = max(0, min(line, self.count - 1))
        self.keeps_current = True
        self.following = False
        size, top = self._size(), self.top
        width = max(1, size.width)
        if not self.wrapped and not self.left <= column < self.left + width:
            self.left = max(0, column - width // 2) if column >= width else 0
        if not self.shows(self.current):
            top = self._every_place().shifted(Place(self.current), -(size.height // 3))
        self.put(top)

    def scroll(self, top: Place) -> None:
        """Scrolls by hand: going up ends the following, going down to the end does not begin it."""
        self.keeps_current = False
        if top < self.last_top:
            self.following = False
        self.put(top)

    def follow(self) -> None:
        """Follows the end from the next `settle` on, while the log grows."""
        self.keeps_current = False
        self.following = True

    def shift(self, cells: int) -> None:
        """Sideways, where lines are not wrapped."""
        if not self.wrapped:
            self.left = max(0, self.left + cells)
            self.put(self.top)

    def wrap(self) -> None:
        """Wraps long lines, or cuts them off again, from the next `settle` on."""
        self.wrapped = not self.wrapped
        self.left = 0
        self.top = Place(self.top.line)

    def start(self, step: int) -> int:
        """The line from which on the next one is looked for, further down or up: the current one
        if it is in sight, else the one just outside of the window."""
        if self.current is not None and self.top.line <= self.current <= self.bottom.line:
            return self.current
        return self.top.line - 1 if step > 0 else self.bottom.line + 1
