"""Keys that come all at once, as over a slow line: each goes to where the last one has led."""

import pytest

from tests.conftest import StartTerminal

FAILED = ("--demo", "--demo-speed", "60", "run", "release", "VERSION=1.5", "FAIL_AT=unit", "-y")
TICK_RELEASE = " "
NEXT, CTRL_R, F1 = "\x1b[B", "\x12", "\x1bOP"


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("l/case_69\r", "for 'case_69'"),
        ("lqR", "FAIL_AT    unit"),
        ("l?q:100\r", " line 9"),
        ("\x06panic\r", "search /panic"),
    ],
)
def test_in_a_screen_that_opens(terminal: StartTerminal, keys: str, shown: str) -> None:
    seen = terminal(*FAILED, columns=100, rows=24)
    seen.wait_for("✗ FAILED in")
    seen.send("l")
    seen.wait_for("complete")
    seen.send("q")
    seen.wait_for("a artifacts")
    seen.send(keys)
    seen.wait_for(shown)


def test_in_a_form_with_dialogs(terminal: StartTerminal) -> None:
    seen = terminal("--demo", "--demo-speed", "60", columns=80, rows=24)
    seen.wait_for("[ ] nightly")
    seen.send(f"{TICK_RELEASE}{NEXT}1{F1}q.\x19")
    seen.wait_for("cubewatch run")
    seen.send("\x1b")
    seen.wait_for(lambda seen: "Copy as ─" not in seen.text and "VERSION *      1." in seen.text)
    seen.send(f"5{CTRL_R}")
    seen.wait_for(lambda seen: "✓ success" in seen.text.lower())
