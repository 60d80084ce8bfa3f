"""The ruler of a time axis: ticks with elapsed or clock time, and how long a folded stretch is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cubewatch.text.format import duration

if TYPE_CHECKING:
    from cubewatch.model.timeline import Axis, Stretch

STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)
HOURS = (1, 2, 3, 6, 12, 24, 48, 168)
MIN_CELLS = 12
"""Cells between two ticks, so that their labels do not touch."""
DAY = 86400.0


def ruler(axis: "Axis", origin: datetime, *, clock: bool) -> tuple[str, str]:
    """The labels and the line of ticks, each as many cells as the axis has. `origin` is second 0
    of the axis; `clock`: time of day instead of elapsed time."""
    step = tick_step(axis.seconds_per_cell)
    labels = [" "] * axis.width
    line = ["─"] * axis.width
    for stretch in axis.stretches:
        if stretch.folded:
            _fold(labels, line, stretch)
    for second in _ticks(axis, origin, step, clock=clock):
        at = round(axis.cell(second))
        if at >= axis.width:
            continue
        if line[at] == "─":
            line[at] = "┬"
        text = _label(second, origin, step, clock=clock)
        around = labels[max(0, at - 1) : at + len(text) + 1]
        if at + len(text) <= axis.width and all(char == " " for char in around):
            _write(labels, at, text)
    return "".join(labels), "".join(line)


def tick_step(seconds_per_cell: float) -> float:
    """Seconds from tick to tick: round, and with room for a label."""
    least = seconds_per_cell * MIN_CELLS
    steps = (*STEPS, *(hours * 3600 for hours in HOURS))
    return next((float(step) for step in steps if step >= least), -(-least // DAY) * DAY)


def _ticks(axis: "Axis", origin: datetime, step: float, *, clock: bool) -> Iterator[float]:
    """The seconds on the axis at which ticks stand, outside of folds."""
    offset = 0.0
    if clock:
        here = origin.astimezone()
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        offset = -((here - midnight).total_seconds() % step)
    for stretch in axis.stretches:
        if not stretch.folded:
            second = offset + -(-(stretch.start - offset) // step) * step
            while second <= stretch.end:
                tick = _local(origin, second, step) if clock else second
                if stretch.start <= tick <= stretch.end:
                    yield tick
                second += step


def _local(origin: datetime, second: float, step: float) -> float:
    """The place of a tick whose local time is a multiple of `step`, also where summer time begins
    or ends on the way; the moment of the change for a time that there is not."""
    shift = _shift(origin, second)
    exists = shift % step and _shift(origin, second + shift) == shift
    return second + shift if exists else second


def _shift(origin: datetime, second: float) -> float:
    """Seconds by which a local time comes later than by the offset from UTC at the `origin`, as
    where summer time ends in between."""
    here = (origin + timedelta(seconds=second)).astimezone()
    offsets = origin.astimezone().utcoffset(), here.utcoffset()
    return ((offsets[0] or timedelta()) - (offsets[1] or timedelta())).total_seconds()


def _label(second: float, origin: datetime, step: float, *, clock: bool) -> str:
    if not clock:
        whole = round(second)
        seconds = f"{whole % 60:02}s" if whole >= 3600 and step < 60 else ""
        return f"{duration(whole)}{seconds}"
    here = (origin + timedelta(seconds=round(second, 3))).astimezone()
    if step >= DAY:
        return f"{here:%d %b}"
    return f"{here:%H:%M}" if step >= 60 else f"{here:%H:%M:%S}"


def _fold(labels: list[str], line: list[str], stretch: "Stretch") -> None:
    left, right = round(stretch.left), round(stretch.right)
    for at in range(left, min(right, len(line))):
        line[at] = " "
    for at in (left, right - 1):
        if at < len(line):
            labels[at] = line[at] = "┊"
    text = duration(stretch.end - stretch.start)
    room = right - left - 2
    if len(text) <= room:
        _write(labels, left + 1 + (room - len(text)) // 2, text)


def _write(cells: list[str], at: int, text: str) -> None:
    for n, char in enumerate(text):
        if at + n < len(cells):
            cells[at + n] = char
