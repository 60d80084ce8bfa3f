"""TextLine: one line of text that is repainted only where it differs."""

from rich.segment import Segment
from textual.strip import Strip

from cubewatch.ui.widgets.measured_text import fit, fit_whole_parts
from cubewatch.ui.widgets.painted import PaintedLines


class TextLine(PaintedLines):
    """Shows a text as it is, cut off at the right edge; `show` changes it."""

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002, as in textual
        classes: str = "",
        whole_parts: bool = False,
    ) -> None:
        """`whole_parts`: parts between ` · ` for which there is no room are left out whole."""
        super().__init__(id=id)
        self.add_class(*classes.split(), update=False)
        self._fit = fit_whole_parts if whole_parts else fit
        self._text = ""

    def show(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.repaint()

    def line_at(self, y: int) -> Strip:
        return Strip([Segment(self._fit(self._text, self.size.width), self.rich_style)])
