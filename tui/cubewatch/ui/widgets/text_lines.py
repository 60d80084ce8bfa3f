"""TextLines: styled lines of text, wrapped to the width, scrolled with the keys of a pager."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.strip import Strip

from cubewatch.model.status import TONES
from cubewatch.ui.widgets.measured_text import cell_len
from cubewatch.ui.widgets.painted import PaintedLines, component_classes

SEPARATOR = " · "
"""What stands between the parts of a text that has a label: a line ends there if it can."""


class Paragraph(NamedTuple):
    """A text, which may be long, and the part of a line it is. Where it has a `label`, lines that
    continue it stand below the text, not below the label."""

    part: str
    text: str
    label: str = ""


class TextLines(PaintedLines, can_focus=True):
    """Shows paragraphs as they are: nothing in a text is markup."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(*TONES, "title", "text", "note")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._paragraphs: list[Paragraph] = []
        self._lines: list[tuple[str, str]] = []
        self._wrapped: dict[tuple[Paragraph, int], list[str]] = {}

    def show(self, paragraphs: Iterable[Paragraph]) -> None:
        """Replaces the text; the scroll position stays where the text still reaches it."""
        paragraphs = list(paragraphs)
        if paragraphs != self._paragraphs:
            self._paragraphs = paragraphs
            if width := self.size.width:  # it is laid out later if it is not seen
                self._wrap(width)
                self.repaint()

    @property
    def line_count(self) -> int:
        """The number of lines of the text."""
        return len(self._lines)

    def home(self) -> None:
        """Scrolls back to the first line."""
        self.scroll_to(y=0, animate=False, force=True)

    def _wrap(self, width: int) -> None:
        before, self._wrapped = self._wrapped, {}
        for one in self._paragraphs:
            lines = before.get((one, width)) or list(_lines_of(one, max(2, width - 1)))
            self._wrapped[one, width] = lines
        self._lines = [
            (one.part, line) for one in self._paragraphs for line in self._wrapped[one, width]
        ]
        self.set_line_count(len(self._lines))

    def line_at(self, y: int) -> Strip:
        row = y + round(self.scroll_y)
        style, text = self._lines[row] if row < len(self._lines) else ("text", "")
        return Strip([Segment(f" {text}", self.part(style))])

    def on_resize(self, event: events.Resize) -> None:
        self._wrap(event.size.width)
        self.repaint()

    def on_show(self) -> None:
        """Lays out text that came while the widget was hidden: no resize may follow if the size is
        the same."""
        self._wrap(self.size.width)
        self.repaint()


def _lines_of(paragraph: Paragraph, width: int) -> Iterator[str]:
    """The lines of a paragraph, at least one."""
    label, text = paragraph.label, paragraph.text
    room = width - cell_len(label)
    lines = _broken_between_parts(text, max(2, room)) if label else _wrapped(text, width)
    for number, line in enumerate(lines or [""]):
        yield f"{' ' * cell_len(label) if number else label}{line}"


def _broken_between_parts(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for part in text.split(SEPARATOR):
        if lines and cell_len(f"{lines[-1]}{SEPARATOR}{part}") <= width:
            lines[-1] += f"{SEPARATOR}{part}"
        else:
            lines += _wrapped(part, width)
    return lines


def _wrapped(text: str, width: int) -> Sequence[str]:
    return [line.plain for line in Content(text).wrap(width)]
