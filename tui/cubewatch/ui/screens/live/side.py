"""Side: what is known of the selected node and, of a cube, the log as it comes."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.css.scalar import Scalar
from textual.markup import escape
from textual.message import Message

from cubewatch.model import status
from cubewatch.model.depth import CUBE_DEPTH
from cubewatch.ui.screens.live.details import details, title_of
from cubewatch.ui.screens.live.where import slugs
from cubewatch.ui.widgets.frame import show_titles
from cubewatch.ui.widgets.text_lines import TextLines

if TYPE_CHECKING:
    from cubewatch.model.durations import Band
    from cubewatch.model.request import RunRequest
    from cubewatch.model.snapshot import Path, Snapshot
    from cubewatch.model.timeline import Timeline
    from cubewatch.session import Session
    from cubewatch.ui.screens.log.cube_log import CubeLog, LogOpener

SETTLE = 0.3
"""Seconds that a cube is selected before its log is requested: moving past it requests none."""


class Side(Vertical):
    """`show` says of which node; the log is read only while `attend(True)` holds. `request` is
    what the run was started with, if we know."""

    class Settled(Message):
        """A node has been selected for a while."""

    def __init__(self, session: "Session", run_slug: Callable[[], str]) -> None:
        super().__init__(id="side")
        self._session = session
        self._run_slug = run_slug
        self._details = TextLines(id="details")
        self._log: CubeLog | None = None
        self._snapshot: Snapshot | None = None
        self._path: Path = ()
        self._read: Path | None = None
        self.request: RunRequest | None = None
        self._attending = False

    def compose(self) -> ComposeResult:
        yield self._details

    @property
    def is_of_cube(self) -> bool:
        return len(self._path) == CUBE_DEPTH

    def show(
        self,
        line: "Timeline",
        path: "Path",
        now: datetime,
        usual: "Band | None" = None,
    ) -> None:
        """The node at `path` as it is at `now` (the server's clock)."""
        moved = path != self._path
        snapshot = line.snapshot
        self._snapshot, self._path = snapshot, path
        show_titles(self, escape(title_of(snapshot, path)))
        self._details.show(list(details(line, path, now, self.request, usual)))
        if self.is_of_cube:
            self._fit_details()
        if moved:
            self._details.home()
            self.set_class(self.is_of_cube, "-cube")
            if not self.is_of_cube:
                self._details.styles.height = "1fr"
            self._choose_log()

    def _log_pane(self) -> "CubeLog":
        """The pane of the log. What draws logs is loaded when one is first in view."""
        if self._log is None:
            from cubewatch.ui.screens.log.cube_log import CubeLog

            self._log = CubeLog(self._session.timing, id="log")
            self._log.view.jumps = True
            self.mount(self._log)
        return self._log

    def _fit_details(self) -> None:
        """Leaves the log what the details of a cube do not need."""
        lines = max(1, min(self._details.line_count, self.size.height // 3))
        if self._details.styles.height != Scalar.from_number(lines):
            self._details.styles.height = lines

    def on_resize(self) -> None:
        if self.is_of_cube:
            self.call_after_refresh(self._fit_details)

    def attend(self, attending: bool) -> None:
        """Sets whether the pane is in view; no request is made for a log that is not."""
        if attending != self._attending:
            self._attending = attending
            self._choose_log()

    def _choose_log(self) -> None:
        if self._read != self._path or not self._attending:
            if self._log:
                self._log.rest()
            self._read = None
        if self._attending and self.is_of_cube:
            self._log_pane()
        self._settle()

    @work(group="settle", exclusive=True, exit_on_error=False)
    async def _settle(self) -> None:
        await self._session.timing.sleep(SETTLE)
        self.post_message(self.Settled())

    @on(Settled)
    def _read_log(self) -> None:
        if self._attending and self.is_of_cube and self._snapshot and self._read != self._path:
            self._read = self._path
            cube_status = self._snapshot.status_of(self._path)
            self._log_pane().read(
                self.opener(slugs(self._snapshot, self._path)),
                cube_status,
                at_cause=cube_status in status.FAILURES,
            )

    def opener(self, cube: tuple[str, ...]) -> "LogOpener":
        """Gives the log of the cube at this path of slugs."""
        workflow, task, name = cube
        return partial(self._session.logs().log, (self._run_slug(), workflow, task, name))

    def focus_log(self) -> None:
        """Hands the keys to the log, or to the details of what has none."""
        view = self._log_pane().view if self.is_of_cube else self._details
        if view.is_attached:
            view.focus()
        else:
            self.call_after_refresh(view.focus)
