"""A field that is completed while one types: what each key does."""

import pytest

from cubewatch.api.errors import Refused
from cubewatch.refs.ref_search import FoundRefs
from cubewatch.ui.screens.compose.texts import names_state
from tests.support.refs import local
from tests.support.suggest import BRANCHES, form


async def test_typing_drops_the_list_down_with_local_names_at_once() -> None:
    async with form(*BRANCHES) as person:
        await person.press("r", "e")
        assert person.names == ["release/mine", "rewrite"]
        assert person.highlighted is None
        await person.sees("loading…")
        assert person.server.requests == []
        await person.turn(1)
        await person.until(lambda: len(person.names) == 5)
        assert person.server.texts == ["re"]
        await person.sees("5 branches")
        await person.sees("release/mine         ! only local  Mine [b]")
        await person.sees("release/1.5          Work on release/1.5")


@pytest.mark.parametrize("key", ["enter", "tab"])
async def test_a_highlighted_name_is_taken_along(key: str) -> None:
    async with form() as person:
        await person.press("r", "down", "down", key)
        assert (person.field, person.screen.written) == ("config", {"head": "rewrite"})
        assert person.head.input.value == "rewrite"
        assert person.head.input.cursor_at_end
        assert not person.dropped
        await person.press("x")
        assert person.screen.written == {"head": "rewrite", "config": "x"}


@pytest.mark.parametrize("key", ["enter", "tab"])
async def test_what_was_typed_stays_where_nothing_is_highlighted(key: str) -> None:
    async with form() as person:
        await person.press("r", key)
        assert (person.field, person.screen.written) == ("config", {"head": "r"})
        await person.until(lambda: not person.head.is_open)
        assert not person.dropped


async def test_up_and_down_go_round_through_no_name_at_all() -> None:
    async with form() as person:
        await person.press("r")
        for key, name in (
            ("down", "release/mine"),
            ("down", "rewrite"),
            ("down", None),
            ("up", "rewrite"),
            ("up", "release/mine"),
            ("up", None),
            ("pagedown", "rewrite"),
            ("pageup", "release/mine"),
        ):
            await person.press(key)
            assert (person.highlighted, person.field) == (name, "head")
        assert person.screen.written == {"head": "r"}


async def test_typing_on_takes_the_highlight_away() -> None:
    async with form() as person:
        await person.press("r", "e", "down", "l")
        assert (person.names, person.highlighted) == (["release/mine"], None)
        await person.press("backspace")
        assert person.names == ["release/mine", "rewrite"]
        await person.press("enter")
        assert person.screen.written == {"head": "re"}


async def test_escape_closes_the_list_and_only_then_leaves_the_field() -> None:
    async with form() as person:
        await person.press("r", "down", "escape")
        assert not person.dropped
        assert person.field == "head"
        assert person.screen.written == {"head": "r"}
        await person.turn(5)
        assert person.server.requests == []
        await person.press("escape")
        assert person.field == ""


async def test_moving_through_the_form_opens_nothing() -> None:
    async with form() as person:
        await person.press("r", "escape", "down", "up", "up", "down", "left", "end", "enter", "up")
        assert person.field == "head"
        assert not person.dropped
        assert person.server.requests == []


@pytest.mark.parametrize("key", ["ctrl+@", "ctrl+space", "alt+down"])
async def test_a_key_drops_the_list_down_without_typing(key: str) -> None:
    async with form(*BRANCHES) as person:
        await person.press(key)
        assert person.names == ["release/mine", "rewrite"]
        await person.turn(1)
        await person.until(lambda: len(person.names) == 7)
        assert person.server.texts == [""]
        await person.press("down", "enter", "up", key)
        assert person.names == ["release/mine"]


async def test_the_highlight_stays_on_its_name_when_more_come() -> None:
    async with form("re", "rewritten", "release/1.5") as person:
        await person.press("r", "e", "down", "down")
        assert person.highlighted == "rewrite"
        await person.turn(1)
        await person.until(lambda: person.server.requests)
        await person.until(lambda: len(person.names) > 2)
        assert person.names == ["re", "release/mine", "rewritten", "release/1.5", "rewrite"]
        await person.press("enter")
        assert person.screen.written == {"head": "rewrite"}


async def test_leaving_the_field_closes_the_list_and_asks_nothing() -> None:
    async with form() as person:
        await person.press("x")
        await person.sees("loading…")
        await person.press("down")
        assert person.field == "config"
        await person.until(lambda: not person.head.is_open)
        await person.turn(5)
        assert person.server.requests == []


async def test_a_text_that_is_put_in_from_elsewhere_opens_nothing() -> None:
    async with form() as person:
        await person.press("down")
        person.head.input.value = "r"
        await person.until(lambda: person.screen.written == {"head": "r"})
        assert not person.head.is_open


async def test_names_of_another_kind() -> None:
    async with form(*BRANCHES, kind="tag") as person:
        await person.press("1")
        await person.turn(1)
        await person.sees("v1.5.0  Tag v1.5.0")
        await person.sees("2 tags")


async def test_a_field_whose_names_are_all_known() -> None:
    async with form() as person:
        await person.press("up")
        await person.press(*"SHOP")
        assert person.names == ["acme/shop", "other/shop"]
        await person.press("x")
        assert not person.dropped
        await person.press("backspace", "down", "enter")
        assert person.screen.written["repo"] == "acme/shop"


async def test_names_show_why_the_server_lacks_them() -> None:
    async with form(*BRANCHES) as person:
        person.server.trouble = Refused("access is denied (403)", status=403)
        await person.press("r")
        await person.turn(1)
        await person.sees("access is denied (403): only local branches")
        await person.press("down", "enter")
        assert person.screen.written == {"head": "release/mine"}
        await person.press("up", "x")
        await person.turn(1)
        await person.sees("access is denied (403): no branch holds 'release/minex' here")
        await person.turn(100)
        assert person.server.texts == ["r", "release/minex"]


async def test_nothing_fits() -> None:
    async with form(*BRANCHES) as person:
        await person.press("q")
        await person.turn(1)
        await person.sees("no branch holds 'q'")
        await person.press("down")
        assert person.field == "config"


async def test_taken_name_is_raw_and_shown_name_is_inert() -> None:
    evil = "evil/[b]\u202e\x1b[31m"
    async with form() as person:
        person.search.learn([local(evil, subject="[/]\x1b]0;x\x07")])
        await person.press("e")
        await person.sees("evil/[b]\N{REPLACEMENT CHARACTER}␛[31m  [/]␛]0;x␇")
        assert not set(person.text()) & {"\x1b", "\u202e", "\x07"}
        await person.press("down", "enter")
        assert person.screen.written == {"head": evil}


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (120, 40)])
async def test_the_list_lies_over_the_form_and_shifts_nothing(size: tuple[int, int]) -> None:
    async with form(*BRANCHES, size=size) as person:
        before = person.text().splitlines()
        await person.press("r")
        await person.turn(1)
        await person.sees("5 branches")
        assert person.dropped
        list_ = person.dropped.region
        assert person.screen.region.contains_region(list_)
        assert list_.y == person.head.region.bottom
        assert list_.right == person.head.region.right
        assert list_.width >= min(44, person.head.region.width)
        after = person.text().splitlines()
        assert after[: list_.y - 1] == before[: list_.y - 1]
        assert after[list_.bottom :] == before[list_.bottom :]
        await person.press("ctrl+u", "escape")
        await person.until(lambda: person.text().splitlines() == before)


async def test_the_list_lies_above_where_there_is_more_room() -> None:
    async with form(size=(80, 12)) as person:
        row = person.row("last")
        person.screen.set_focus(row.entry)
        await person.press("r")
        await person.sees("loading…")
        assert person.dropped
        assert person.dropped.region.bottom == row.region.y
        assert "status" in person.text()


async def test_the_list_follows_the_size_of_the_terminal() -> None:
    async with form() as person:
        await person.press("r")
        await person.sees("loading…")
        await person.pilot.resize_terminal(50, 12)
        await person.until(lambda: person.dropped and person.dropped.region.right == 49)
        await person.pilot.resize_terminal(40, 4)
        screen = person.screen
        await person.until(
            lambda: person.dropped and screen.region.contains_region(person.dropped.region)
        )


async def test_a_click_takes_a_name() -> None:
    async with form() as person:
        await person.press("r")
        await person.sees("loading…")
        assert person.dropped
        x, y = person.dropped.region.offset
        await person.pilot.click(offset=(x + 5, y + 1))
        await person.until(lambda: person.screen.written == {"head": "rewrite"})
        assert person.field == "head"
        assert not person.dropped


def test_it_does_not_deny_what_the_server_may_still_have() -> None:
    said = names_state(FoundRefs((), 0, more=True, asking=False, trouble=""), "branch", "topic")
    assert said == "no branch holds 'topic' that is known here, the server has more"


async def test_a_list_that_is_dropped_down_again_shows_what_it_offers_then() -> None:
    async with form(*BRANCHES, held=True) as person:
        await person.press("r", "i")
        await person.sees("│ rewrite")
        await person.press("escape", "ctrl+u", "escape", "m", "i")
        await person.sees("│ release/mine")
        assert "│ rewrite" not in person.text()


async def test_no_list_denies_a_commit() -> None:
    async with form(kind="commit") as person:
        await person.press(*"6822bb02")
        assert person.dropped is None
