"""TimelineScreen: a run as bars over the whole width, with its critical path."""

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.text.format import duration
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.live.freshness import age
from cubewatch.ui.screens.live.header import RunHeader, RunState
from cubewatch.ui.screens.ticker import Ticker
from cubewatch.ui.screens.timeline.view import TimelineView
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from cubewatch.model.request import RunRequest
    from cubewatch.model.snapshot import Path, Snapshot
    from cubewatch.model.timeline import Timeline
    from cubewatch.session import Session
    from cubewatch.watch.feed import RunFeed
    from cubewatch.watch.outlook import Outlook

MAX_NAMES = 5
MANY_NODES = 2_000
"""Nodes of a run beyond which its critical path takes so long that a thread looks for it."""


class TimelineScreen(BaseScreen):
    """The run of a feed. `chosen` is the node that the person wants to see in the tree, and
    `wants_log` whether its log; set when the screen is left."""

    SHEETS = ("timeline",)
    AUTO_FOCUS = "TimelineView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose(False)", "Open", key_display="⏎", tooltip="Show it in the tree"),
        Binding("l", "choose(True)", "Log"),
        Binding("question_mark,f1", "help", "Help"),
        Binding("q,escape,t", "leave", "Back", key_display="q"),
    ]

    class Updated(Message):
        """The feed of the run has an update."""

    def __init__(
        self,
        session: "Session",
        feed: "RunFeed",
        selected: "Path" = (),
        outlook: "Outlook | None" = None,
        request: "RunRequest | None" = None,
        cause: "Callable[[], tuple[Path, str] | None]" = lambda: None,
    ) -> None:
        """`request` is what the run was started with, if we know; `cause` gives the failed cube
        that the header names, and why it failed."""
        super().__init__()
        self.chosen: Path | None = None
        self.wants_log = False
        self._session = session
        self._feed = feed
        self._selected = selected
        self._outlook = outlook
        self._cause = cause
        self._line: Timeline | None = None
        self._critical: tuple[Path, ...] = ()
        self.header = RunHeader(str(session.repo), feed.slug)
        self.header.request = request
        self._view = TimelineView()
        self._ticker = Ticker(self, self._tick)
        self._words = TextLine(id="critical")

    def compose(self) -> ComposeResult:
        self._view.border_title = "Timeline"
        yield self.header
        yield self._view
        yield self._words
        yield KeyBar()

    def on_mount(self) -> None:
        self._unsubscribe = self._feed.subscribe(lambda _: self.post_message(self.Updated()))
        self._ticker.restart()
        self._show()
        if self._selected:
            self._view.reveal(self._selected)

    def on_unmount(self) -> None:
        self._unsubscribe()

    @on(Updated)
    def _show(self) -> None:
        line = self._feed.line
        if line is None:
            return
        snapshot = line.snapshot
        if self._line is not line:
            from cubewatch.model.timeline import critical_path

            self._line = line
            if len(snapshot.items) <= MANY_NODES:
                self._critical = critical_path(snapshot)
            else:
                self._critical = tuple(path for path in self._critical if path in snapshot.items)
                self._find_critical_path(line)
            self._view.show(self._line, self._critical, self._now, self._outlook)
            self._ticker.restart()
        self._ticker.start()
        self._show_words(snapshot)

    @work(group="critical path", exclusive=True, exit_on_error=False)
    async def _find_critical_path(self, line: "Timeline") -> None:
        """Shows the critical path of a gigantic run once it is found."""
        from cubewatch.model.timeline import critical_path
        from cubewatch.runtime.threads import calculate_in_daemon_thread

        self._critical = await calculate_in_daemon_thread(lambda: critical_path(line.snapshot))
        self._view.show(line, self._critical, self._now, self._outlook)
        self._show_words(line.snapshot)

    @property
    def _now(self) -> "datetime":
        """Up to when what is known holds, by the server's clock."""
        now = self._feed.server_now()
        return self._line.present(now) if self._line else now

    def _tick(self) -> bool:
        """Moves the clocks; whether something runs."""
        snapshot = self._feed.snapshot
        if snapshot is None or snapshot.is_final or not self.is_current:
            return False
        self._view.tick(self._now)
        self._show_words(snapshot)
        return True

    def on_screen_resume(self) -> None:
        self._ticker.start()

    def _show_words(self, snapshot: "Snapshot") -> None:
        from cubewatch.model.estimate import left_text
        from cubewatch.model.timeline import critical_steps

        now = self._now
        age_text = age(self._feed, self._session.timing.now())
        left = left_text(self._outlook.estimate(now).run) if self._outlook else ""
        since = self._line.ready(snapshot.waiting[0]) if self._line and snapshot.waiting else None
        self.header.show(RunState(snapshot, now, age_text, left, self._cause(), since))
        self.set_class(bool(snapshot.failures or snapshot.waiting), "-band")
        if self._line:
            steps = critical_steps(snapshot, self._critical, now)
            idle = sum(end - start for start, end in self._line.idle(now))
            total = self._line.end(now) - idle
            self._words.show(f" {critical_words(steps, total, self.size.width - 2)}")

    def action_choose(self, wants_log: bool) -> None:
        """Back to the tree, at the node under the cursor."""
        self.chosen, self.wants_log = self._view.selected, wants_log
        self.dismiss()


def critical_words(steps: "Sequence[tuple[str, timedelta]]", total: float, width: int) -> str:
    """`critical: compile → unit → … → deploy, 11m of 14m`: the longest steps by name, as many as
    there is room for; nothing where there are none."""
    if not steps:
        return ""
    worked = min(total, sum(took.total_seconds() for _, took in steps))
    text = ""
    for most in range(min(MAX_NAMES, len(steps)), -1, -1):
        longest = sorted(range(len(steps)), key=lambda place: -steps[place][1])[:most]
        names: list[str] = []
        for place, (name, _) in enumerate(steps):
            if place in longest:
                names.append(name)
            elif names[-1:] != ["…"]:
                names.append("…")
        text = f"critical: {' → '.join(names)}, {duration(worked)} of {duration(total)}"
        if cell_len(text) <= width:
            break
    return text
