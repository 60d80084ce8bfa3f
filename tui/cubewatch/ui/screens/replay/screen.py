"""ReplayScreen: the live screen of a recording."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from cubewatch.ui.screens.live.screen import LiveScreen
from cubewatch.ui.screens.replay.bar import ReplayBar

if TYPE_CHECKING:
    from cubewatch.session import Session

SCRUB = 10.0
"""Recorded seconds that a key goes back or forward."""


class ReplayScreen(LiveScreen):
    """A live screen over a recording whose time can be stopped, set and sped up."""

    SHEETS = (*LiveScreen.SHEETS, "replay")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "play", "Stop or go on", show=False),
        Binding("right_square_bracket", "jump(1)", "To the next change", show=False),
        Binding("left_square_bracket", "jump(-1)", "To the change before", show=False),
        Binding("right_curly_bracket", "jump(1, True)", "To the next failure", show=False),
        Binding("left_curly_bracket", "jump(-1, True)", "To the failure before", show=False),
        Binding("full_stop", "scrub(1)", "10 seconds forward", show=False),
        Binding("comma", "scrub(-1)", "10 seconds back", show=False),
        Binding("greater_than_sign", "speed(1)", "Faster", show=False),
        Binding("less_than_sign", "speed(-1)", "Slower", show=False),
    ]

    def __init__(self, session: "Session", run_slug: str) -> None:
        super().__init__(session, run_slug)
        if session.replay is None:
            raise ValueError("the session plays no recording")
        self._replay = session.replay
        self._bar = ReplayBar(self._replay.clock, is_whole=self._replay.is_whole)

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self._bar

    def action_play(self) -> None:
        """Pauses or resumes; at the end it restarts from the beginning."""
        self._replay.toggle()
        self._bar.show()

    def action_jump(self, step: int, failure: bool = False) -> None:
        """Goes to another change of a status, or failure."""
        if not self._replay.jump(step, failure=failure):
            what = "failure" if failure else "change"
            self.notify(f"There is no {what} {'after' if step > 0 else 'before'} this one.")
        self._bar.show()

    def action_scrub(self, step: int) -> None:
        """Goes a few seconds back or forward."""
        self._replay.seek(self._replay.clock.now() + step * SCRUB)
        self._bar.show()

    def action_speed(self, step: int) -> None:
        """Plays faster or slower."""
        self._replay.change_speed(step)
        self._bar.show()
