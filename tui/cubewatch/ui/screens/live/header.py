"""RunHeader: which run it is, how it stands, and in a band what needs attention."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.strip import Strip

from cubewatch.model import status
from cubewatch.ui.screens.live.texts import about, band, counts, state_words
from cubewatch.ui.widgets.measured_text import Span, bar, cell_len, fit_spans, percent
from cubewatch.ui.widgets.painted import PaintedLines, component_classes

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest
    from cubewatch.model.snapshot import Path, Snapshot

WIDE, BAR = 60, 20
TITLE, STATE, BAND = 0, 1, 2
"""The lines."""


@dataclass(frozen=True, slots=True)
class RunState:
    """What the header shows of a run at `now` (the server's clock). `age`: how old it is, in
    words; `left`: how long it will still take. `cause`: why the failed node
    that is shown failed. `waiting_since`: from when on a person has to decide."""

    snapshot: "Snapshot | None"
    now: datetime
    age: str = ""
    left: str = ""
    cause: "tuple[Path, str] | None" = None
    waiting_since: datetime | None = None


class RunHeader(PaintedLines):
    """Three lines: the run, its state, and a band at a failure or while it waits for a person.
    `request` is what the run was started with, if we know."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(
        *status.TONES, "rest", "title", "note", "text", "band-failure", "band-waiting"
    )

    def __init__(self, repo: str, run_slug: str) -> None:
        super().__init__()
        self._repo = repo
        self.run_slug = run_slug
        self.request: RunRequest | None = None
        self._state: RunState | None = None

    def show(self, state: RunState) -> None:
        self._state = state
        self.repaint()

    def on_resize(self) -> None:
        self._painted.clear()

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
            return self._filled_with([(f" {text}", part)], part) if text else self.strip_of([])
        spans = self._stands(snapshot, state)
        return self._filled_with(spans, part) if part == "band-failure" else self.strip_of(spans)

    def _filled_with(self, spans: list[Span], part: str) -> Strip:
        """A line that is of one part from edge to edge."""
        strip = self.strip_of((text, part) for text, _ in spans)
        return strip.adjust_cell_length(self.size.width, self.part(part))

    def _title(self, snapshot: "Snapshot | None", age: str) -> list[Span]:
        run = snapshot.run if snapshot else None
        title, parts = about(self._repo, self.run_slug, run, self.request)
        shown_age = f" {age} " if age else ""
        room = self.size.width - cell_len(shown_age)
        left = fit_spans([(f" {title}", "title"), (f"  {' · '.join(parts)}", "note")], room)
        gap = room - sum(cell_len(text) for text, _ in left)
        return [*left, (" " * gap, "text"), (shown_age, "note")]

    def _stands(self, snapshot: "Snapshot", state: RunState) -> list[Span]:
        wide = self.size.width >= WIDE
        tone = status.tone(snapshot.run.status)
        spans: list[Span] = [
            (f" {text}", part) for text, part in state_words(snapshot, state.now, brief=not wide)
        ]
        if not snapshot.run.workflows:
            return spans
        fraction = snapshot.fractions[()]
        done, rest = bar(fraction, BAR)
        drawn: list[Span] = [(f"  {done}", tone), (rest, "rest")] if wide else []
        tally: list[Span] = [(f"  {glyph} {n}", part) for glyph, n, part in counts(snapshot)]
        share: Span = (f" {percent(fraction)}", tone)
        left: Span = (f"   {state.left}" if state.left else "", "text")
        if wide:
            return [*spans, (" ", "text"), *tally, *drawn, share, left]
        return [*spans, share, *tally, left]
