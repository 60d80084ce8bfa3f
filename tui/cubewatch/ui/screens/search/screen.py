"""SearchScreen: looks for a text in the logs of all cubes that have run."""

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.logs.search import Query
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.log.screen import LogScreen
from cubewatch.ui.screens.search import texts
from cubewatch.ui.screens.search.hits import HitsView
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.ui.widgets.prompt import Prompt
from cubewatch.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from cubewatch.logs.run_search import CubeThatRan, LogHits, Reading
    from cubewatch.model.run import Run
    from cubewatch.session import Session


class SearchScreen(BaseScreen):
    """`run` gives the run as it is known now, None as long as it is not.

    Nothing is requested before a text is submitted, nor while another screen is in front.
    """

    SHEETS = ("search",)
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "ask", "Search", key_display="/"),
        Binding("ctrl+r", "turn", "Text or regular expression", show=False),
        Binding("r", "again", "Again"),
        Binding("down", "to_hits", "To the hits", show=False),
        Binding("f1", "help", "Help", key_display="f1"),
        Binding("question_mark", "help", "Help", show=False),
        Binding("escape", "leave", "Back", key_display="esc"),
        Binding("q", "leave", "Back", show=False),
    ]

    class Updated(Message):
        """The search for `query` has come further."""

        def __init__(self, query: Query, update: "Reading | LogHits") -> None:
            super().__init__()
            self.query = query
            self.update = update

    class Ended(Message):
        """The search for `query` is over; `reason` says why, if it should not be."""

        def __init__(self, query: Query, reason: str = "") -> None:
            super().__init__()
            self.query = query
            self.reason = reason

    def __init__(self, session: "Session", run_slug: str, run: "Callable[[], Run | None]") -> None:
        super().__init__()
        self._session = session
        self._run_slug = run_slug
        self._known_run = run
        self._regex = False
        self._query: Query | None = None
        self._cubes: list[CubeThatRan] = []
        self._left: dict[tuple[str, str, str, str], str] = {}
        self._reading: Reading | None = None
        self._broken = ""
        self._trouble = ""
        self._title_line = TextLine(id="search-title")
        self._prompt = Prompt(texts.PLAIN, id="search-prompt", stays=True)
        self._state = TextLine(id="search-state")
        self._hits = HitsView()

    def compose(self) -> ComposeResult:
        yield self._title_line
        yield self._prompt
        yield self._state
        yield self._hits
        yield KeyBar()

    def on_mount(self) -> None:
        self._title_line.show(texts.title(self._run_slug))
        self._cubes = self._cubes_that_ran()
        self._show_state()

    def _cubes_that_ran(self) -> "list[CubeThatRan]":
        from cubewatch.logs.run_search import cubes_that_ran

        run = self._known_run()
        return cubes_that_ran(self._run_slug, run) if run else []

    def _show_state(self) -> None:
        results, logs = self._hits.results, len(self._cubes)
        if self._trouble:
            text = self._trouble
        elif self._query is None or not logs:
            text = texts.hint(logs, regex=self._regex)
        elif self._left and not self._broken:
            text = texts.under_way(results, logs, self._reading)
        else:
            text = texts.ended(results, logs, inert(self._query.text), self._broken)
        self._state.show(f" {text}")
        self.set_class(bool(self._trouble or self._broken), "-trouble")

    @on(Prompt.Submitted)
    def _submit(self, submitted: Prompt.Submitted) -> None:
        if submitted.text:
            self._begin(submitted.text)

    def _begin(self, text: str) -> None:
        """Searches all logs, from the first one."""
        self._trouble = ""
        try:
            self._query = Query(text, regex=self._regex)
        except ValueError as error:
            self._trouble = inert(str(error))
        else:
            self._cubes = self._cubes_that_ran()
            self._left = dict(self._cubes)
            self._hits.clear()
            self._hits.focus()
            self._resume()
        self._show_state()

    def _resume(self) -> None:
        """Searches the logs that are left."""
        if self._query and self._left:
            self._broken, self._reading = "", None
            self._search(self._query, list(self._left.items()))

    @work(group="search", exclusive=True, exit_on_error=False)
    async def _search(self, query: Query, cubes: "list[CubeThatRan]") -> None:
        from cubewatch.logs.run_search import MAX_SHOWN, search_run

        room = MAX_SHOWN - self._hits.results.shown
        logs, timing = self._session.logs(), self._session.timing
        try:
            async with aclosing(search_run(logs, cubes, query, timing, room)) as updates:
                async for update in updates:
                    self.post_message(self.Updated(query, update))
        except Exception as fault:  # otherwise the person would not see it
            reason = inert(f"{type(fault).__name__}: {fault}")
            self.post_message(self.Ended(query, reason))

    @on(Updated)
    def _take(self, message: Updated) -> None:
        from cubewatch.logs.run_search import Reading

        if message.query is not self._query:
            return
        if isinstance(message.update, Reading):
            self._reading = message.update
        else:
            self._left.pop(message.update.cube)
            self._hits.take(message.update)
        self._show_state()

    @on(Ended)
    def _end(self, message: Ended) -> None:
        if message.query is self._query:
            self._broken = message.reason
            self._show_state()

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "search")

    def on_screen_resume(self) -> None:
        self._resume()

    @on(HitsView.Chosen)
    def _open(self, chosen: HitsView.Chosen) -> None:
        logs, cube = self._session.logs(), chosen.found.cube
        logs.log(cube, fresh=logs.log(cube).spool.dropped)
        self.app.push_screen(
            LogScreen(
                self._session.timing,
                partial(logs.log, cube),
                self._run_slug,
                cube[1:],
                cube_status=dict(self._cubes)[cube],
                query=self._query,
                at_line=chosen.line,
            )
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the prompt a slash is text."""
        return not (action == "ask" and self._prompt.has_focus_within)

    def action_again(self) -> None:
        """Searches for the same again, also in what has come since."""
        if self._query:
            self._begin(self._query.text)

    def action_ask(self) -> None:
        """Goes back to the prompt."""
        self._prompt.ask(self._prompt.text)

    def action_to_hits(self) -> None:
        self._hits.focus()

    def action_turn(self) -> None:
        """Switches between plain text and a regular expression."""
        self._regex = not self._regex
        self._trouble = ""
        self._prompt.show_title(texts.REGEX if self._regex else texts.PLAIN)
        self._show_state()
