"""RunTree: a run's workflows, tasks and cubes as lines that open and close."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from cubewatch.ui.widgets.painted import PaintedLines
from cubewatch.ui.widgets.tree_line import TONES, Look, tree_line
from cubewatch.ui.widgets.tree_rows import TreeRows

if TYPE_CHECKING:
    from cubewatch.model.snapshot import Change, Path, Snapshot


class RunTree(PaintedLines, can_focus=True):
    """No widget per node: 10,000 cubes are an expected size."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"run-tree--{part}" for part in (*TONES, "rest", "name", "note", "cursor")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "move(-1000000000)", "First", show=False),
        Binding("end,G", "move(1000000000)", "Last", show=False),
        Binding("left,h", "close", "Close, or to what it is part of", show=False),
        Binding("right", "open", "Open", show=False),
        Binding("enter", "choose", "Open", key_display="enter"),
        Binding("space", "choose", "Open or close", show=False),
        Binding("plus", "all(True)", "Open all", show=False),
        Binding("minus", "all(False)", "Fold all", show=False),
    ]

    class Selected(Message):
        """The cursor is on another node. `by_hand`: the person moved it."""

        def __init__(self, path: "Path", by_hand: bool) -> None:
            super().__init__()
            self.path = path
            self.by_hand = by_hand

    class Chosen(Message):
        """Enter on a cube, which has nothing to open."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._model = TreeRows()
        self._now = datetime.now(UTC)
        self._styles: dict[str, Style] = {}

    @property
    def selected(self) -> "Path":
        return self._model.selected

    def show(self, snapshot: "Snapshot", changes: "list[Change]", now: datetime) -> None:
        """Goes over to a new state; cursor, scroll and what is open stay."""
        self._now = now
        top = self._top()
        self._model.take(snapshot, changes)
        self._settle(top)

    def tick(self, now: datetime) -> None:
        """Moves the clocks of what runs."""
        self._now = now
        self.repaint()

    def reveal(self, path: "Path") -> None:
        """Puts the cursor on a node and brings it into sight, opening what is above it."""
        before, top = self.selected, self._top()
        self._model.reveal(path)
        self._settle(top)
        self._scroll_to_cursor()
        if self.selected != before:
            self.post_message(self.Selected(self.selected, by_hand=False))

    def line_at(self, y: int) -> Strip:
        row = y + round(self.scroll_y)
        model = self._model
        if model.snapshot is None or row >= len(model.rows):
            return Strip([])
        path = model.rows[row]
        opened = model.is_open(path) if model.has_children(path) else None
        look = Look(self.size.width, row == model.cursor, opened, self._all_styles())
        return tree_line(model.snapshot, path, self._now, look)

    def _all_styles(self) -> dict[str, Style]:
        if not self._styles:
            for name in self.COMPONENT_CLASSES:
                self._styles[name.removeprefix("run-tree--")] = self.get_component_rich_style(name)
        return self._styles

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def on_focus(self) -> None:
        self._styles.clear()
        self.repaint()

    def on_blur(self) -> None:
        self._styles.clear()
        self.repaint()

    def _top(self) -> "Path | None":
        """The node on the first line in sight, if the tree is scrolled."""
        row = round(self.scroll_y)
        return self._model.rows[row] if 0 < row < len(self._model.rows) else None

    def _settle(self, top: "Path | None") -> None:
        """Takes over changed rows, with the same node on the first line as before."""
        rows = self._model.rows
        self.set_line_count(len(rows))
        while top and top not in rows:
            top = top[:-1]
        if top:
            self.scroll_to(y=rows.index(top), animate=False, force=True)
        self.repaint()

    def _scroll_to_cursor(self) -> None:
        row, top, height = self._model.cursor, round(self.scroll_y), self.size.height
        if height and not top <= row < top + height:
            middle = row - height // 2
            y = row if row == top - 1 else row - height + 1 if row == top + height else middle
            self.scroll_to(y=y, animate=False, force=True)

    def on_resize(self) -> None:
        self.set_line_count(len(self._model.rows))
        self._painted.clear()
        self._scroll_to_cursor()

    def _go(self, row: int) -> None:
        model = self._model
        row = max(0, min(row, len(model.rows) - 1))
        if model.rows and row != model.cursor:
            model.cursor = row
            model.visit()
            self._scroll_to_cursor()
            self.repaint()
            self.post_message(self.Selected(self.selected, by_hand=True))

    def action_move(self, rows: int) -> None:
        self._go(self._model.cursor + rows)

    def action_page(self, pages: int) -> None:
        self._go(self._model.cursor + pages * max(1, self.size.height - 1))

    def action_open(self) -> None:
        if self._model.has_children(self.selected) and not self._model.is_open(self.selected):
            self._open(True)
        else:
            self.action_move(1)

    def action_close(self) -> None:
        model = self._model
        if model.has_children(self.selected) and model.is_open(self.selected):
            self._open(False)
        elif len(self.selected) > 1:
            self._go(model.rows.index(self.selected[:-1]))

    def action_choose(self) -> None:
        if self._model.has_children(self.selected):
            self._open(not self._model.is_open(self.selected))
        elif self._model.rows:
            self.post_message(self.Chosen())

    def _open(self, opened: bool) -> None:
        top = self._top()
        self._model.set_open(self.selected, opened)
        self._settle(top)

    def action_all(self, opened: bool) -> None:
        before = self.selected
        self._model.set_all_open(opened)
        self._settle(None)
        self._scroll_to_cursor()
        if self.selected != before:
            self.post_message(self.Selected(self.selected, by_hand=True))

    def on_click(self, event: events.Click) -> None:
        row = event.y + round(self.scroll_y)
        if row >= len(self._model.rows):
            return
        if row == self._model.cursor:
            self.action_choose()
        else:
            self._go(row)
