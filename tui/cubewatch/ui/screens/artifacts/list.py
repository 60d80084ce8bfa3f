"""ArtifactListView: the rows of artifacts, with a cursor."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from cubewatch.ui.screens.artifacts.line import TONES, Look, artifact_line, cube_line
from cubewatch.ui.screens.artifacts.rows import ArtifactRows
from cubewatch.ui.widgets.painted import PaintedLines

if TYPE_CHECKING:
    from cubewatch.api.client import CubePath
    from cubewatch.api.errors import ApiError
    from cubewatch.artifacts.list import ArtifactKey
    from cubewatch.artifacts.transfer import Transfer
    from cubewatch.model.run import Artifact


class ArtifactListView(PaintedLines, can_focus=True):
    """No widget per artifact; only what differs is written."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"artifacts--{part}" for part in (*TONES, "cube", "mark", "name", "cursor")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "move(-1000000000)", "First", show=False),
        Binding("end,G", "move(1000000000)", "Last", show=False),
        Binding("space", "mark", "Select", key_display="space"),
    ]

    class Moved(Message):
        """The cursor is on another row."""

    def __init__(self) -> None:
        super().__init__()
        self.model = ArtifactRows()
        self._now = datetime.now(UTC)
        self._styles: dict[str, Style] = {}

    def take(self, cube: "CubePath", found: "dict[ArtifactKey, Artifact] | ApiError") -> None:
        """Shows what a cube keeps, or why that is not known; the cursor stays where it is."""
        self.model.take(cube, found)
        self.set_line_count(len(self.model.rows))
        self.repaint()

    def tell(self, transfers: "dict[ArtifactKey, Transfer]") -> None:
        """Shows how the downloads stand."""
        self.model.transfers = transfers
        self.repaint()

    def tick(self, now: datetime) -> None:
        """Moves the ages."""
        self._now = now
        self.repaint()

    def line_at(self, y: int) -> Strip:
        model, row = self.model, y + round(self.scroll_y)
        if row >= len(model.rows):
            return Strip([])
        item = model.rows[row]
        width = self.scrollable_content_region.width
        look = Look(width, row == model.cursor, self._all_styles())
        if isinstance(item, tuple):
            return cube_line(item, str(model.troubles.get(item, "")), look)
        return artifact_line(
            model.artifacts[item],
            model.transfers.get(item),
            item in model.marked,
            self._now,
            look,
        )

    def _all_styles(self) -> dict[str, Style]:
        if not self._styles:
            for name in self.COMPONENT_CLASSES:
                self._styles[name.removeprefix("artifacts--")] = self.get_component_rich_style(name)
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

    def on_resize(self) -> None:
        self.set_line_count(len(self.model.rows))
        self._painted.clear()
        self._scroll_to_cursor()

    def on_click(self, event: events.Click) -> None:
        self._go(event.y + round(self.scroll_y))

    def _scroll_to_cursor(self) -> None:
        row, top, height = self.model.cursor, round(self.scroll_y), self.size.height
        if not top <= row < top + height:
            y = row if row < top else row - height + 1
            self.scroll_to(y=y, animate=False, force=True)

    def _go(self, row: int) -> None:
        row = max(0, min(row, len(self.model.rows) - 1))
        if row != self.model.cursor:
            self.model.cursor = row
            self._scroll_to_cursor()
            self.repaint()
            self.post_message(self.Moved())

    def action_move(self, rows: int) -> None:
        self._go(self.model.cursor + rows)

    def action_page(self, pages: int) -> None:
        self._go(self.model.cursor + pages * max(1, self.size.height - 1))

    def action_mark(self) -> None:
        self.model.toggle()
        self.repaint()
        self.action_move(1)
