"""Panels over the form: errors of a request, and the search for a run that may exist."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from cubewatch.api.errors import ApiError
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.compose import texts
from cubewatch.ui.screens.compose.messages import Started
from cubewatch.watch.lost import Candidates, find_candidates
from cubewatch.watch.submission import Lost

if TYPE_CHECKING:
    from cubewatch.model.run import Run
    from cubewatch.session import Session

DETAILS = ("error_code", "message", "request_id", "details")
LOST_DELAYS = (0.5, 2.0, 4.0, 8.0)
"""Seconds to wait before each look at the newest runs: a run may show up late."""


class AnswerPanel(VerticalScroll):
    """A panel with all that is known of an error; the fields behind it stay as they are."""

    BORDER_TITLE = texts.NOT_STARTED
    BORDER_SUBTITLE = texts.CLOSE_KEY

    def __init__(self, text: Content) -> None:
        super().__init__(id="answer")
        self._text = text

    def compose(self) -> ComposeResult:
        yield Static(self._text, markup=False)


class ConfirmPanel(AnswerPanel):
    """A panel that names what the request would repeat, until the person sends it or does not."""

    BORDER_TITLE = texts.SEND_AGAIN
    BORDER_SUBTITLE = texts.CONFIRM_KEYS

    def __init__(self, lines: Sequence[str]) -> None:
        warnings = [Content.assemble((f"! {line}", "$warning")) for line in lines]
        super().__init__(Content("\n").join(warnings))


def error_text(error: ApiError) -> Content:
    """The text about an error: what happened, what it means, what to do, and the server's own
    words."""
    parts = [Content.assemble((f"✗ {error.what}", "bold $error")), Content(error.meaning)]
    parts += [Content.assemble((texts.NEVER_AGAIN, "bold"))] if error.sent else []
    return Content("\n").join(
        (*parts, Content.assemble(("→ ", "bold"), error.advice), *_details(error))
    )


def _details(error: ApiError) -> Iterator[Content]:
    """The parts of an error body that are not empty."""
    width = max(map(len, DETAILS)) + 2
    for name in DETAILS:
        lines = str(getattr(error, name)).splitlines()
        for number, line in enumerate(lines):
            label = "" if number else name
            yield Content.assemble((label.ljust(width), "dim"), line)


def unsent_text(trouble: Exception) -> Content:
    """The text where not even a client could be made."""
    lines = (
        Content.assemble((f"✗ {texts.NO_CLIENT}", "bold $error")),
        Content(f"{inert(str(trouble))}: nothing was sent."),
        Content.assemble(("→ ", "bold"), texts.SEE_DOCTOR),
    )
    return Content("\n").join(lines)


def fault_text(fault: BaseException) -> Content:
    """The text after a fault of this program, when it is unknown whether the request was sent."""
    return Content("\n").join(
        (
            Content.assemble((f"✗ {texts.OWN_FAULT}", "bold $error")),
            Content(f"{type(fault).__name__}: {inert(str(fault))}"),
            Content.assemble((texts.NEVER_AGAIN, "bold")),
        )
    )


class LostAnswerPanel(AnswerPanel):
    """A panel that looks through the newest runs for one that may be ours, and offers it."""

    BORDER_TITLE = texts.ANSWER_LOST
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "watch", "Watch it"),
        Binding("l", "look", "Look again"),
        *(Binding(str(n), f"choose({n})", f"Watch number {n}", show=False) for n in range(1, 10)),
    ]

    class Looked(Message):
        """The result of a search."""

        def __init__(self, found: "tuple[Run, ...]", text: str) -> None:
            super().__init__()
            self.found = found
            self.text = text

    def __init__(self, session: "Session", text: Content, lost: Lost) -> None:
        super().__init__(text)
        self._session = session
        self._lost = lost
        self._is_looking = False
        self._found: tuple[Run, ...] = ()
        self._search = Static(id="search", markup=False)

    def compose(self) -> ComposeResult:
        yield self._search
        yield from super().compose()

    def on_mount(self) -> None:
        self.action_look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "watch":
            return len(self._found) == 1
        return action != "look" or not (self._is_looking or self._found)

    def action_watch(self) -> None:
        self.action_choose(1)

    def action_choose(self, number: int) -> None:
        """Watches one of the runs that were found, counted from 1."""
        if number <= len(self._found):
            run, lost = self._found[number - 1], self._lost
            self.post_message(Started(self._session, run, lost.request, lost.sent_at))

    def action_look(self) -> None:
        self._is_looking = True
        self._show(texts.LOOKING)
        self._look()

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        found, text = Candidates(), texts.NOT_FOUND
        try:
            client, repo = await self._session.client(), self._session.repo
            for delay in LOST_DELAYS:
                await self._session.timing.sleep(delay)
                try:
                    found = await find_candidates(
                        client, repo, self._lost.request, self._lost.sent_at
                    )
                    text = texts.NOT_FOUND
                except ApiError as error:
                    text = texts.cannot_look(error)
                if found.runs:
                    text = texts.offer(found.runs)
                    break
        except Exception as fault:  # whatever it is, `l` must work again
            text = texts.cannot_look(fault)
        self.post_message(self.Looked(found.runs, text))

    @on(Looked)
    def _take(self, looked: Looked) -> None:
        self._is_looking = False
        self._found = looked.found
        self._show(looked.text)

    def _show(self, text: str) -> None:
        self._search.update(Content.assemble((text, "bold")))
        self.refresh_bindings()
