"""A failure is notified where the terminal is, or may be, out of sight."""

import pytest

from tests.conftest import StartTerminal

FOCUSED, LEFT = "\x1b[I", "\x1b[O"


@pytest.mark.parametrize(
    ("reports", "is_notified"),
    [("", True), (FOCUSED, False), (FOCUSED + LEFT, True)],
    ids=["never said", "focused", "left"],
)
def test_failure_is_notified_unless_the_terminal_has_focus(
    terminal: StartTerminal, reports: str, is_notified: bool
) -> None:
    words = ("--demo", "--demo-speed", "5", "run", "release", "VERSION=1", "FAIL_AT=unit", "-y")
    seen = terminal(*words, columns=100, rows=30)
    seen.wait_for("build")
    seen.send(reports)
    seen.wait_for("FAILED in")
    seen.send("q")
    assert b"\a" in seen.raw
    assert (b"\x1b]9;" in seen.raw.replace(b"\x1b]9;4", b"")) is is_notified
