"""The waterfall: one line per node of when it waited (░) and worked (━) on the run's time axis.

`░░━━━━━━━╌╌╌`  waited, works, and is expected to go on for as long as it usually does
`    ━━━━╳   `  failed
`       │    `  nothing yet; now is here
`━━━━┊┊━━    `  a long idle stretch is folded between the `┊`
"""

from typing import TYPE_CHECKING

from cubewatch.model import status

if TYPE_CHECKING:
    from cubewatch.model.timeline import Axis, Bar
    from cubewatch.ui.widgets.measured_text import Span

QUEUED, WORK, WORK_END, WORK_START = "░", "━", "╸", "╺"
CRITICAL = "█"
ROUNDING = 1e-6
"""Cells by which a sum of fractions may miss the whole cell that it stands for."""
EXPECTED, FAILED, NOW, FOLD, WAITING = "╌", "╳", "│", "┊", "‖"


def waterfall(
    bar: "Bar",
    tone: status.Tone,
    axis: "Axis | None",
    now: float | None,
    ahead: tuple[float, float] | None = None,
    *,
    crossed: bool = False,
    critical: bool = False,
    now_line: bool = False,
) -> "list[Span]":
    """The bar of a node in exactly as many cells as the axis has; nothing without one.

    `now`: where the axis shows the present; None once the run has ended. `ahead`: from when to
    when the node is expected to be at work, in seconds on the axis. `crossed`: it is what failed.
    `critical`: it is drawn thick, as the run's end waits for it. `now_line`: the present is marked
    on what is not at work too, which costs bytes whenever it moves.
    """
    if axis is None:
        return []
    cells = _background(axis, now if now_line else None)
    if bar.start is None:
        if bar.ready is not None and tone == "waiting":
            _put(cells, int(axis.cell(bar.ready)), WAITING, tone)
        elif now is not None and ahead:
            _fill(cells, int(axis.cell(ahead[0])), round(axis.cell(ahead[1])), EXPECTED, "rest")
        return _joined(cells)
    first, last = _halves(bar, axis, now)
    if bar.ready is not None:
        _fill(cells, int(axis.cell(bar.ready)), _cell_after(first), QUEUED, "rest")
    if bar.is_open and ahead:
        _fill(cells, _cell_after(last), round(axis.cell(ahead[1])), EXPECTED, "rest")
    if bar.is_open and now is not None:
        _fill(cells, _cell_after(last), _cell_after(last) + 1, NOW, tone)
    _work(cells, first, last, tone, CRITICAL if critical else WORK)
    if crossed and bar.end is not None:
        _put(cells, (last - 1) // 2, FAILED, tone)
    return _joined(cells)


def _background(axis: "Axis", now: float | None) -> "list[Span]":
    """The background of every line: folds and now."""
    cells = [(" ", "rest")] * axis.width
    for stretch in axis.stretches:
        if stretch.folded:
            for at in (round(stretch.left), round(stretch.right) - 1):
                _put(cells, at, FOLD, "rest")
    if now is not None:
        _put(cells, _cell_after(_present(axis, now)), NOW, "rest")
    return cells


def _present(axis: "Axis", now: float) -> int:
    """The half cell at which all that is at work ends: before the cell that `now` lies in."""
    return min(int(axis.cell(now) + ROUNDING), axis.width - 1) * 2


def _half(axis: "Axis", seconds: float) -> int:
    """The place where something ends, in halves of cells."""
    return min(round(axis.cell(seconds) * 2), axis.width * 2)


def _cell_after(half: int) -> int:
    """The first cell behind what ends there."""
    return (half + 1) // 2


def _halves(bar: "Bar", axis: "Axis", now: float | None) -> tuple[int, int]:
    """The half cells at which a node's work begins and ends: at least one, unless it has just
    begun. Then it has nothing but the mark of the present, which is in one column for all."""
    start = bar.start or 0.0
    first = min(int(axis.cell(start) * 2), axis.width * 2 - 1)
    if bar.is_open and bar.end is None and now is not None:
        last = _present(axis, now)
        return min(first, last), last
    return first, max(first + 1, _half(axis, start if bar.end is None else bar.end))


def _work(cells: "list[Span]", first: int, last: int, tone: str, full: str) -> None:
    """Draws work from one half of a cell to another."""
    for at in range(first // 2, _cell_after(last) if first < last else 0):
        left, right = first <= 2 * at < last, first <= 2 * at + 1 < last
        if full == CRITICAL or (left and right):
            _fill(cells, at, at + 1, full, tone)
        else:
            _fill(cells, at, at + 1, WORK_END if left else WORK_START, tone)


def _put(cells: "list[Span]", at: int, char: str, part: str) -> None:
    if cells:
        cells[max(0, min(at, len(cells) - 1))] = (char, part)


def _fill(cells: "list[Span]", first: int, end: int, char: str, part: str) -> None:
    """Draws on the cells from `first` up to `end`, but not over a fold."""
    for at in range(first, min(end, len(cells))):
        if cells[at][0] != FOLD:
            cells[at] = (char, part)


def _joined(cells: "list[Span]") -> "list[Span]":
    spans: list[Span] = []
    for char, part in cells:
        if spans and spans[-1][1] == part:
            spans[-1] = (spans[-1][0] + char, part)
        else:
            spans.append((char, part))
    return spans
