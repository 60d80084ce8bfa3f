"""TreeDrawing: the lines of the tree: status and time left, then the bars, then the name.

`◐  1m24s ░━━━━━━━━━╌╌╌│   ▾ release  61 % 17/29`  with room for a waterfall
`◐  1m24s ▾ release               ━━━━━╸────  61 %`  without
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from rich.cells import cell_len

from cubewatch.model import status
from cubewatch.model.estimate import Estimate
from cubewatch.model.run import Cube
from cubewatch.model.snapshot import ROOT, Item, Path, Snapshot
from cubewatch.model.timeline import Axis, Bar, Timeline, axis
from cubewatch.text.format import duration, elapsed
from cubewatch.ui.widgets.measured_text import Span, bar, cells_of, fit_spans, percent
from cubewatch.ui.widgets.waterfall import waterfall

TIME = 6
LEFT = TIME + 4
"""Cells of glyph and time, with the blanks around them."""
WIDE_SCREEN, WATERFALL_FROM = 100, 44
"""Cells of the screen and of the tree from which on it has a waterfall."""
MIN_NAME, NOTE = 20, 16
PROGRESS_FROM, PERCENT_FROM = 46, 30
BAR = 10
SECONDS_PER_LINE, MAX_STEP = 3.0, 30.0
"""Seconds from one growth of the bars to the next, for each that grows, and at most."""
MAX_RESTS = 500
"""Lines of which all but the time is kept."""
WORDS = {
    status.AWAITING_APPROVAL: "waits for approval",
    status.SKIPPED: "skipped",
    status.CANCELED: "canceled",
}


@dataclass(frozen=True)
class TreeDrawing:
    """The state that the lines of one frame are drawn from: a state at `now` (the server's clock),
    for so many cells of a screen of so many. `name_cells` is what the longest name takes, and
    `open_count` how many nodes are at work."""

    line: Timeline
    now: datetime
    width: int
    screen_width: int
    name_cells: int
    open_count: int
    estimate: Estimate
    _rests: "dict[object, list[Span]]" = field(default_factory=dict, repr=False, compare=False)

    def at(self, now: datetime, estimate: Estimate) -> "TreeDrawing":
        """The same state at another time. What its lines have behind the time is rendered once, as
        long as the axis has the same scale."""
        later = replace(self, now=now, estimate=estimate)
        if later._scale != self._scale:
            self._rests.clear()
        return later

    def differs_in_times_alone(self, other: "TreeDrawing") -> bool:
        """Whether the lines of another time differ in nothing but the time of what runs."""
        same = self._scale == other._scale and self._now == other._now
        return same and self.estimate is other.estimate

    def fitted(self, width: int, screen_width: int) -> "TreeDrawing":
        """The same for so many cells."""
        return replace(self, width=width, screen_width=screen_width, _rests={})

    @property
    def snapshot(self) -> Snapshot:
        return self.line.snapshot

    @cached_property
    def axis(self) -> Axis | None:
        """The time axis of the waterfall, where there is room for one."""
        if self.screen_width < WIDE_SCREEN or self.width < WATERFALL_FROM:
            return None
        names = max(MIN_NAME, min(self.name_cells + NOTE, self.width // 2))
        left = self.estimate.of(ROOT).left
        room = self.width - LEFT - 1 - names
        return axis(self.line, self.now, room, left=left.middle if left else 0.0)

    @property
    def _scale(self) -> object:
        return self.axis and self.axis.stretches

    def node(self, path: Path, *, opened: bool | None, nested: bool = False) -> list[Span]:
        """The line of a node. `opened`: whether what is below it is in sight; None if there is
        nothing. `nested`: it is below the row of its task's housekeeping."""
        item = self.snapshot.items[path]
        tone = status.tone(item.status)
        left = f" {status.glyph(item.status)} {self._time(item):>{TIME}} ", tone
        ahead = self._ahead(path) if self.axis else None
        usual = self.estimate.of(path).usual
        key = path, opened, nested, ahead, usual, self._now
        rest = self._rests.get(key)
        if rest is None:
            if len(self._rests) >= MAX_RESTS:
                self._rests.clear()
            rest = self._rests[key] = self._rest(path, item, opened, nested, ahead)
        return [left, *rest]

    def _rest(
        self,
        path: Path,
        item: Item,
        opened: bool | None,
        nested: bool,
        ahead: tuple[float, float] | None,
    ) -> list[Span]:
        """The line of a node behind its time."""
        tone = status.tone(item.status)
        slug = item.slug or "(no name)"
        housekeeping = isinstance(item, Cube) and slug.startswith("#")
        indent = "  " * (len(path) - 1 + nested)
        sign = {None: " ", True: "▾", False: "▸"}[opened]
        part = "note" if housekeeping and tone == "success" else self._name_part(path, tone)
        is_crossed = path in self.snapshot.failed
        return self._line(
            waterfall(self.line.bar(path), tone, self.axis, self._now, ahead, crossed=is_crossed),
            [(f"{indent}{sign} ", "text"), (slug, part), *self._failing(path)],
            (self._note(path, item), "note"),
            self._progress(path, item),
        )

    def setup(self, task: Path, cubes: Sequence[Path], *, opened: bool) -> list[Span]:
        """The one line of a task's housekeeping cubes."""
        items = [self.snapshot.items[cube] for cube in cubes]
        state = _together([item.status for item in items])
        tone = status.tone(state)
        tone = "muted" if tone == "success" else tone
        span = around([self.line.bar(cube) for cube in cubes])
        end = self.line.seconds(self.now) if span.is_open else span.end
        time = "" if span.start is None or end is None else duration(end - span.start)
        done = sum(item.status in status.FINAL for item in items)
        running = next((item.slug for item in items if item.status == status.PROCESSING), "")
        left = f" {status.glyph(state)} {time:>{TIME}} ", tone
        rest = self._line(
            waterfall(span, tone, self.axis, self._now, around_all(map(self._ahead, cubes))),
            [
                (f"{'  ' * len(task)}{'▾' if opened else '▸'} ", "note"),
                (f"setup {done}/{len(items)}", "note" if tone == "muted" else tone),
            ],
            (f"  ◂ {running}" if running else "", "note"),
            _NO_PROGRESS,
        )
        return [left, *rest]

    @cached_property
    def _now(self) -> float | None:
        """Up to when the waterfall shows what is at work; None once the run has ended. It moves
        by whole cells, and the less often the more lines grow with it: each costs bytes. It is
        counted from the last moment that is known, so that nothing begins or ends after it."""
        line, shown = self.line, self.axis
        if line.is_final or not line.is_dated or shown is None:
            return None
        return line.last + (line.seconds(self.now) - line.last) // self._step * self._step

    @property
    def _step(self) -> float:
        """Seconds from one growth of the bars to the next."""
        cell = self.axis.seconds_per_cell if self.axis else 1.0
        return max(cell, min(MAX_STEP, SECONDS_PER_LINE * self.open_count))

    def _ahead(self, path: Path) -> tuple[float, float] | None:
        """The span in which a node is expected to be at work, in whole steps, not before now."""
        expected = self.estimate.of(path)
        if expected.left is None:
            return None
        now, step = self.line.seconds(self.now), self._step
        begin = now + expected.begins.middle if expected.begins else now
        end = now + expected.left.middle
        return max(begin // step * step, self._now or 0.0), -(-end // step) * step

    def _line(
        self, drawn: list[Span], name: list[Span], note: Span, progress: "_Progress"
    ) -> list[Span]:
        """A line behind the time."""
        if drawn:
            return [*drawn, (" ", "text"), *name, progress.share, note]
        right: list[Span] = []
        if progress.share[0] and self.width >= PERCENT_FROM:
            bars = progress.bar if self.width >= PROGRESS_FROM else []
            right = [(" ", "text"), *bars, (f"{progress.share[0]:>7} ", progress.share[1])]
        room = self.width - LEFT - cells_of(right)
        text = fit_spans([*name, note], room)
        return [*text, (" " * (room - cells_of(text)), "text"), *right]

    def has_clock(self, path: Path) -> bool:
        """Whether the time of a node goes on by itself."""
        item = self.snapshot.items[path]
        started, finished = item.dates.started_at, item.dates.finished_at
        return bool(started) and not finished and item.status not in status.FINAL

    def _time(self, item: Item) -> str:
        dates = item.dates
        seconds = elapsed(dates.started_at, dates.finished_at, self.now)
        has_clock = dates.finished_at or item.status not in status.FINAL
        return duration(seconds) if seconds is not None and has_clock else ""

    def _name_part(self, path: Path, tone: status.Tone) -> str:
        """The look of a name. The culprit of a failure is stronger than what is above it."""
        if tone == "failure" or path in self.snapshot.failing:
            return "culprit" if path in self.snapshot.failed else "failure"
        if tone == "success":
            return "strong" if len(path) == 1 else "text"
        return tone

    def _failing(self, path: Path) -> list[Span]:
        """The sign of what goes on although something below it has failed."""
        if path not in self.snapshot.failing:
            return []
        return [(f" {status.glyph(status.FAILED)}", "failure")]

    def _progress(self, path: Path, item: Item) -> "_Progress":
        """The progress of a workflow or a task."""
        fraction = self.snapshot.fractions.get(path)
        waits = item.status == status.AWAITING_APPROVAL and not fraction
        if fraction is None or waits or item.status == status.SKIPPED:
            return _NO_PROGRESS
        tone = status.tone(item.status)
        done, rest = bar(fraction, BAR)
        count = self.snapshot.counts[path]
        share = percent(fraction).strip()
        if item.status in status.FINAL:
            share = f"{count.over}/{count.total}"
        part = "note" if item.status in status.FINAL or tone == "pending" else tone
        return _Progress([(done, tone), (rest, "rest")], (f"  {share}", part))

    def _note(self, path: Path, item: Item) -> str:
        """The note behind a name: at work now, what it waits for, a word for the status."""
        expected = self.estimate.of(path)
        usual = f"usually {duration(expected.usual.middle)}" if expected.usual else ""
        if item.status == status.PROCESSING:
            if path in self.snapshot.current:
                return f"  ◂ {usual or 'now'}"
            return f"  {usual}" if usual and isinstance(item, Cube) else ""
        if item.status == status.AWAITING_APPROVAL and path not in self.snapshot.waiting:
            return ""
        if not status.style_of(item.status).speaks:
            return f"  {WORDS.get(item.status, item.status.replace('_', ' '))}"
        waiting = self._waits_for(path, item)
        return f"  after {', '.join(waiting)}" if waiting else ""

    def _waits_for(self, path: Path, item: Item) -> list[str]:
        """The needs of a node that have not ended."""
        needs = getattr(item, "relations", None)
        if item.status != status.CREATED or needs is None:
            return []
        items, above = self.snapshot.items, path[:-1]
        names = [
            "setup" if need.name.startswith("#") else need.name
            for need in needs.needs
            if (other := items.get((*above, need.name))) is None or other.status not in status.FINAL
        ]
        return list(dict.fromkeys(names))


def count_open(snapshot: Snapshot) -> int:
    """The numbers of workflows, tasks and cubes at work."""
    above = (path for path in snapshot.children if path)
    nodes = sum(snapshot.items[path].status == status.PROCESSING for path in above)
    return nodes + snapshot.tallies[ROOT][status.PROCESSING]


def longest_name(snapshot: Snapshot) -> int:
    """The cells of the longest name in the tree, with its indent; without housekeeping, which is
    folded."""
    names = (path for path in snapshot.items if path[-1][:1] != "#")
    return max((cell_len(path[-1]) + 2 * len(path) for path in names), default=0)


class _Progress(NamedTuple):
    """A bar, and a percentage or how many cubes are done."""

    bar: list[Span]
    share: Span


_NO_PROGRESS = _Progress([], ("", "note"))


def _together(statuses: Sequence[str]) -> str:
    """The status that tells most of several cubes in a row."""
    failed = [one for one in statuses if one in status.FAILURES]
    open_ones = [one for one in statuses if one not in status.FINAL]
    running = [one for one in open_ones if one == status.PROCESSING]
    done = [one for one in statuses if one == status.SUCCESS]
    return next(iter([*failed, *running, *open_ones, *done, *statuses]), "")


def around_all(spans: Iterable[tuple[float, float] | None]) -> tuple[float, float] | None:
    """From the first beginning of several spans to their last end; None if none is known."""
    known = [span for span in spans if span]
    return (min(begin for begin, _ in known), max(end for _, end in known)) if known else None


def around(bars: Sequence[Bar]) -> Bar:
    """The bar from the first beginning of several bars to their last end."""
    starts = [one.start for one in bars if one.start is not None]
    ends = [one.end for one in bars if one.end is not None]
    is_open = any(one.is_open for one in bars)
    if not starts:
        return Bar()
    return Bar(None, min(starts), None if is_open else max(ends, default=None), is_open)
