"""Changes of style: what is on after them, by an interpreter of SGR of its own."""

import random
import re
from collections.abc import Iterator

import pytest
from rich.color import ColorSystem
from rich.style import Style

from cubewatch.ui.painter.cell_styles import PLAIN, Styles

COLOURS = (None, "default", "red", "bright_green", "color(200)", "#405060")
ON = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53"}
OFF = {
    "22": {"1", "2"},
    "23": {"3"},
    "24": {"4", "21"},
    "25": {"5", "6"},
    "27": {"7"},
    "28": {"8"},
    "29": {"9"},
    "54": {"51", "52"},
    "55": {"53"},
}


class Attributes:
    """What a terminal has on."""

    def __init__(self) -> None:
        self.on: set[str] = set()
        self.colours = {"3": "", "4": ""}
        self.link = ""

    def feed(self, written: str) -> None:
        for sequence in re.finditer(
            r"\x1b\[(?P<sgr>[\d;]*)m|\x1b\]8;;(?P<link>.*?)\x1b\\", written
        ):
            if sequence["sgr"] is None:
                self.link = sequence["link"]
            else:
                self._set(iter(sequence["sgr"].split(";")))

    def _set(self, parameters: Iterator[str]) -> None:
        for one in parameters:
            if one in ("", "0"):
                self.on, self.colours = set(), {"3": "", "4": ""}
            elif one in ("38", "48"):
                kind = next(parameters)
                rest = [next(parameters) for _ in range(3 if kind == "2" else 1)]
                self.colours[one[0]] = ";".join([kind, *rest])
            elif one in ("39", "49"):
                self.colours[one[0]] = ""
            elif one in ON:
                self.on.add(one)
            elif one in OFF:
                self.on -= OFF[one]
            else:
                layer = {"3": "3", "4": "4", "9": "3", "1": "4"}[one[0]]
                self.colours[layer] = one


def random_style(dice: random.Random) -> Style:
    names = ("bold", "dim", "italic", "underline", "blink", "reverse", "strike", "underline2")
    return Style(
        color=dice.choice(COLOURS),
        bgcolor=dice.choice(COLOURS),
        link=dice.choice((None, None, "https://a.example", "https://b.example")),
        **{name: dice.choice((None, False, True)) for name in names},  # type: ignore[arg-type]
    )


def test_a_change_leaves_what_is_on_from_a_reset() -> None:
    dice = random.Random(5)
    styles = Styles(ColorSystem.TRUECOLOR)
    chosen = [PLAIN, *(styles.of(random_style(dice))[0] for _ in range(120))]
    for before in chosen:
        for after in chosen:
            changed, afresh = Attributes(), Attributes()
            for step in (styles.change(PLAIN, before), styles.change(before, after)):
                changed.feed(step)
            afresh.feed(styles.change(PLAIN, after))
            assert vars(changed) == vars(afresh)


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ({}, {"color": "red"}, "\x1b[31m"),
        ({"color": "red"}, {}, "\x1b[m"),
        ({"color": "red", "bold": True}, {"color": "blue", "bold": True}, "\x1b[34m"),
        ({"bold": True}, {"dim": True}, "\x1b[;2m"),
        ({"color": "red", "bold": True}, {"color": "red", "dim": True}, "\x1b[22;2m"),
        ({"color": "#102030", "bold": True}, {"color": "#102030"}, "\x1b[22m"),
        ({"color": "default"}, {"bgcolor": "default"}, ""),
        ({}, {"link": "https://a.example/\x1b\\x"}, "\x1b]8;;https://a.example/\\x\x1b\\"),
    ],
)
def test_examples(before: dict[str, str], after: dict[str, str], written: str) -> None:
    styles = Styles(ColorSystem.TRUECOLOR)
    old, new = (styles.of(Style(**look))[0] for look in (before, after))  # type: ignore[arg-type]
    assert styles.change(old, new) == written


def test_colours_are_those_the_terminal_has() -> None:
    styles = Styles(ColorSystem.STANDARD)
    assert styles.change(PLAIN, styles.of(Style(color="#ff1010"))[0]) == "\x1b[31m"


def test_a_blank_has_no_colour_of_ink() -> None:
    styles = Styles(ColorSystem.TRUECOLOR)
    assert styles.of(Style(color="red", bold=True))[1] == PLAIN
    assert styles.of(Style(color="red", underline=True))[1] != PLAIN
    assert styles.of(Style(bgcolor="red"))[1] != PLAIN


def test_styles_that_differ_only_in_meta_take_no_room() -> None:
    styles = Styles(ColorSystem.TRUECOLOR)
    looks = {styles.of(Style(bold=True, meta={"offset": n})) for n in range(10_000)}
    assert len(looks) == 1
    assert len(styles._of) < 5000
