"""Names that complete while one types, in a terminal: what a burst of keys does, what it costs."""

import pytest

from tests.conftest import StartTerminal
from tests.support.terminal import Terminal

RIGHT, DOWN, UP, ESCAPE, ENTER, OPEN = "\x1b[C", "\x1b[B", "\x1b[A", "\x1b", "\r", "\x00"
PAGE_UP = "\x1b[5~"
NAMES = "dependabot docs/ experiment/ feature/dark feature/gift feature/search feature/корзина"
LIST, STEP = 1_500, 200
"""Bytes that opening or closing it, and a step in it, may cost at 80×24."""
ROUNDS = 3


@pytest.fixture
def form(terminal: StartTerminal) -> Terminal:
    """The demo's form, in the empty field for the branch that is built."""
    made = terminal("--demo")
    made.wait_for("› Workflows")
    made.send(PAGE_UP + RIGHT)
    made.wait_for("● branch")
    made.send(DOWN)
    made.wait_for("name of the branch")
    return made


def test_keys_typed_ahead_take_a_name_from_the_list_that_they_open(form: Terminal) -> None:
    form.send(OPEN)
    form.wait_for("╰ 12 branches")
    form.send(ESCAPE)
    form.wait_for(lambda _: "12 branches" not in form.text)
    form.send("relx\x7f" + DOWN + ENTER + RIGHT)
    form.wait_for(f"{' ' * 15}release/1.4")
    form.wait_for("› Config from      ○ default ● branch")


def look_through(form: Terminal) -> None:
    """Drops the list down, goes through all that is in sight of it, and closes it."""
    form.send(OPEN)
    form.wait_for("╰ 12 branches")
    for name in NAMES.split():
        form.send(DOWN)
        form.wait_for(f"│›{name}")
    form.send(ESCAPE)
    form.wait_for("[ ] release")


def test_opening_moving_and_closing_cost_little(form: Terminal) -> None:
    look_through(form)
    before = len(form.raw)
    for _ in range(ROUNDS):
        look_through(form)
    assert 0 < len(form.raw) - before < ROUNDS * (2 * LIST + len(NAMES.split()) * STEP)
