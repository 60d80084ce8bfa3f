"""Typing fast: no key is lost, none overtakes another, and no list is stale."""

import random

import pytest

from tests.support.suggest import form


async def test_typing_fast_against_a_slow_server() -> None:
    """No list that does not fit what is typed, no dropped key, one request at a time."""
    branches = [f"release/1.{n}" for n in range(250)] + ["main"]
    text = "release/1.24"
    async with form(*branches, held=True) as person:
        for end, key in enumerate(text, 1):
            await person.press(key)
            assert person.head.input.value == text[:end]
            await person.turn(0.1 if end % 3 else 0.2)
            if end % 5 == 0:
                person.server.let()
                await person.turn(0)
            assert all(text[:end] in name for name in person.names)
        while person.server.under_way or person.search.found("branch", text).asking:
            person.server.let()
            await person.turn(1)
        assert person.server.most == 1
        assert person.screen.written == {"head": text}
        wanted = [name for name in branches if text in name]
        await person.until(lambda: person.names == wanted)
        await person.sees(f"{len(wanted)} branches")


KEYS = ["r", "e", "l", "x", "backspace", "left", "ctrl+u", "ctrl+@"]
KEYS += ["down", "up", "enter", "tab", "pagedown"]
END = "Z"


@pytest.mark.parametrize("seed", range(4))
async def test_burst_of_keys_acts_like_single_keys(seed: int) -> None:
    """Also where one that moves in the list comes right behind the letter that opens it."""
    dice = random.Random(seed)
    keys = [dice.choice(KEYS[:4] if dice.random() < 0.4 else KEYS) for _ in range(60)]
    seen = []
    for at_once in (False, True):
        async with form(texts=False) as person:
            await (person.burst if at_once else person.press)(*keys, END)
            await person.until(lambda: END in "".join(person.values))
            seen.append((person.values, person.screen.written, person.field, person.names))
    assert seen[0] == seen[1], keys


async def test_escape_in_a_row_of_keys_closes_what_was_open_by_then() -> None:
    async with form() as person:
        await person.burst("r", "down", "escape", "e", "escape", "down", "x", "ctrl+@", "escape")
        await person.burst("down", "y")
        await person.until(lambda: person.screen.written.get("text") == "y")
        assert person.screen.written == {"head": "re", "config": "x", "text": "y"}


async def test_a_whole_name_typed_ahead_is_taken() -> None:
    async with form() as person:
        await person.burst(*"rex", "backspace", *"write", "ctrl+u", *"rel", "down", "enter")
        await person.burst(*"main", "enter", *"text")
        await person.until(lambda: person.screen.written.get("text") == "text")
        assert person.screen.written == {"head": "release/mine", "config": "main", "text": "text"}
