"""TimelineDrawing: the bars of a run's nodes on the axis of the timeline."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from cubewatch.model import status
from cubewatch.text.format import duration
from cubewatch.ui.widgets.waterfall import waterfall

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cubewatch.model.durations import Band
    from cubewatch.model.estimate import Expected
    from cubewatch.model.snapshot import Path
    from cubewatch.model.timeline import Axis, Bar, Timeline
    from cubewatch.ui.widgets.measured_text import Span
    from cubewatch.watch.outlook import Outlook

FOLD_CELLS = 10
ROOT: "Path" = ()


class Drawn(NamedTuple):
    """A node: its bar in as many cells as the axis has, the label for it, and its tone."""

    bar: "list[Span]"
    label: str
    tone: status.Tone


@dataclass(frozen=True)
class TimelineDrawing:
    """A state of a run on an axis of `width` cells. `outlook`: what earlier runs say about it."""

    line: "Timeline"
    critical: "frozenset[Path]"
    now: "datetime"
    outlook: "Outlook | None" = None
    width: int = 1

    @cached_property
    def axis(self) -> "Axis":
        """The axis, as long as the run is expected to take."""
        from cubewatch.model.timeline import axis

        run = self._expected(ROOT)
        left = run.left.middle if run and run.left else 0.0
        return axis(self.line, self.now, self.width, left=left, fold_cells=FOLD_CELLS)

    def node(self, path: "Path") -> Drawn:
        """A workflow, a task or a cube."""
        bar, tone = self.line.bar(path), status.tone(self.line.snapshot.status_of(path))
        label = self._label(bar, tone)
        if label and self.outlook and bar.start is not None:
            label += _usual(bar, self.outlook.usual(path))
        drawn = self._bar(path, bar, tone, self._ahead(path), critical=path in self.critical)
        return Drawn(drawn, label, tone)

    def setup(self, path: "Path", cubes: "Sequence[Path]") -> Drawn:
        """The row of these setup cubes."""
        from cubewatch.ui.widgets.tree_line import around, around_all

        bar = around([self.line.bar(cube) for cube in cubes])
        critical = not self.critical.isdisjoint(cubes)
        ahead = around_all(map(self._ahead, cubes))
        drawn = self._bar(path, bar, "muted", ahead, critical=critical)
        return Drawn(drawn, self._label(bar, "muted"), "muted")

    def _bar(
        self,
        path: "Path",
        bar: "Bar",
        tone: status.Tone,
        ahead: tuple[float, float] | None,
        *,
        critical: bool,
    ) -> "list[Span]":
        line = self.line
        return waterfall(
            bar,
            tone,
            self.axis,
            None if line.is_final or not line.is_dated else line.seconds(self.now),
            ahead,
            crossed=path in line.snapshot.failed,
            critical=critical,
            now_line=True,
        )

    def _label(self, bar: "Bar", tone: status.Tone) -> str:
        if bar.start is None:
            return "waits for approval" if tone == "waiting" and bar.ready is not None else ""
        if bar.end is None and not bar.is_open:
            return ""
        end = self.line.seconds(self.now) if bar.end is None else bar.end
        return duration(end - bar.start)

    def _expected(self, path: "Path") -> "Expected | None":
        return self.outlook.estimate(self.now).of(path) if self.outlook else None

    def _ahead(self, path: "Path") -> tuple[float, float] | None:
        """The span in which a node is expected to be at work."""
        expected = self._expected(path)
        if expected is None or expected.left is None:
            return None
        now = self.line.seconds(self.now)
        begin = now + expected.begins.middle if expected.begins else now
        return begin, now + expected.left.middle


def _usual(bar: "Bar", usual: "Band | None") -> str:
    """The usual duration of a node, where it is at work or was much slower."""
    from cubewatch.model.compare import is_longer

    if usual is None or bar.start is None:
        return ""
    if bar.is_open:
        return f", usually {duration(usual.middle)}"
    took = (bar.end or bar.start) - bar.start
    return f" ▲ usually {duration(usual.middle)}" if is_longer(took, usual.middle) else ""
