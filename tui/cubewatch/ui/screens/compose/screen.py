"""ComposeScreen: the form, what will be sent and run, and one key that sends it once."""

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message

from cubewatch.facts import Facts
from cubewatch.model.draft import WORKFLOWS, Draft
from cubewatch.model.form_state import REPOSITORY
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest
from cubewatch.model.secrecy import masked
from cubewatch.text.sanitize import inert
from cubewatch.ui.confirmation import Confirmation
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.compose import sending, texts
from cubewatch.ui.screens.compose.composition import Composition
from cubewatch.ui.screens.compose.form import Form
from cubewatch.ui.screens.compose.messages import Started, UnderWay
from cubewatch.ui.screens.compose.rows import ActionRow
from cubewatch.ui.screens.compose.status_lines import StatusLines, TitleLine
from cubewatch.ui.serial_input import SerialInputApp
from cubewatch.ui.textual_internals import get_time
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.watch.submission import Lost, Step

if TYPE_CHECKING:
    from cubewatch.session import Session
    from cubewatch.settings import ComposeFirst
    from cubewatch.ui.screens.again import Earlier
    from cubewatch.ui.screens.compose.panels import AnswerPanel
    from cubewatch.ui.screens.compose.preview import Preview
    from cubewatch.ui.screens.compose.recent import RecentRuns

WIDE_COLUMNS = 100
"""From this width on the preview stands beside the fields."""
SHORT_LINES, ROOMY_LINES = 20, 32
"""Below the first height there are no frames, from the second on there is space between parts."""
MAX_UNSETTLED = 3.0
"""Seconds that keys typed ahead wait for the rows that the config makes."""
DEBOUNCE = 0.3
"""Seconds without a key until a revision that is being typed is looked up."""
ANSWER = "#answer"


class ComposeScreen(BaseScreen):
    """A form that composes a run, filled from `start.draft`. It posts `Started` when the server
    has answered with a run."""

    SHEETS = ("compose",)
    AUTO_FOCUS = "ChoiceRow"
    """Until it is known where the next decision is."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "run", "Run"),
        Binding("ctrl+y", "copy", "Copy as", tooltip="Copy the request as a command"),
        Binding("ctrl+g", "again", "Again", tooltip="Run again, presets"),
        Binding("ctrl+o", "app.show_runs", "Runs", tooltip="Runs of all repositories"),
        Binding("f2", "preview", "Preview", tooltip="Preview, or back to the form"),
        Binding("question_mark,f1", "help", "Help"),
        Binding("q", "leave", "Leave"),
        Binding("escape", "back", "Leave the field", show=False),
    ]

    class Refill(Message):
        """Fill the form with a draft; `forgotten` inputs (workflow, name) had a value that was not
        stored."""

        def __init__(self, draft: Draft, forgotten: tuple[tuple[str, str], ...]) -> None:
            super().__init__()
            self.draft = draft
            self.forgotten = forgotten

    class FactsChanged(Message):
        """There are new facts about the repository."""

    def __init__(self, session: "Session", start: "ComposeFirst") -> None:
        super().__init__()
        self.session = session
        self.composition = Composition(session, start)
        self._prefilled_at = float("-inf")
        """When the checked out head was put in, by Textual's clock."""
        self._leaving = Confirmation[Draft]()
        settings = session.settings
        host = urlsplit(settings.api_url).netloc if settings.demo_speed is None else "demo"
        self._title = TitleLine(inert(host))
        self._preview: Preview | None = None
        self._status = StatusLines("status")
        self._form: Form
        self._recent: RecentRuns | None = None

    def compose(self) -> ComposeResult:
        self._fit(self.app.size)
        yield self._title
        self._form = Form(self.composition.state, self.composition.facts.refs)
        with Horizontal(id="panes"), Vertical(id="left"):
            yield self._form
        yield self._status
        yield KeyBar()

    def on_mount(self) -> None:
        self.unsettled = True
        self.set_timer(MAX_UNSETTLED, lambda: setattr(self, "unsettled", False))
        self.composition.facts.subscribe(lambda: self.post_message(self.FactsChanged()))
        self.show()
        self.call_after_refresh(self._after_first_frame)

    def on_unmount(self) -> None:
        self.composition.facts.close()

    def _after_first_frame(self) -> None:
        panes = self.query_one("#panes")
        if panes.is_attached:  # the app may be about to end
            from cubewatch.ui.screens.compose.preview import Preview
            from cubewatch.ui.screens.compose.recent import RecentRuns

            self._preview = Preview()
            self._preview.show(self.composition.preview(self.composition.checked()))
            self._recent = RecentRuns(self.session)
            panes.mount(self._preview)
            self.query_one("#left").mount(self._recent)
            self.composition.facts.locate()

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size)
        self.call_after_refresh(self._form.refocus)
        self.refresh_bindings()

    def _fit(self, size: Size) -> None:
        """Set the classes that the styles use, those of the app's breakpoints among them. Set
        before there are widgets, they do not make all of them look up their styles again."""
        narrow, short = size.width < WIDE_COLUMNS, size.height < SHORT_LINES
        roomy = size.height >= ROOMY_LINES
        classes = {"-narrow": narrow, "-wide": not narrow, "-short": short, "-tall": not short}
        self.update_classes(classes | {"-roomy": roomy}, animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Preview is a view of its own only where it does not stand beside the fields."""
        return action != "preview" or self.app.size.width < WIDE_COLUMNS

    # Keys

    def action_run(self) -> None:
        """Send the request, once; or show what is wrong with it. A key that is held down, or was
        pressed before the answer could be read, sends nothing again; nor does one that was pressed
        before the checked out head was put in."""
        self._leaving.withdraw()
        if isinstance(self.app, SerialInputApp) and self.app.typed_at < self._prefilled_at:
            self._carry_out(self.composition.submission.show_change())
            return
        self._form.take()
        before = self.composition.shown()
        self.choose_named()
        self._carry_out(self.composition.submission.press(before, self.composition.shown()))

    def action_copy(self) -> None:
        """Offer the request in forms that can be pasted elsewhere."""
        self._form.take()
        self.choose_named()
        self.show()
        request = self.composition.state.checked().request
        if request is None:
            self.composition.submission.is_refused = True
            self._show_problem()
            return
        from cubewatch.model.copies import copies
        from cubewatch.ui.screens.copying import CopyScreen

        settings, repo = self.session.settings, self.session.repo
        note = "" if settings.demo_speed is None else texts.COPIES_OF_DEMO
        shown = copies(repo, masked(request), settings.api_url)
        real = copies(repo, request, settings.api_url)
        self.app.push_screen(CopyScreen(real, shown, note))

    def action_again(self) -> None:
        """Offer what was sent before."""
        self._form.take()
        self.choose_named()
        if not self.session.knows_repo:
            self.show_form()
            self._form.focus_field(REPOSITORY)
            return
        from cubewatch.ui.screens.again import AgainScreen

        def fill(earlier: "Earlier | None") -> None:
            if earlier:
                self.post_message(self.Refill(earlier.draft, earlier.forgotten))

        self.app.push_screen(AgainScreen(self.session), fill)

    def action_preview(self) -> None:
        """Switch between the fields and the preview."""
        if self.has_class("-preview"):
            self.show_form()
        elif self._preview:
            self.add_class("-preview")
            self._preview.focus()

    def action_back(self) -> None:
        """Close the panel or the preview, or leave a text field. What is about to be sent is not
        sent."""
        self.composition.submission.cancel()
        self.show()
        if self.query(ANSWER):
            self._close_answer()
        elif self.has_class("-preview"):
            self.show_form()
        elif self.focused is self._recent:
            self._form.move(0)
        else:
            self._form.leave_text()

    def action_leave(self) -> None:
        """Go back to the run that the form was opened from, else quit; ask once if something would
        be lost."""
        draft = self.composition.state.draft()
        phase = self.composition.submission.phase
        is_touched = self.composition.is_touched and phase != "sent"
        if (is_touched or phase == "sending") and not self._leaving.is_asked(draft):
            self._leaving.ask(draft)
            self.show()
        else:
            super().action_leave()

    # Facts about the repository

    @on(FactsChanged)
    async def _take_facts(self) -> None:
        composition = self.composition
        before, composition.known = composition.known, composition.facts.now
        if composition.known is before:
            return
        if composition.known.is_located and not before.is_located:
            self._take_location(composition.known)
            composition.known = self.composition.facts.now
        if composition.asks_repository and composition.known.candidates != before.candidates:
            self._form.suggest_repositories(composition.candidates)
        if composition.take_config():
            await self._form.sync()
        if not composition.known.is_reading:
            self._start_at_decision()
            self.unsettled = False
            if not self.composition.is_reading:
                self._carry_out(self.composition.submission.config_read(composition.shown()))
        self.show()

    def _start_at_decision(self) -> None:
        """Put the cursor on the first problem or the workflows, unless the person has moved it. It
        is not put in a text field over a run, where a `q` that goes back would be typed."""
        composition = self.composition
        if composition.has_started or composition.known.repo is None:
            return
        composition.has_started = True
        if not self._form.is_at_start:
            return
        problems = [one for one in composition.state.checked().problems if one.field != WORKFLOWS]
        is_home = len(self.app.screen_stack) == 1
        if problems and is_home:
            self._form.focus_field(problems[0].field)
        elif composition.state.workflows:
            self._form.focus_field(WORKFLOWS)

    def _take_location(self, facts: Facts) -> None:
        composition = self.composition
        if repo := composition.settle_location(facts):
            self._form.lock_repository(str(repo))
            self._choose_repository(repo)
            return
        self._form.ask_for_repository(composition.candidates)
        if not composition.is_touched:
            self._form.focus_repository()

    @on(Form.RepositoryNamed)
    def choose_named(self) -> None:
        """Take the repository that is typed."""
        if repo := self.composition.named_repository():
            self._choose_repository(repo)

    def _choose_repository(self, repo: RepoSlug) -> None:
        if self._recent:
            self._recent.follow(repo)
        if self.composition.choose_repository(repo):
            self._form.reload_head()
            self._prefilled_at = get_time()

    @on(Form.RevisionNamed)
    def _finish_revision(self) -> None:
        self.composition.facts.finish_config()
        self.show()

    @on(ActionRow.Pressed)
    def _fetch(self) -> None:
        self.composition.facts.fetch()

    # The form

    @on(Form.Changed)
    def _take_change(self) -> None:
        was_confirming = self.composition.submission.phase == "confirming"
        self.composition.submission.edit(self.composition.state.draft())
        if was_confirming and self.composition.submission.phase == "idle":
            self._close_answer()
        self.composition.typing = self._form.typing
        self.composition.follow(DEBOUNCE)
        self.show()

    @on(Refill)
    async def _refill(self, refill: Refill) -> None:
        """Fill the form with another draft; what is known of the repository stays known."""
        composition = self.composition
        composition.refill(refill.draft, refill.forgotten)
        await self._form.remove()
        self._form = Form(composition.state, self.composition.facts.refs)
        left = self.query_one("#left")
        await left.mount(self._form, before=0 if left.children else None)
        self._unlock_repository()
        self._form.move(0)
        composition.follow()
        self.composition.facts.refresh()
        self.show()

    def _unlock_repository(self) -> None:
        """Let the person name another repository, where they could before."""
        if self.composition.asks_repository and not self.composition.submission.is_busy:
            self._form.ask_for_repository(self.composition.candidates)

    def show(self) -> None:
        """Bring title, form, preview and status up to date."""
        composition = self.composition
        composition.typing = self._form.typing
        checked = composition.checked()
        facts, state = composition.known, composition.state
        self._title.show(str(state.repo or ""), texts.API_STATES[facts.api_state])
        self._form.show_facts(facts, self.session.timing.utc())
        if self._preview:
            self._preview.show(composition.preview(checked))
        if self._leaving.is_asked(state.draft()):
            is_sending = self.composition.submission.phase == "sending"
            text = texts.QUIT_SENDING if is_sending else texts.QUIT_TYPED
            self._status.show(Content.assemble((f"! {text}", "$warning")))
        else:
            self._status.show(*composition.status(checked))

    def show_form(self) -> None:
        """Bring the fields to the front."""
        if self.has_class("-preview"):
            self.remove_class("-preview")
            self._form.move(0)

    @work(group="problem", exclusive=True, exit_on_error=False)
    async def _show_problem(self) -> None:
        """Focus the first problem; a workflow that is being typed gets its rows first."""
        self.show_form()
        problems = self.composition.state.checked().problems
        await self._form.commit()
        if problems:
            self._form.focus_field(problems[0].field)
        self.show()

    # Sending

    def _carry_out(self, step: Step) -> None:
        """Do what the submission decided."""
        if step is Step.SHOW_PROBLEM:
            self._show_problem()
        elif step is Step.FINISH_CONFIG:
            self.composition.facts.finish_config()
        elif step is Step.CHECK:
            self._close_answer()
            if self.composition.submission.request:
                self._check(self.composition.submission.request)
        elif step is Step.CONFIRM:
            from cubewatch.ui.screens.compose.panels import ConfirmPanel

            self.show_form()
            self._open_panel(ConfirmPanel(self.composition.submission.duplicates))
        elif step is Step.SEND and self.composition.submission.request:
            self._close_answer()
            self._form.lock_repository(str(self.session.repo))
            self.post_message(UnderWay([texts.left_while_sending(str(self.session.repo))]))
            self._send(self.composition.submission.request)
        self.show()

    @work(group="check", exclusive=True, exit_on_error=False)
    async def _check(self, request: RunRequest) -> None:
        found = await sending.duplicates(self.session, request, self.composition.submission.lost)
        if self.composition.submission.request is request:
            now = self.session.timing.utc()
            lines = [texts.duplicate(one, now) for one in found]
            self._carry_out(self.composition.submission.checked(lines))

    @work(group="send", exclusive=True, exit_on_error=False)
    async def _send(self, request: RunRequest) -> None:
        self.post_message(await sending.send(self.session, request))

    @on(Started)
    def _take_run(self, started: Started) -> None:
        self._close_answer()
        self.composition.submission.accepted()
        self.composition.asks_repository = False
        self.composition.untouched = self.composition.state.draft()
        self._remember(Lost(started.request, started.sent_at), started.run.slug)
        self.show()

    def _remember(self, sent: Lost, run_slug: str) -> None:
        work = sending.remember(self.session, sent, run_slug, self.notify)
        self.run_worker(work, group="remember", exit_on_error=False)

    @on(sending.NotStarted)
    def _take_failure(self, failure: sending.NotStarted) -> None:
        from cubewatch.ui.screens.compose.panels import AnswerPanel, LostAnswerPanel

        self.composition.submission.failed(failure.lost)
        if failure.lost is None:
            self._unlock_repository()
            self.post_message(UnderWay([]))
        else:
            self._remember(failure.lost, "")
        self.show_form()
        panel = (
            LostAnswerPanel(self.session, failure.text, failure.lost)
            if failure.lost
            else AnswerPanel(failure.text)
        )
        self._open_panel(panel)
        self.show()

    def _open_panel(self, panel: "AnswerPanel") -> None:
        if self._status.is_attached:  # the app may be about to end
            self.mount(panel, before=self._status)
            panel.focus()

    def _close_answer(self) -> None:
        if answer := self.query(ANSWER):
            self._form.move(0)
            answer.remove()

    def on_screen_suspend(self) -> None:
        """Cancels a request to send that is still pending when another screen opens."""
        if self.composition.submission.phase == "confirming":
            self._close_answer()
        self.composition.submission.cancel()
        if self._recent:
            self._recent.pause()

    def on_screen_resume(self) -> None:
        """Back from a run that was started, the cursor is on it among the recent ones, and no key
        can land in a text field."""
        if self._recent:
            self._recent.resume()
        if self.composition.submission.phase == "sent":
            self._form.focus_choice()
            if self._recent and self._recent.size.height:
                self.set_focus(self._recent)
        self.composition.submission.form_shown()
        self.show()
