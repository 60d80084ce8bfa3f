"""LiveScreen: watches one run to its end."""

import asyncio
import os
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from cubewatch.model import status
from cubewatch.model.draft import Draft, check
from cubewatch.runtime.folders import current_folder
from cubewatch.settings import ComposeFirst
from cubewatch.ui.browser import open_page
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.live.details import ending
from cubewatch.ui.screens.live.ending import Ending
from cubewatch.ui.screens.live.freshness import age, classes, notice
from cubewatch.ui.screens.live.header import RunHeader, RunState
from cubewatch.ui.screens.live.messages import News, SwitchRun
from cubewatch.ui.screens.live.notifier import Notifier
from cubewatch.ui.screens.live.side import Side
from cubewatch.ui.screens.live.summary import summary
from cubewatch.ui.screens.live.texts import NO_FAILURE, NO_LOG, NOT_OURS
from cubewatch.ui.screens.live.where import first_in_tree, most_relevant_cube, slugs
from cubewatch.ui.screens.registry import OpenScreen
from cubewatch.ui.widgets.frame import show_titles
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.ui.widgets.prompt import Prompt
from cubewatch.ui.widgets.run_tree import RunTree
from cubewatch.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from datetime import datetime

    from cubewatch.logs.failure_causes import FailureCauses
    from cubewatch.model.estimate import Estimate
    from cubewatch.model.request import RunRequest
    from cubewatch.model.run import Run
    from cubewatch.model.snapshot import Change, Path, Snapshot
    from cubewatch.model.timeline import Timeline
    from cubewatch.session import Session
    from cubewatch.ui.screens.timeline import TimelineScreen
    from cubewatch.watch.feed import RunFeed
    from cubewatch.watch.outlook import Outlook
    from cubewatch.watch.updates import Fresh, Update


class LiveScreen(BaseScreen):
    """One run, live. `request` is what it was started with, where we started it: the API does
    not tell. From 100 columns on tree and details stand side by side; below they are two views.
    An empty `run_slug` is the newest run."""

    AUTO_FOCUS = "RunTree"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "log", "Log", tooltip="The log of the selected cube"),
        Binding("n", "failure(1)", "Failure", tooltip="Next failure"),
        Binding("N", "failure(-1)", "Failure before", show=False),
        Binding("t", "timeline", "Timeline"),
        Binding("c", "compare", "Compare", tooltip="What differs from the last good run"),
        Binding("a", "artifacts", "Artifacts"),
        Binding("d", "details", "Details"),
        Binding("o", "web", "Web", tooltip="Open the run's page in a browser"),
        Binding("y", "copy", "Copy", tooltip="Copy the run's address or a hand-over"),
        Binding("slash", "filter", "Filter", tooltip="Show only what matches", key_display="/"),
        Binding("f", "follow", "Follow", tooltip="Keep the running cube in sight"),
        Binding("R", "again", "Again", tooltip="Run again"),
        Binding("left_square_bracket", "switch(-1)", "Watched run before", show=False),
        Binding("right_square_bracket", "switch(1)", "Next watched run", show=False),
        Binding("r", "ask_now", "Now", tooltip="Ask the server now"),
        Binding("ctrl+f", "search", "Search the logs", show=False),
        Binding("question_mark,f1", "help", "Help"),
        Binding("q", "leave", "Back"),
        Binding("escape", "back", "Back", show=False),
    ]

    class Updated(Message):
        """The feed of the run has an update."""

        def __init__(self, update: "Update") -> None:
            super().__init__()
            self.update = update

    class RequestFound(Message):
        """The run is one that was started from here, with `request`, and with values of the
        `forgotten` inputs (workflow, name) that were kept nowhere."""

        def __init__(self, request: "RunRequest", forgotten: tuple[tuple[str, str], ...]) -> None:
            super().__init__()
            self.request = request
            self.forgotten = forgotten

    def __init__(
        self, session: "Session", run_slug: str, request: "RunRequest | None" = None
    ) -> None:
        super().__init__()
        self.session = session
        self.run_slug = run_slug
        self.request: RunRequest | None = None
        self.forgotten: tuple[tuple[str, str], ...] = ()
        self._feed: RunFeed | None = None
        self._outlook: Outlook | None = None
        self._causes: FailureCauses | None = None
        self._line: Timeline | None = None
        self._was_started_here = request is not None
        self._unseen: list[Change] = []
        self._following = True
        self._narrow = False
        self._notifier = Notifier(os.environ, session.settings.terminal.notify)
        self._header = RunHeader(str(session.repo), run_slug)
        self._tree = RunTree()
        self._side = Side(session, lambda: self.run_slug)
        self._notice = TextLine(id="notice")
        self._advice = TextLine(id="advice")
        self._panel = Vertical(id="run")
        show_titles(self._panel, "Run")
        self._ending = Ending(id="ending")
        self._filter = Prompt("filter", id="filter")
        self._know_request(request)

    @property
    def _snapshot(self) -> "Snapshot | None":
        return self._feed.snapshot if self._feed else None

    def compose(self) -> ComposeResult:
        yield self._header
        with Horizontal(id="body"):
            with self._panel:
                yield self._tree
                yield self._ending
            yield self._side
        yield self._filter
        yield self._notice
        yield self._advice
        yield KeyBar()

    def on_mount(self) -> None:
        self.call_after_refresh(self._begin_watching)
        self.set_interval(1.0, self._tick)

    def _begin_watching(self) -> None:
        feed = self._feed = self.session.feed(
            self.session.repo, self.run_slug, exists=self._was_started_here
        )
        self._unsubscribe = feed.subscribe(lambda update: self.post_message(self.Updated(update)))
        self._outlook = self.session.outlook(feed)
        self._outlook.on_change(self._show_outlook)
        self._causes = self.session.failure_causes(self._show_cause)
        feed.start()
        if self.run_slug and self.request is None:
            self.recall()
        if feed.snapshot:
            self._show_news()

    def on_unmount(self) -> None:
        if self._feed:
            self._unsubscribe()
        if self._outlook:
            self._outlook.close()
        if self._causes:
            self._causes.close()

    @work(group="recall", exclusive=True, exit_on_error=False)
    async def recall(self) -> None:
        """Looks whether the run was started from here."""
        session = self.session
        sent = await asyncio.to_thread(session.memory().of_run, session.repo, self.run_slug)
        request = check(sent.draft, config=None).so_far if sent else None
        if sent and request:
            self.post_message(self.RequestFound(request, sent.forgotten))

    @on(RequestFound)
    def _take_request(self, found: RequestFound) -> None:
        self.forgotten = found.forgotten
        self._know_request(found.request)
        self._show_header()
        self._show_details()

    def _know_request(self, request: "RunRequest | None") -> None:
        self.request = self._header.request = self._side.request = request

    def _name_run(self, slug: str) -> None:
        """It is known by now which run is the newest."""
        self.run_slug = self._header.run_slug = slug
        self._show_header()
        self.recall()

    @on(Updated)
    def _take(self, updated: Updated) -> None:
        from cubewatch.watch.updates import Fresh

        if self._feed and self._feed.slug != self.run_slug:
            self._name_run(self._feed.slug)
        if isinstance(updated.update, Fresh):
            self._take_fresh(updated.update)
        self._show_freshness()

    def _take_fresh(self, fresh: "Fresh") -> None:
        self._unseen += fresh.changes
        self.session.logs().run_is(fresh.snapshot.run)
        if self.is_current:
            self._show_news()
        if self._causes:
            self._causes.take(fresh.snapshot)
        self._announce(fresh.snapshot)

    @property
    def _is_in_front(self) -> bool:
        """Whether this is the run that the person looks at, maybe by its log."""
        live = [screen for screen in self.app.screen_stack if isinstance(screen, LiveScreen)]
        return bool(live) and live[-1] is self

    def _announce(self, snapshot: "Snapshot") -> None:
        """Hands the app what is said beside the screen, and stays in the scrollback."""
        sequences = self._notifier.sequences(
            snapshot,
            has_focus=self.app.app_focus,
            cause=self._announced_cause(snapshot),
            in_front=self._is_in_front,
        )
        cause = self._causes.text if self._causes else lambda _: ""
        lines = summary(self.session.repo, self.run_slug, snapshot, self.server_now, cause)
        self.post_message(News(self, snapshot, sequences, lines))

    def _announced_cause(self, snapshot: "Snapshot") -> str | None:
        """What failed first and why; "" if that can't be said, None if it soon can."""
        if not (snapshot.failures and self._causes):
            return ""
        for path, text in self._causes.known:
            return f"{'/'.join(path[1:])}: {text}"
        return None if self._causes.is_looking else ""

    def _show_cause(self) -> None:
        """The likely cause of a failure is known."""
        if self._snapshot:
            self._show_header()
            self._announce(self._snapshot)

    def _show_news(self) -> None:
        """What has changed; all at once after another screen was in front."""
        snapshot, changes = self._snapshot, self._unseen
        if snapshot is None:
            return
        self._unseen = []
        self._show_tree(bool(snapshot.items))
        now = self.server_now
        if self._line is None or self._line.snapshot is not snapshot:
            from cubewatch.model.timeline import Timeline

            self._line = Timeline(snapshot)
        self._tree.show(self._line, changes, now, self._estimate)
        if self._following:
            self._follow(snapshot, changes)
        self._show_header()
        self._show_details()

    @property
    def _estimate(self) -> "Estimate | None":
        return self._outlook.estimate(self.server_now) if self._outlook else None

    def _show_outlook(self) -> None:
        """More is known of earlier runs."""
        if self.is_current and self._snapshot:
            self._tree.tick(self.server_now, self._estimate)
            self._show_header()
            self._show_details()

    def _show_ending(self) -> None:
        """What there is to say below the tree of a run that has ended."""
        snapshot = self._snapshot
        if snapshot and snapshot.is_final and snapshot.items:
            comparison = self._outlook.comparison if self._outlook else None
            self._ending.show(
                list(
                    ending(snapshot, self.server_now, comparison, is_ours=self.request is not None)
                )
            )

    def _show_tree(self, shown: bool) -> None:
        """A run without workflows speaks through its details alone."""
        if shown == self.has_class("-empty"):
            self.set_class(not shown, "-empty")
            self._tree.focus() if shown else self._side.focus_log()

    def _follow(self, snapshot: "Snapshot", changes: "list[Change]") -> None:
        """To the first new failure, and stay there; else to a cube at work, if on none."""
        failed = [change.path for change in changes if change.path in snapshot.failed]
        working = snapshot.current
        if failed:
            self._tree.reveal(failed[0])
            self._following = False
        elif working and self._tree.selected not in working:
            self._tree.reveal(first_in_tree(snapshot.items, working))

    def _show_header(self) -> None:
        snapshot, estimate = self._snapshot, self._estimate
        left, since = "", None
        if estimate:
            from cubewatch.model.estimate import left_text

            left = left_text(estimate.run)
        if snapshot and snapshot.waiting and self._line:
            since = self._line.ready(snapshot.waiting[0])
        age_text = age(self._feed, self.session.timing.now()) if self._feed else ""
        self._header.show(
            RunState(snapshot, self.server_now, age_text, left, self._shown_cause, since)
        )
        following = self._following and not (snapshot and snapshot.is_final)
        show_titles(self._panel, "Run", "following" if following else "")
        if snapshot:
            failed, waits = bool(snapshot.failures), bool(snapshot.waiting)
            self.update_classes({"-band": failed or waits, "-failed": failed})

    @property
    def _shown_cause(self) -> "tuple[Path, str] | None":
        """The failed cube that the header names: the selected one, else the first with a cause."""
        if not (self._snapshot and self._snapshot.failures and self._causes):
            return None
        failures, text = self._snapshot.failures, self._causes.text
        known = [path for path, _ in self._causes.known]
        selected = self._tree.selected
        path = selected if selected in self._snapshot.failed else next(iter(known), failures[0])
        return path, text(path)

    def _show_details(self) -> None:
        if self._snapshot and self._line:
            path = self._tree.selected
            usual = self._outlook.usual(path) if self._outlook and path else None
            bar = self._line.bar(path)
            self._side.show(self._snapshot, path, self.server_now, bar, usual)
        self._show_ending()

    def _tick(self) -> None:
        """Moves the clocks, as long as something runs or an answer is due."""
        if self._notifier.owes_failure and self._snapshot:
            self._announce(self._snapshot)
        snapshot, feed = self._snapshot, self._feed
        if not self.is_current:
            return
        if snapshot and not snapshot.is_final:
            self._tree.tick(self.server_now, self._estimate)
            if snapshot.status_of(self._tree.selected) not in status.FINAL:
                self._show_details()
        elif snapshot and not (feed and feed.freshness.trouble):
            return
        self._show_header()
        self._show_freshness()

    @property
    def server_now(self) -> "datetime":
        """Up to when what is shown holds, by the server's clock."""
        return self._feed.server_now() if self._feed else self.session.timing.utc()

    def _show_freshness(self) -> None:
        feed, now = self._feed, self.session.timing.now()
        if feed is None:
            return
        self._notice.show(notice(feed, now))
        trouble = feed.freshness.trouble
        self._advice.show(trouble.error.advice if trouble else "")
        for name, holds in classes(feed, now).items():
            self.set_class(holds, name)

    @on(RunTree.Selected)
    def _selected(self, selected: RunTree.Selected) -> None:
        if selected.by_hand and self._following:
            self._set_following(False)
        self._show_details()

    @on(RunTree.Chosen)
    def _chosen(self) -> None:
        self.action_log()

    def _set_following(self, following: bool) -> None:
        self._following = following
        self._show_header()

    def action_follow(self) -> None:
        """Keeps the running cube in sight, or no longer."""
        self._set_following(not self._following)
        if self._following and self._snapshot and self._snapshot.current:
            self._tree.reveal(first_in_tree(self._snapshot.items, self._snapshot.current))

    def action_failure(self, step: int) -> None:
        """Goes to the next or the previous failure."""
        failures = list(self._snapshot.failures) if self._snapshot else []
        if not failures:
            self.notify(NO_FAILURE, markup=False)
            return
        self._set_following(False)
        selected = self._tree.selected
        at = failures.index(selected) + step if selected in failures else min(0, step)
        self._tree.reveal(failures[at % len(failures)])

    def action_details(self) -> None:
        """Wide: shows or hides the details. Narrow: goes over to them and back."""
        self.toggle_class("-details")
        if self.has_class("-details") and self.has_class("-narrow"):
            self._side.focus_log()
        else:
            self._tree.focus()
        self._attend()

    def _attend(self) -> None:
        """The log beside the tree is read while it is in sight."""
        in_sight = self.has_class("-details") == self.has_class("-narrow")
        self._side.attend(in_sight and self.is_current)

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """Another way to show the details begins with the tree in sight."""
        if self.has_class("-narrow") != self._narrow:
            self._narrow = not self._narrow
            self.remove_class("-details")
            self._tree.focus()
        self._attend()

    def on_screen_resume(self) -> None:
        self._attend()
        self._show_news()
        self._show_freshness()

    def on_screen_suspend(self) -> None:
        self._side.attend(False)

    def action_ask_now(self) -> None:
        """Asks the server at once, also after the end or when the polling had stopped."""
        if self._feed:
            self._feed.wake()

    def action_log(self) -> None:
        """The log of the selected cube on the whole screen; of a task or workflow, that of the
        cube that failed or works."""
        cube = most_relevant_cube(self._snapshot, self._tree.selected) if self._snapshot else None
        if self._snapshot is None or cube is None:
            self.notify(NO_LOG, markup=False)
            return
        self._tree.reveal(cube)
        path = slugs(self._snapshot, cube)
        cube_status = self._snapshot.status_of(cube)
        self.post_message(
            OpenScreen(
                "log",
                repo=self.session.repo,
                timing=self.session.timing,
                opener=self._side.opener(path),
                run_slug=self.run_slug,
                cube=path,
                cube_status=cube_status,
                at_cause=cube_status in status.FAILURES,
            )
        )

    def action_artifacts(self) -> None:
        """The artifacts of the selected node, to be downloaded."""
        from cubewatch.artifacts.list import cubes_with_artifacts

        if self._snapshot is None:
            return
        under = slugs(self._snapshot, self._tree.selected)
        cubes = [path[1:] for path in cubes_with_artifacts(self._snapshot.run, under)]
        self.post_message(
            OpenScreen(
                "artifacts",
                repo=self.session.repo,
                run_slug=self.run_slug,
                cubes=cubes,
                folder=current_folder(),
            )
        )

    def action_search(self) -> None:
        """Looks for a text in the logs of all cubes that have run."""
        if self._snapshot:
            self.post_message(
                OpenScreen(
                    "search", repo=self.session.repo, run_slug=self.run_slug, run=self._known_run
                )
            )

    def _known_run(self) -> "Run | None":
        return self._snapshot.run if self._snapshot else None

    def action_timeline(self) -> None:
        """The run over the whole width, as bars on a time axis."""
        if self._feed and self._snapshot:
            from cubewatch.ui.screens.timeline import TimelineScreen

            screen = TimelineScreen(
                self.session, self._feed, self._tree.selected, self._outlook, self.request
            )
            self.app.push_screen(screen, lambda _: self._come_back(screen))

    def _come_back(self, timeline: "TimelineScreen") -> None:
        """To the node that was chosen in the timeline."""
        if timeline.chosen:
            self._set_following(False)
            self._tree.reveal(timeline.chosen)
            if timeline.wants_log:
                self.action_log()

    def action_compare(self) -> None:
        """What differs from the last good run."""
        if self._feed and self._outlook and self._snapshot:
            from cubewatch.ui.screens.compare import CompareScreen

            screen = CompareScreen(self._feed, self._outlook)
            self.app.push_screen(screen, lambda _: self._reveal(screen.chosen))

    def _reveal(self, path: "Path") -> None:
        if path:
            self._set_following(False)
            self._tree.reveal(path)

    def action_filter(self) -> None:
        """Asks what to show of the tree."""
        self._filter.ask(self._tree.pattern)

    @on(Prompt.Changed)
    def _narrow_tree(self, changed: Prompt.Changed) -> None:
        self._tree.filter(changed.text)

    @on(Prompt.Left)
    def _leave_filter(self, left: Prompt.Left) -> None:
        if not left.kept:
            self._tree.filter("")
        self._tree.focus()

    def action_switch(self, step: int) -> None:
        """Goes to another run that is watched."""
        self.post_message(SwitchRun(step))

    def action_web(self) -> None:
        """Opens the run's page where there is a browser, else copies its address."""
        open_page(self, self.session.repo.run_url(self.run_slug))

    @work(group="copy", exclusive=True, exit_on_error=False)
    async def action_copy(self) -> None:
        """Offers the run's address, a hand-over, and what the logs of failed cubes say."""
        from cubewatch.ui.screens.copying import CopyScreen
        from cubewatch.ui.screens.live.handing_over import run_copies

        if self._snapshot and self._snapshot.failures:
            self.notify("Reading the logs of what failed …", markup=False)
        comparison = self._outlook.comparison if self._outlook else None
        offered = await run_copies(
            self.session, self.run_slug, self._snapshot, self.server_now, self.request, comparison
        )
        self.app.push_screen(CopyScreen(offered, offered, ""))

    def action_again(self) -> None:
        """Fills the form with what this run was started with."""
        if self.request:
            start = ComposeFirst(Draft.of(self.request), forgotten=self.forgotten)
            self.post_message(OpenScreen("compose", repo=self.session.repo, start=start))
        else:
            self.notify(NOT_OURS, markup=False)

    def action_leave(self) -> None:
        """Back, or out of the program from the first screen; the run goes on."""
        if not self.action_back():
            self.app.exit()

    def action_back(self) -> bool:
        """Back from the details to the tree, or to the screen before; whether there was one."""
        if self.has_class("-narrow") and self.has_class("-details"):
            self.action_details()
        elif self._tree.pattern:
            self._tree.filter("")
        elif len(self.app.screen_stack) > 1:
            self.dismiss()
        else:
            return False
        return True
