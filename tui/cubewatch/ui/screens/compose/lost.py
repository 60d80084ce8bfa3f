"""LostAnswerPanel: a request went out, its answer did not come back, so the run may exist."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from cubewatch.api.errors import ApiError
from cubewatch.model.request import RunRequest
from cubewatch.ui.screens.compose.answer import AnswerPanel
from cubewatch.watch.lost import find_lost

if TYPE_CHECKING:
    from cubewatch.model.run import Run
    from cubewatch.session import Session

LOOKS = (0.5, 2.0, 4.0, 8.0)
"""Seconds to wait before each look: a run may show up late, and the network too."""
LOOKING = "Looking through the newest runs for it …"
NOT_FOUND = "Not found among the newest runs so far: l looks again."


@dataclass(frozen=True, slots=True)
class Lost:
    """A request whose answer was lost, and when it went out by our clock."""

    request: RunRequest
    sent_at: datetime


class LostAnswerPanel(AnswerPanel):
    """Looks through the newest runs for one that can be it, and offers it."""

    BORDER_TITLE = "Answer lost"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "watch", "Watch it"),
        Binding("l", "look", "Look again"),
    ]

    class Watch(Message):
        """The person takes the run that was found for theirs."""

        def __init__(self, run: "Run", lost: Lost) -> None:
            super().__init__()
            self.run = run
            self.lost = lost

    class Looked(Message):
        """What came of a search."""

        def __init__(self, found: "Run | None", text: str) -> None:
            super().__init__()
            self.found = found
            self.text = text

    def __init__(self, session: "Session", text: Content, lost: Lost) -> None:
        super().__init__(text)
        self._session = session
        self._lost = lost
        self._looking = False
        self._found: Run | None = None
        self._search = Static(id="search", markup=False)

    def compose(self) -> ComposeResult:
        yield self._search
        yield from super().compose()

    def on_mount(self) -> None:
        self.action_look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing now are not shown."""
        if action == "watch":
            return self._found is not None
        return action != "look" or not (self._looking or self._found)

    def action_watch(self) -> None:
        if self._found:
            self.post_message(self.Watch(self._found, self._lost))

    def action_look(self) -> None:
        self._looking = True
        self._say(LOOKING)
        self._look()

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        client, repo = await self._session.client(), self._session.repo
        found, text = None, NOT_FOUND
        for wait in LOOKS:
            await self._session.timing.sleep(wait)
            try:
                found = await find_lost(client, repo, self._lost.request, self._lost.sent_at)
                text = NOT_FOUND
            except ApiError as error:
                text = f"The runs can't be listed ({error}): l looks again."
            if found:
                text = _offer(found)
                break
        self.post_message(self.Looked(found, text))

    @on(Looked)
    def _take(self, looked: Looked) -> None:
        self._looking = False
        self._found = looked.found
        self._say(looked.text)

    def _say(self, text: str) -> None:
        self._search.update(Content.assemble((text, "bold")))
        self.refresh_bindings()


def _offer(run: "Run") -> str:
    created = run.dates.created_at
    when = f" at {created.astimezone():%H:%M:%S}" if created else ""
    by = f" by {run.user.slug}" if run.user.slug else ""
    return f"Run #{run.slug}, started{by}{when}, can be it: ⏎ watches it."
