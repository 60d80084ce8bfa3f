"""RunHeader: which run it is, how it stands, and in a band what needs attention."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.strip import Strip

from cubewatch.model import status
from cubewatch.ui.screens.live.texts import OPENS_PAGE, about, added, band, counts, state_words
from cubewatch.ui.widgets.measured_text import (
    Part,
    Span,
    bar,
    cell_len,
    cells_of,
    fit,
    fit_parts,
    percent,
    whole,
)
from cubewatch.ui.widgets.painted import PaintedLines, component_classes

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest
    from cubewatch.model.snapshot import Path, Snapshot
    from cubewatch.watch.origin import RunOrigin

TITLE, STATE, BAND = 0, 1, 2
"""The lines."""
BARS = (20, 10)
"""Cells of the bar where there is room, and where there is less."""
AGE_RANK = 2
"""How old the state is, in many words: after the repository."""
STATE_RANK, LEFT_RANK, SHARE_RANK, ADDED_RANK, BAR_RANK = 0, 2, 4, 4, 6
COUNT_RANKS: dict[status.Tone, int] = {
    "failure": 1,
    "waiting": 1,
    "running": 3,
    "success": 5,
    "pending": 5,
    "muted": 7,
}
"""What of the state is left out first where there is little room: that of the highest rank."""


class RunState(NamedTuple):
    """The content of the header at `now` (the server's clock). `age`: how old it is, in words;
    `left`: how long it will still take. `cause`: why the failed node that is shown failed.
    `waiting_since`: from when on a person has to decide."""

    snapshot: "Snapshot | None"
    now: datetime
    age: str = ""
    left: str = ""
    cause: "tuple[Path, str] | None" = None
    waiting_since: datetime | None = None


class RunHeader(PaintedLines):
    """Three lines: the run, its state, and a band at a failure or while it waits for a person.
    `request` is what the run was started with, and `origin` the pull request that it checks, if we
    know."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(
        *status.TONES, "rest", "title", "note", "text", "band-failure", "band-waiting"
    )

    def __init__(self, repo: str, run_slug: str) -> None:
        super().__init__()
        self._repo = repo
        self.run_slug = run_slug
        self.request: RunRequest | None = None
        self.origin: RunOrigin | None = None
        self._state: RunState | None = None

    def show(self, state: RunState) -> None:
        self._state = state
        self.repaint()

    def on_resize(self) -> None:
        self.repaint()

    def line_at(self, y: int) -> Strip:
        state = self._state
        if state is None:
            return self.strip_of(self._title(None, "") if y == TITLE else [])
        if y == TITLE:
            return self.strip_of(self._title(state.snapshot, state.age))
        snapshot = state.snapshot
        if snapshot is None:
            return self.strip_of([(" no answer yet", "note")] if y == STATE else [])
        part, text = band(snapshot, state.cause, state.waiting_since, state.now)
        if y == BAND:
            if cell_len(text) >= self.size.width:
                text = text.removesuffix(OPENS_PAGE)
            return self._filled_with([(f" {text}", part)], part) if text else self.strip_of([])
        spans = self._stands(snapshot, state)
        return self._filled_with(spans, part) if part == "band-failure" else self.strip_of(spans)

    def _filled_with(self, spans: list[Span], part: str) -> Strip:
        """A line that is of one part from edge to edge."""
        strip = self.strip_of((text, part) for text, _ in spans)
        return strip.adjust_cell_length(self.size.width, self.part(part))

    def _title(self, snapshot: "Snapshot | None", age: str) -> list[Span]:
        """The run at the left edge, how old it is at the right one."""
        run = snapshot.run if snapshot else None
        now = self._state.now if self._state else None
        title, about_run = about(self._repo, self.run_slug, run, self.request, self.origin, now)
        width = self.size.width
        ages = [[(f" {form} ", "note")] for form in _ages(age) if form]
        room = width - cells_of(ages[-1] if ages else [])
        parts = [
            Part(0, ([(fit(f" {title}", room), "title")],)),
            *(whole(n, (text, "note")) for n, text in enumerate(about_run, 1)),
            Part(AGE_RANK, tuple(ages) or ([],)),
        ]
        fitted = fit_parts(parts, width)
        gap = " " * (width - cells_of(fitted))
        return [*fitted[:-1], (gap, "text"), *fitted[-1:]] if ages else fitted

    def _stands(self, snapshot: "Snapshot", state: RunState) -> list[Span]:
        """The state of the run, the cubes in each state, how far it is, how long it will take."""
        now, since = state.now, state.waiting_since
        words = [
            [
                (f" {text}", part)
                for text, part in state_words(snapshot, now, brief=brief, waiting_since=since)
            ]
            for brief in (False, True)
        ]
        parts = [Part(STATE_RANK, tuple(words))]
        if snapshot.run.workflows:
            parts += [
                whole(COUNT_RANKS[part], (f"  {glyph} {number}", part))
                for glyph, number, part in counts(snapshot)
            ]
            if not snapshot.is_final:
                parts += self._progress(snapshot)
            parts.append(whole(LEFT_RANK, (f"   {state.left}" if state.left else "", "text")))
        return fit_parts(parts, self.size.width)

    def _progress(self, snapshot: "Snapshot") -> list[Part]:
        fraction, tone = snapshot.fractions[()], status.tone(snapshot.run.status)
        bars = []
        for cells in BARS:
            done, rest = bar(fraction, cells)
            bars.append([(f"   {done}", tone), (rest, "rest")])
        share: Span = (f"  {percent(fraction).strip()}", tone)
        parts = [Part(BAR_RANK, (*bars, [])), whole(SHARE_RANK, share)]
        if snapshot.added:
            forms: list[list[Span]] = [[(text, tone)] for text in added(snapshot.added)]
            parts.append(Part(ADDED_RANK, (*forms, [])))
        return parts


def _ages(age: str) -> tuple[str, str]:
    """An age in many words and in few."""
    return age, age.partition(" (")[0].partition(" · ")[0].removeprefix("updated ")
