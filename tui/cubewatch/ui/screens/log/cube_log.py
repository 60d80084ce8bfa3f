"""CubeLog: a LogPane that reads the log of a cube while it is looked at."""

from typing import TYPE_CHECKING, Protocol

from textual import on, work
from textual.message import Message

from cubewatch.model import status
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.log import texts
from cubewatch.ui.widgets.log_finds import CAUSES, COMPLAINTS
from cubewatch.ui.widgets.log_pane import LogPane

if TYPE_CHECKING:
    from textual.timer import Timer

    from cubewatch.logs.reader import LogReader
    from cubewatch.runtime.clock import Timing


class LogOpener(Protocol):
    """Gives the log of a cube, as `LogStore.log` does; `fresh`: not the one that failed."""

    def __call__(self, *, fresh: bool = False) -> "LogReader": ...


class CubeLog(LogPane):
    """A pane with the log of a cube. `read` starts reading and `rest` stops it, so that no request
    is made for a log that is not in view."""

    class Changed(Message):
        """The state of a log has changed."""

        def __init__(self, log: "LogReader") -> None:
            super().__init__()
            self.log = log

    class Broken(Message):
        """The reading itself ended, by a mistake of ours or of the machine's configuration."""

        def __init__(self, log: "LogReader", reason: str) -> None:
            super().__init__()
            self.log = log
            self.reason = reason

    def __init__(self, timing: "Timing", *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._timing = timing
        self._open: LogOpener | None = None
        self._log: LogReader | None = None
        self._clock: Timer | None = None

    def on_mount(self) -> None:
        self._clock = self.set_interval(1.0, self._show_state, pause=True)

    @property
    def log_reader(self) -> "LogReader | None":
        """The log that is shown."""
        return self._log

    def read(self, opener: LogOpener, cube_status: str = "", *, at_cause: bool = False) -> None:
        """Shows a log and reads what is missing of it. `at_cause`: opens at its likeliest cause
        instead of its end."""
        self._open = opener
        log = opener()
        log.cube_is(cube_status)
        self._begin(log)
        if at_cause:
            self.view.aim_at_cause()

    def rest(self) -> None:
        """Requests no more; what is there stays in sight."""
        self.workers.cancel_node(self)
        if self._clock:
            self._clock.pause()

    def request_again(self) -> None:
        """Requests at once, from the beginning a log that was given up."""
        if self._log and self._log.is_over and self._open:
            if self._log.state.phase != "ended":
                self._begin(self._open(fresh=True))
        elif self._log:
            self._log.wake()
            self._read(self._log)

    def _begin(self, log: "LogReader") -> None:
        if log is not self._log:
            self._log = log
            self.show(log.shown)
        self._show_state()
        self._read(log)

    @work(group="log", exclusive=True, exit_on_error=False)
    async def _read(self, log: "LogReader") -> None:
        try:
            async for _ in log.updates(end_first=True):
                self.post_message(self.Changed(log))
        except Exception as fault:  # otherwise the person would not see it
            self.post_message(self.Broken(log, inert(f"{type(fault).__name__}: {fault}")))

    @on(Changed)
    def _take(self, message: Changed) -> None:
        if message.log is self._log:
            log = message.log
            self.view.rebase(log.shown, log.spool if log.preview else None)
            self._show_state()
            if log.is_over:
                self.view.window.fill()
            self.view.grown()

    @on(Broken)
    def _break(self, message: Broken) -> None:
        if message.log is self._log:
            self.view.explain(texts.unreadable(message.reason))
            self.note(texts.stopped(message.reason))

    def _show_state(self) -> None:
        log = self._log
        if log is None:
            return
        self.view.explain(texts.why_empty(log.state, log.cube_status))
        has_succeeded = log.cube_status == status.SUCCESS
        self.view.finding.name_causes(COMPLAINTS if has_succeeded else CAUSES)
        is_said_above = not log.shown.size and log.state.phase != "trouble"
        self.note("" if is_said_above else texts.reading_line(log, self._timing.now()))
        if self._clock and log.state.phase == "trouble":
            self._clock.resume()
        elif self._clock:
            self._clock.pause()
