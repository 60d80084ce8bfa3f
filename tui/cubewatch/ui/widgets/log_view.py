"""LogView: a log of any size, read and searched as in `less`."""

import asyncio
from time import monotonic
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.logs.search import LogText, Query
from cubewatch.ui.widgets.log_finds import Finds, Step
from cubewatch.ui.widgets.log_scroll import SHORTEST_PAUSE, LogScroll, number


class LogView(LogScroll):
    """A LogScroll with a search and the likely errors. Searching goes on beside everything else, a
    few milliseconds at a time, and keeps up with a log that grows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "hit(1)", "Next hit", show=False),
        Binding("N", "hit(-1)", "Previous hit", show=False),
        Binding("e", "error(1)", "Error", key_display="e/E"),
        Binding("E", "error(-1)", "Previous likely error", show=False),
    ]

    class Found(Message):
        """The search has come further."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._search: Finds | None = None
        self._errors: Finds | None = None
        self._sought: tuple[Finds, Step | None, int] | None = None

    def show(self, log: LogText | None) -> None:
        """Another log, from its end on; what was searched in the last one is searched in it."""
        query = self._search.query if self._search else None
        self._search = Finds(log, query) if log and query else None
        self._errors = self._sought = None
        super().show(log)
        self._look()

    def grown(self) -> None:
        super().grown()
        self._look()

    def search(self, query: Query | None, *, start: int | None = None) -> None:
        """Looks for something else, and goes to the first hit in or behind the line `start`."""
        self._search = Finds(self._rows.log, query) if query and self._rows else None
        line = self._top.line if start is None else start
        self._sought = (self._search, 1, line - 1) if self._search else None
        self._look()
        self._settle()

    def to_last_error(self) -> None:
        """Goes to the last likely error as soon as it is known; stays where there is none."""
        if self._rows:
            self._errors = self._errors or Finds(self._rows.log)
            self._sought = (self._errors, None, 0)
            self._look()

    def _more_state(self) -> list[str]:
        told = (self._told(finds) for finds in (self._search, self._errors))
        return [words for words in told if words]

    def _marks(self, text: str) -> list[tuple[int, int]]:
        return self._search.marks(text) if self._search else []

    def _told(self, finds: Finds | None) -> str:
        if finds is None:
            return ""
        name = f"for '{finds.query.text}'" if finds.query else "likely errors"
        if finds.given_up:
            return f"too slow to search {name}"
        at = finds.number(self._current) if self._current is not None else 0
        count = number(finds.count) + ("" if finds.is_done else "…")
        if finds.is_done and not finds.count:
            return f"nothing {name}" if finds.query else "no likely errors"
        return f"{number(at)} of {count} {name}" if at else f"{count} {name}"

    def action_hit(self, step: Step) -> None:
        if self._search:
            self._seek(self._search, step)

    def action_error(self, step: Step) -> None:
        if self._rows:
            self._errors = self._errors or Finds(self._rows.log)
            self._seek(self._errors, step)

    def _seek(self, finds: Finds, step: Step) -> None:
        edge = self._top.line - 1 if step > 0 else self._bottom().line + 1
        in_sight = self._current is not None and (
            self._top.line <= self._current <= self._bottom().line
        )
        here = self._current if in_sight and self._current is not None else edge
        self._sought = (finds, step, here)
        self._look()
        self._arrive()

    def _arrive(self) -> None:
        """Goes to what was sought, as soon as it is known."""
        if self._sought is None:
            return
        finds, step, line = self._sought
        if step is None:
            target = finds.last_error() if finds.is_done else None
        else:
            target = finds.beyond(line, step) if step > 0 or finds.is_done else None
            if target is None and finds.is_done:
                target = finds.edge(step)
        if target is not None:
            self._sought = None
            spots = finds.marks(self._rows.text(target)) if self._rows else []
            self._go(target, column=spots[0][0] if spots else 0)
        elif finds.is_done:
            self._sought = None

    def _look(self) -> None:
        """Starts the search again if there is something that it has not seen."""
        finds = [one for one in (self._search, self._errors) if one and not one.is_done]
        if finds:
            self._work(finds)

    @work(group="log-search", exclusive=True, exit_on_error=False)
    async def _work(self, finds: list[Finds]) -> None:
        told = monotonic()
        for one in finds:
            while one.work():
                if monotonic() - told > SHORTEST_PAUSE:
                    told = monotonic()
                    self.post_message(self.Found())
                await asyncio.sleep(0)
        self.post_message(self.Found())

    @on(Found)
    def _take_found(self) -> None:
        self._arrive()
        self._put(self._top)
