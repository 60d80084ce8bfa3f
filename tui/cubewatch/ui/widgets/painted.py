"""PaintedLines: a widget of lines that draws only those again that look different."""

from collections.abc import Iterable
from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.geometry import Region, Size
from textual.strip import Strip

from cubewatch.ui.textual_internals import LineWidget
from cubewatch.ui.widgets.measured_text import Span, fit_spans

MAX_SPARE_STRIPS = 40
"""Lines that are kept at hand beyond twice those in sight; each takes more than 1 kB."""


def component_classes(*parts: str) -> set[str]:
    """The `COMPONENT_CLASSES` of a line widget whose spans have these parts; `app.tcss` gives each
    part one look for all line widgets."""
    return {f"line--{part}" for part in parts}


class PaintedLines(LineWidget):
    """A line widget that remembers its lines, so that `repaint` has only those drawn that differ.

    Each line is rendered once for a frame: what was compared is what is drawn. Subclasses give
    `line_at`, and call `repaint` when something has changed.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._painted: dict[int, Strip] = {}
        self._next: dict[int, Strip] = {}
        self._strips: dict[tuple[int, tuple[Span, ...]], Strip] = {}
        self._known_size = Size(0, 0)
        self._base_style: Style | None = None
        self._part_styles: dict[tuple[str, ...], Style] = {}

    @property
    def rich_style(self) -> Style:
        """The style of what has none of its own, resolved once until styles change: Textual goes
        through all ancestors for it, each time."""
        if self._base_style is None:
            self._base_style = super().rich_style
        return self._base_style

    def get_component_rich_style(
        self, *names: str, partial: bool = False, default: Style | None = None
    ) -> Style:
        """The style of a part, resolved once until styles change: Textual forgets it with every
        refresh."""
        if partial or default is not None:
            return super().get_component_rich_style(*names, partial=partial, default=default)
        style = self._part_styles.get(names)
        if style is None:
            style = self._part_styles[names] = super().get_component_rich_style(*names)
        return style

    def part(self, name: str) -> Style:
        """The style of a part of a line."""
        return self.get_component_rich_style(f"line--{name}")

    def strip_of(self, spans: Iterable[Span]) -> Strip:
        """A line of these spans, cut off with `…` at the right edge. One that is drawn again as it
        was is the same strip, which has its width and its cuts at hand."""
        width = self.scrollable_content_region.width
        key = width, tuple(spans)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= 2 * self.size.height + MAX_SPARE_STRIPS:
                self._strips.clear()
            parts = fit_spans(key[1], width)
            strip = Strip(Segment(text, self.part(part)) for text, part in parts)
            self._strips[key] = strip
        return strip

    def line_at(self, y: int) -> Strip:
        """The line `y` cells below the top of what is in sight; what it lacks is blank."""
        raise NotImplementedError

    @on(events.Resize)
    def _note_size(self) -> None:
        self._known_size = self.size

    def render_line(self, y: int) -> Strip:
        if self.size != self._known_size:  # Textual lays out some new widgets without a word
            self._known_size = self.size
            self.post_message(events.Resize(self.size, self.virtual_size, self.container_size))
        strip, width = self._next.pop(y, None), self.size.width
        if strip is None or strip.cell_length != width:
            strip = filled(self, y, width)
        self._painted[y] = strip
        return strip

    def set_line_count(self, lines: int) -> None:
        """Sets the number of lines to scroll through. Costs a layout only where that shows."""
        self.virtual_size = Size(self.size.width, max(lines, self.size.height))

    def repaint(self, ys: Iterable[int] | None = None) -> None:
        """Draws the lines in sight that look different now; only `ys` are compared, if given."""
        with self.measured_once():
            width, height = self.size
            in_sight = self.scrollable_content_region.width  # not beneath the scroll bar
            if not height:
                self.forget_lines()
                self._painted.clear()
                return
            lines = {y: filled(self, y, width) for y in (range(height) if ys is None else ys)}
        changed = {y: line for y, line in lines.items() if line != self._painted.get(y)}
        if changed:
            self.refresh(*(Region(0, y, in_sight, 1) for y in changed))
            self._next = changed

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Lines that were rendered before are not drawn after something else has changed."""
        self._next = {}
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._base_style = None
        self._part_styles.clear()
        self._strips.clear()
        self._painted.clear()
        self._next.clear()


def filled(lines: PaintedLines, y: int, width: int) -> Strip:
    """A line of a widget, filled up to a width."""
    return lines.line_at(y).adjust_cell_length(width, lines.rich_style)
