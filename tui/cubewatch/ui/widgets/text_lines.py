"""TextLines: styled lines of text, wrapped to the width, scrolled with the keys of a pager."""

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.strip import Strip

from cubewatch.model.status import TONES
from cubewatch.ui.widgets.painted import PaintedLines, component_classes


class TextLines(PaintedLines, can_focus=True):
    """Shows (style, text) pairs as they are: nothing in a text is markup."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(*TONES, "title", "text", "note")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._texts: list[tuple[str, str]] = []
        self._lines: list[tuple[str, str]] = []
        self._wrapped: dict[tuple[str, int], list[Content]] = {}

    def show(self, texts: list[tuple[str, str]]) -> None:
        """Replaces the text; the scroll position stays where the text still reaches it."""
        if texts != self._texts:
            self._texts = texts
            if width := self.size.width:  # it is laid out later if it is not seen
                self._wrap(width)
                self.repaint()

    @property
    def line_count(self) -> int:
        """How many lines the text takes."""
        return len(self._lines)

    def home(self) -> None:
        """Scrolls back to the first line."""
        self.scroll_to(y=0, animate=False, force=True)

    def _wrap(self, width: int) -> None:
        before, self._wrapped = self._wrapped, {}
        for _, text in self._texts:
            lines = before.get((text, width)) or Content(text).wrap(max(2, width - 1))
            self._wrapped[text, width] = lines or [Content("")]
        self._lines = [
            (style, line.plain)
            for style, text in self._texts
            for line in self._wrapped[text, width]
        ]
        self.set_line_count(len(self._lines))

    def line_at(self, y: int) -> Strip:
        row = y + round(self.scroll_y)
        style, text = self._lines[row] if row < len(self._lines) else ("text", "")
        return Strip([Segment(f" {text}", self.part(style))])

    def on_resize(self, event: events.Resize) -> None:
        self._wrap(event.size.width)
        self._painted.clear()

    def on_show(self) -> None:
        """What has come while it was not seen is laid out; as its size is the one it had before,
        no resize may tell of it."""
        self._wrap(self.size.width)
        self.repaint()
