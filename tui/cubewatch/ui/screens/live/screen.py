"""LiveScreen: watches one run to its end."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from cubewatch.model import status
from cubewatch.settings import ComposeFirst
from cubewatch.ui.browser import open_page
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.live.announcer import Announcer
from cubewatch.ui.screens.live.background import Background
from cubewatch.ui.screens.live.ending_lines import EndingLines
from cubewatch.ui.screens.live.following import Following
from cubewatch.ui.screens.live.freshness import classes, notice
from cubewatch.ui.screens.live.header import RunHeader
from cubewatch.ui.screens.live.known_run import KnownRun
from cubewatch.ui.screens.live.openings import artifacts_under, log_of_cube
from cubewatch.ui.screens.live.side import Side
from cubewatch.ui.screens.live.texts import NO_FAILURE, NO_LOG, NOT_OURS
from cubewatch.ui.screens.live.tree_filter import TreeFilter
from cubewatch.ui.screens.live.views import Views
from cubewatch.ui.screens.live.where import most_relevant_cube
from cubewatch.ui.screens.registry import OpenScreen
from cubewatch.ui.screens.ticker import Ticker
from cubewatch.ui.widgets.frame import show_titles
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.ui.widgets.run_tree import RunTree
from cubewatch.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest
    from cubewatch.model.snapshot import Change
    from cubewatch.session import Session
    from cubewatch.watch.updates import Update


class LiveScreen(BaseScreen):
    """One run, live. `request` is what it was started with, where we started it: the API does
    not tell. From 100 columns on tree and details stand side by side; below they are two views.
    An empty `run_slug` is the newest run."""

    SHEETS: ClassVar[tuple[str, ...]] = ("live", "log")
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
        Binding("left_square_bracket", "app.switch_run(-1)", "Watched run before", show=False),
        Binding("right_square_bracket", "app.switch_run(1)", "Next watched run", show=False),
        Binding("r", "ask_now", "Now", tooltip="Ask the server now"),
        Binding("ctrl+f", "search", "Search the logs", show=False),
        Binding("question_mark,f1", "help", "Help"),
        Binding("q", "leave", "Back"),
        Binding("escape", "back", "Back", show=False),
    ]

    class FeedUpdated(Message):
        """The feed of the run has an update."""

        def __init__(self, update: "Update") -> None:
            super().__init__()
            self.update = update

    def __init__(
        self, session: "Session", run_slug: str, request: "RunRequest | None" = None
    ) -> None:
        super().__init__()
        self.session = session
        self.run_slug = run_slug
        self._background = Background(self, request, self._show_background)
        self._was_started_here = request is not None
        self._successor = ""
        self._unseen: list[Change] = []
        self._header = RunHeader(str(session.repo), run_slug)
        self._tree = RunTree()
        self._side = Side(session, lambda: self.run_slug)
        self._header.request = self._side.request = request
        self._notice = TextLine(id="notice")
        self._advice = TextLine(id="advice")
        self._panel = Vertical(id="run")
        show_titles(self._panel, "Run")
        self._ending = EndingLines(id="ending")
        self._filter = TreeFilter(self._tree)
        self._known = KnownRun(session)
        self._announcer = Announcer(self, self._known, session.settings.terminal.notify)
        self._following = Following(self._tree, self._show_header)
        self._views = Views(self, self._tree, self._side)
        self._ticker = Ticker(self, self._tick, self._is_answer_due)

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
        self._ticker.restart()

    def _begin_watching(self) -> None:
        feed = self.session.feed(self.session.repo, self.run_slug, exists=self._was_started_here)
        self._known.use(
            feed,
            on_update=lambda update: self.post_message(self.FeedUpdated(update)),
            on_outlook=self._show_outlook,
            on_cause=self._show_cause,
        )
        feed.start()
        if self.run_slug:
            self._background.look_up_request()
        if feed.snapshot:
            self._show_news()

    def on_unmount(self) -> None:
        self._known.close()

    def _show_background(self) -> None:
        """More is known of the request that the run was started with, or of its pull request."""
        self._header.request = self._side.request = self._background.request
        self._header.origin = self._background.origin
        self._show_header()
        self._show_details()

    @on(FeedUpdated)
    def _take(self, updated: FeedUpdated) -> None:
        from cubewatch.watch.updates import Fresh

        feed, update = self._known.feed, updated.update
        if feed and feed.slug != self.run_slug:  # it is known by now which one is the newest
            self.run_slug = self._header.run_slug = feed.slug
            self._show_header()
            self._background.look_up_request()
        if isinstance(update, Fresh):
            self._background.look_up_origin(update.snapshot.run)
            self._unseen += update.changes
            self.session.run_is(update.snapshot.run)
            if self.is_current:
                self._show_news()
            self._known.look_for_causes(update.snapshot)
            self._announcer.announce(update.snapshot)
        self._show_freshness()
        self._ticker.start()
        self._ticker.hurry()

    def _show_cause(self) -> None:
        """The likely cause of a failure is known."""
        if self._known.snapshot:
            self._show_header()
            self._announcer.announce(self._known.snapshot)

    def _show_news(self) -> None:
        """Shows what has changed; all at once after another screen was in front."""
        known, changes = self._known, self._unseen
        if known.snapshot is None or known.line is None:
            return
        self._unseen = []
        self._views.show_tree(bool(known.snapshot.items))
        self._tree.show(known.line, changes, known.now, known.estimate)
        self._following.follow(known.snapshot, changes)
        self._show_header()
        self._show_details()
        self._ticker.restart()

    def _show_outlook(self) -> None:
        """More is known of earlier runs."""
        if self.is_current and self._known.snapshot:
            self._tree.tick(self._known.now, self._known.estimate)
            self._show_header()
            self._show_details()

    def _show_header(self) -> None:
        snapshot = self._known.snapshot
        self._header.show(self._known.state(self._tree.selected))
        following = self._following.is_on and not (snapshot and snapshot.is_final)
        show_titles(self._panel, "Run", "following" if following else "")
        if snapshot:
            failed, waits = bool(snapshot.failures), bool(snapshot.waiting)
            self.update_classes({"-band": failed or waits, "-failed": failed})

    def show_successor(self, slug: str) -> None:
        """The run was restarted as another one."""
        self._successor = slug
        if self.is_current:
            self._show_details()

    def _show_details(self) -> None:
        """Beside the tree what is known of a node; below it, of a run that has ended."""
        known, snapshot, path = self._known, self._known.snapshot, self._tree.selected
        if snapshot and path and path not in snapshot.items:
            return  # the tree is about to show an answer in which that node is gone
        if snapshot and known.line:
            self._side.show(known.line, path, known.now, known.usual(path))
        if snapshot and known.line and snapshot.is_final and snapshot.items:
            is_ours = self._background.request is not None
            self._ending.show_end(
                known.line, known.now, known.comparison, is_ours=is_ours, successor=self._successor
            )

    def _tick(self) -> bool:
        """Moves the clocks; whether something runs, or an answer is due."""
        is_owed = self._announcer.announce_what_is_owed()
        known, snapshot, feed = self._known, self._known.snapshot, self._known.feed
        if not self.is_current:
            return is_owed
        if snapshot and not snapshot.is_final:
            self._tree.tick(known.now, known.estimate)
            item = snapshot.items.get(self._tree.selected)
            is_over = item is not None and item.status in status.FINAL
            if self._side.is_on_screen and not is_over:
                self._show_details()
        elif snapshot and not (feed and feed.freshness.trouble):
            return is_owed
        self._show_header()
        self._show_freshness()
        return True

    def _is_answer_due(self) -> bool:
        feed = self._known.feed
        return feed is not None and feed.freshness.unconfirmed_since is not None

    def on_cube_log_changed(self) -> None:
        """Draws what has changed since together with the log."""
        self._ticker.hurry()

    def _show_freshness(self) -> None:
        feed, now = self._known.feed, self.session.timing.now()
        if feed is None:
            return
        self._notice.show(notice(feed, now))
        trouble = feed.freshness.trouble
        self._advice.show(trouble.error.advice if trouble else "")
        for name, holds in classes(feed, now).items():
            self.set_class(holds, name)

    @on(RunTree.Selected)
    def _selected(self, selected: RunTree.Selected) -> None:
        if selected.by_hand and self._following.is_on:
            self._following.turn(False)
        self._show_details()

    def on_resize(self) -> None:
        self.call_after_refresh(self._views.fit)

    def on_screen_resume(self) -> None:
        self._views.attend()
        self._show_news()
        self._show_freshness()
        self._ticker.start()

    def on_screen_suspend(self) -> None:
        self._side.attend(False)

    def action_follow(self) -> None:
        """Keeps the running cube in sight, or no longer."""
        self._following.toggle(self._known.snapshot)

    def action_failure(self, step: int) -> None:
        """Goes to the next or the previous failure."""
        snapshot = self._known.snapshot
        if snapshot and snapshot.failures:
            self._following.go_to_failure(snapshot.failures, step)
        else:
            self.notify(NO_FAILURE, markup=False)

    def action_details(self) -> None:
        """Wide: shows or hides the details. Narrow: goes over to them and back."""
        self._views.toggle_details()
        self._show_details()

    def action_ask_now(self) -> None:
        """Asks the server at once, also after the end or when the polling had stopped."""
        if self._known.feed:
            self._known.feed.wake()

    @on(RunTree.Chosen)
    def action_log(self) -> None:
        """The log of the selected cube on the whole screen; of a task or workflow, that of the
        cube that failed or works."""
        snapshot = self._known.snapshot
        cube = most_relevant_cube(snapshot, self._tree.selected) if snapshot else None
        if snapshot is None or cube is None:
            self.notify(NO_LOG, markup=False)
            return
        self._tree.reveal(cube)
        opener = self._side.opener
        self.post_message(log_of_cube(self.session, self.run_slug, snapshot, cube, opener))

    def action_artifacts(self) -> None:
        """The artifacts of the selected node, to be downloaded."""
        if snapshot := self._known.snapshot:
            node = self._tree.selected
            self.post_message(artifacts_under(self.session, self.run_slug, snapshot, node))

    def action_search(self) -> None:
        """Looks for a text in the logs of all cubes that have run."""
        if self._known.snapshot:
            repo, run = self.session.repo, self._known.run
            self.post_message(OpenScreen("search", repo=repo, run_slug=self.run_slug, run=run))

    def action_timeline(self) -> None:
        """The run over the whole width, as bars on a time axis."""
        known = self._known
        if known.feed and known.snapshot:
            from cubewatch.ui.screens.timeline import TimelineScreen

            selected = self._tree.selected
            timeline = TimelineScreen(
                self.session,
                known.feed,
                selected,
                known.outlook,
                self._background.request,
                lambda: known.shown_cause(selected),
            )
            timeline.header.origin = self._background.origin

            def come_back(_: None) -> None:
                self._following.go_to(timeline.chosen)
                if timeline.chosen and timeline.wants_log:
                    self.action_log()

            self.app.push_screen(timeline, come_back)

    def action_compare(self) -> None:
        """Shows the differences to the last good run."""
        known = self._known
        if known.feed and known.outlook and known.snapshot:
            from cubewatch.ui.screens.compare import CompareScreen

            screen = CompareScreen(known.feed, known.outlook)
            self.app.push_screen(screen, lambda _: self._following.go_to(screen.chosen))

    def action_filter(self) -> None:
        """Asks what to show of the tree."""
        self._filter.ask(self._filter.text)

    def action_web(self) -> None:
        """Opens the run's page where there is a browser, else copies its address."""
        open_page(self, self.session.repo.run_url(self.run_slug))

    @work(group="copy", exclusive=True, exit_on_error=False)
    async def action_copy(self) -> None:
        """Offers the run's address, a hand-over, and what the logs of failed cubes say."""
        from cubewatch.ui.screens.copying import CopyScreen
        from cubewatch.ui.screens.live.handing_over import run_copies

        known, snapshot = self._known, self._known.snapshot
        if snapshot and snapshot.failures:
            self.notify("Reading the logs of what failed …", markup=False)
        offered = await run_copies(
            self.session,
            self.run_slug,
            snapshot,
            known.now,
            self._background.request,
            known.comparison,
        )
        self.app.push_screen(CopyScreen(offered, offered, ""))

    def action_again(self) -> None:
        """Fills the form with what this run was started with."""
        background = self._background
        if background.request:
            from cubewatch.model.draft import Draft

            start = ComposeFirst(Draft.of(background.request), forgotten=background.forgotten)
            self.post_message(OpenScreen("compose", repo=self.session.repo, start=start))
        else:
            self.notify(NOT_OURS, markup=False)

    def action_leave(self) -> None:
        """Back, or out of the program from the first screen; the run goes on."""
        if not self.action_back():
            self.app.exit()

    def action_back(self) -> bool:
        """Back from the details to the tree, or to the screen before; whether there was one."""
        if self._views.has_details_instead_of_tree:
            self._views.toggle_details()
        elif self._filter.text:
            self._filter.clear()
        elif len(self.app.screen_stack) > 1:
            self.dismiss()
        else:
            return False
        return True
