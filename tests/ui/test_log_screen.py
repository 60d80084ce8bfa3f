"""The log of a cube on the screen: followed, scrolled, searched."""

import pytest

from cubewatch.api.errors import Refused, ServerTrouble
from cubewatch.model.run import LogPage
from tests.support.log_screen import FAILED, TEXT, showing
from tests.support.logs import MISSING, Step
from tests.support.polling import SteppedTiming
from tests.ui.snapshots import Snapshot


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_it_looks_like(snapshot: Snapshot, size: tuple[int, int]) -> None:
    async with showing(FAILED, size=size) as shown:
        await shown.until("complete")
        snapshot(shown.app, "log-end")
        await shown.press("slash")
        await shown.say("step 010")
        await shown.until("10 for")
        await shown.press("enter", "n")
        await shown.until("2 of 10")
        snapshot(shown.app, "log-search")
        await shown.press("G", "E")
        await shown.until("likely causes")
        snapshot(shown.app, "log-error")
        await shown.press("g", "w")
        snapshot(shown.app, "log-wrapped")


@pytest.mark.parametrize(
    ("step", "cube_status", "words"),
    [
        (MISSING, "", "Not started yet"),
        (LogPage("", done=True), "success", "wrote nothing"),
        (Refused("no access", status=403), "", "r tries again"),
        (ServerTrouble("the server is down", status=502), "", "the server is down"),
    ],
)
async def test_empty_log_says_why(step: Step, cube_status: str, words: str) -> None:
    timing = SteppedTiming()
    async with showing(step, timing=timing, cube_status=cube_status) as shown:
        await shown.until(lambda: shown.app.script.requests)
        await shown.turn_until(words)


async def test_following_stops_and_is_taken_up_again() -> None:
    timing = SteppedTiming()
    async with showing(LogPage(TEXT), timing=timing) as shown:
        await shown.until("step 0499")
        assert "following" in shown.state
        shown.app.script.steps.append(LogPage(TEXT + "new\n" * 3))
        await shown.turn_until("of 503 · following")
        await shown.press("up")
        shown.app.script.steps.append(LogPage(TEXT + "new\n" * 131))
        await shown.turn_until("+128 new ↓")
        top = shown.state
        await shown.press("G")
        assert "following" in shown.state
        assert shown.state != top
        await shown.press("pageup", "pagedown")
        assert "following" not in shown.state


async def test_moving_about() -> None:
    async with showing(TEXT) as shown:
        await shown.until("complete")
        await shown.press("g")
        assert shown.state.startswith("line 1–21 of 500")
        await shown.press("down", "pagedown")
        assert shown.state.startswith("line 22–42 of 500")
        await shown.press("colon", *"250", "enter")
        await shown.until("step 0249")
        await shown.press("right")
        assert "from column 17" in shown.state
        await shown.press("left", "z")
        assert len(shown.text.splitlines()) == 24
        assert "s save" not in shown.text
        await shown.press("z")
        assert "s save" in shown.text


async def test_line_that_is_cut_says_so() -> None:
    wide = "строка" * 13 + "!"
    async with showing(f"{wide}?\n{wide}+\nshort\n" + "界" * 60 + "\n") as shown:
        await shown.until("complete")
        lines = shown.text.splitlines()
        assert lines[1].rstrip() == f"{wide}?"
        assert lines[3].rstrip() == "short"
        assert lines[4].rstrip() == "界" * 39 + " …"
        await shown.press("right")
        assert shown.text.splitlines()[1].rstrip() == f"{wide}?"[16:]
        assert not shown.text.splitlines()[1].rstrip().endswith("…")


async def test_nothing_of_a_long_log_is_under_its_scroll_bar() -> None:
    fits, long = "x" * 78 + "!", "y" * 78 + "!?"
    async with showing(f"{fits}\n{long}\n" * 30) as shown:
        await shown.until("complete")
        lines = [line[:79] for line in shown.text.splitlines()]
        assert lines[2] == fits
        assert lines[1] == "y" * 78 + "…"
        await shown.press("w", "g")
        lines = [line[:79].rstrip() for line in shown.text.splitlines()]
        assert lines[1:4] == [fits, "y" * 78 + "!", "?"]


async def test_help_names_each_key_with_what_it_does() -> None:
    async with showing(TEXT) as shown:
        await shown.until("complete")
        await shown.press("question_mark")
        await shown.until("Next hit")
        rows = [row.strip() for row in shown.text.replace("│", "\n").splitlines()]
        [next_hit] = [row for row in rows if row.endswith("Next hit")]
        assert next_hit.split()[0] == "n"


async def test_wrapped_lines_are_all_reached() -> None:
    long = "".join(f"{n:02}" + "x" * 200 + f"end{n:02}\n" for n in range(14))
    async with showing(long) as shown:
        await shown.until("complete")
        await shown.press("w")
        await shown.until("end13")
        assert "following" in shown.state
        seen = ""
        await shown.press("g")
        for _ in range(25):
            seen += shown.text
            await shown.press("down")
        assert [f"end{n:02}" in seen for n in range(14)] == [True] * 14


async def test_wrapped_lines_keep_wide_characters_whole() -> None:
    line = "日本語のテスト👍" * 10
    async with showing(f"{line}\nx{line}\n", size=(80, 24)) as shown:
        await shown.until("complete")
        await shown.press("w")
        for character in "日本語のテスト👍":
            assert shown.text.count(character) == 20


async def test_search_as_you_type_and_back() -> None:
    async with showing(TEXT) as shown:
        await shown.until("complete")
        await shown.press("g", "slash")
        await shown.say("STEP 00")
        await shown.until("nothing for 'STEP 00'")
        await shown.press("escape", "slash")
        await shown.say("step 04[0-4]9")
        await shown.until("nothing for")
        await shown.press("ctrl+r")
        await shown.until("1 of 5 for")
        await shown.press("enter", "N")
        await shown.until("5 of 5")
        await shown.press("n")
        await shown.until("1 of 5")
        await shown.press("slash", "ctrl+r")
        await shown.say("(")
        await shown.until("no regular expression")


async def test_escape_ends_the_search_first_and_then_leaves() -> None:
    async with showing(TEXT) as shown:
        await shown.until("complete")
        await shown.press("slash", *"0042", "enter")
        await shown.until("1 of 1 for '0042'")
        await shown.press("escape")
        assert "for '0042'" not in shown.text
        assert "[unit] step" in shown.text
        await shown.press("escape")
        await shown.until(lambda: len(shown.app.screen_stack) == 1)


async def test_an_expression_without_end_is_given_up() -> None:
    async with showing("a" * 60 + "b\n") as shown:
        await shown.until("complete")
        await shown.press("slash", "ctrl+r")
        await shown.say("(a+)+c")
        await shown.until("too slow to search")


async def test_it_opens_at_the_likeliest_cause() -> None:
    async with showing(FAILED + TEXT, at_cause=True) as shown:
        await shown.until("FAILED t.py::a")
        assert "following" not in shown.state


async def test_log_that_is_here_already_opens_at_its_cause_too() -> None:
    text = f"{TEXT}Error: Timed out 30000ms waiting for it\nmore\n"
    async with showing(text, at_cause=True, cube_status="failed") as shown:
        await shown.until("1 of 1 likely causes")
        await shown.press("q")
        await shown.app.push_screen(shown.app.log_screen())
        await shown.until("1 of 1 likely causes")
        assert "following" not in shown.state


@pytest.mark.parametrize("rows", [6, 12, 40])
async def test_cause_stays_in_sight_when_the_height_changes(rows: int) -> None:
    async with showing(FAILED + TEXT, at_cause=True) as shown:
        await shown.until("E   assert 1 == 2")
        await shown.pilot.resize_terminal(80, rows)
        await shown.until("E   assert 1 == 2")
        await shown.press("g")
        await shown.pilot.resize_terminal(80, 20)
        await shown.pilot.pause()
        assert "E   assert 1 == 2" not in shown.text


async def test_hostile_logs_show_nothing_that_steers() -> None:
    hostile = "a\x1b]0;t\x07b\x1b[2Jc\x07d\u202ee\x9b31mf\n" + "x" * 1_000_000 + "\nlast\n"
    async with showing(hostile) as shown:
        await shown.until("last")
        assert "abc␇d\ufffdef" in shown.text
        await shown.press("w")
        await shown.until("more not show")


async def test_log_of_a_success_has_complaints_and_no_causes() -> None:
    async with showing(FAILED, cube_status="success") as shown:
        await shown.press("e")
        await shown.until("complaints")
        assert "cause" not in shown.state


SURVIVED = (
    "$ make fetch\ncurl: (28) Connection timed out\nretrying in 5 s\nfetched\n"
    + "".join(f"cc -c part{n}.c\n" for n in range(40))
    + "price.c:12:5: error: no such member\nmake: *** [all] Error 1\n"
)


async def test_likely_causes_are_without_what_was_survived() -> None:
    async with showing(SURVIVED, cube_status="failed") as shown:
        await shown.press("e")
        await shown.until("1 of 1 likely causes")
        assert "no such member" in shown.text


async def test_complaints_of_a_success_are_all_shown() -> None:
    async with showing(SURVIVED, cube_status="success") as shown:
        await shown.press("e")
        await shown.until("of 2 complaints")


GROUPED = (
    "begin\n##[group]Run make\n"
    + "".join(f"cc -c part{n}.c\n" for n in range(40))
    + "price.c:12:5: error: no such member\n##[endgroup]\n"
    + "::group::Run tests\nall is well\n::endgroup::\nend\n"
)


async def test_groups_are_folded_and_opened() -> None:
    async with showing(GROUPED) as shown:
        await shown.until("x fold")
        await shown.press("minus")
        assert "▸ Run make · 42 lines" in shown.text
        assert "▸ Run tests · 2 lines" in shown.text
        assert "all is well" not in shown.text
        assert [line for line in shown.text.splitlines() if "begin" in line or "end" in line]
        await shown.press("x")
        assert "▾ Run make" in shown.text
        assert "cc -c part3.c" in shown.text
        assert "▸ Run tests" not in shown.text
        await shown.press("minus")
        assert "▸ Run make" in shown.text
        await shown.press("plus")
        assert "▾ Run make" in shown.text
        await shown.press("G")
        assert "all is well" in shown.text


async def test_folded_group_opens_for_a_cause_and_for_a_hit() -> None:
    async with showing(GROUPED) as shown:
        await shown.until("x fold")
        await shown.press("minus")
        await shown.press("e")
        await shown.until("no such member")
        assert "▸ Run tests" in shown.text
        await shown.press("slash")
        await shown.say("well")
        await shown.until("all is well")


@pytest.mark.parametrize("is_wrapped", [False, True])
async def test_folded_log_scrolls_over_what_is_hidden(is_wrapped: bool) -> None:
    async with showing(GROUPED * 3, size=(40, 12)) as shown:
        await shown.until("end")
        if is_wrapped:
            await shown.press("w")
        await shown.press("minus")
        await shown.press("g")
        seen = [line[:38].rstrip() for line in shown.text.splitlines()[1:7]]
        assert seen == [
            "begin",
            "▸ Run make · 42 lines",
            "▸ Run tests · 2 lines",
            "end",
            "begin",
            "▸ Run make · 42 lines",
        ]
        await shown.press("j")
        assert "▸ Run make" in shown.text.splitlines()[1]
        await shown.press("G")
        await shown.press("k")
        assert "line " in shown.state


async def test_log_without_groups_offers_no_folding() -> None:
    async with showing(TEXT) as shown:
        await shown.until("step 0499")
        assert "fold" not in shown.text
        await shown.press("x")
        await shown.press("minus")
        assert "step 0499" in shown.text
