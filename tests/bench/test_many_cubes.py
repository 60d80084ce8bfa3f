"""A run of 10,000 cubes: the person can go on, and only what is in sight is drawn."""

from functools import partial
from pathlib import Path

import pytest

from cubewatch.model.snapshot import Snapshot
from cubewatch.ui.widgets import tree_line
from cubewatch.ui.widgets.run_tree import RunTree
from cubewatch.ui.widgets.tree_line import longest_name
from tests.bench.runs import big_run
from tests.bench.scene import DOWN, END, PAGE_UP, ROWS, watching
from tests.support.live import watching as watching_in_process

ROW = 200
"""Bytes a row of the tree may cost."""


def test_opening_moving_and_paging_while_every_cube_changes(tmp_path: Path) -> None:
    with watching(big_run(0), tmp_path) as watched:
        terminal = watched.terminal
        terminal.send("+" + END)
        terminal.wait_for("task-99 › cube-99")
        for keys, sight in ((PAGE_UP, "cube-66"), (DOWN, "cube-67"), (END, "cube-99")):
            terminal.send(keys)
            terminal.wait_for(f"task-99 › {sight}")
        for step in range(1, 4):
            assert watched.written(partial(watched.answer, big_run(step))) < ROWS * ROW
        assert "task-99 › cube-99" in terminal.text
        assert terminal.exit_status is None


async def test_a_poll_draws_only_the_rows_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    line_at = RunTree.line_at

    def counted(tree: RunTree, y: int) -> object:
        drawn.append(y)
        return line_at(tree, y)

    monkeypatch.setattr(RunTree, "line_at", counted)
    async with watching_in_process(*map(big_run, range(3))) as live:
        await live.press("+")
        drawn.clear()
        await live.step()
        assert drawn
        assert set(drawn) == set(range(live.tree.size.height))
        assert len(drawn) <= 4 * live.tree.size.height


async def test_what_follows_from_names_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Snapshot] = []

    def counted(snapshot: Snapshot) -> int:
        looked.append(snapshot)
        return longest_name(snapshot)

    monkeypatch.setattr(tree_line, "longest_name", counted)
    async with watching_in_process(*map(big_run, range(3))) as live:
        await live.step()
        await live.step()
        assert len(looked) == 1
