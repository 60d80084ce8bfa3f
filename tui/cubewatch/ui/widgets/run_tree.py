"""RunTree: a run's workflows, tasks and cubes as lines that open and close."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.model.status import TONES
from cubewatch.ui.widgets.cursor_lines import CursorLines
from cubewatch.ui.widgets.painted import component_classes
from cubewatch.ui.widgets.tree_rows import TreeRows

if TYPE_CHECKING:
    from collections.abc import Callable

    from cubewatch.model.estimate import Estimate
    from cubewatch.model.snapshot import Change, Path
    from cubewatch.model.timeline import Timeline
    from cubewatch.ui.widgets.measured_text import Span
    from cubewatch.ui.widgets.tree_line import TreeDrawing


class RunTree(CursorLines):
    """The open nodes of a run. No widget per node: 10,000 cubes are an expected size."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(
        *TONES, "rest", "text", "strong", "culprit", "note"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", key_display="⏎"),
        Binding("left,h", "close", "Close, or to what it is part of", show=False),
        Binding("right", "open", "Open", show=False),
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
        self._model = TreeRows()
        super().__init__(id=id, model=self._model)
        self._drawing: TreeDrawing | None = None
        self._name_cells = 0

    @property
    def selected(self) -> "Path":
        """The path under the cursor; () while there are no rows."""
        return self._model.selected

    @property
    def row_count(self) -> int:
        return len(self._model.rows)

    def row_spans(self, row: int) -> "list[Span]":
        model, path = self._model, self._model.rows[row]
        drawing = self._fitted()
        if drawing is None:
            return []
        if setup := model.setups.get(path):
            return drawing.setup(path[:-1], setup, opened=model.is_open(path))
        opened = (bool(model.pattern) or model.is_open(path)) if model.has_children(path) else None
        nested = model.parent(path) in model.setups
        return drawing.node(path, opened=opened, nested=nested)

    def _fitted(self) -> "TreeDrawing | None":
        """The drawing for the width there is now; a scroll bar comes and goes."""
        width, screen_width = self.scrollable_content_region.width, self.app.size.width
        drawing = self._drawing
        if drawing and (drawing.width, drawing.screen_width) != (width, screen_width):
            drawing = self._drawing = drawing.fitted(width, screen_width)
        return drawing

    def show(
        self,
        line: "Timeline",
        changes: "list[Change]",
        now: datetime,
        estimate: "Estimate | None" = None,
    ) -> None:
        """Shows a new state; cursor, scroll position and open nodes stay."""
        from cubewatch.model.estimate import Estimate
        from cubewatch.ui.widgets.tree_line import TreeDrawing, count_open, longest_name

        if not self._model.has_tree_of(line.snapshot):
            self._name_cells = longest_name(line.snapshot)
        self._drawing = TreeDrawing(
            line,
            now,
            self.scrollable_content_region.width,
            self.app.size.width,
            self._name_cells,
            count_open(line.snapshot),
            estimate or Estimate(),
        )
        self._rearrange(lambda: self._model.take(line.snapshot, changes, now))

    def tick(self, now: datetime, estimate: "Estimate | None" = None) -> None:
        """Moves the clocks of what runs, and takes over what is expected."""
        if drawing := self._drawing:
            self._drawing = drawing.at(now, estimate or drawing.estimate)
            if not self._drawing.differs_in_times_alone(drawing):
                self.repaint()
                return
            top = round(self.scroll_y)
            rows = enumerate(self._model.rows[top : top + self.size.height])
            setups, has_clock = self._model.setups, self._drawing.has_clock
            self.repaint(y for y, path in rows if path in setups or has_clock(path))

    def filter(self, pattern: str) -> None:
        """Shows only what matches; "" shows all."""
        before = self.selected
        self._model.filter(pattern)
        self.rows_changed()
        self.scroll_to_cursor()
        if self.selected != before:
            self.post_message(self.Selected(self.selected, by_hand=True))

    def reveal(self, path: "Path") -> None:
        """Puts the cursor on a node and brings it into sight, opening what is above it."""
        before = self.selected
        self._rearrange(lambda: self._model.reveal(path))
        self.scroll_to_cursor()
        if self.selected != before:
            self.post_message(self.Selected(self.selected, by_hand=False))

    def _rearrange(self, change: "Callable[[], object]") -> None:
        """Changes the rows. In a tree that is scrolled, the first line shows the same node after
        that, or what it is part of."""
        row = round(self.scroll_y)
        top = self._model.rows[row] if 0 < row < self.row_count else None
        change()
        rows = self._model.rows
        while top and top not in rows:
            top = self._model.parent(top)
        self.rows_changed(top=rows.index(top) if top else None)

    def cursor_moved(self) -> None:
        self._model.visit()
        self.post_message(self.Selected(self.selected, by_hand=True))

    def action_open(self) -> None:
        model, row = self._model, self._model.row
        if model.has_children(row) and not model.is_open(row):
            self._rearrange(lambda: model.set_open(row, True))
        else:
            self.action_move(1)

    def action_close(self) -> None:
        model, row = self._model, self._model.row
        if model.has_children(row) and model.is_open(row):
            self._rearrange(lambda: model.set_open(row, False))
        elif len(row) > 1:
            self._go(model.rows.index(model.parent(row)))

    def action_choose(self) -> None:
        model, row = self._model, self._model.row
        if model.has_children(row):
            self._rearrange(lambda: model.set_open(row, not model.is_open(row)))
        elif model.rows:
            self.post_message(self.Chosen())

    def action_all(self, opened: bool) -> None:
        before = self.selected
        self._model.set_all_open(opened)
        self.rows_changed()
        self.scroll_to_cursor()
        if self.selected != before:
            self.post_message(self.Selected(self.selected, by_hand=True))
