"""What goes over the wire: bytes to the terminal, requests to the server. Counted, not timed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.runs import still_run
from tests.bench.scene import DOWN, PAGE_DOWN, Watched, watching

ONE_CUBE = 1_200
"""Bytes for one cube that changed, with the bars above it, the header and the title. A cell of a
bar takes three bytes, and each bar of the waterfall has 24 of them."""


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with watching(still_run(6), tmp_path) as one:
        yield one


def test_nothing_changed_writes_nothing(watched: Watched) -> None:
    assert watched.written(lambda: watched.asks(4)) == 0


def test_one_changed_cube_costs_little(watched: Watched) -> None:
    watched.moves_to(3)

    def change() -> None:
        watched.answer(still_run(6, changed=11))
        assert "waits for approval" in watched.terminal.text

    assert 0 < watched.written(change) < ONE_CUBE / 2


def test_a_cube_that_moves_every_bar_above_it_costs_little(watched: Watched) -> None:
    watched.moves_to(3)

    def change() -> None:
        watched.answer(still_run(7))
        assert "1m31s" in watched.terminal.text

    assert 0 < watched.written(change) < ONE_CUBE


@pytest.mark.parametrize("cursor", [None, 6], ids=["all cubes", "the cube"])
def test_details_cost_at_most_as_much_again(watched: Watched, cursor: int | None) -> None:
    if cursor is not None:
        watched.moves_to(cursor)

    def change() -> None:
        watched.answer(still_run(7))
        assert "1m31s" in watched.terminal.text

    assert 0 < watched.written(change) < 2 * ONE_CUBE


def test_cursor_step_redraws_two_rows(watched: Watched) -> None:
    watched.moves_to(3)
    assert 0 < watched.written_for(DOWN, "› cube-4") < ONE_CUBE
    assert 0 < watched.written_for(PAGE_DOWN, "task-1 › cube-36") < 6_000


def test_a_run_that_has_ended_is_asked_about_only_by_hand(watched: Watched) -> None:
    watched.server.body = still_run(40, finished=True)
    watched.terminal.wait_for("✓ success  ✓ 40")
    ended = watched.requests
    watched.asks(1)
    assert watched.requests == ended + 1
