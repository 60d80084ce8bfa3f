"""RunsView: the rows of the list of runs, with a cursor that stays on its run."""

from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from cubewatch.model.repository import RepoSlug
from cubewatch.model.runs_list import Fold, Group, Heading, RunKey, RunsList
from cubewatch.ui.screens.runs.run_line import PARTS, columns, fold_line, heading_line, run_line
from cubewatch.ui.screens.runs.texts import repository_text, trouble_text
from cubewatch.ui.widgets.cursor_lines import CursorLines
from cubewatch.ui.widgets.measured_text import Span
from cubewatch.ui.widgets.painted import component_classes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cubewatch.watch.runs_outlook import RunsOutlook
    from cubewatch.watch.runs_poll import RepositoryRuns, RunsPoll

NEAR_END = 8
"""Rows before the oldest run in which older ones are loaded."""


class RepositoriesHeading:
    """The row above the repositories."""


REPOSITORIES = RepositoriesHeading()


class RunsView(CursorLines):
    """A row per run below the title of its group, then a row per repository."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(*PARTS)

    class Chosen(Message):
        """The person wants the run, the fold or the repository under the cursor."""

        def __init__(self, row: object) -> None:
            super().__init__()
            self.row = row

    class NearEnd(Message):
        """The oldest run that is known is almost in sight."""

    class InSight(Message):
        """Other runs are in sight than before."""

        def __init__(self, keys: list[RunKey]) -> None:
            super().__init__()
            self.keys = keys

    def __init__(self, poll: "RunsPoll", outlook: "RunsOutlook") -> None:
        super().__init__()
        self.model = RunsList()
        self._poll = poll
        self._outlook = outlook
        self._rows: list[object] = []
        self._now = poll.server_now()
        self._clock = 0.0
        self._in_sight: list[RunKey] = []
        self._was_moved = False
        self._measure()

    @property
    def row_count(self) -> int:
        return len(self._rows)

    @property
    def current(self) -> object:
        """The row under the cursor: a RunKey, a Fold, a RepoSlug, a title; None: there is no
        row."""
        return self._rows[self.cursor] if self._rows else None

    def update_runs(self, now: "datetime", clock: float) -> None:
        """Shows what is known at the server's time `now`, and at `clock` of the poll's. A cursor
        that was moved stays on its run, and the run where it is on screen; else the cursor is on
        the first run."""
        self._now, self._clock = now, clock
        before, offset = self.current, self.cursor - round(self.scroll_y)
        self.model.runs = self._poll.runs()
        self.model.arrange(now)
        self._measure()
        self._rows = [*self.model.rows]
        states = self._poll.repositories
        if len(states) > 1:
            self._rows += [REPOSITORIES, *states]
        if before is not None and (self._was_moved or round(self.scroll_y)):
            self.cursor = _place_of(before, self._rows, self.cursor)
            self.rows_changed(top=max(0, self.cursor - offset))
        else:
            self.cursor = _first_run(self._rows)
            self.rows_changed(top=0)
        self._look_around()

    def start_over(self) -> None:
        """Goes back to the first run, and stays on the first one until the cursor is moved."""
        self._was_moved = False
        self.scroll_to(y=0, animate=False, force=True)

    def go_to_attention(self) -> None:
        """Moves the cursor to the next run that needs attention, after the last to the first."""
        group = self.model.counts.get(Group.ATTENTION, 0)
        if group:
            first = _first_run(self._rows)
            self._go(first + (self.cursor - first + 1) % group if self.cursor >= first else first)

    def tick(self, now: "datetime", clock: float) -> None:
        """Moves the clocks."""
        self._now, self._clock = now, clock
        self.repaint()

    def row_spans(self, row: int) -> list[Span]:
        item = self._rows[row]
        if isinstance(item, RunKey):
            run = self.model.runs[item]
            if self._columns.width != self.scrollable_content_region.width:
                self._measure()  # a scroll bar has come or gone
            detail, left = self._poll.detail_of(item), self._outlook.left(item, self._now)
            return run_line(item, run, detail, self._now, self._columns, left)
        if isinstance(item, Heading):
            return heading_line(item)
        if isinstance(item, Fold):
            return fold_line(item)
        if isinstance(item, RepoSlug):
            return self._repository_line(self._poll.repositories[item])
        return [(" Repositories", "title")]

    def _repository_line(self, state: "RepositoryRuns") -> list[Span]:
        if state.trouble:
            return [(f" ! {trouble_text(state, self._clock)}", "culprit")]
        about = repository_text(state, self._clock)
        return [("   ", "text"), (str(state.repo), "text"), (f"  {about}", "note")]

    def _measure(self) -> None:
        """Works out the columns, which stay the same however the list is scrolled."""
        runs = self.model.runs
        self._columns = columns(
            self.scrollable_content_region.width,
            slugs={key.slug for key in runs},
            users={run.user.slug for run in runs.values()},
            repositories=list(self._poll.repositories),
        )

    def on_resize(self) -> None:
        self._measure()
        super().on_resize()
        self._look_around()

    def _go(self, row: int) -> None:
        """Moves to a row, past titles."""
        step = 1 if row >= self.cursor else -1
        row = max(0, min(row, self.row_count - 1))
        titles = Heading | RepositoriesHeading
        while 0 <= row < self.row_count and isinstance(self._rows[row], titles):
            row += step
        if 0 <= row < self.row_count:
            self._was_moved = True
            super()._go(row)
        elif step < 0:
            self.scroll_to(y=0, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._look_around()

    def _look_around(self) -> None:
        top = round(self.scroll_y)
        rows = self._rows[top : top + self.size.height]
        keys = [row for row in rows if isinstance(row, RunKey)]
        if keys != self._in_sight:
            self._in_sight = keys
            self.post_message(self.InSight(keys))
        last = _last_run(self._rows)
        if last is not None and top + self.size.height + NEAR_END > last:
            self.post_message(self.NearEnd())

    def action_choose(self) -> None:
        if self._rows:
            self.post_message(self.Chosen(self.current))


def _first_run(rows: "Sequence[object]") -> int:
    """The row of the first run; 0 if there is none."""
    return next((n for n, row in enumerate(rows) if isinstance(row, RunKey)), 0)


def _last_run(rows: "Sequence[object]") -> int | None:
    """The row of the last run; None if there is none, or older ones are folded away."""
    if any(isinstance(row, Fold) and not row.is_open for row in rows):
        return None
    return max((n for n, row in enumerate(rows) if isinstance(row, RunKey)), default=None)


def _place_of(row: object, rows: "Sequence[object]", default: int) -> int:
    """The place of a row by now, or the nearest one to `default` if it is gone."""
    if isinstance(row, Fold):
        return next((n for n, each in enumerate(rows) if isinstance(each, Fold)), default)
    return rows.index(row) if row in rows else min(default, len(rows) - 1)
