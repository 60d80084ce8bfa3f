"""What the state line of a log says of its likely causes."""

import pytest

from cubewatch.ui.widgets.log_finds import Finding
from tests.support.logs import spool_of

LINE = b"FAILED t.py::a - assert 1 == 2\n"
REST = b"more\n" * 40


@pytest.mark.parametrize(
    ("log", "words"), [(LINE, "1 likely cause"), (LINE + REST + LINE, "2 likely causes")]
)
async def test_causes_are_counted(log: bytes, words: str) -> None:
    finding = Finding(spool_of(log))
    finding.look_for_causes()
    await finding.run(lambda: None)
    assert finding.words(None) == [words]
