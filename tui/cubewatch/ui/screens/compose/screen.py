"""ComposeScreen: the form, what it amounts to, and one key that sends it once."""

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Footer

from cubewatch.model.secrecy import masked
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose import words
from cubewatch.ui.screens.compose.form import Form
from cubewatch.ui.screens.compose.lines import TitleLine, status_lines
from cubewatch.ui.screens.compose.preview import Outlook, Preview
from cubewatch.ui.screens.compose.rows import ActRow
from cubewatch.ui.screens.compose.sending import ANSWER, SendingScreen
from cubewatch.ui.screens.compose.state import REPOSITORY
from cubewatch.ui.screens.compose.suggest_row import SuggestRow
from cubewatch.ui.screens.compose.workflow_rows import AddingRow

if TYPE_CHECKING:
    from cubewatch.model.draft import Checked, Draft
    from cubewatch.session import Session
    from cubewatch.settings import ComposeFirst
    from cubewatch.ui.screens.again import Earlier

WIDE = 100
"""From how many columns on the preview stands beside the fields."""

MOST_UNSETTLED = 1.0
"""Seconds that keys typed ahead may wait for the rows that the config makes."""

SHORT, ROOMY = 20, 32
"""Below how many lines frames give way to fields, and from how many on there is space between."""

PALETTE_WIDE = 60
"""From how many columns on the footer has room for the key of the palette too."""


class ComposeScreen(SendingScreen):
    """Composes a run, filled from `start.draft`, and posts `Started` when the server has it."""

    AUTO_FOCUS = "ChoiceRow"
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
        Binding("enter", "next", "On to the next field", show=False, priority=True),
        Binding("pagedown", "move(8)", "A page of fields down", show=False, priority=True),
        Binding("pageup", "move(-8)", "A page of fields up", show=False, priority=True),
        Binding("tab", "next_part", "Next part", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "Previous part", show=False, priority=True),
    ]

    def __init__(self, session: "Session", start: "ComposeFirst") -> None:
        super().__init__(session, start)
        settings = session.settings
        host = urlsplit(settings.api_url).netloc if settings.demo_speed is None else "demo"
        self._title = TitleLine(inert(host))
        self._preview = Preview()
        self._warned: Draft | None = None
        """The draft that would be lost, once that was said."""

    def compose(self) -> ComposeResult:
        self._fit(self.app.size)
        yield self._title
        self._form = Form(self._state, self.refs)
        with Horizontal(id="panes"):
            yield self._form
        yield self._status
        yield Footer(compact=True)

    def on_mount(self) -> None:
        self.unsettled = True
        self.set_timer(MOST_UNSETTLED, self._settle)
        self.show()
        self.call_after_refresh(self._after_first_frame)

    def _settle(self) -> None:
        self.unsettled = False

    def _after_first_frame(self) -> None:
        panes = self.query_one("#panes")
        if panes.is_attached:  # the app may be about to end
            panes.mount(self._preview)
            self.locate()

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size)
        self.call_after_refresh(self._form.refocus)
        self.query_one(Footer).show_command_palette = event.size.width >= PALETTE_WIDE
        self.refresh_bindings()

    def _fit(self, size: Size) -> None:
        """Set the classes that the styles go by, those of the app's breakpoints among them. Set
        before there are widgets, they don't make all of them look up their styles again."""
        narrow, short = size.width < WIDE, size.height < SHORT
        roomy = size.height >= ROOMY
        classes = {"-narrow": narrow, "-wide": not narrow, "-short": short, "-tall": not short}
        self.update_classes(classes | {"-roomy": roomy}, animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The preview is a view of its own only where it does not stand beside the fields; what
        scrolls keeps the keys to scroll with, and a row that adds another needs its Enter."""
        if action == "preview":
            return self.app.size.width < WIDE
        focused = self.focused if action in ("move", "next") else None
        around = focused.ancestors_with_self if focused else []
        if action == "next" and any(isinstance(node, AddingRow | ActRow) for node in around):
            return False
        return not around or self._form in around

    def action_copy(self) -> None:
        """Offer the request in forms that can be pasted elsewhere."""
        if request := self.ready_request():
            from cubewatch.model.copies import copies
            from cubewatch.ui.screens.copying import CopyScreen

            settings, repo = self.session.settings, self.session.repo
            note = "" if settings.demo_speed is None else words.COPIES_OF_DEMO
            shown = copies(repo, masked(request), settings.api_url)
            real = copies(repo, request, settings.api_url)
            self.app.push_screen(CopyScreen(real, shown, note))

    def action_again(self) -> None:
        """Offer what was sent before."""
        self._form.take()
        self.settle_named()
        if not self.session.knows_repo:
            self.show_form()
            self._form.focus_field(REPOSITORY)
            return
        from cubewatch.ui.screens.again import AgainScreen

        self.app.push_screen(AgainScreen(self.session), self._fill_again)

    def _fill_again(self, earlier: "Earlier | None") -> None:
        if earlier:
            self.post_message(self.Refill(earlier.draft, earlier.forgotten))

    def action_run(self) -> None:
        """Send the request, once; or show where it is not right yet."""
        self._warned = None
        super().action_run()

    def action_preview(self) -> None:
        """Switch between the fields and what they amount to."""
        if self.has_class("-preview"):
            self.show_form()
        else:
            self.add_class("-preview")
            self._preview.focus()

    def action_back(self) -> None:
        """Out of what is open: the answer, the preview, or the field that is typed in. What is to
        be sent as soon as the config is read is not."""
        if self.run_when_read:
            self.run_when_read = False
            self.show()
        if self.query(ANSWER):
            self.close_answer()
        elif self.has_class("-preview"):
            self.show_form()
        else:
            self.set_focus(None)

    def action_next(self) -> None:
        """On to the next field; a name that is marked in a list is taken along."""
        if row := self._suggesting:
            row.accept()
        self._form.move(1)

    def action_move(self, steps: int) -> None:
        """To another field, or in the list of names that is open."""
        row = self._suggesting
        if row is None or not row.step(steps):
            self._form.move(steps)

    def action_next_part(self) -> None:
        """To what takes the focus next; a name that is marked in a list is taken along."""
        if row := self._suggesting:
            row.accept()
        before = self.focused
        if before and self._form in before.ancestors:
            self._form.move(1)
        if self.focused is before:
            self.focus_next()

    @property
    def _suggesting(self) -> SuggestRow | None:
        """The row with names to choose from that is typed in."""
        parent = self.focused.parent if self.focused else None
        return parent if isinstance(parent, SuggestRow) else None

    def action_leave(self) -> None:
        """Back to the run that the form was opened from, else quit; ask once if that loses
        anything."""
        draft = self._state.draft()
        touched = draft != self.untouched and self.phase != "sent"
        if (touched or self.phase == "sending") and self._warned != draft:
            self._warned = draft
            self.show()
        elif len(self.app.screen_stack) > 1:
            self.dismiss()
        else:
            self.app.exit()

    def show(self) -> None:
        """Put what the form amounts to now into the preview and the status line."""
        checked = self._state.checked()
        in_words = self.in_words(checked.so_far)
        repo = self._state.repo
        self._title.show(str(repo or ""), self.server_standing)
        self._preview.show(
            Outlook(
                repo.api_path if repo else words.NO_PATH,
                in_words,
                checked.so_far,
                checked.request is not None,
                self.known_config,
                self.silence,
                tuple(warning.text for warning in checked.warnings),
            )
        )
        self._status.say(*self._status_lines(checked, in_words))

    def _status_lines(self, checked: "Checked", in_words: str) -> list[Content]:
        if self._warned == self._state.draft():
            text = words.QUIT_SENDING if self.phase == "sending" else words.QUIT_TYPED
            return [Content.assemble((f"! {text}", "$warning"))]
        lines = status_lines(
            checked,
            self.phase,
            in_words,
            reading=self.is_reading,
            will_run=self.run_when_read,
            insisted=self.insisted,
        )
        if self.turned_down and self._state.doubtful():
            lines[0] = Content.assemble(lines[0], (words.DOUBT, "dim"))
        if self.has_filled_since:
            lines.insert(0, Content.assemble((f"! {words.FILLED_SINCE}", "$warning")))
        return lines

    def show_form(self) -> None:
        if self.has_class("-preview"):
            self.remove_class("-preview")
            self._form.move(0)
