"""The list that drops down: what its lines hold, where it lies, and what is written for a step."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.pilot import Pilot
from textual.types import CSSPathType
from textual.widgets import Static

from cubewatch.model.ranking import span_in
from cubewatch.ui.styles import style_sheets
from cubewatch.ui.widgets.painted import filled
from cubewatch.ui.widgets.suggestions import MAX_LINES, Offer, Suggestion, Suggestions, windowed
from tests.ui.snapshots import screen_text

ABOVE, BELOW = 12, 8
TIMEOUT = 60


async def shows(pilot: Pilot[None], true: Callable[[], object]) -> None:
    """Wait as long as it takes for something to become true."""
    async with asyncio.timeout(TIMEOUT):
        while not true():
            await pilot.pause()


class Shown(App[None]):
    """A list at a line with twelve lines above it and eight below, or less if the screen has."""

    CSS_PATH: ClassVar[CSSPathType | None] = style_sheets("app", "suggest")
    CSS = "Static, Vertical { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.animation_level = "none"
        self.list = Suggestions()
        self.marked: list[Region] = []

    def compose(self) -> ComposeResult:
        yield from (Static(f"above {n}") for n in range(ABOVE))
        with Vertical():
            yield Static("field")
            yield self.list
        yield from (Static(f"below {n}") for n in range(BELOW))

    async def painted(self, pilot: Pilot[None]) -> None:
        """Until what has changed is on the screen; from then on it is noted what is repainted."""
        width, height = self.list.size
        await shows(
            pilot,
            lambda: (
                all(self.list._painted.get(y) == filled(self.list, y, width) for y in range(height))
                and not self.list._repaint_regions
            ),
        )
        self.marked.clear()

    def lines(self) -> list[str]:
        """The rows of the screen that are not those behind the list."""
        return [row for row in screen_text(self).splitlines() if row[:1] in "│╰" and row]


@asynccontextmanager
async def shown(
    offer: Offer, *, width: int = 60, above: int = ABOVE, below: int = BELOW
) -> AsyncIterator[tuple[Shown, Pilot[None]]]:
    """The list after it was told what to offer and where; `marked` are the regions that are
    repainted from then on, but for what a layout writes."""
    app = Shown()
    async with app.run_test(size=(width, ABOVE + 1 + BELOW)) as pilot:
        app.list.show(offer, reset=True)
        app.list.drop(0, width, above=above, below=below)
        await pilot.pause()
        exchange = app.list._exchange_repaint_regions

        def noting() -> Collection[Region]:
            regions = exchange()
            app.marked += regions
            return regions

        app.list._exchange_repaint_regions = noting  # type: ignore[method-assign]
        yield app, pilot


def offer_of(*names: str, text: str = "", state: str = "", flag: str = "", note: str = "") -> Offer:
    items = [Suggestion(name, name, span_in(name, text), flag, note) for name in names]
    return Offer(tuple(items), state)


def many(count: int) -> Offer:
    return offer_of(*(f"name-{n:02}" for n in range(count)), note="A subject", state="so many")


async def test_lines_hold_name_flag_and_note_in_columns() -> None:
    items = (
        Suggestion("main", "main", note="Merge"),
        Suggestion("fix/日本", "fix/日本", flag="! only local", note="Почини"),
    )
    async with shown(Offer(items, "2 branches")) as (app, _):
        assert app.lines() == [
            "│ main      Merge",
            "│ fix/日本  ! only local  Почини",
            "╰ 2 branches",
        ]


@pytest.mark.parametrize("width", [12, 20, 33, 40, 61])
async def test_no_line_is_wider_than_the_list(width: int) -> None:
    dice = random.Random(width)
    names = ["".join(dice.choices("abЖ日本e\u0301/-", k=dice.randint(1, 50))) for _ in range(40)]
    items = tuple(
        Suggestion(name, name, (0, 1), dice.choice(["", "! only local"]), dice.choice(names))
        for name in names
    )
    async with shown(Offer(items, "a state that is longer than a narrow list"), width=width) as (
        app,
        _,
    ):
        for _ in items:
            app.list.step(1)
            for y in range(MAX_LINES):
                assert app.list.line_at(y).cell_length <= width


def test_a_long_name_is_cut_where_it_is_not_looked_for() -> None:
    name = "dependabot/npm_and_yarn/packages/shop/vite-7.1.4"
    assert windowed(name, (0, 10), 20) == ("dependabot/npm_and_…", (0, 10))
    text, mark = windowed(name, span_in(name, "vite"), 20)
    assert (text, text[slice(*mark)]) == ("…packages/shop/vite…", "vite")
    dice = random.Random(3)
    for _ in range(2000):
        name = "".join(dice.choices("abЖ日/", k=dice.randint(1, 40)))
        start = dice.randrange(len(name))
        wanted = name[start : start + dice.randint(1, 4)]
        room = dice.randint(12, 30)
        text, (begin, end) = windowed(name, (start, start + len(wanted)), room)
        assert cell_len(text) <= room
        assert text[begin:end] == wanted


async def test_hostile_text_is_made_harmless_and_what_is_taken_is_not() -> None:
    evil = "\x1b[2J\u202e[/b]"
    async with shown(Offer((Suggestion(evil, evil, note=evil),))) as (app, _):
        app.list.step(1)
        assert app.list.highlighted == evil
        assert app.lines() == ["│›␛[2J\ufffd[/b]  ␛[2J\ufffd[/b]"]


@pytest.mark.parametrize(
    ("count", "above", "below", "top", "height"),
    [
        (3, ABOVE, BELOW, ABOVE + 1, 4),
        (50, ABOVE, BELOW, ABOVE + 1, MAX_LINES),
        (50, ABOVE, 5, ABOVE - MAX_LINES, MAX_LINES),
        (3, ABOVE, 3, ABOVE - 4, 4),
        (50, 3, 5, ABOVE + 1, 5),
        (50, 5, 3, ABOVE - 5, 5),
    ],
)
async def test_it_lies_where_there_is_room(
    count: int, above: int, below: int, top: int, height: int
) -> None:
    async with shown(many(count), above=above, below=below) as (app, _):
        assert app.list.region == Region(0, top, 60, height)
        assert len(app.lines()) == height
        assert app.lines()[-1] == "╰ so many"
        assert app.query(Static).last().region.y == ABOVE + BELOW


async def test_a_step_writes_two_names_and_nothing_else() -> None:
    async with shown(many(20)) as (app, pilot):
        app.list.step(1)
        await app.painted(pilot)
        app.list.step(1)
        await shows(pilot, lambda: len(app.marked) > 1)
        assert sorted(app.marked) == [Region(0, y, 60, 1) for y in (0, 1)]
        await app.painted(pilot)
        app.list.show(many(20), reset=False)
        await pilot.pause()
        assert app.marked == []


async def test_a_list_of_another_height_is_written_once() -> None:
    async with shown(many(3)) as (app, pilot):
        for count in (6, 2):
            app.marked.clear()
            app.list.show(many(count), reset=True)
            app.list.drop(0, 60, above=ABOVE, below=BELOW)
            await shows(pilot, lambda: app.list.size.height == count + 1)  # noqa: B023
            assert app.list.region.reset_offset not in app.marked
            await app.painted(pilot)
            app.list.step(1)
            await shows(pilot, lambda: app.marked)
            assert app.marked == [Region(0, 0, 60, 1)]


async def test_a_list_that_comes_back_is_written_once() -> None:
    async with shown(many(3)) as (app, pilot):
        app.list.display = False
        await shows(pilot, lambda: not app.lines())
        app.marked.clear()
        app.list.drop(0, 60, above=ABOVE, below=BELOW)
        await shows(pilot, app.lines)
        app.list.step(1)
        await shows(pilot, lambda: app.marked)
        assert app.marked == [Region(0, 0, 60, 1)]


async def test_a_warning_is_seen_beside_the_longest_name() -> None:
    item = Suggestion("x" * 80, "x" * 80, flag="! only local", note="A subject")
    async with shown(Offer((item,)), width=40) as (app, _):
        assert app.lines() == [f"│ {'x' * 23}…  ! only local"]


async def test_the_cursor_is_always_in_sight() -> None:
    async with shown(many(30)) as (app, _):
        seen = []
        for _ in range(31):
            app.list.step(1)
            seen.append(app.list.highlighted)
            rows = [app.list.line_at(y).text for y in range(app.list.page)]
            under = [row for row in rows if row.startswith("│›")]
            assert [row[2:9] for row in under] == [name for name in seen[-1:] if name]
        assert seen == [f"name-{n:02}" for n in range(30)] + [None]
        app.list.step(-1)
        assert app.list.line_at(app.list.page - 1).text.startswith("│›name-29")
        for _ in range(5):
            app.list.step(-app.list.page)
        assert app.list.line_at(0).text.startswith("│›name-00")


async def test_another_offer_keeps_what_is_highlighted_or_nothing() -> None:
    async with shown(offer_of("b", "c")) as (app, _):
        app.list.step(1)
        app.list.step(1)
        app.list.show(offer_of("a", "b", "c"), reset=False)
        assert app.list.highlighted == "c"
        app.list.show(offer_of("a", "b"), reset=False)
        assert app.list.highlighted is None
        app.list.step(1)
        app.list.show(offer_of("a", "b"), reset=True)
        assert app.list.highlighted is None


async def test_with_nothing_to_say_it_is_not_there() -> None:
    async with shown(Offer()) as (app, _):
        assert not app.list.display
        app.list.step(1)
        assert app.list.highlighted is None
        app.list.show(Offer((), "loading…"), reset=False)
        app.list.drop(0, 60, above=ABOVE, below=BELOW)
        assert app.list.display
