"""CompareView: the differences as rows; those of cubes can be opened."""

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.model.status import TONES
from cubewatch.ui.widgets.cursor_lines import CursorLines
from cubewatch.ui.widgets.measured_text import Span, fit_spans
from cubewatch.ui.widgets.painted import component_classes

if TYPE_CHECKING:
    from cubewatch.model.compare import Comparison
    from cubewatch.model.snapshot import Path


class ComparisonRow(NamedTuple):
    """A line, the cube it is about, and what is said about the line."""

    part: str
    text: str
    path: "Path" = ()
    note: str = ""


class CompareView(CursorLines):
    """Headings in their colours, cubes below."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(*TONES, "text", "note")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", key_display="⏎", tooltip="Show the cube in the tree"),
    ]

    class Chosen(Message):
        """Enter on a cube."""

        def __init__(self, path: "Path") -> None:
            super().__init__()
            self.path = path

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[ComparisonRow] = []

    @property
    def row_count(self) -> int:
        return len(self._rows)

    def row_spans(self, row: int) -> list[Span]:
        shown = self._rows[row]
        indent = "   " if shown.path or shown.part == "note" else " "
        width = self.scrollable_content_region.width
        note = f"  {shown.note}" if shown.note else ""
        return fit_spans([(f"{indent}{shown.text}", shown.part), (note, "note")], width)

    def say(self, text: str) -> None:
        """Shows one line instead of a comparison."""
        self._take([ComparisonRow("note", text)])

    def show(self, comparison: "Comparison", nothing: str) -> None:
        """Shows a comparison; `nothing` where there is no difference."""
        from cubewatch.model.compare_text import sections

        rows: list[ComparisonRow] = []
        for section in sections(comparison):
            rows += [ComparisonRow("text", "")] if rows else []
            rows.append(ComparisonRow(section.tone, section.heading, note=section.meaning))
            rows += [
                ComparisonRow("text" if one.path else "note", one.text, one.path)
                for one in section.cubes
            ]
        self._take(rows or [ComparisonRow("note", nothing)])

    def _take(self, rows: list[ComparisonRow]) -> None:
        if rows != self._rows:
            at = self._rows[self.cursor].path if self.cursor < len(self._rows) else ()
            self._rows = rows
            places = [n for n, row in enumerate(rows) if row.path]
            same = [n for n in places if rows[n].path == at]
            self.cursor = next(iter(same or places), 0)
            self.rows_changed()

    def action_choose(self) -> None:
        if self.cursor < len(self._rows) and (path := self._rows[self.cursor].path):
            self.post_message(self.Chosen(path))
