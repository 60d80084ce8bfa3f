"""LogScreen: the log of one cube on the whole screen."""

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from cubewatch.logs.search import Query
from cubewatch.text.sanitize import inert
from cubewatch.ui.confirmation import Confirmation, replace_text
from cubewatch.ui.pager import pager_command, run_pager
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.log import texts
from cubewatch.ui.screens.log.cube_log import CubeLog, LogOpener
from cubewatch.ui.screens.log.keep import save_log, write_log
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from cubewatch.runtime.clock import Timing

MAX_COPIED = 56_000
"""Bytes that are put on the clipboard: 74 994 in base64 is the least that terminals take."""


class LogScreen(BaseScreen):
    """Reads one log until the person leaves. `opener` gives the log, `cube` is the path of slugs
    from the workflow down, `at_cause` opens it at its likeliest cause, `query` at what it finds
    first from `at_line` (from 0) on."""

    SHEETS = ("log",)
    AUTO_FOCUS = "LogView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save", "Save"),
        Binding("y", "copy", "Copy page"),
        Binding("v", "pager", "Pager"),
        Binding("z", "bare", "Bare"),
        Binding("r", "request_again", "Try again", show=False),
        Binding("question_mark,f1", "help", "Help"),
        Binding("q", "leave", "Back"),
        Binding("escape", "back", "End the search, or back", show=False),
    ]

    class Saved(Message):
        """A log was saved to the file `target`, or could not be because of `problem`."""

        def __init__(self, target: Path, size: int, problem: OSError | None) -> None:
            super().__init__()
            self.target = target
            self.size = size
            self.problem = problem

    def __init__(
        self,
        timing: "Timing",
        opener: LogOpener,
        run_slug: str,
        cube: tuple[str, ...],
        *,
        cube_status: str = "",
        at_cause: bool = False,
        query: Query | None = None,
        at_line: int = 0,
    ) -> None:
        super().__init__()
        self._opener = opener
        self._run_slug = run_slug
        self.cube = cube
        self._cube_status = cube_status
        self._at_cause = at_cause
        self._query = query
        self._at_line = at_line
        self._title_line = TextLine(id="log-title")
        self._pane = CubeLog(timing)
        self._replacing = Confirmation[Path]()

    def compose(self) -> ComposeResult:
        yield self._title_line
        yield self._pane
        with Horizontal(id="log-foot"):
            yield KeyBar()

    def on_mount(self) -> None:
        self._title_line.show(f" #{self._run_slug} {' › '.join(self.cube)}")
        self._pane.read(self._opener, self._cube_status, at_cause=self._at_cause)
        if self._query:
            self._pane.view.search(self._query, start=self._at_line)

    def action_request_again(self) -> None:
        """Requests the log at once."""
        self._pane.request_again()

    def action_bare(self) -> None:
        """Nothing but the log, to select and copy from; or everything again."""
        self.toggle_class("-bare")

    def action_copy(self) -> None:
        """Puts the lines in sight on the clipboard, as far as terminals take it."""
        text = self._pane.view.window.text
        kept = text.encode()[:MAX_COPIED].decode("utf-8", "ignore")
        if not kept:
            self.notify(texts.NOTHING_TO_COPY, markup=False)
            return
        self.app.copy_to_clipboard(kept)
        self.notify(texts.copied(kept, kept == text), markup=False)

    def action_save(self) -> None:
        """Asks where to, then writes all that is there by now."""
        name = "-".join((self._run_slug, *self.cube))
        safe = "".join(char if char.isalnum() or char in "-_." else "_" for char in name)
        self._replacing.withdraw()
        self._pane.ask("save", f"{safe.lstrip('.')}.log")

    @on(CubeLog.Answered)
    def _save_to(self, answered: CubeLog.Answered) -> None:
        target = Path(answered.text)
        try:
            target = target.expanduser()
        except RuntimeError:
            self.notify(f"No such user: {inert(answered.text)}", markup=False)
            return
        self._save(target, overwrite=self._replacing.is_asked(target))

    @work(group="save", exclusive=True, exit_on_error=False)
    async def _save(self, target: Path, *, overwrite: bool) -> None:
        log = self._pane.log_reader
        if log is None:
            return
        size, problem = log.spool.size, None
        try:
            await asyncio.to_thread(save_log, log.spool, size, target, overwrite=overwrite)
        except OSError as error:
            problem = error
        self.post_message(self.Saved(target, size, problem))

    @on(Saved)
    def _saved(self, saved: Saved) -> None:
        name = inert(str(saved.target))
        if saved.problem is None:
            self.notify(f"Saved {saved.size} bytes to {name}", markup=False)
        elif isinstance(saved.problem, FileExistsError):
            self._replacing.ask(saved.target)
            self.notify(replace_text(name), markup=False)
            self._pane.ask("save", str(saved.target))
        else:
            reason = inert(saved.problem.strerror or str(saved.problem))
            self.notify(f"Not saved to {name}: {reason}", severity="error", markup=False)

    @work(group="pager", exclusive=True, exit_on_error=False)
    async def action_pager(self) -> None:
        """Shows the log as it came in `$PAGER`, until that is left."""
        log = self._pane.log_reader
        if log is None or not log.shown.size:
            self.notify(texts.NOTHING_TO_SHOW, markup=False)
            return
        try:
            with tempfile.TemporaryFile(prefix="cubewatch-") as file:
                await asyncio.to_thread(write_log, log.shown, log.shown.size, file.fileno())
                file.seek(0)
                await run_pager(self.app, pager_command(), file.fileno())
        except SuspendNotSupported:
            self.notify(texts.NO_PAGER, markup=False)
        except (OSError, ValueError) as error:
            self.notify(inert(f"The pager does not start: {error}"), markup=False)
        self.refresh(layout=True)

    def action_back(self) -> None:
        """Ends the search if there is one, else goes back."""
        if self._pane.view.finding.hits:
            self._pane.view.search(None)
        else:
            self.action_leave()
