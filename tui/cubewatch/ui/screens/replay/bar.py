"""ReplayBar: where a recording is, how fast it plays, and the keys for that."""

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.strip import Strip

from cubewatch.text.format import duration
from cubewatch.ui.widgets.measured_text import Span, bar, fit_spans
from cubewatch.ui.widgets.painted import PaintedLines, component_classes

if TYPE_CHECKING:
    from cubewatch.watch.replay import ReplayClock

KEYS = (
    ("[ ]", "change"),
    ("{ }", "failure"),
    (", .", "10s"),
    ("< >", "speed"),
)
MIN_BAR, MAX_BAR = 8, 40
INTERVAL = 0.5
"""Seconds from one position that is shown to the next while it plays."""


class ReplayBar(PaintedLines):
    """One line. It is hidden at the end, where the screen is as the watched one was."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("running", "rest", "text", "note")

    def __init__(self, clock: "ReplayClock", *, is_whole: bool) -> None:
        super().__init__(id="replay")
        self._clock = clock
        self._is_whole = is_whole

    def on_mount(self) -> None:
        self.set_interval(INTERVAL, self._tick)

    def _tick(self) -> None:
        if self.screen.is_current:
            self.show()

    def show(self) -> None:
        """Draws what the clock says by now."""
        at_end = self._clock.now() >= self._clock.length
        if self.display == at_end:
            self.display = not at_end
        self.repaint()

    def line_at(self, y: int) -> Strip:
        if y:
            return Strip([])
        clock, width = self._clock, self.size.width
        sign = "▶" if clock.plays else "■"
        left: list[Span] = [(f" {sign} {clock.speed:g}×  ", "running")]
        place = f"  {duration(clock.now())} of {duration(clock.length)}"
        damage = "" if self._is_whole else " (the rest is damaged)"
        right: list[Span] = [(place, "text"), (damage, "note")]
        keys: list[Span] = []
        for key, word in (("p", "stop" if clock.plays else "play"), *KEYS):
            keys += [(f"   {key}", "running"), (f" {word}", "note")]
        room = width - sum(cell_len(text) for text, _ in (*left, *right)) - 1
        cells = max(MIN_BAR, min(MAX_BAR, room - sum(cell_len(text) for text, _ in keys)))
        share = clock.now() / clock.length if clock.length else 1.0
        done, rest = bar(share, cells)
        return self.strip_of(
            fit_spans([*left, (done, "running"), (rest, "rest"), *right, *keys], width)
        )
