"""Which lines of a log are in sight while it grows."""

import pytest
from textual.geometry import Size

from cubewatch.logs.spool import LogSpool
from cubewatch.ui.widgets.log_window import LogWindow, free_rows

HEIGHT = 12


def _window(log: LogSpool, *, jumps: bool = True) -> LogWindow:
    window = LogWindow(log, lambda: Size(40, HEIGHT), jumps=jumps)
    _grow(window, log, 30)
    return window


def _grow(window: LogWindow, log: LogSpool, lines: int) -> None:
    log.append(b"compiled\n" * lines)
    window.settle()


def _lines(window: LogWindow) -> tuple[int, int]:
    """The first and the last line in sight, and how many rows they take."""
    assert len(window.in_sight) == window.bottom.line - window.top.line + 1
    return window.top.line, window.bottom.line


def test_window_is_full_at_first() -> None:
    assert _lines(_window(LogSpool())) == (18, 29)


def test_window_that_does_not_jump_stays_full() -> None:
    log = LogSpool()
    window = _window(log, jumps=False)
    _grow(window, log, 1)
    assert _lines(window) == (19, 30)


def test_jump_leaves_rows_free_that_are_filled_next() -> None:
    log = LogSpool()
    window = _window(log)
    seen = []
    for _ in range(6):
        _grow(window, log, 1)
        seen.append(_lines(window))
    assert seen == [(23, 30), (23, 31), (23, 32), (23, 33), (23, 34), (28, 35)]
    assert window.words[-1] == "following"


def test_end_key_fills_the_window() -> None:
    log = LogSpool()
    window = _window(log)
    _grow(window, log, 1)
    window.follow()
    window.settle()
    assert _lines(window) == (19, 30)


@pytest.mark.parametrize(("rows", "top"), [(-1, 19), (1, 23)])
def test_scrolling_after_a_jump_never_leaves_more_rows_free(rows: int, top: int) -> None:
    log = LogSpool()
    window = _window(log)
    _grow(window, log, 1)
    window.scroll(window.shifted(rows))
    assert window.top.line == top
    assert window.following == (rows > 0)


@pytest.mark.parametrize(
    ("grown", "rows"), [(0, 0), (1, 10), (3, 12), (5, 20), (9, 20), (20, 20), (21, 0), (900, 0)]
)
def test_free_rows_depend_on_how_quick_a_log_is(grown: int, rows: int) -> None:
    assert free_rows(40, grown) == rows
