"""Lines that are written to the terminal only as far as they differ."""

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cubewatch.ui.widgets.cells import Span, fit_spans


def component_classes(*parts: str) -> set[str]:
    """The `COMPONENT_CLASSES` of a line widget whose spans have these parts; `app.tcss` gives each
    part one look for all line widgets."""
    return {f"line--{part}" for part in parts}


class PaintedLines(ScrollView):
    """A line widget that remembers what it painted, so that `repaint` marks just the cells that
    changed: the compositor itself compares nothing. Subclasses give `line_at`."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._painted: dict[int, Strip] = {}
        self._parts: dict[str, Style] = {}

    def part(self, name: str) -> Style:
        """The style of a part of a line, resolved once until the style sheet changes."""
        style = self._parts.get(name)
        if style is None:
            style = self._parts[name] = self.get_component_rich_style(f"line--{name}")
        return style

    def strip_of(self, spans: Iterable[Span]) -> Strip:
        """A line of these spans, cut off with `…` at the right edge."""
        width = self.scrollable_content_region.width
        return Strip(Segment(text, self.part(part)) for text, part in fit_spans(spans, width))

    def line_at(self, y: int) -> Strip:
        """The line `y` cells below the top of what is in sight; what it lacks is blank."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        strip = self._painted[y] = self._filled(y)
        return strip

    def _filled(self, y: int) -> Strip:
        return self.line_at(y).adjust_cell_length(self.size.width, self.rich_style)

    def set_line_count(self, lines: int) -> None:
        """How many lines there are to scroll through. Costs a layout only where that shows."""
        self.virtual_size = Size(self.size.width, max(lines, self.size.height))

    def repaint(self) -> None:
        """Marks the cells in sight that would look different now."""
        for y in range(self.size.height):
            old, new = self._painted.get(y), self._filled(y)
            width = self.size.width if old is None else changed_width(old, new)
            if width:
                self.refresh(Region(0, y, width, 1))

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._painted.clear()
        self._parts.clear()


def changed_width(old: Strip, new: Strip) -> int:
    """How many cells from the left have to be written to turn one line into the other."""
    width = new.cell_length
    for before, after in zip(reversed(list(old)), reversed(list(new)), strict=False):
        if before != after:
            return width - _same_end(before, after)
        width -= after.cell_length
    return width


def _same_end(before: Segment, after: Segment) -> int:
    """How many cells at the end of two segments are the same."""
    if before.style != after.style or not (before.text.isascii() and after.text.isascii()):
        return 0
    ends = zip(reversed(before.text), reversed(after.text), strict=False)
    return next(
        (n for n, (a, b) in enumerate(ends) if a != b), min(len(before.text), len(after.text))
    )
