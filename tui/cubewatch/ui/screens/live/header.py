"""RunHeader: which run, of what, by whom; how it is, since when, how far, how long still."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip

from cubewatch.model import status
from cubewatch.text.format import duration, elapsed
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.live.asked import asked_briefly
from cubewatch.ui.widgets.cells import bar, fit, percent
from cubewatch.ui.widgets.painted import PaintedLines, component_classes

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest
    from cubewatch.model.snapshot import Snapshot


class RunHeader(PaintedLines):
    """Two lines. What changes stands left on the second. `request` is what the run was started
    with, if we know."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(
        *status.TONES, "rest", "title", "note"
    )

    def __init__(self, repo: str, run_slug: str) -> None:
        super().__init__()
        self._repo = repo
        self.run_slug = run_slug
        self.request: RunRequest | None = None
        self._snapshot: Snapshot | None = None
        self._now = datetime.now(UTC)
        self._following = False

    def show(self, snapshot: "Snapshot | None", now: datetime, *, following: bool) -> None:
        """The run as it is at `now` (the server's clock), and whether its work is followed."""
        self._snapshot = snapshot
        self._now = now
        self._following = following
        self.repaint()

    def line_at(self, y: int) -> Strip:
        return Strip(self._title() if y == 0 else self._state())

    def _title(self) -> list[Segment]:
        run = self._snapshot.run if self._snapshot else None
        names = ", ".join(workflow.slug for workflow in run.workflows) if run else ""
        if not names and self.request:
            names = inert(", ".join(workflow.name for workflow in self.request.workflows))
        title = f" #{self.run_slug or '…'} {names}".rstrip()
        head, *asked = asked_briefly(self.request) if self.request else [""]
        about = [f"{self._repo} {head}".rstrip(), *asked]
        if run:
            about += [part for part in (run.user.slug, run.event_type.replace("_", " ")) if part]
        title = fit(title, self.size.width)
        room = self.size.width - Segment(title).cell_length
        return [
            Segment(title, self.part("title")),
            Segment(
                fit(f"  {' · '.join(about)}", room),
                self.part("note"),
            ),
        ]

    def _state(self) -> list[Segment]:
        about = self.part("note")
        if self._snapshot is None:
            return [Segment(" no answer yet", about)]
        run = self._snapshot.run
        colour = self.part(status.tone(run.status))
        seconds = elapsed(_begin(self._snapshot), run.dates.finished_at, self._now)
        word = run.status.replace("_", " ") or "no status"
        time = duration(seconds) if seconds is not None else ""
        parts = [Segment(f" {status.glyph(run.status)} {word}  {time:>5}  ", colour)]
        if run.workflows:
            fraction = self._snapshot.fractions[()]
            done, rest = bar(fraction, 20 if self.size.width >= 60 else 8)
            parts += [
                Segment(done, colour),
                Segment(rest, self.part("rest")),
                Segment(f" {percent(fraction)}", colour),
            ]
        if self._following and not self._snapshot.is_final:
            parts.append(Segment("  following", about))
        return parts


def _begin(snapshot: "Snapshot") -> datetime | None:
    """When a run started, or came to be, as long as it waits for its start."""
    dates = snapshot.run.dates
    return dates.started_at or dates.created_at
