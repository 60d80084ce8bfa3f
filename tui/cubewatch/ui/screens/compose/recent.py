"""RecentRuns: the newest runs of the repository below the form, live."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from cubewatch.ui.screens.compose import texts
from cubewatch.ui.screens.registry import OpenScreen
from cubewatch.ui.screens.runs.run_line import PARTS, columns, run_line
from cubewatch.ui.widgets.cursor_lines import CursorLines
from cubewatch.ui.widgets.measured_text import Span
from cubewatch.ui.widgets.painted import component_classes

if TYPE_CHECKING:
    from cubewatch.model.repository import RepoSlug
    from cubewatch.model.run import Run
    from cubewatch.model.runs_list import RunKey
    from cubewatch.session import Session
    from cubewatch.watch.runs_poll import RunsPoll

CLOCK_INTERVAL = 5.0
"""Seconds from one look at the clock to the next, while something runs."""


class RecentRuns(CursorLines):
    """A row per run, newest first; enter watches the one under the cursor, which stays on its run
    while newer ones come. It lists runs only while it is in sight."""

    BORDER_TITLE = texts.RECENT_RUNS
    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(*PARTS)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "Watch", key_display="⏎")]

    def __init__(self, session: "Session") -> None:
        super().__init__(id="recent")
        self._session = session
        self._poll: RunsPoll | None = None
        self._runs: list[tuple[RunKey, Run]] = []
        self._trouble = ""
        self._has_answer = False
        self._measure()

    def on_mount(self) -> None:
        self.set_interval(CLOCK_INTERVAL, self.repaint)

    def on_unmount(self) -> None:
        self.pause()

    def follow(self, repo: "RepoSlug") -> None:
        """Show the runs of another repository."""
        self.pause()
        self._poll, self._runs = self._session.runs_poll([repo]), []
        self._trouble, self._has_answer = "", False
        self._poll.subscribe(lambda: self.call_later(self._update))
        self.rows_changed()
        self.resume()

    def resume(self) -> None:
        """Keep up with the runs, if the list is in sight."""
        if self._poll and self.display and self.size.height:
            self._poll.start()

    def pause(self) -> None:
        """List nothing until `resume`."""
        if self._poll:
            self._poll.close()

    @property
    def row_count(self) -> int:
        return len(self._runs) or 1

    def row_spans(self, row: int) -> list[Span]:
        if self._poll is None or not self._runs:
            words = texts.NO_RUNS if self._has_answer else texts.LOADING_RUNS
            return [(f" {self._trouble or words}", "culprit" if self._trouble else "note")]
        key, run = self._runs[row]
        if self._columns.width != self.scrollable_content_region.width:
            self._measure()  # a scroll bar has come or gone
        now = self._poll.server_now()
        return run_line(key, run, self._poll.detail_of(key), now, self._columns)

    def action_choose(self) -> None:
        if self._runs:
            slug = self._runs[self.cursor][0].slug
            self.post_message(OpenScreen("live", run_slug=slug))

    def _update(self) -> None:
        if self._poll is None:
            return
        current = self._runs[self.cursor][0] if self._runs else None
        self._runs = list(self._poll.runs().items())
        [state] = self._poll.repositories.values()
        self._has_answer = state.answered_at is not None
        self._trouble = self._poll.stopped or (str(state.trouble.error) if state.trouble else "")
        is_old = bool(self._trouble and self._runs)
        self.border_subtitle = texts.NOT_UP_TO_DATE if is_old else ""
        places = {key: place for place, (key, _) in enumerate(self._runs)}
        if current in places and self.has_focus:
            self.cursor = places[current]
        self._measure()
        self.rows_changed()
        self.scroll_to_cursor()

    def _measure(self) -> None:
        self._columns = columns(
            self.scrollable_content_region.width,
            slugs=[key.slug for key, _ in self._runs],
            users=[run.user.slug for _, run in self._runs],
            repositories=[key.repo for key, _ in self._runs[:1]],
        )

    def on_resize(self) -> None:
        self._measure()
        super().on_resize()
        self.resume()
