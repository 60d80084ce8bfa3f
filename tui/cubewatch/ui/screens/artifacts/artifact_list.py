"""ArtifactListView: the rows of artifacts, with a cursor."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from cubewatch.ui.screens.artifacts.artifact_line import PARTS, artifact_line, cube_line
from cubewatch.ui.screens.artifacts.artifact_rows import ArtifactRows
from cubewatch.ui.widgets.cursor_lines import CursorLines
from cubewatch.ui.widgets.painted import component_classes

if TYPE_CHECKING:
    from cubewatch.api.client import CubePath
    from cubewatch.api.errors import ApiError
    from cubewatch.artifacts.list import ArtifactKey
    from cubewatch.artifacts.transfer import Transfer
    from cubewatch.model.run import Artifact
    from cubewatch.ui.widgets.measured_text import Span


class ArtifactListView(CursorLines):
    """A row per cube that keeps something, then a row per artifact of it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(*PARTS)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Select", key_display="space"),
    ]

    def __init__(self) -> None:
        self.model = ArtifactRows()
        super().__init__(model=self.model)
        self._now = datetime.now(UTC)

    @property
    def row_count(self) -> int:
        return len(self.model.rows)

    def row_spans(self, row: int) -> "list[Span]":
        model, item = self.model, self.model.rows[row]
        if isinstance(item, tuple):
            return cube_line(item, str(model.troubles.get(item, "")))
        return artifact_line(
            model.artifacts[item],
            model.transfers.get(item),
            item in model.marked,
            self._now,
            self.scrollable_content_region.width,
        )

    def take(self, cube: "CubePath", found: "dict[ArtifactKey, Artifact] | ApiError") -> None:
        """Shows the artifacts of a cube, or why they are not known; the cursor stays where it
        is."""
        self.model.take(cube, found)
        self.rows_changed()

    def show_transfers(self, transfers: "dict[ArtifactKey, Transfer]") -> None:
        """Shows the state of the downloads."""
        self.model.transfers = transfers
        self.repaint()

    def tick(self, now: datetime) -> None:
        """Moves the ages."""
        self._now = now
        self.repaint()

    def action_mark(self) -> None:
        self.model.toggle()
        self.repaint()
        self.action_move(1)
