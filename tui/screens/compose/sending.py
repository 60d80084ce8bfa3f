"""SendingScreen: sends what the form amounts to, once, and says what came of it."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.message import Message

from tui.domain.request import RunRequest
from tui.screens.compose import words
from tui.screens.compose.form import Form
from tui.screens.compose.learning import QUIET, LearningScreen
from tui.screens.compose.lines import Phase, StatusLine

if TYPE_CHECKING:
    from tui.domain.run import Run
    from tui.screens.compose.lost import Lost, LostAnswerPanel
    from tui.session import Session
    from tui.settings import ComposeFirst

ANSWER = "#answer"


class SendingScreen(LearningScreen):
    """Posts `Started` when the server has taken the request."""

    class Started(Message):
        """The server has taken `request`, sent at `sent_at` (UTC), and answered with `run`."""

        def __init__(self, run: "Run", request: RunRequest, sent_at: datetime) -> None:
            super().__init__()
            self.run = run
            self.request = request
            self.sent_at = sent_at

    class UnderWay(Message):
        """A request goes out; `summary` is what to leave behind if nobody waits for its answer."""

        def __init__(self, summary: list[str]) -> None:
            super().__init__()
            self.summary = summary

    class _NotSent(Message):
        def __init__(self, text: Content, lost: "Lost | None") -> None:
            super().__init__()
            self.text = text
            self.lost = lost

    def __init__(self, session: "Session", start: "ComposeFirst") -> None:
        super().__init__(session, start)
        self.phase: Phase = "reading"
        self.run_when_read = start.send_at_once
        self._warned_of: set[str] | None = None
        """What the person knew of when they wanted it sent as soon as the config is read; None:
        whatever there may be to know."""
        self.insisted = False
        """The person wants it sent as it is, which it can't be."""
        self._status = StatusLine("status")

    def show_form(self) -> None:
        """Bring the fields to the front."""
        raise NotImplementedError

    def ready_request(self) -> RunRequest | None:
        """The request if nothing speaks against it; else shows where it is not right yet."""
        self._form.take()
        self.settle_named()
        checked = self._state.checked()
        self.insisted = checked.request is None
        if checked.request is None:
            self.show_form()
            self._form.focus_field(checked.problems[0].field)
        self.show()
        return checked.request

    def action_run(self) -> None:
        """Send the request, once; or show where it is not right yet."""
        if self.phase == "reading":
            self._form.take()
            self.run_when_read = True
            self._warned_of = self._warnings()
            self.read_what_is_named()
        elif self.phase == "editing" and (request := self.ready_request()):
            self.close_answer()
            self.fix_repository()
            self.phase = "sending"
            self.post_message(self.UnderWay([words.left_while_sending(str(self.session.repo))]))
            self._send(request)
        self.show()

    def has_read(self) -> None:
        self.unsettled = False
        if self.phase == "reading":
            self.phase = "editing"
            wished, self.run_when_read = self.run_when_read, False
            if wished and (self._warned_of is None or self._warnings() <= self._warned_of):
                self.action_run()

    def is_to_read(self) -> None:
        if self.phase == "editing":
            self.phase = "reading"

    def _warnings(self) -> set[str]:
        return {warning.text for warning in self._state.checked().warnings}

    def free_repository(self) -> None:
        """Where there was a choice, there is one again; not while a request is under way."""
        if self.phase != "sending":
            super().free_repository()

    @work(group="send", exclusive=True, exit_on_error=False)
    async def _send(self, request: RunRequest) -> None:
        from tui.api.errors import ApiError
        from tui.screens.compose.answer import error_text, fault_text
        from tui.screens.compose.lost import Lost

        try:
            client = await self.session.client()
            sent_at = self.session.timing.utc()
            run = await client.run_workflows(self.session.repo, request)
        except ApiError as error:
            lost = Lost(request, sent_at) if error.sent else None
            self.post_message(self._NotSent(error_text(error), lost))
        except Exception as fault:  # a mistake of ours must not leave the form waiting for ever
            self.post_message(self._NotSent(fault_text(fault), None))
        else:
            self.post_message(self.Started(run, request, sent_at))

    @on(Started)
    def _take_run(self, started: Started) -> None:
        self.phase = "sent"
        self._offered = None
        self.untouched = self._state.draft()
        self._remember(started)
        self.show()

    @work(group="remember", exclusive=False, exit_on_error=False)
    async def _remember(self, started: Started) -> None:
        """In a thread that the program waits for before it ends."""
        from tui.memory import CannotRemember

        session, slug = self.session, started.run.slug
        try:
            await asyncio.to_thread(
                lambda: session.memory().remember(
                    session.repo, started.request, slug, started.sent_at
                )
            )
        except CannotRemember as error:
            self.notify(str(error), severity="warning", markup=False)

    @on(_NotSent)
    def _take_error(self, event: _NotSent) -> None:
        from tui.screens.compose.answer import AnswerPanel
        from tui.screens.compose.lost import LostAnswerPanel

        self.phase = "editing"
        if event.lost is None:
            self.free_repository()
            self.post_message(self.UnderWay([]))
        self.show_form()
        panel = (
            LostAnswerPanel(self.session, event.text, event.lost)
            if event.lost
            else AnswerPanel(event.text)
        )
        self.mount(panel, before=self._status)
        panel.focus()
        self.show()

    def on_lost_answer_panel_watch(self, event: "LostAnswerPanel.Watch") -> None:
        self.close_answer()
        self.post_message(self.Started(event.run, event.lost.request, event.lost.sent_at))

    @on(Form.Changed)
    def _form_changed(self) -> None:
        self.run_when_read = self.insisted = False
        if self.phase == "sent":
            self.phase = "editing"
        self.follow(wait=QUIET)
        self.show()

    def on_screen_resume(self) -> None:
        if self.phase == "sent":
            self.phase = "editing"
            self.show()

    def close_answer(self) -> None:
        """Close what was said of the last request."""
        if answer := self.query(ANSWER):
            answer.remove()
            self._form.move(0)
