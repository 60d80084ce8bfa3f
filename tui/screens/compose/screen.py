"""ComposeScreen: the form, what it amounts to, and one key that sends it once."""

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Footer, Static

from tui.domain.inert import inert
from tui.domain.request import RunRequest
from tui.screens.base import BaseScreen
from tui.screens.compose import words
from tui.screens.compose.form import Form
from tui.screens.compose.lines import Phase, TitleLine, status_text
from tui.screens.compose.preview import Preview
from tui.screens.compose.state import FormState
from tui.screens.compose.workflow_rows import AddingRow

if TYPE_CHECKING:
    from tui.domain.ci_config import CiConfig
    from tui.domain.run import Run
    from tui.screens.compose.lost import Lost, LostAnswerPanel
    from tui.session import Session
    from tui.settings import ComposeFirst

WIDE = 100
"""From how many columns on the preview stands beside the fields."""

SHORT, ROOMY = 20, 32
"""Below how many lines frames give way to fields, and from how many on there is space between."""

PALETTE_WIDE = 60
"""From how many columns on the footer has room for the key of the palette too."""

ANSWER = "#answer"


class ComposeScreen(BaseScreen):
    """Composes a run, filled from `start.draft`, and posts `Started` when the server has it."""

    AUTO_FOCUS = "ChoiceRow"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "run", "Run"),
        Binding("f2", "preview", "Preview"),
        Binding("question_mark,f1", "help", "Help"),
        Binding("q", "leave", "Quit"),
        Binding("escape", "back", "Leave the field", show=False),
        # Keys that move the focus come before all others: whatever is typed right behind them
        # must find it moved, also where many keys arrive at once.
        Binding("down", "move(1)", "Next field", show=False, priority=True),
        Binding("up", "move(-1)", "Previous field", show=False, priority=True),
        Binding("enter", "next", "On to the next field", show=False, priority=True),
        Binding("pagedown", "move(8)", "A page of fields down", show=False, priority=True),
        Binding("pageup", "move(-8)", "A page of fields up", show=False, priority=True),
        Binding("tab", "app.focus_next", "Next part", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "Previous part", show=False, priority=True),
    ]

    class Started(Message):
        """The server has taken `request` and answered with `run`."""

        def __init__(self, run: "Run", request: RunRequest) -> None:
            super().__init__()
            self.run = run
            self.request = request

    class _ConfigRead(Message):
        def __init__(self, config: "CiConfig | None", trouble: str) -> None:
            super().__init__()
            self.config = config
            self.trouble = trouble

    class _NotSent(Message):
        def __init__(self, text: Content, lost: "Lost | None") -> None:
            super().__init__()
            self.text = text
            self.lost = lost

    def __init__(self, session: "Session", start: "ComposeFirst") -> None:
        super().__init__()
        self._session = session
        self._state = FormState.of(start.draft)
        self._form: Form
        self._preview = Preview(session.settings.repo.api_path)
        self._status = Static(id="status", markup=False)
        self._first_draft = self._state.draft()
        self._checked = self._state.checked()
        self._phase: Phase = "reading"
        self._run_when_read = start.send_at_once
        self._said_quit = False
        self._config_silence = words.CONFIG_UNREAD

    def compose(self) -> ComposeResult:
        self._fit(self.app.size)
        settings = self._session.settings
        host = urlsplit(settings.api_url).netloc if settings.demo_speed is None else "demo"
        yield TitleLine(str(settings.repo), inert(host))
        self._form = Form(str(settings.repo), self._state)
        with Horizontal(id="panes"):
            yield self._form
        yield self._status
        yield Footer(compact=True)

    def on_mount(self) -> None:
        self._show()
        self.call_after_refresh(self._after_first_frame)

    def _after_first_frame(self) -> None:
        self.query_one("#panes").mount(self._preview)
        self._read_config()

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size)
        self.query_one(Footer).show_command_palette = event.size.width >= PALETTE_WIDE
        self.refresh_bindings()

    def _fit(self, size: Size) -> None:
        """Set the classes that the styles go by, those of the app's breakpoints among them. Set
        before there are widgets, they don't make all of them look up their styles again."""
        narrow, short = size.width < WIDE, size.height < SHORT
        roomy = size.height >= ROOMY
        classes = {"-narrow": narrow, "-wide": not narrow, "-short": short, "-tall": not short}
        self.update_classes(classes | {"-roomy": roomy}, animate=False)

    def on_screen_resume(self) -> None:
        if self._phase == "sent":
            self._phase = "editing"
            self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The preview is a view of its own only where it does not stand beside the fields; what
        scrolls keeps the keys to scroll with, and a row that adds another needs its Enter."""
        if action == "preview":
            return self.app.size.width < WIDE
        around = self.focused.ancestors if self.focused and action in ("move", "next") else []
        if action == "next" and any(isinstance(node, AddingRow) for node in around):
            return False
        return not around or self._form in around

    def action_run(self) -> None:
        """Send the request, once; or show where it is not right yet."""
        self._form.take()
        self._checked = self._state.checked()
        if self._phase == "reading":
            self._run_when_read = True
        elif self._phase == "editing":
            if request := self._checked.request:
                self._close_answer()
                self._phase = "sending"
                self._send(request)
            else:
                self._show_form()
                self._form.focus_field(self._checked.problems[0].field)
        self._show()

    def action_preview(self) -> None:
        """Switch between the fields and what they amount to."""
        if self.has_class("-preview"):
            self._show_form()
        else:
            self.add_class("-preview")
            self._preview.focus()

    def action_back(self) -> None:
        """Out of what is open: the answer, the preview, or the field that is typed in."""
        if self.query(ANSWER):
            self._close_answer()
        elif self.has_class("-preview"):
            self._show_form()
        else:
            self.set_focus(None)

    def action_next(self) -> None:
        self._form.move(1)

    def action_move(self, steps: int) -> None:
        self._form.move(steps)

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    def action_leave(self) -> None:
        """Quit; ask once if that loses anything."""
        touched = self._state.draft() != self._first_draft and self._phase != "sent"
        if (touched or self._phase == "sending") and not self._said_quit:
            self._said_quit = True
            text = words.QUIT_SENDING if self._phase == "sending" else words.QUIT_TYPED
            self._status.update(Content.assemble((f"! {text}", "$warning")), layout=False)
        else:
            self.app.exit()

    @work(group="config", exclusive=True, exit_on_error=False)
    async def _read_config(self) -> None:
        try:
            config, trouble = await self._session.ci_config(), ""
        except Exception as error:  # whatever is wrong with a file, the form goes on without it
            config, trouble = None, inert(f".sourcecraft/ci.yaml: {error}")
        self.post_message(self._ConfigRead(config, trouble))

    @work(group="send", exclusive=True, exit_on_error=False)
    async def _send(self, request: RunRequest) -> None:
        from tui.api.errors import ApiError
        from tui.screens.compose.answer import error_text, fault_text
        from tui.screens.compose.lost import Lost

        try:
            client = await self._session.client()
            sent_at = self._session.timing.utc()
            run = await client.run_workflows(self._session.settings.repo, request)
        except ApiError as error:
            lost = Lost(request, sent_at) if error.sent else None
            self.post_message(self._NotSent(error_text(error), lost))
        except Exception as fault:  # a mistake of ours must not leave the form waiting for ever
            self.post_message(self._NotSent(fault_text(fault), None))
        else:
            self.post_message(self.Started(run, request))

    @on(_ConfigRead)
    async def _take_config(self, event: _ConfigRead) -> None:
        self._phase = "editing"
        self._config_silence = words.CONFIG_BROKEN if event.trouble else words.CONFIG_NONE
        await self._form.learn(event.config, event.trouble)
        self._show()
        if self._run_when_read:
            self.action_run()

    @on(Started)
    def _take_run(self) -> None:
        self._phase = "sent"
        self._first_draft = self._state.draft()
        self._show()

    @on(_NotSent)
    def _take_error(self, event: _NotSent) -> None:
        self._phase = "editing"
        self._show_form()
        from tui.screens.compose.answer import AnswerPanel
        from tui.screens.compose.lost import LostAnswerPanel

        panel = (
            LostAnswerPanel(self._session, event.text, event.lost)
            if event.lost
            else AnswerPanel(event.text)
        )
        self.mount(panel, before=self._status)
        panel.focus()
        self._show()

    def on_lost_answer_panel_watch(self, event: "LostAnswerPanel.Watch") -> None:
        self._close_answer()
        self.post_message(self.Started(event.run, event.request))

    @on(Form.Changed)
    def _form_changed(self) -> None:
        if self._phase == "sent":
            self._phase = "editing"
        self._show()

    def _show(self) -> None:
        """Put what the form amounts to now into the preview and the status line."""
        self._said_quit = False
        self._checked = self._state.checked()
        self._preview.show(
            self._checked.so_far,
            ready=self._checked.request is not None,
            config=self._state.config,
            silence=self._config_silence,
        )
        self._status.update(status_text(self._checked, self._phase), layout=False)

    def _show_form(self) -> None:
        if self.has_class("-preview"):
            self.remove_class("-preview")
            self._form.move(0)

    def _close_answer(self) -> None:
        if answer := self.query(ANSWER):
            answer.remove()
            self._form.move(0)
