"""RunsScreen: the runs of one or several repositories, live."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.model.repository import RepoSlug
from cubewatch.model.runs_list import Fold, RunFilter, RunKey
from cubewatch.settings import ComposeFirst
from cubewatch.text.sanitize import inert
from cubewatch.ui.browser import open_page
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.registry import OpenScreen
from cubewatch.ui.screens.runs import texts
from cubewatch.ui.screens.runs.header import RunsHeader
from cubewatch.ui.screens.runs.view import RunsView
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.ui.widgets.prompt import FilterPrompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cubewatch.model.around import User
    from cubewatch.session import Session
    from cubewatch.ui.widgets.measured_text import Span
    from cubewatch.watch.runs_outlook import RunsOutlook
    from cubewatch.watch.runs_poll import RunsPoll

TICK = 5.0
"""Seconds between two looks at the clock."""
GATHER = 0.25
"""Seconds in which changes are gathered before they are shown."""
MAX_TROUBLES = 3


class RunsScreen(BaseScreen):
    """The runs of `repositories`, live; without any, of those the session knows of."""

    SHEETS = ("runs",)
    AUTO_FOCUS = "RunsView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Watch", key_display="⏎"),
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("m", "mine", "Mine"),
        Binding("R", "again", "Run again"),
        Binding("o", "web", "Web"),
        Binding("y", "copy", "Copy the address"),
        Binding("n", "attention", "Next that needs attention", show=False),
        Binding("left_square_bracket", "app.switch_run(-1)", "Watched run before", show=False),
        Binding("right_square_bracket", "app.switch_run(1)", "Next watched run", show=False),
        Binding("r", "ask_now", "Ask the server now", show=False),
        Binding("question_mark,f1", "help", "Help"),
        Binding("escape", "back", "Show all runs", show=False),
        Binding("q", "leave", "Back"),
    ]

    class Changed(Message):
        """The poll knows something new."""

    class Repositories(Message):
        """It is known which repositories there are."""

        def __init__(self, found: "Sequence[RepoSlug]") -> None:
            super().__init__()
            self.found = found

    class LookedAt(Message):
        """Runs that were looked at before."""

        def __init__(self, keys: set[RunKey]) -> None:
            super().__init__()
            self.keys = keys

    def __init__(
        self,
        session: "Session",
        repositories: "Sequence[RepoSlug]" = (),
        filter_text: str = "",
        mine: bool = False,
    ) -> None:
        super().__init__(id="runs")
        self._session = session
        self._given = tuple(repositories)
        self._poll: RunsPoll | None = None
        self._outlook: RunsOutlook | None = None
        self._view: RunsView | None = None
        self._header = RunsHeader()
        self._prompt = FilterPrompt(
            "filter: ", id="filter", text=filter_text, placeholder=texts.FILTER_HINT
        )
        self._gathering = False
        self._mine: User | None = None
        self._wants_mine = mine
        self._words = texts.LOADING_REPOSITORIES

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._prompt
        yield KeyBar()

    def on_mount(self) -> None:
        self._show_header()
        self.call_after_refresh(self._find_repositories)
        self.set_interval(TICK, self._tick)

    @work(group="repositories", exclusive=True, exit_on_error=False)
    async def _find_repositories(self) -> None:
        try:
            found = self._given or await self._session.repositories()
        except Exception as fault:  # otherwise the person would not see it
            self._words = inert(f"{type(fault).__name__}: {fault}")
            self._show_header()
            return
        self.post_message(self.Repositories(found))

    @on(Repositories)
    async def _poll_repositories(self, message: Repositories) -> None:
        if not message.found:
            self._words = texts.NO_REPOSITORIES
            self._show_header()
            return
        self._words = texts.LOADING
        self._poll = self._session.runs_poll(message.found)
        self._outlook = self._session.runs_outlook(self._poll)
        self._view = RunsView(self._poll, self._outlook)
        await self.mount(self._view, before=self._prompt)
        self._view.focus()
        self._poll.subscribe(lambda: self.post_message(self.Changed()))
        self._load_looked_at()
        self._poll.start()
        self._filter()
        if self._wants_mine:
            self.action_mine()

    @work(group="looked-at", exclusive=True, exit_on_error=False)
    async def _load_looked_at(self) -> None:
        watched = await asyncio.to_thread(self._session.watched_runs().all)
        self.post_message(self.LookedAt({RunKey(run.repo, run.slug) for run in watched}))

    @on(LookedAt)
    def _take_looked_at(self, message: LookedAt) -> None:
        if self._view:
            self._view.model.looked_at |= message.keys
            self._gather()

    @on(Changed)
    def _gather(self) -> None:
        """Shows what has changed in a moment, together with what comes meanwhile."""
        if not self._gathering:
            self._gathering = True
            self.set_timer(GATHER, self._show)

    def _show(self) -> None:
        self._gathering = False
        if self._poll and self._view and self.is_current:
            self._view.update_runs(self._poll.server_now(), self._session.timing.now())
            self._show_header()

    def _tick(self) -> None:
        if self._poll and self._view and self.is_current:
            self._view.tick(self._poll.server_now(), self._session.timing.now())
            self._show_header()

    def _show_header(self) -> None:
        """Shows the title, the counts and all trouble."""
        poll, view = self._poll, self._view
        if poll is None or view is None:
            self._header.show([([(texts.title(self._given), "title")], []), (self._note(), [])])
            return
        now = self._session.timing.now()
        states = list(poll.repositories.values())
        answered = [state.answered_at for state in states if state.answered_at is not None]
        age: list[Span] = [(f"{texts.age_text(now - min(answered))} ", "note")] if answered else []
        lines = [
            ([(texts.title(poll.repositories), "title")], age),
            (texts.counts(view.model.counts) or self._note(), self._filter_spans()),
        ]
        troubled = [state for state in states if state.trouble]
        lines += [
            ([(f" ! {texts.trouble_text(state, now)}", "culprit")], [])
            for state in troubled[:MAX_TROUBLES]
        ]
        if len(troubled) > MAX_TROUBLES:
            more = len(troubled) - MAX_TROUBLES
            lines.append(([(texts.more_troubles(more), "culprit")], []))
        if poll.stopped:
            lines.append(([(texts.stopped(poll.stopped), "culprit")], []))
        self._header.show(lines)

    def _note(self) -> "list[Span]":
        """The text where there is no run to count."""
        poll, view = self._poll, self._view
        words = self._words
        if poll and view and any(state.answered_at for state in poll.repositories.values()):
            is_filtered = view.model.filter != RunFilter() and bool(view.model.runs)
            words = texts.NOTHING_FITS if is_filtered else texts.NO_RUNS
        return [(f" {words}", "note")]

    def _filter_spans(self) -> "list[Span]":
        parts = (["mine"] if self._mine else []) + [self._prompt.text.strip()]
        said = " · ".join(part for part in parts if part)
        return [(f"only {inert(said)} ", "mark")] if said else []

    @on(RunsView.InSight)
    def _look_at(self, message: RunsView.InSight) -> None:
        if self._poll:
            self._poll.show(message.keys)

    @on(RunsView.NearEnd)
    def _load_older(self) -> None:
        """Loads older runs of the repository whose oldest known run is the newest."""
        if self._poll and (repo := self._poll.next_to_load()) is not None:
            self.run_worker(self._poll.load_older(repo), group="older", exclusive=False)

    @property
    def _current(self) -> RunKey | None:
        row = self._view.current if self._view else None
        return row if isinstance(row, RunKey) else None

    def action_choose(self) -> None:
        """Watches the run; unfolds older ones; leaves only a repository's runs."""
        if self._view is None:
            return
        row = self._view.current
        if isinstance(row, RunKey):
            self._view.model.looked_at.add(row)
            self.post_message(OpenScreen("live", repo=row.repo, run_slug=row.slug))
        elif isinstance(row, Fold):
            self._view.model.unfolded = not self._view.model.unfolded
            self._gather()
        elif isinstance(row, RepoSlug):
            self._prompt.set_text(f"repo:{row}")
            self._filter()

    @on(RunsView.Chosen)
    def _choose(self) -> None:
        self.action_choose()

    def action_filter(self) -> None:
        """Opens the prompt for a filter."""
        self._prompt.ask(self._prompt.text)

    @on(FilterPrompt.Changed)
    def _filter(self) -> None:
        if self._view:
            self._view.model.filter = RunFilter.parse(self._prompt.text, self._mine)
            self._view.start_over()
            self._gather()

    @on(FilterPrompt.Submitted)
    def _leave_filter(self) -> None:
        if self._view:
            self._view.focus()

    @work(group="mine", exclusive=True, exit_on_error=False)
    async def action_mine(self) -> None:
        """Only the runs that you started, or all again."""
        if self._mine:
            self._mine = None
        else:
            self._mine = await self._session.user()
            if self._mine is None:
                self.notify(texts.NO_USER, severity="warning", markup=False)
        self._filter()

    def action_attention(self) -> None:
        """Moves to the next run that needs attention."""
        if self._view:
            self._view.go_to_attention()

    def action_again(self) -> None:
        """Fills a form with what the run was started with, or with its workflows."""
        if self._current:
            self._compose_like(self._current)

    @work(group="again", exclusive=True, exit_on_error=False)
    async def _compose_like(self, key: RunKey) -> None:
        from cubewatch.model.draft import Draft, WorkflowDraft, check

        sent = await asyncio.to_thread(self._session.memory().of_run, key.repo, key.slug)
        request = check(sent.draft, config=None).so_far if sent else None
        if sent and request:
            start = ComposeFirst(Draft.of(request), forgotten=sent.forgotten)
            self.post_message(OpenScreen("compose", repo=key.repo, start=start))
            return
        run = self._poll.runs().get(key) if self._poll else None
        names = [workflow.slug for workflow in run.workflows] if run else []
        self.notify(texts.NOT_FROM_HERE, markup=False)
        draft = Draft(workflows=tuple(WorkflowDraft(name) for name in names))
        self.post_message(OpenScreen("compose", repo=key.repo, start=ComposeFirst(draft)))

    def _address(self) -> str:
        key = self._current
        return key.repo.run_url(key.slug) if key else ""

    def action_web(self) -> None:
        """Opens the run's page where there is a browser, else copies its address."""
        if self._address():
            open_page(self, self._address())

    def action_copy(self) -> None:
        """Puts the run's web address on the clipboard."""
        if url := self._address():
            self.app.copy_to_clipboard(url)
            self.notify(f"Copied {url}", markup=False)

    def action_ask_now(self) -> None:
        """Asks the server at once."""
        if self._poll:
            self._poll.wake()
        else:
            self._find_repositories()

    def on_screen_resume(self) -> None:
        if self._poll:
            self._load_looked_at()
            self._poll.start()
            self._gather()

    def on_screen_suspend(self) -> None:
        if self._poll and self._outlook:
            self._poll.close()
            self._outlook.pause()

    def on_unmount(self) -> None:
        if self._poll and self._outlook:
            self._poll.close()
            self._outlook.close()

    @on(FilterPrompt.Left)
    def action_back(self) -> None:
        """Ends the filter, else leaves the screen."""
        if self._prompt.text or self._mine or self._prompt.has_focus_within:
            self._mine = None
            self._prompt.set_text("")
            self._filter()
            self._leave_filter()
        else:
            self.action_leave()
