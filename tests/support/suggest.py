"""A form of rows with suggestions, whose screen has the keys that a form's screen has."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from cubewatch.model.request import RevisionKind
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.compose.rows import FormRow
from cubewatch.ui.screens.compose.suggest_row import KnownNames, RefSource, SuggestRow
from cubewatch.ui.screens.compose.text_row import TextRow
from cubewatch.ui.serial_input import SerialInputApp
from cubewatch.ui.styles import style_sheets
from cubewatch.ui.widgets.suggestions import Suggestions
from tests.support.refs import RefServer, Searching, local
from tests.ui.snapshots import screen_text

TIMEOUT = 60
LABEL_CELLS = 15
TEXTS = ("text", "more", "still more")
BRANCHES = ("release/1.5", "release/1.4", "main", "feature/корзина-2.0", "fix/日本語")
MINE = (local("release/mine", subject="Mine [b]"), local("rewrite", age=3))


class FormScreen(BaseScreen):
    """A repository, two refs and a text. The keys that move the focus come before all others."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Leave the field", show=False),
        Binding("down", "move(1)", "Next field", priority=True),
        Binding("up", "move(-1)", "Previous field", priority=True),
        Binding("enter", "next", "On to the next field", priority=True),
        Binding("pagedown", "move(8)", "A page down", priority=True),
        Binding("pageup", "move(-8)", "A page up", priority=True),
        Binding("tab", "part(1)", "Next part", priority=True),
    ]

    class Learned(Message):
        """The search knows more."""

    def __init__(
        self, searching: Searching, kind: RevisionKind, repos: tuple[str, ...], texts: bool
    ) -> None:
        super().__init__()
        self.search = searching.search
        self.kind = kind
        self.written: dict[str, str] = {}
        source = RefSource(self.search, lambda: self.kind)
        self.rows: list[TextRow] = [
            SuggestRow("repo", "Repository", *self._text("repo"), KnownNames(repos)),
            SuggestRow("head", "Head", *self._text("head"), source),
            SuggestRow("config", "Config from", *self._text("config"), source),
            *(TextRow(name, name, *self._text(name)) for name in TEXTS if texts),
            SuggestRow("last", "Last", *self._text("last"), source),
        ]

    def _text(self, field: str) -> tuple[Callable[[], str], Callable[[str], None]]:
        """How the text of a field is read and written."""

        def write(text: str) -> None:
            self.written[field] = text

        return lambda: self.written.get(field, ""), write

    def compose(self) -> ComposeResult:
        for row in self.rows:
            row.set_label_width(LABEL_CELLS)
        with Vertical(id="form"), Vertical(id="fields"):
            yield from self.rows
        yield Static("status", id="status")
        yield Static("footer", id="footer")

    def on_mount(self) -> None:
        self.set_focus(self.rows[1].entry)
        self._follow()

    @work(group="refs", exclusive=True, exit_on_error=False)
    async def _follow(self) -> None:
        async for _ in self.search.updates():
            self.post_message(self.Learned())

    @on(Learned)
    def _refresh_names(self) -> None:
        for row in self.query(SuggestRow):
            row.refresh_names()

    @property
    def here(self) -> FormRow | None:
        """The row that has the focus."""
        around = self.focused.ancestors if self.focused else []
        return next((node for node in around if isinstance(node, FormRow)), None)

    async def action_move(self, steps: int) -> None:
        row = self.here
        if not (isinstance(row, SuggestRow) and row.step(steps)):
            self._go(steps)

    async def action_next(self) -> None:
        if isinstance(row := self.here, SuggestRow):
            row.accept()
        self._go(1)

    async def action_part(self, steps: int) -> None:
        await self.action_next()

    def action_back(self) -> None:
        self.set_focus(None)

    def _go(self, steps: int) -> None:
        places = [row.entry for row in self.rows]
        place = places.index(self.focused) + steps if self.focused in places else 0
        self.set_focus(places[min(max(place, 0), len(places) - 1)])


class FormApp(SerialInputApp[int]):
    """The form over a server whose answers and clock the test holds in its hands."""

    CSS_PATH = style_sheets("app", "compose", "suggest")
    CSS = """
    #form { border: round $border; height: 1fr; }
    #fields { height: 1fr; overflow-y: auto; }
    FormRow { height: 1; }
    FormRow Input { width: 1fr; }
    #status, #footer { height: 1; }
    """

    def __init__(
        self,
        server: RefServer,
        *,
        kind: RevisionKind = "branch",
        repos: tuple[str, ...] = (),
        texts: bool = True,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.searching = Searching(server)
        self._kind: RevisionKind = kind
        self._repos = repos
        self._texts = texts

    def get_default_screen(self) -> Screen[None]:
        return FormScreen(self.searching, self._kind, self._repos, self._texts)


class Person:
    """Somebody who types into the form and looks at it."""

    def __init__(self, pilot: Pilot[int], app: FormApp) -> None:
        self.pilot = pilot
        self.app = app
        self.server = app.searching.server
        self.search = app.searching.search

    @property
    def screen(self) -> FormScreen:
        screen = self.app.screen
        assert isinstance(screen, FormScreen)
        return screen

    def row(self, field: str) -> SuggestRow:
        row = next(row for row in self.screen.rows if row.field == field)
        assert isinstance(row, SuggestRow)
        return row

    @property
    def head(self) -> SuggestRow:
        return self.row("head")

    @property
    def field(self) -> str:
        """The field that has the focus; empty if none has."""
        return self.screen.here.field if self.screen.here else ""

    @property
    def dropped(self) -> Suggestions | None:
        """The list that is in sight."""
        return next((one for one in self.screen.query(Suggestions) if one.display), None)

    @property
    def names(self) -> list[str]:
        """What the list in sight offers."""
        return [item.value for item in self.dropped.offer.items] if self.dropped else []

    @property
    def highlighted(self) -> str | None:
        return self.dropped.highlighted if self.dropped else None

    @property
    def values(self) -> list[str]:
        """What stands in each field."""
        return [row.input.value for row in self.screen.rows]

    async def press(self, *keys: str) -> None:
        """One key after the other, each of which is done before the next one comes."""
        for key in keys:
            await self.burst(key)

    async def burst(self, *keys: str) -> None:
        """All keys at once, as a terminal sends what is typed ahead of a slow program."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await self._settle()

    async def _settle(self) -> None:
        """Until messages have gone all the way round."""
        for _ in range(100):
            await asyncio.sleep(0)

    async def turn(self, seconds: float) -> None:
        """So much time passes."""
        await self.app.searching.settle()
        await self.app.searching.timing.turn(seconds)
        await self._settle()

    async def until(self, true: Callable[[], object]) -> None:
        """Wait as long as it takes for something to become true."""
        try:
            async with asyncio.timeout(TIMEOUT):
                while not true():
                    await self.pilot.pause()
        except TimeoutError:
            pytest.fail(f"it did not come:\n{screen_text(self.app)}")

    async def sees(self, text: str) -> None:
        await self.until(lambda: text in screen_text(self.app))

    def text(self) -> str:
        return screen_text(self.app)


@asynccontextmanager
async def form(
    *branches: str,
    size: tuple[int, int] = (80, 24),
    kind: RevisionKind = "branch",
    held: bool = False,
    texts: bool = True,
) -> AsyncIterator[Person]:
    """The form with the refs of MINE, in front of a server with these branches."""
    server = RefServer(branches, ["v1.5.0", "v1.4.2"])
    server.held = held
    repos = ("acme/shop", "acme/site.github.io", "other/shop")
    app = FormApp(server, kind=kind, repos=repos, texts=texts)
    app.searching.search.learn(MINE)
    async with app.run_test(size=size) as pilot:
        yield Person(pilot, app)
