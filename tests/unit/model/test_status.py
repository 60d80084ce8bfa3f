"""The one table of statuses: what each looks like and where in its life a node is."""

import pytest
from rich.cells import cell_len

from cubewatch.model import status


@pytest.mark.parametrize("name", [*status.STATUSES, "", "heard_of_by_nobody"])
def test_every_glyph_is_one_cell_and_no_emoji(name: str) -> None:
    glyph = status.glyph(name)
    assert cell_len(glyph) == 1
    assert glyph not in "⏱⏸⏳✅❌"


def test_final_and_failed_statuses_come_from_the_table() -> None:
    assert {"success", "failed", "canceled", "timeout", "skipped", "rejected"} == status.FINAL
    assert {"failed", "timeout", "rejected"} == status.FAILURES
    assert status.phase("awaiting_approval") == "waiting"


def test_an_unknown_status_is_neither_final_nor_failed() -> None:
    assert status.glyph("melted") == "?"
    assert status.phase("melted") != "done"
    assert status.tone("melted") != "failure"
    assert not status.style_of("melted").speaks
