"""SendingScreen: sends what the form amounts to, once, and says what came of it."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.message import Message

from cubewatch.model.request import RunRequest
from cubewatch.ui.screens.compose import words
from cubewatch.ui.screens.compose.form import Form
from cubewatch.ui.screens.compose.learning import QUIET, LearningScreen
from cubewatch.ui.screens.compose.lines import Phase, StatusLines
from cubewatch.ui.serial_input import InTurn

if TYPE_CHECKING:
    from cubewatch.model.draft import Draft
    from cubewatch.model.run import Run
    from cubewatch.session import Session
    from cubewatch.settings import ComposeFirst
    from cubewatch.ui.screens.compose.lost import Lost, LostAnswerPanel

ANSWER = "#answer"
CALM = 1.0
"""Seconds without the key that sends, from an answer that brings no run until it sends again."""


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
        self.phase: Phase = "editing"
        self.run_when_read = start.send_at_once
        self._seen_then: tuple[Draft, set[str]] | None = None
        """The draft, and what to mind, as the person saw them when they wanted it sent as soon as
        the config is read; None: whatever they turn out to be."""
        self.insisted = self.turned_down = False
        """The person wants to have it as it is, or to have it sent, which it can't be."""
        self.has_filled_since = False
        """The form is not any more what the person wanted to be sent."""
        self._unread_since = float("-inf")
        """When the last answer came that brought no run, or the key that sends was pressed in
        spite of it."""
        self._status = StatusLines("status")

    def show_form(self) -> None:
        """Bring the fields to the front."""
        raise NotImplementedError

    def ready_request(self, *, in_doubt: bool = False) -> RunRequest | None:
        """The request if nothing speaks against it, `in_doubt` nothing that is certain; else shows
        where it is not right yet."""
        self._form.take()
        self.settle_named()
        checked = self._state.checked()
        request = checked.request or (self._state.doubtful() if in_doubt else None)
        self.insisted = checked.request is None
        if request is None:
            self.show_form()
            self._show_where(checked.problems[0].field)
        self.show()
        return request

    @work(group="where", exclusive=True, exit_on_error=False)
    async def _show_where(self, field: str) -> None:
        """A workflow that is just being named gets its rows first."""
        await self._form.commit()
        self._form.focus_field(field)

    def action_run(self) -> None:
        """Send the request, once; or show where it is not right yet. A key that is pressed on and
        on, or was pressed before the answer could be read, sends nothing again; nor does one that
        was pressed before the form had put in the head that is checked out."""
        if self.phase != "editing" or self._came_too_soon():
            return
        if isinstance(self.app, InTurn) and self.app.typed_at < self._prefilled_at:
            self._ask_to_look()
        else:
            self._run()

    def _ask_to_look(self) -> None:
        """Whoever wanted it sent has not seen what it has become."""
        self._unread_since = self.session.timing.now()
        self.has_filled_since = True
        self.show()

    def _run(self) -> None:
        self.has_filled_since = False
        self._form.take()
        seen = self._seen_now()
        self.settle_named()
        if self._state.draft() != seen[0]:
            self._ask_to_look()
        elif self.is_reading:
            self._seen_then = self._seen_then if self.run_when_read else seen
            self.run_when_read = True
            self.read_what_is_named()
        elif request := self.ready_request(in_doubt=self.turned_down):
            self.close_answer()
            self.fix_repository()
            self.phase, self.turned_down = "sending", False
            self.post_message(self.UnderWay([words.left_while_sending(str(self.session.repo))]))
            self._send(request)
        else:
            self.turned_down = True
            self._unread_since = self.session.timing.now()
        self.show()

    def _came_too_soon(self) -> bool:
        """Whether the key came before what was said could be read, which takes anew from then."""
        now = self.session.timing.now()
        if too_soon := now - self._unread_since < CALM:
            self._unread_since = now
        return too_soon

    def has_read(self) -> None:
        super().has_read()
        self.unsettled = False
        wished, self.run_when_read = self.run_when_read, False
        if wished and self._is_as_seen():
            self._run()
        elif wished:
            self._ask_to_look()

    def _seen_now(self) -> "tuple[Draft, set[str]]":
        warnings = self._state.checked().warnings
        return self._state.draft(), {warning.text for warning in warnings}

    def _is_as_seen(self) -> bool:
        if self._seen_then is None:
            return True
        (draft, warnings), (before, known) = self._seen_now(), self._seen_then
        return draft == before and warnings <= known

    def free_repository(self) -> None:
        """Where there was a choice, there is one again; not while a request is under way."""
        if self.phase != "sending":
            super().free_repository()

    @work(group="send", exclusive=True, exit_on_error=False)
    async def _send(self, request: RunRequest) -> None:
        from cubewatch.api.errors import ApiError
        from cubewatch.ui.screens.compose.answer import error_text, fault_text, unsent_text
        from cubewatch.ui.screens.compose.lost import Lost

        try:
            client = await self.session.client()
        except Exception as error:  # whatever it is, nothing has left
            self.post_message(self._NotSent(unsent_text(error), None))
            return
        try:
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

    @on(_NotSent)
    def _take_error(self, event: _NotSent) -> None:
        from cubewatch.ui.screens.compose.answer import AnswerPanel
        from cubewatch.ui.screens.compose.lost import LostAnswerPanel

        self.phase = "editing"
        self._unread_since = self.session.timing.now()
        if event.lost is None:
            self.free_repository()
            self.post_message(self.UnderWay([]))
        self.show_form()
        panel = (
            LostAnswerPanel(self.session, event.text, event.lost)
            if event.lost
            else AnswerPanel(event.text)
        )
        if self._status.is_attached:  # the app may be about to end
            self.mount(panel, before=self._status)
            panel.focus()
        self.show()

    def on_lost_answer_panel_watch(self, event: "LostAnswerPanel.Watch") -> None:
        self.close_answer()
        self.post_message(self.Started(event.run, event.lost.request, event.lost.sent_at))

    @on(LearningScreen.Refill)
    def _want_no_more(self) -> None:
        self._begin_anew()

    @on(Form.Changed)
    def _form_changed(self) -> None:
        self._begin_anew()
        if self.phase == "sent":
            self.phase = "editing"
        self.follow(wait=QUIET)
        self.show()

    def _begin_anew(self) -> None:
        """What was to be sent is not what is in the form now, nor is what was said of it."""
        self.run_when_read = self.insisted = self.turned_down = self.has_filled_since = False
        self._unread_since = float("-inf")

    def on_screen_suspend(self) -> None:
        """Whoever opens something else over the form does not wait for it to be sent."""
        self.run_when_read = False

    def on_screen_resume(self) -> None:
        if self.phase == "sent":
            self.phase = "editing"
        self.show()

    def close_answer(self) -> None:
        """Close what was said of the last request."""
        if answer := self.query(ANSWER):
            self._form.move(0)
            answer.remove()
