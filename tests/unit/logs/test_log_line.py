"""A line of a log: its colours stay, nothing in it steers a terminal."""

import random
import re

import pytest

from cubewatch.logs.log_line import (
    BOLD,
    DIRECT,
    MAX_RAW,
    MAX_SHOWN,
    REVERSE,
    UNDERLINE,
    SgrState,
    Span,
    carried,
    drawn,
    plain,
    spans,
    without_sequences,
)

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(raw: bytes, sgr: SgrState = SgrState()) -> list[Span]:  # noqa: B008, a value
    return spans(raw, len(raw), sgr)


@pytest.mark.parametrize(
    ("parameters", "sgr"),
    [
        ("31", SgrState(1)),
        ("97;44", SgrState(15, 4)),
        ("1;4;7", SgrState(flags=BOLD | UNDERLINE | REVERSE)),
        ("38;5;208", SgrState(208)),
        ("48;5;300", SgrState(None, 255)),
        ("38;2;1;2;3", SgrState(DIRECT + 0x010203)),
        ("38:2::1:2:3", SgrState(DIRECT + 0x010203)),
        ("38:2:1:2:3;1", SgrState(DIRECT + 0x010203, None, BOLD)),
        ("38:5:9", SgrState(9)),
        ("4:3", SgrState(flags=UNDERLINE)),
        ("31;", SgrState()),
        ("", SgrState()),
        ("38", SgrState()),
        ("38;2;1", SgrState()),
        ("1;22;3;23;31;39;41;49", SgrState()),
        ("99999999999999999999;5;8", SgrState()),
    ],
)
def test_colours_and_styles(parameters: str, sgr: SgrState) -> None:
    assert drawn(SgrState(), parameters) == sgr


def test_a_private_sequence_changes_no_style() -> None:
    assert drawn(SgrState(1), ">4;2") == SgrState(1)
    assert shown(b"\x1b[31m\x1b[?1mx") == [("x", SgrState(1))]


def test_a_style_goes_on_over_the_end_of_a_line() -> None:
    assert carried(b"\x1b[31mred\nstill red\n") == SgrState(1)
    assert carried(b"\x1b[31mred\n\x1b[0mplain \x1b[1mbold\n") == SgrState(flags=BOLD)
    assert carried(b"\x1b[31mred\x1b[0;32mgreen\n") == SgrState(2)
    assert shown(b"more", SgrState(1)) == [("more", SgrState(1))]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"  1%\r 50%\r100%, done.", "100%, done."),
        (b"  1%\r 50%\r100%\r", "100%"),
        (b"windows\r", "windows"),
        (b"old\x1b[2K\x1b[1Gnew", "new"),
        (b"old\x1b[Gnew", "new"),
        (b"a\tb", "a       b"),
        ("日本\tb".encode(), "日本    b"),
        (b"1234567\tb\tc", "1234567 b       c"),
    ],
)
def test_tabs_and_progress_bars(raw: bytes, text: str) -> None:
    assert plain(raw, len(raw)) == text


def test_the_colour_from_before_a_return_stays() -> None:
    assert shown(b"\x1b[32m 1%\r99%") == [("99%", SgrState(2))]


@pytest.mark.parametrize(
    "sequence",
    [
        b"\x1b]0;title\x07", b"\x1b]0;title\x1b\\", b"\x1b]52;c;QUJD\x07", b"\x1bP1;2|x\x1b\\",
        b"\x1b_x\x1b\\", b"\x1b^x\x1b\\", b"\x1bXx\x1b\\", b"\x1b[2J", b"\x1b[10;10H", b"\x1b[?25l",
        b"\x1b[6n", b"\x1bc", b"\x1b7", b"\x1b(0", b"\x1b#8", b"\x1b[1 q", b"\x1b[>4;2m",
        b"\x1bPtmux;\x1b\x1b]0;x\x07\x1b\\", b"\x1b\x1b\x1b[31m",
        "\x9b31m".encode(), "\x9d0;x\x07".encode(), "\x90q\x9c".encode(),
    ],
)  # fmt: skip
def test_every_other_sequence_is_taken_out(sequence: bytes) -> None:
    raw = b"a" + sequence + b"b"
    assert plain(raw, len(raw)) == "ab"
    for cut in range(1, len(sequence)):
        raw = b"a" + sequence[:cut]
        assert not UNSAFE.search(plain(raw, len(raw)))


def test_other_controls_are_seen() -> None:
    raw = "a\x00\x07\x08\x7f\u202ez".encode() + b"\xff"
    assert plain(raw, len(raw)) == "a␀␡\ufffdz\ufffd"


@pytest.mark.parametrize("seed", range(300))
def test_nothing_that_steers_survives(seed: int) -> None:
    rng = random.Random(seed)
    parts = [
        b"\x1b", b"[", b"]", b"P", b"_", b"^", b"X", b"\\", b"\x07", b"m", b";", b"38", b":2", b"5",
        b"\r", b"\t", b"?", b" ", b"\xc2\x9b", b"\xc2\x9d", b"\xc2\x9c", b"\xe2\x80\xae", b"text",
        b"\xed\xa0\x80", b"\xff", b"\x00", b"\x08", "Ж".encode(), b"\xe2\x81\xa6", b"0", b"K", b"G",
    ]  # fmt: skip
    raw = b"".join(rng.choices(parts, k=rng.randint(1, 60)))
    for text, sgr in shown(raw):
        assert not UNSAFE.search(text), raw
        assert drawn(sgr, "") == SgrState()


def test_a_very_long_line_is_cut_and_says_so() -> None:
    raw = b"x" * 1_000_000
    (text, _), (note, sgr) = spans(raw[:MAX_RAW], len(raw))
    assert len(text) == MAX_SHOWN
    assert note == f" … {1_000_000 - MAX_SHOWN:,} more not shown".replace(",", " ")
    assert sgr.flags == REVERSE
    coloured = b"\x1b[31mx\x1b[32m" * 5000
    assert sum(len(text) for text, _ in shown(coloured)) == 5000


def test_what_is_searched_has_no_sequences_and_the_same_lines() -> None:
    data = b"er\x1b[31mror\x1b]0;unended\nnext\x1b[\nlast"
    assert without_sequences(data) == b"error\nnext\nlast"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Solving: -\b\\\b|\bdone", "Solving: done"),
        ("Solving: \x1b[32m-\x1b[0m\b/\b ok", "Solving:  ok"),
        ("a\b\b\b\bb", "b"),
        ("kept\b\b", "kept"),
        ("\ufeffbegin", "begin"),
        ("##[group]Run make", "▾ Run make"),
        ("::group::Run make", "▾ Run make"),
        ("##[endgroup]", ""),
        ("::endgroup::", ""),
        ("section_start:1560896352:build[collapsed=true]\r\x1b[0KBuild", "▾ Build"),
        ("2026-10-21T07:28:00.1234567Z ##[group]Run", "2026-10-21T07:28:00.1234567Z ▾ Run"),
        ("section_end:1:a\r\x1b[0Ksection_start:2:b\r\x1b[0K\x1b[36mTest\x1b[0m", "▾ Test"),
        ("section_end:1560896353:build\r\x1b[0K", ""),
    ],
)
def test_spinners_marks_and_groups_are_folded(raw: str, shown: str) -> None:
    data = raw.encode()
    assert plain(data, len(data)) == shown


def test_backspaces_cost_no_more_than_their_number() -> None:
    data = ("x" * 20_000 + "\b" * 20_000) * 1 + "y\b" * 10_000 + "end"
    assert plain(data.encode(), len(data)).endswith("end")
