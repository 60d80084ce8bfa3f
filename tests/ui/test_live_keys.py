"""The live screen under the hands of a person: keys, and what stays through every refresh."""

from collections.abc import Callable

import pytest

from cubewatch.ui.app import CubewatchApp
from cubewatch.ui.widgets.log_view import LogView
from cubewatch.ui.widgets.run_tree import RunTree
from tests.support.live import Live, watching
from tests.support.runs import Json, big, cube, progress, run, task, workflow


def state(*statuses: str, word: str = "processing") -> Json:
    """A task for each status, of three cubes, the middle one in that status."""
    tasks = [
        task(f"t{n}", each, cube("a", "success"), cube("b", each), cube("c"))
        for n, each in enumerate(statuses)
    ]
    return run(word, workflow("w", word, *tasks), user={"slug": "ivan"})


def top(live: Live) -> str:
    """The first line of the tree that is in sight."""
    return live.text.splitlines()[live.tree.region.y].strip()


async def test_moving_opening_and_closing() -> None:
    async with watching(state("created", "created")) as live:
        await live.press("home")
        seen = []
        for key in ("down", "down", "right", "left", "left", "right", "right", "k", "j", "G", "g"):
            await live.press(key)
            seen.append(live.selected)
        assert seen == [
            *("w/t0", "w/t0/a", "w/t0/b", "w/t0", "w/t0", "w/t0", "w/t0/a", "w/t0", "w/t0/a"),
            *("w/t1/c", "w"),
        ]
        await live.press("left")
        assert "t0" not in live.text
        await live.press("enter")
        assert "t0" in live.text
        await live.press("enter", "up", "up", "left")
        assert live.selected == "w"


async def test_details_follow_the_cursor_when_all_is_folded() -> None:
    async with watching(state("created", "created")) as live:
        await live.press("end")
        assert "t1 › c" in live.text
        await live.press("minus")
        assert live.selected == "w/t1"
        assert "t1 › c" not in live.text
        assert "─ t1 ─" in live.text
        await live.press("plus")
        assert live.selected == "w/t1"
        assert live.text.count("  a  ") == 2


async def test_pages_of_a_long_tree() -> None:
    async with watching(big(3, 50), size=(80, 24)) as live:
        await live.press("home")
        rows = live.tree.size.height
        await live.press("pagedown", "pagedown")
        assert live.selected == f"w/t0/c{2 * (rows - 1) - 2}"
        await live.press("pageup")
        assert live.selected == f"w/t0/c{rows - 1 - 2}"
        await live.press("end")
        assert live.selected == "w/t2/c49"
        assert "c49" in live.text
        await live.press("minus")
        assert live.selected == "w/t2"
        assert "▾ w" in top(live)
        await live.press("home")
        assert live.selected == "w"


async def test_failures_in_turn_both_ways() -> None:
    async with watching(state("failed", "success", "timeout", word="failed")) as live:
        await live.press("home")
        seen = []
        for key in ("n", "n", "n", "N", "N"):
            await live.press(key)
            seen.append(live.selected)
        first, last = "w/t0/b", "w/t2/b"
        assert seen == [first, last, first, last, first]


async def test_there_is_no_failure_to_go_to() -> None:
    async with watching(state("processing")) as live:
        before = live.selected
        await live.press("n")
        await live.until(lambda: "Nothing has failed" in live.text)
        assert live.selected == before


async def test_the_only_failure_comes_back_into_sight() -> None:
    long = big(1, 59, "success")
    long["workflows"][0]["tasks"][0]["cubes"][1]["status"] = "failed"
    async with watching(long, size=(80, 24)) as live:
        await live.press("n")
        assert live.selected == "w/t0/c1"
        live.tree.scroll_to(y=40, animate=False, force=True)
        await live.until(lambda: "c45" in live.text)
        await live.press("n")
        assert "✗" in live.text


async def test_the_cursor_and_what_is_closed_survive_refreshes() -> None:
    states = [
        state("processing", "created"),
        state("success", "processing"),
        state("success", "failed"),
    ]
    async with watching(*states) as live:
        for key in ("home", "down", "left"):
            await live.press(key)
        for _ in states[1:]:
            await live.step()
        assert "✗" in live.text
        assert live.text.count("   a ") == 1
        assert "▸ t0" in live.text


async def test_the_scroll_position_survives_refreshes() -> None:
    grown = big(3, 50, "success")
    grown["workflows"].insert(0, workflow("new", "created"))
    async with watching(big(3, 50), big(3, 50, "success"), grown, size=(80, 24)) as live:
        await live.press("end", "pageup", "pageup", "pageup", "up", "up")
        live.tree.scroll_to(y=70, animate=False, force=True)
        await live.until(lambda: "c17" in top(live))
        cursor = live.selected
        await live.step()
        assert "c17" in top(live)
        await live.step()
        assert "c17" in top(live)
        assert live.selected == cursor


async def test_follow_goes_with_the_running_cube_until_the_cursor_moves() -> None:
    states = [
        state("processing", "created", "created"),
        state("success", "processing", "created"),
        state("success", "success", "processing"),
        state("success", "success", "processing"),
    ]
    states[3]["workflows"][0]["tasks"][2]["cubes"][0]["status"] = "processing"
    states[3]["workflows"][0]["tasks"][2]["progress"] = progress(None, "a")
    async with watching(*states) as live:
        assert live.selected == "w/t0/b"
        assert "following" in live.text
        await live.step()
        assert live.selected == "w/t1/b"
        await live.press("up")
        assert "following" not in live.text
        await live.step()
        assert live.selected == "w/t1/a"
        await live.press("f")
        assert live.selected == "w/t2/b"
        assert "following" in live.text
        await live.step()
        assert live.selected == "w/t2/a"


async def test_what_is_folded_while_following_is_not_opened_again() -> None:
    async with watching(state("processing"), state("processing", "created")) as live:
        await live.press("minus")
        await live.step()
        assert "▸ t0" in live.text


async def test_a_failure_comes_into_sight_by_itself() -> None:
    async with watching(state("processing", "processing"), state("processing", "failed")) as live:
        await live.step()
        assert live.selected == "w/t1/b"


async def test_asking_now_and_after_the_end() -> None:
    states = [state("processing"), state("success"), state("success", word="success")]
    async with watching(*states) as live:
        requests = live.script.requests
        await live.press("r")
        await live.timing.turn(0.5)
        await live.until(lambda: len(requests) == 2)
        await live.press("r")
        await live.timing.turn(0.5)
        await live.until(lambda: len(requests) == 3 and "ended" in live.text)
        await live.timing.turn(3600)
        await live.pilot.pause()
        assert len(requests) == 3
        await live.press("r")
        await live.timing.turn(0.5)
        await live.until(lambda: len(requests) == 4)


async def test_details_are_hidden_and_shown() -> None:
    async with watching(state("processing")) as live:
        assert "t0 › b" in live.text
        await live.press("d")
        assert "t0 › b" not in live.text
        await live.press("d")
        assert "t0 › b" in live.text


async def test_details_that_were_hidden_show_the_state_of_now() -> None:
    states = state("processing"), state("success", word="success")
    async with watching(*states, size=(80, 24)) as live:
        await live.press("home", "j", "d")
        assert "◐ processing" in live.text
        await live.press("d")
        await live.step()
        assert "ended" in live.text
        await live.press("d")
        assert "✓ success" in live.text.split("t0", 1)[1]
        assert "processing" not in live.text


async def test_details_of_another_row_are_its_own() -> None:
    async with watching(state("processing", "failed"), size=(80, 24)) as live:
        await live.press("home", "j", "d")
        assert "◐ processing" in live.text
        await live.press("d", "home", "j", "j", "j", "j", "j")
        assert live.selected == "w/t1"
        await live.press("d")
        assert "✗ failed" in live.text.split(" t1 ", 1)[1]


def focused(live: Live) -> type | None:
    return type(live.pilot.app.screen.focused)


async def resize(live: Live, width: int, height: int, until: Callable[[], object]) -> None:
    await live.pilot.resize_terminal(width, height)
    await live.until(until)


async def test_keys_go_to_the_visible_view_after_a_resize() -> None:
    async with watching(state("processing"), size=(80, 24)) as live:
        await live.press("d")
        assert focused(live) is LogView
        await resize(live, 120, 40, lambda: "▾ w" in live.text)
        await live.press("home")
        assert live.selected == "w"
    async with watching(state("processing"), size=(120, 40)) as live:
        await live.press("d")
        assert focused(live) is RunTree
        await resize(live, 80, 24, lambda: live.pilot.app.size.width == 80)
        await live.press("home")
        assert live.selected == "w" or focused(live) is LogView


async def test_keys_reach_a_tree_that_was_empty_at_first() -> None:
    for size in ((80, 24), (120, 40)):
        async with watching(run("created"), state("created"), size=size) as live:
            await live.step()
            await live.press("down")
            assert live.selected == "w/t0"


async def test_an_empty_run_is_never_a_blank_screen() -> None:
    async with watching(run("created"), size=(120, 40)) as live:
        await live.press("d")
        assert "No workflows yet" in live.text


async def test_the_first_screen_is_left_for_good() -> None:
    async with watching(state("processing")) as live:
        await live.press("escape")
        assert live.pilot.app.is_running
        assert not live.pilot.app._exit
        await live.press("q")
        await live.until(lambda: not live.pilot.app.is_running or live.pilot.app._exit)


async def test_ten_thousand_cubes() -> None:
    async with watching(big(100, 100), big(100, 100, "success"), size=(80, 24)) as live:
        await live.press("plus", "end")
        assert live.selected == "w/t99/c99"
        assert "c99" in live.text
        await live.step()
        assert live.selected == "w/t99/c99"
        assert "◐" not in "".join(live.text.splitlines()[6:-1])
        await live.press("minus")
        assert live.selected == "w/t99"


LOG = "".join(f"step {n}\n" for n in range(40)) + "price.c:12:5: error: no such member\nmore\n"


async def test_cause_is_in_the_header_and_opens_the_log_there() -> None:
    async with watching(state("failed", word="failed")) as live:
        live.script.log = LOG
        await live.turn_until("t0/b: price.c:12:5: error: no such member")
        await live.press("home", "n")
        await live.turn_until("step 39")
        assert live.text.count("price.c:12:5: error: no such member") >= 2


async def test_y_offers_a_hand_over_and_what_the_logs_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied: list[str] = []
    monkeypatch.setattr(CubewatchApp, "copy_to_clipboard", lambda _, text: copied.append(text))
    async with watching(state("failed", word="failed")) as live:
        live.script.log = LOG
        await live.press("y")
        await live.turn_until("Copy as")
        await live.press("enter")
        await live.press("y")
        await live.turn_until("Copy as")
        await live.press("down", "enter")
        await live.press("y")
        await live.turn_until("Copy as")
        await live.press("down", "down", "enter")
        address, handover, log = copied
        assert address == "https://sourcecraft.dev/acme/shop/cicd/runs/142"
        assert handover.startswith("# Run 142 of acme/shop: failed")
        assert "price.c:12:5: error: no such member" in handover
        assert "Likely cause in line 41" in log


async def test_the_tree_is_filtered_while_typing() -> None:
    async with watching(state("created", "failed")) as live:
        await live.press("slash", "t", "1", "space", "f")
        assert "▾ t1" in live.text
        assert "t0" not in live.text
        await live.press("enter", "home")
        assert live.selected == "w"
        await live.press("escape")
        assert "t0" in live.text


async def test_footer_names_the_keys_that_work_while_one_types() -> None:
    async with watching(big(2, 5)) as live:
        before = live.text.splitlines()[-1]
        assert "/ filter" in before
        await live.press("/", "/")
        assert "filter: /" in live.text
        assert live.text.splitlines()[-1].split("  ") == [" ⏎ accept", "f1 help", "esc cancel"]
        await live.press("escape")
        assert live.text.splitlines()[-1] == before


async def test_escape_takes_a_filter_back() -> None:
    async with watching(state("created", "failed")) as live:
        await live.press("slash", "x", "y")
        assert "▾ w" not in live.text
        await live.press("escape")
        assert "▾ w" in live.text
        assert focused(live) is RunTree


async def test_the_address_is_copied_where_no_browser_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "1 2 3 4")
    async with watching(state("created")) as live:
        await live.press("o")
        await live.until(lambda: "No browser here" in live.text)
        assert live.pilot.app.clipboard.endswith("/142")


async def test_a_chosen_theme_is_kept_for_the_next_start() -> None:
    async with watching(state("created")) as live:
        live.pilot.app.theme = "nord"
        await live.pilot.pause()
    async with watching(state("created")) as live:
        assert live.pilot.app.theme == "nord"
