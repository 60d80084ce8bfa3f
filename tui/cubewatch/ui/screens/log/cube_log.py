"""CubeLog: a LogPane that reads the log of a cube while it is looked at."""

from typing import TYPE_CHECKING, Protocol

from textual import on, work
from textual.message import Message

from cubewatch.model import status
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.log.words import how_it_goes, why_empty
from cubewatch.ui.widgets.log_pane import LogPane

if TYPE_CHECKING:
    from textual.timer import Timer

    from cubewatch.logs.follow import LogFollow
    from cubewatch.logs.status import LogTold
    from cubewatch.runtime.clock import Timing


class LogOpener(Protocol):
    """Gives the log of a cube, as `LogStore.log` does; `anew`: not the one that failed."""

    def __call__(self, *, anew: bool = False) -> "LogFollow": ...


class CubeLog(LogPane):
    """`read` begins, `rest` stops: no request is made for a log that nobody looks at."""

    class Told(Message):
        """The reading loop has something to tell."""

        def __init__(self, log: "LogFollow", told: "LogTold") -> None:
            super().__init__()
            self.log = log
            self.told = told

    class Broken(Message):
        """The reading itself ended, by a mistake of ours or of the machine's configuration."""

        def __init__(self, log: "LogFollow", reason: str) -> None:
            super().__init__()
            self.log = log
            self.reason = reason

    def __init__(self, timing: "Timing", *, id: str | None = None) -> None:  # noqa: A002, as in textual
        super().__init__(id=id)
        self._timing = timing
        self._open: LogOpener | None = None
        self._log: LogFollow | None = None
        self._cube_status = ""
        self._clock: Timer | None = None

    def on_mount(self) -> None:
        self._clock = self.set_interval(1.0, self._say, pause=True)

    @property
    def followed(self) -> "LogFollow | None":
        return self._log

    def read(self, opener: LogOpener, cube_status: str = "", *, at_cause: bool = False) -> None:
        """Shows a log and reads what is missing of it. `at_cause`: opens at its likeliest cause
        instead of its end."""
        self._open = opener
        self._begin(opener())
        self.cube_is(cube_status)
        if at_cause:
            self.view.aim_at_cause()

    def rest(self) -> None:
        """Asks no more; what is there stays in sight."""
        self.workers.cancel_node(self)
        if self._clock:
            self._clock.pause()

    def cube_is(self, cube_status: str) -> None:
        """What the run says of the cube by now."""
        self._cube_status = cube_status
        if self._log and cube_status in status.FINAL:
            self._log.cube_has_ended()
        self._say()

    def ask_again(self) -> None:
        """Asks at once; anew for a log that was given up."""
        if self._log and self._log.is_over and self._open:
            if self._log.told.phase != "ended":
                self._begin(self._open(anew=True))
        elif self._log:
            self._log.wake()
            self._read(self._log)

    def _begin(self, log: "LogFollow") -> None:
        if log is not self._log:
            self._log = log
            self.show(log.spool)
        self._say()
        self._read(log)

    @work(group="log", exclusive=True, exit_on_error=False)
    async def _read(self, log: "LogFollow") -> None:
        try:
            async for told in log.updates():
                self.post_message(self.Told(log, told))
        except Exception as fault:  # nobody else would tell the person
            self.post_message(self.Broken(log, inert(f"{type(fault).__name__}: {fault}")))

    @on(Told)
    def _take(self, message: Told) -> None:
        if message.log is self._log:
            self._say()
            self.view.grown()

    @on(Broken)
    def _break(self, message: Broken) -> None:
        if message.log is self._log:
            self.view.explain(f"The log could not be read: {message.reason} · r asks again")
            self.note(f"reading has stopped: {message.reason}")

    def _say(self) -> None:
        if self._log is None:
            return
        told = self._log.told
        self.view.explain(why_empty(told, self._cube_status))
        said_above = not self._log.spool.size and told.phase != "trouble"
        self.note("" if said_above else how_it_goes(told, self._timing.now()))
        if self._clock and told.phase == "trouble":
            self._clock.resume()
        elif self._clock:
            self._clock.pause()
