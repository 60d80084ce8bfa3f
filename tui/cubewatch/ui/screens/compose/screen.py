"""ComposeScreen: the form, what will be sent and run, and one key that sends it once."""

import asyncio
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message

from cubewatch.facts import Facts, RepositoryFacts
from cubewatch.model.draft import CONFIG_REVISION, HEAD, WORKFLOWS, Draft, RevisionDraft
from cubewatch.model.form import REPOSITORY, FormState
from cubewatch.model.git_ref import GitRef
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest
from cubewatch.model.secrecy import masked
from cubewatch.model.wording import in_words
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.compose import sending, texts
from cubewatch.ui.screens.compose.form import Form
from cubewatch.ui.screens.compose.preview import Outlook, Preview
from cubewatch.ui.screens.compose.rows import ActionRow
from cubewatch.ui.screens.compose.status import StatusLines, TitleLine, status_lines
from cubewatch.ui.screens.compose.suggest_row import SuggestRow
from cubewatch.ui.screens.compose.workflow_rows import AddingRow
from cubewatch.ui.screens.registry import OpenScreen
from cubewatch.ui.serial_input import SerialInputApp
from cubewatch.ui.textual_internals import get_time
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.watch.submission import Shown, Step, Submission

if TYPE_CHECKING:
    from cubewatch.git.surroundings import ConfigFound
    from cubewatch.model.draft import Checked
    from cubewatch.session import Session
    from cubewatch.settings import ComposeFirst
    from cubewatch.ui.screens.again import Earlier
    from cubewatch.ui.screens.compose.panels import AnswerPanel, LostAnswerPanel
    from cubewatch.ui.screens.compose.recent import RecentRuns

WIDE_COLUMNS = 100
"""From this width on the preview stands beside the fields."""
SHORT_LINES, ROOMY_LINES = 20, 32
"""Below the first height there are no frames, from the second on there is space between parts."""
MAX_UNSETTLED = 1.0
"""Seconds that keys typed ahead wait for the rows that the config makes."""
DEBOUNCE = 0.3
"""Seconds without a key until a revision that is being typed is looked up."""
ANSWER = "#answer"


class ComposeScreen(BaseScreen):
    """A form that composes a run, filled from `start.draft`. It posts `Started` when the server
    has answered with a run."""

    AUTO_FOCUS = "ChoiceRow"
    """Until it is known where the next decision is."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "run", "Run"),
        Binding("ctrl+y", "copy", "Copy as", tooltip="Copy the request as a command"),
        Binding("ctrl+g", "again", "Again", tooltip="Run again, presets"),
        Binding("f2", "preview", "Preview", tooltip="Preview, or back to the form"),
        Binding("question_mark,f1", "help", "Help"),
        Binding("q", "leave", "Leave"),
        Binding("escape", "back", "Leave the field", show=False),
        Binding("down", "move(1)", "Next field", show=False, priority=True),
        Binding("up", "move(-1)", "Previous field", show=False, priority=True),
        Binding("j", "move(1)", "Next field", show=False),
        Binding("k", "move(-1)", "Previous field", show=False),
        Binding("enter", "next", "On to the next field", show=False, priority=True),
        Binding("pagedown", "move(8)", "A page of fields down", show=False, priority=True),
        Binding("pageup", "move(-8)", "A page of fields up", show=False, priority=True),
        Binding("tab", "next_part", "Next part", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "Previous part", show=False, priority=True),
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
        self.facts = RepositoryFacts(session)
        self.submission = Submission(session.timing.now)
        if start.send_at_once:
            self.submission.start_waiting()
        self._state = FormState.of(start.draft, start.forgotten)
        if session.knows_repo:
            self._state.repository = str(session.repo)
        self._untouched = self._state.draft()
        """The draft with which nothing of the person's is lost."""
        self._shown_facts = self.facts.now
        self._shown_config: ConfigFound | None = None
        self._may_prefill = not session.knows_repo
        self._prefilled_at = float("-inf")
        """When the checked out head was put in, by Textual's clock."""
        self._asks_repository = False
        self._has_started = False
        """The cursor is where the next decision is, or the person has moved it."""
        self._leaving: Draft | None = None
        """The draft that the person was warned to lose."""
        settings = session.settings
        host = urlsplit(settings.api_url).netloc if settings.demo_speed is None else "demo"
        self._title = TitleLine(inert(host))
        self._preview = Preview()
        self._status = StatusLines("status")
        self._form: Form
        self._recent: RecentRuns | None = None

    def compose(self) -> ComposeResult:
        self._fit(self.app.size)
        yield self._title
        self._form = Form(self._state, self.facts.refs)
        with Horizontal(id="panes"), Vertical(id="left"):
            yield self._form
        yield self._status
        yield KeyBar()

    def on_mount(self) -> None:
        self.unsettled = True
        self.set_timer(MAX_UNSETTLED, lambda: setattr(self, "unsettled", False))
        self.facts.subscribe(self._announce_facts)
        self.show()
        self.call_after_refresh(self._after_first_frame)

    def _announce_facts(self) -> None:
        self.post_message(self.FactsChanged())

    def on_unmount(self) -> None:
        self.facts.close()

    def _after_first_frame(self) -> None:
        panes = self.query_one("#panes")
        if panes.is_attached:  # the app may be about to end
            from cubewatch.ui.screens.compose.recent import RecentRuns

            self._recent = RecentRuns(self.session)
            panes.mount(self._preview)
            self.query_one("#left").mount(self._recent)
            self.facts.locate()

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
        """Preview is a view of its own only where it does not stand beside the fields; what
        scrolls keeps its own keys, and so does a row with an Enter of its own."""
        if action == "preview":
            return self.app.size.width < WIDE_COLUMNS
        focused = self.focused if action in ("move", "next") else None
        around = focused.ancestors_with_self if focused else []
        if action == "next" and any(isinstance(node, AddingRow | ActionRow) for node in around):
            return False
        return not around or self._form in around

    # Keys

    def action_run(self) -> None:
        """Send the request, once; or show what is wrong with it. A key that is held down, or was
        pressed before the answer could be read, sends nothing again; nor does one that was pressed
        before the checked out head was put in."""
        self._leaving = None
        if isinstance(self.app, SerialInputApp) and self.app.typed_at < self._prefilled_at:
            self._carry_out(self.submission.show_change())
            return
        self._form.take()
        before = self._shown()
        self.choose_named()
        self._carry_out(self.submission.press(before, self._shown()))

    def action_copy(self) -> None:
        """Offer the request in forms that can be pasted elsewhere."""
        self._form.take()
        self.choose_named()
        self.show()
        request = self._state.checked().request
        if request is None:
            self.submission.is_refused = True
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
        else:
            self.add_class("-preview")
            self._preview.focus()

    def action_back(self) -> None:
        """Leave what is open: the answer, the preview, or a text field. What is about to be sent
        is not sent."""
        self.submission.cancel()
        self.show()
        if self.query(ANSWER):
            self._close_answer()
        elif self.has_class("-preview"):
            self.show_form()
        elif self.focused is self._recent:
            self._form.move(0)
        else:
            self._form.leave_text()

    def action_next(self) -> None:
        """Go to the next field, and take the name that is highlighted in a list."""
        if row := self._suggesting:
            row.accept()
        self._form.move(1)

    def action_move(self, steps: int) -> None:
        """Go to another field, or move in the list that is open."""
        row = self._suggesting
        if row is None or not row.step(steps):
            self._form.move(steps)

    def action_next_part(self) -> None:
        """Go to the next focusable widget, and take the name that is highlighted in a list."""
        if row := self._suggesting:
            row.accept()
        before = self.focused
        if before and self._form in before.ancestors:
            self._form.move(1)
        if self.focused is before:
            self.focus_next()

    @property
    def _suggesting(self) -> SuggestRow | None:
        """The focused row, if it suggests names."""
        parent = self.focused.parent if self.focused else None
        return parent if isinstance(parent, SuggestRow) else None

    def action_leave(self) -> None:
        """Go back to the run that the form was opened from, else quit; ask once if something would
        be lost."""
        draft = self._state.draft()
        phase = self.submission.phase
        is_touched = draft != self._untouched and phase != "sent"
        if (is_touched or phase == "sending") and self._leaving != draft:
            self._leaving = draft
            self.show()
        elif len(self.app.screen_stack) > 1:
            self.dismiss()
        else:
            self.app.exit()

    # Facts about the repository

    @property
    def is_reading(self) -> bool:
        """Whether the form does not show yet what the config says that the server would take."""
        now, shown = self.facts.now, self._shown_facts
        is_behind = (now.repo, now.is_reading) != (shown.repo, shown.is_reading)
        return now.is_reading or is_behind or now.config is not shown.config

    @on(FactsChanged)
    async def _take_facts(self) -> None:
        facts, before = self.facts.now, self._shown_facts
        if facts is before:
            return
        self._shown_facts = facts
        if facts.is_located and not before.is_located:
            self._take_location(facts)
            facts = self._shown_facts = self.facts.now
        await self._take_config(facts)
        if not facts.is_reading:
            self._start_at_decision()
            self.unsettled = False
            if not self.is_reading:
                self._carry_out(self.submission.config_read(self._shown()))
        self.show()

    def _start_at_decision(self) -> None:
        """Put the cursor on the first problem or the workflows, unless the person has moved it."""
        focused, self._has_started = self._has_started, True
        if focused or not self._form.is_at_start or self.facts.now.repo is None:
            return
        problems = [one for one in self._state.checked().problems if one.field != WORKFLOWS]
        self._form.focus_field(problems[0].field if problems else WORKFLOWS)

    def _take_location(self, facts: Facts) -> None:
        clone = facts.clone
        if clone and clone.remote and not self.session.knows_repo:
            self.session.settle(clone.remote.repo)
        if self.session.knows_repo:
            self._form.lock_repository(str(self.session.repo))
            self._choose_repository(self.session.repo)
            return
        self._asks_repository = True
        self._form.ask_for_repository([str(repo) for repo in facts.candidates])
        if self._state.draft() == self._untouched:
            self._form.focus_repository()

    async def _take_config(self, facts: Facts) -> None:
        """Make rows of the workflows that the config has, or that ran recently."""
        found = facts.config if facts.is_config_read else None
        if found is None:
            return
        if found is not self._shown_config:
            self._shown_config = found
            self._state.learn(found.config, certain=found.certain)
        if found.config is None:
            self._state.offer_recent(facts.recent or ())
        elif not self._has_started and self._state.draft() == self._untouched:
            self._state.tick_only_workflow()
            self._untouched = self._state.draft()
        await self._form.sync()

    @on(Form.RepositoryNamed)
    def choose_named(self) -> None:
        """Take the repository that is typed."""
        repo = self._state.repo
        if repo and not (self.session.knows_repo and self.session.repo == repo):
            self._choose_repository(repo)

    def _choose_repository(self, repo: RepoSlug) -> None:
        self.facts.choose(repo)
        self._shown_config = None
        if self._recent:
            self._recent.follow(repo)
        self._state.change_repository(str(repo))
        self._prefill(repo)
        self._follow()

    def _prefill(self, repo: RepoSlug) -> None:
        """Put the checked out head in, if the clone is one of the repository and no head was
        chosen; take it out again otherwise."""
        clone, state = self.facts.now.clone, self._state
        if clone is None or not self._may_prefill:
            return
        own, none = clone.head.revision, RevisionDraft()
        before, after = (none, own) if clone.remote_of(repo) else (own, none)
        if state.head.draft == before != after:
            is_untouched = state.draft() == self._untouched
            state.head.put(after)
            self._form.reload_head()
            self._prefilled_at = get_time()
            self._untouched = state.draft() if is_untouched else self._untouched

    def _follow(self, delay: float = 0.0) -> None:
        """Find out about the revisions in the form."""
        self.facts.follow(
            self._state.head.draft,
            self._state.config_revision.draft,
            delay=delay,
            is_typing_config=self._form.typing == CONFIG_REVISION,
        )

    @on(Form.RevisionNamed)
    def _finish_revision(self) -> None:
        self.facts.finish_config()
        self.show()

    def on_recent_runs_chosen(self, event: "RecentRuns.Chosen") -> None:
        self.post_message(OpenScreen("live", run_slug=event.slug))

    @on(ActionRow.Pressed)
    def _fetch(self) -> None:
        self.facts.fetch()

    # The form

    @on(Form.Changed)
    def _take_change(self) -> None:
        was_confirming = self.submission.phase == "confirming"
        self.submission.edit(self._state.draft())
        if was_confirming and self.submission.phase == "idle":
            self._close_answer()
        self._follow(DEBOUNCE)
        self.show()

    @on(Refill)
    async def _refill(self, refill: Refill) -> None:
        """Fill the form with another draft; what is known of the repository stays known."""
        self.submission.edit()
        state = FormState.of(refill.draft, refill.forgotten)
        state.repository = str(self.session.repo) if self.session.knows_repo else ""
        state.learn(self._state.config, certain=self._state.certain)
        await self._form.remove()
        self._state, self._form = state, Form(state, self.facts.refs)
        self._untouched = state.draft()
        left = self.query_one("#left")
        await left.mount(self._form, before=0 if left.children else None)
        self._unlock_repository()
        self._form.move(0)
        self._follow()
        self.facts.refresh()
        self.show()

    def _unlock_repository(self) -> None:
        """Let the person name another repository, where they could before."""
        if self._asks_repository and not self.submission.is_busy:
            self._form.ask_for_repository([str(repo) for repo in self.facts.now.candidates])

    def _shown(self) -> Shown:
        """What the form shows, for the submission."""
        checked = self._checked()
        return Shown(
            self._state.draft(),
            frozenset(warning.text for warning in checked.warnings),
            checked.request,
            self._state.doubtful(),
            self.is_reading,
        )

    def _checked(self) -> "Checked":
        """The request so far, with what is known of the repository now. A name that is being typed
        is not called wrong while it can still become right."""
        warnings = texts.warnings(self._shown_facts)
        typing = self._form.typing
        self._state.warnings = tuple(
            one for one in warnings if one.field != typing or not self._may_become_name(typing)
        )
        return self._state.checked()

    def _may_become_name(self, field: str) -> bool:
        """Whether the revision that is typed in a field is the beginning of one that is known."""
        revisions = {HEAD: self._state.head, CONFIG_REVISION: self._state.config_revision}
        revision = revisions.get(field)
        return bool(
            revision
            and revision.kind
            and self.facts.refs.ref(revision.kind, revision.name) is None
            and self.facts.refs.found(revision.kind, revision.name).count
        )

    def show(self) -> None:
        """Bring title, form, preview and status up to date."""
        facts, state = self._shown_facts, self._state
        checked = self._checked()
        summary = self._summary(checked.so_far)
        repo = state.repo
        self._title.show(str(repo or ""), texts.API_STATES[facts.api_state])
        self._form.show_facts(facts, self.session.timing.utc())
        self._preview.show(
            Outlook(
                repo.api_path if repo else texts.NO_PATH,
                summary,
                checked.so_far,
                checked.request is not None,
                None if self.is_reading or not facts.is_config_named else state.config,
                texts.no_plan(self.facts.now),
                tuple(warning.text for warning in checked.warnings),
            )
        )
        self._status.show(*self._status_lines(checked, summary))

    def _summary(self, request: RunRequest | None) -> str:
        """What would run, in one line; "" while there is nothing to run."""
        facts, repo = self._shown_facts, self._state.repo
        if request is None or repo is None:
            return ""
        head, default = facts.revision(HEAD).ref, facts.default_branch
        if request.head is None and default:
            head = self.facts.refs.ref("branch", default) or GitRef("branch", default)
        config = "" if request.config_revision else default
        return in_words(request, repo, head=head, config=config, now=self.session.timing.utc())

    def _status_lines(self, checked: "Checked", summary: str) -> list[Content]:
        submission = self.submission
        if self._leaving == self._state.draft():
            text = texts.QUIT_SENDING if submission.phase == "sending" else texts.QUIT_TYPED
            return [Content.assemble((f"! {text}", "$warning"))]
        lines = status_lines(
            submission,
            checked,
            summary,
            is_reading=self.is_reading,
            typing="" if submission.is_refused else self._form.typing,
        )
        if submission.may_insist and self._state.doubtful():
            lines[0] = Content.assemble(lines[0], (texts.DOUBT, "dim"))
        if submission.has_changed:
            lines.insert(0, Content.assemble((f"! {texts.CHANGED}", "$warning")))
        return lines

    def show_form(self) -> None:
        """Bring the fields to the front."""
        if self.has_class("-preview"):
            self.remove_class("-preview")
            self._form.move(0)

    @work(group="problem", exclusive=True, exit_on_error=False)
    async def _show_problem(self) -> None:
        """Focus the first problem; a workflow that is being typed gets its rows first."""
        self.show_form()
        problems = self._state.checked().problems
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
            self.facts.finish_config()
        elif step is Step.CHECK:
            self._close_answer()
            if self.submission.request:
                self._check(self.submission.request)
        elif step is Step.CONFIRM:
            from cubewatch.ui.screens.compose.panels import ConfirmPanel

            self.show_form()
            self._open_panel(ConfirmPanel(self.submission.duplicates))
        elif step is Step.SEND and self.submission.request:
            self._close_answer()
            self._form.lock_repository(str(self.session.repo))
            self.post_message(sending.UnderWay([texts.left_while_sending(str(self.session.repo))]))
            self._send(self.submission.request)
        self.show()

    @work(group="check", exclusive=True, exit_on_error=False)
    async def _check(self, request: RunRequest) -> None:
        found = await sending.duplicates(self.session, request, self.submission.lost)
        if self.submission.request is request:
            now = self.session.timing.utc()
            lines = [texts.duplicate(one, now) for one in found]
            self._carry_out(self.submission.checked(lines))

    @work(group="send", exclusive=True, exit_on_error=False)
    async def _send(self, request: RunRequest) -> None:
        self.post_message(await sending.send(self.session, request))

    @on(sending.Started)
    def _take_run(self, started: sending.Started) -> None:
        self.submission.accepted()
        self._asks_repository = False
        self._untouched = self._state.draft()
        self._remember(started)
        self.show()

    @work(group="remember", exclusive=False, exit_on_error=False)
    async def _remember(self, started: sending.Started) -> None:
        """In a thread that the program waits for before it ends."""
        from cubewatch.history import CannotRemember

        session, slug = self.session, started.run.slug
        try:
            await asyncio.to_thread(
                lambda: session.memory().remember(
                    session.repo, started.request, slug, started.sent_at
                )
            )
        except CannotRemember as error:
            self.notify(str(error), severity="warning", markup=False)

    @on(sending.NotStarted)
    def _take_failure(self, failure: sending.NotStarted) -> None:
        from cubewatch.ui.screens.compose.panels import AnswerPanel, LostAnswerPanel

        self.submission.failed(failure.lost)
        if failure.lost is None:
            self._unlock_repository()
            self.post_message(sending.UnderWay([]))
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

    def on_lost_answer_panel_watch(self, event: "LostAnswerPanel.Watch") -> None:
        self._close_answer()
        self.post_message(sending.Started(event.run, event.lost.request, event.lost.sent_at))

    def _close_answer(self) -> None:
        if answer := self.query(ANSWER):
            self._form.move(0)
            answer.remove()

    def on_screen_suspend(self) -> None:
        """Whoever opens something else does not wait for the form to be sent."""
        if self.submission.phase == "confirming":
            self._close_answer()
        self.submission.cancel()
        if self._recent:
            self._recent.pause()

    def on_screen_resume(self) -> None:
        """Back from a run that was started, the cursor is on it among the recent ones, and no key
        can land in a text field."""
        if self._recent:
            self._recent.resume()
        if self.submission.phase == "sent":
            self._form.focus_choice()
            if self._recent and self._recent.size.height:
                self.set_focus(self._recent)
        self.submission.rest()
        self.show()
