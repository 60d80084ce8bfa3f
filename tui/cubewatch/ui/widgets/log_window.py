"""LogWindow: the rows of a log that are in sight, and how much of it was seen."""

from collections.abc import Callable, Sequence

from textual.geometry import Size

from cubewatch.logs.groups import Folds, Group, group_of
from cubewatch.logs.search import LogText
from cubewatch.text.format import grouped
from cubewatch.ui.widgets.log_place import Place, Places
from cubewatch.ui.widgets.log_rows import LogRows


class LogWindow:
    """A window of so many cells as `size` says, at the end of a log and following it until it is
    moved. `jumps`: where each row of a scroll is written again, as a terminal scrolls only whole
    lines, a log that grows is followed in jumps: each leaves rows free for what comes next."""

    def __init__(
        self,
        log: LogText | None,
        size: Callable[[], Size],
        *,
        wrapped: bool = False,
        jumps: bool = False,
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
        self._jumps = jumps
        self._filled: object = None
        """The size and the rest that the window had when it was last full. As long as they are
        the same, it may jump."""
        self._free = 0
        """How many rows the last jump left free."""
        self._places: tuple[object, list[Place]] = (None, [])
        self._groups: Sequence[Group] = ()
        self._folded: frozenset[int] = frozenset()
        self._folds: tuple[object, Folds] = (None, Folds())

    @property
    def count(self) -> int:
        """The number of lines."""
        return self.rows.log.line_count if self.rows else 0

    @property
    def text(self) -> str:
        """The lines in sight, whole, as they are shown."""
        if not self.rows or not self.count:
            return ""
        folds, bottom = self.folds, self.bottom.line + 1
        lines = [line for line in range(self.top.line, bottom) if not folds.hides(line)]
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
    def folds(self) -> Folds:
        """The lines that are folded away."""
        key = (self.count, self._groups, self._folded)
        if key != self._folds[0]:
            folded = [group for group in self._groups if group.first in self._folded]
            self._folds = (key, Folds(self.count, folded))
            if self.rows:
                self.rows.hidden = self._folds[1].hidden_below
        return self._folds[1]

    def group(self, groups: Sequence[Group]) -> None:
        """Takes over the groups that are known by now."""
        self._groups = groups

    @property
    def has_groups(self) -> bool:
        """Whether there is something to fold."""
        return bool(self._groups)

    def fold(self) -> None:
        """Folds the group of lines, marked by the CI system, that the current line is in, or else
        the first one in sight; opens it if it is folded."""
        seen = [place.line for place in self.in_sight]
        line = self.current if self.current in seen else None
        group = group_of(self._groups, line) if line is not None else None
        titles = (group_of(self._groups, one) for one in seen)
        group = group or next((found for found in titles if found), None)
        if group:
            self._folded ^= {group.first}
            self._settle_folds(group.first)

    def fold_all(self) -> None:
        """Folds every group of lines that the CI system has marked in the log."""
        self._folded = frozenset(group.first for group in self._groups)
        self._settle_folds(self.top.line)

    def open_all(self) -> None:
        """Opens all groups."""
        self._folded = frozenset()
        self._settle_folds(self.top.line)

    def _settle_folds(self, line: int) -> None:
        """Keeps a line in sight, or the title that it is folded to."""
        self.following = self.keeps_current = False
        line = self.folds.line_at(self.folds.index_of(line))
        if self.current is not None and self.folds.hides(self.current):
            self.current = line
        self.put(Place(line) if line <= self.top.line else self.top)

    def _folding(self, line: int) -> int:
        """The title of the outermost folded group that hides a line."""
        spans = (group for group in self._groups if group.first in self._folded)
        return next(group.first for group in spans if group.first < line <= group.last)

    @property
    def in_sight(self) -> list[Place]:
        """The lines in the rows of the window."""
        log, size = self.rows.log if self.rows else None, self._size()
        folds = self.folds
        sign = (self.top, self.wrapped, size, folds, log and (id(log), log.size, log.version))
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
        return Places(self.folds, self._rows_in if self.wrapped else None)

    def _rows_in(self, line: int) -> int:
        return self.rows.rows_in(line, self._size().width) if self.rows else 1

    def shifted(self, rows: int) -> Place:
        """The row at the top once the window is so many rows further down, or up."""
        return self._every_place().shifted(self.top, rows)

    def shows(self, line: int | None) -> bool:
        """Whether the first of the rows that a line takes is in sight."""
        first = self.top.line + (self.top.row > 0)
        is_near = line is not None and first <= line <= self.bottom.line
        return is_near and not self.folds.hides(line or 0)

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
        self._groups = ()
        self._folded = frozenset(line + shift for line in self._folded)

    def settle(self) -> None:
        """Updates the window to the present log."""
        if self.rows and self.rows.log.version != self._version:
            self._version = self.rows.log.version
            self.current = None
            self._folded = frozenset()
        self.put(self._end() if self.following else self.top)
        if self.keeps_current and self.current is not None and not self.shows(self.current):
            self.go(self.current)

    def _end(self) -> Place:
        """The row at the top where the end is in sight: the one that is there if what has come
        still has room below, else the one to jump to."""
        last, state = self.last_top, (self._size(), self.wrapped, self.folds.hidden)
        if not self._jumps or state != self._filled:
            self._filled, self._free = state, 0
            return last
        if not last <= self.top <= self._lowest:
            self._free = free_rows(self._size().height, self.count - self._seen)
            return self._lowest
        return self.top

    @property
    def _lowest(self) -> Place:
        """The last row that may be at the top."""
        last = self.last_top
        if not self.following or not self._free or last == Place():
            return last
        return self._every_place().shifted(last, self._free)

    def fill(self) -> None:
        """Leaves no row free from the next `settle` on, until the log grows again."""
        self._filled = None

    def put(self, top: Place) -> None:
        """Puts the row `top` at the top, or as near as possible."""
        self.top = min(top, self._lowest)
        seen = max(min(self._seen, self.count), self.bottom.line + 1)
        self._seen = self.count if self.following else seen

    def go(self, line: int, column: int = 0) -> None:
        """Makes a line the current one and has it in sight."""
        self.current = max(0, min(line, self.count - 1))
        self.keeps_current = True
        while self.folds.hides(self.current):
            self._folded -= {self._folding(self.current)}
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
        if top < max(self.top, self.last_top):
            self.following = False
        self.put(min(top, max(self.top, self.last_top)))

    def follow(self) -> None:
        """Follows the end from the next `settle` on, while the log grows."""
        self.keeps_current = False
        self.fill()
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


def free_rows(height: int, grown: int) -> int:
    """How many rows of a window a jump leaves free, for a log that has grown by so many lines: a
    quarter, or half of them for a quick one, but none where it would fill them at once."""
    return 0 if not 0 < grown <= height // 2 else max(height // 4, min(height // 2, 4 * grown))
