"""LogView: a log of any size, read and searched as in `less`."""

import asyncio
from time import monotonic
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.logs.search import Hits, LogText, Query
from cubewatch.ui.widgets.log_finds import Causes, Finds, Step, beyond, number
from cubewatch.ui.widgets.log_scroll import SHORTEST_PAUSE, LogScroll, grouped


class LogView(LogScroll):
    """A LogScroll with a search and the likely causes. Searching goes on beside everything else, a
    few milliseconds at a time, and keeps up with a log that grows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "hit(1)", "Next hit", show=False),
        Binding("N", "hit(-1)", "Previous hit", show=False),
        Binding("e", "cause(1)", "Cause", key_display="e/E", tooltip="Next likely cause"),
        Binding("E", "cause(-1)", "Previous likely cause", show=False),
    ]

    class Found(Message):
        """The search has come further."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._search: Hits | None = None
        self._causes: Causes | None = None
        self._aims_at_cause = False
        self._sought: tuple[Finds, Step, int] | None = None

    def show(self, log: LogText | None) -> None:
        """Another log, from its end on; what was searched in the last one is searched in it."""
        query = self._search.query if self._search else None
        self._search = Hits(log, query) if log and query else None
        self._causes = self._sought = None
        self._aims_at_cause = False
        super().show(log)
        self._look()

    def rebase(self, log: LogText) -> None:
        if self._rows is None or self._rows.log is log:
            return
        self._search = Hits(log, self._search.query) if self._search else None
        self._causes = Causes(log) if self._causes else None
        self._sought = None
        super().rebase(log)
        self._look()

    def grown(self) -> None:
        super().grown()
        self._look()

    @property
    def has_search(self) -> bool:
        return self._search is not None

    def search(self, query: Query | None, *, start: int | None = None) -> None:
        """Looks for something else, and goes to the first hit in or behind the line `start`."""
        self._search = Hits(self._rows.log, query) if query and self._rows else None
        line = self._top.line if start is None else start
        self._sought = (self._search, 1, line - 1) if self._search else None
        self._look()
        self._settle()

    def aim_at_cause(self) -> None:
        """Goes to the likeliest cause as soon as it is known, and to a likelier one that is found
        later, until the person moves; stays where there is none."""
        if self._rows:
            self._aims_at_cause = True
            self._causes = self._causes or Causes(self._rows.log)
            self._look()

    def _moved_by_hand(self) -> None:
        super()._moved_by_hand()
        self._aims_at_cause = False

    def _more_state(self) -> list[str]:
        all_words = (self._words(finds) for finds in (self._search, self._causes))
        return [words for words in all_words if words]

    def _marks(self, text: str) -> list[tuple[int, int]]:
        return self._search.marks(text) if self._search else []

    def _words(self, finds: Finds | None) -> str:
        if finds is None:
            return ""
        if finds.given_up:
            return f"too slow to search {finds.name}"
        lines = finds.lines
        if finds.is_done and not lines:
            return f"{finds.none} {finds.name}"
        at = number(lines, self._current) if self._current is not None else 0
        count = grouped(len(lines)) + ("" if finds.is_done else "…")
        return f"{grouped(at)} of {count} {finds.name}" if at else f"{count} {finds.name}"

    def action_hit(self, step: Step) -> None:
        if self._search:
            self._seek(self._search, step)

    def action_cause(self, step: Step) -> None:
        if self._rows:
            self._causes = self._causes or Causes(self._rows.log)
            self._seek(self._causes, step)

    def _seek(self, finds: Finds, step: Step) -> None:
        self._moved_by_hand()
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
        if self._aims_at_cause and self._causes and self._causes.is_done:
            best = self._causes.best
            if best is not None and best != self._current:
                self._go(best)
        if self._sought is None:
            return
        finds, step, line = self._sought
        lines, done = finds.lines, finds.is_done
        target = beyond(lines, line, step) if step > 0 or done else None
        if target is None and done and lines:
            target = lines[0 if step > 0 else -1]
        if target is not None:
            self._sought = None
            spots = finds.marks(self._rows.text(target)) if self._rows else []
            self._go(target, column=spots[0][0] if spots else 0)
        elif done:
            self._sought = None

    def _look(self) -> None:
        """Starts the search again if there is something that it has not seen."""
        all_finds: tuple[Finds | None, ...] = (self._search, self._causes)
        finds = [one for one in all_finds if one and not one.is_done]
        if finds:
            self._work(finds)

    @work(group="log-search", exclusive=True, exit_on_error=False)
    async def _work(self, finds: list[Finds]) -> None:
        shown_at = monotonic()
        for one in finds:
            while one.step():
                if monotonic() - shown_at > SHORTEST_PAUSE:
                    shown_at = monotonic()
                    self.post_message(self.Found())
                await asyncio.sleep(0)
        self.post_message(self.Found())

    @on(Found)
    def _take_found(self) -> None:
        self._arrive()
        self._put(self._top)
