"""AwaitingScreen: waits for a run that is still to be found, then makes way for it."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from cubewatch.runtime.exit_status import EXIT_WAIT_RAN_OUT
from cubewatch.text.format import duration
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.screens.live.messages import AlsoWatched
from cubewatch.ui.screens.registry import OpenScreen
from cubewatch.ui.widgets.key_bar import KeyBar
from cubewatch.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from cubewatch.session import Session
    from cubewatch.settings import AwaitedRun

FOLLOW_INTERVAL = 20.0
"""Seconds between two looks for the run of the next push."""


class AwaitingScreen(BaseScreen):
    """A screen that says what is waited for, and the result of the last look. The run that is found
    is then watched in front of this screen; of several runs of one commit the others are named.
    After the next push its run takes the place of the one before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "look_now", "Look now"),
        Binding("question_mark,f1", "help", "Help"),
        Binding("q,escape", "leave", "Quit", key_display="q"),
    ]

    class Noted(Message):
        """A look brought nothing yet, or could not be made."""

        def __init__(self, note: str, advice: str = "") -> None:
            super().__init__()
            self.note = note
            self.advice = advice

    class Found(Message):
        """The runs are known; `note` says how."""

        def __init__(self, slugs: tuple[str, ...], note: str) -> None:
            super().__init__()
            self.slugs = slugs
            self.note = note

    class RanOut(Message):
        """There was none in time."""

    def __init__(self, session: "Session", awaited: "AwaitedRun") -> None:
        super().__init__()
        self._session = session
        self._awaited = awaited
        self._watched = ""
        self._switching = False
        self._title = TextLine(id="title")
        self._note = TextLine(id="note")
        self._advice = TextLine(id="advice")

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._note
        yield self._advice
        yield KeyBar()

    def on_mount(self) -> None:
        for line in (self._title, self._note, self._advice):
            line.styles.height = 1
        self._title.show(f" {self._heading()}")
        self._note.show(" looking…")
        self.call_after_refresh(self._look)

    def _heading(self) -> str:
        awaited, repo = self._awaited, self._session.repo
        if awaited.head:
            return f"Waiting for the run of the commit checked out here · {repo}"
        criteria = (
            ("workflow", awaited.workflow),
            ("by", awaited.by),
            ("event", awaited.event),
        )
        said = "".join(f" · {name} {inert(text)}" for name, text in criteria if text)
        return f"Waiting for the next run of {repo}{said}"

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        from cubewatch.watch.awaited import NoCommitError

        try:
            async with asyncio.timeout(self._awaited.wait):
                found = await self._look_until_found()
            while found and self._awaited.head:
                await asyncio.sleep(FOLLOW_INTERVAL)
                found = await self._look_until_found()
        except TimeoutError:
            self.post_message(self.RanOut())
        except NoCommitError as error:
            self.post_message(self.Noted(inert(str(error))))
        except Exception as fault:  # otherwise the person would not see it
            said = inert(f"{type(fault).__name__}: {fault}")
            self.post_message(self.Noted(said, "r tries again"))

    async def _look_until_found(self) -> bool:
        """Looks until there is a run; False if that was refused."""
        from cubewatch.watch.attempts import attempts
        from cubewatch.watch.awaited import LOOK_INTERVAL, look_for
        from cubewatch.watch.updates import Trouble

        session, awaited = self._session, self._awaited
        commit = await session.checked_out() if awaited.head else None
        look = look_for(await session.client(), session.repo, awaited, commit)
        async for found in attempts(look, session.timing, LOOK_INTERVAL):
            if isinstance(found, Trouble):
                self.post_message(self.Noted(str(found.error), found.error.advice))
                if found.retry_at is None:
                    return False
            elif found.slugs:
                self.post_message(self.Found(found.slugs, found.note))
                return True
            else:
                self.post_message(self.Noted(found.note))
        return False

    @on(Noted)
    def _show_note(self, noted: Noted) -> None:
        self._note.show(f" {noted.note}")
        self._advice.show(f" {noted.advice}" if noted.advice else "")

    @on(Found)
    def _watch(self, found: Found) -> None:
        first, *others = found.slugs
        if first == self._watched:
            return
        before, self._watched = self._watched, first
        is_guess = found.note.startswith("a guess")
        said = f"#{first} is {found.note}" if before or is_guess else ""
        if others:
            names = ", ".join(f"#{slug}" for slug in others)
            said = f"{said} Also of this commit, by ]: {names}".strip()
        self._switching = bool(before) and getattr(self.app.screen, "run_slug", "") == before
        if self._switching:
            self.app.pop_screen()
        self.post_message(AlsoWatched(self._session.repo, found.slugs))
        self.post_message(OpenScreen("live", repo=self._session.repo, run_slug=first))
        if said:
            self.app.notify(said, timeout=15, markup=False)

    @on(RanOut)
    def _run_out(self) -> None:
        wait = duration(self._awaited.wait or 0)
        self.app.exit(EXIT_WAIT_RAN_OUT, message=f"cubewatch: no run within {wait}")

    def on_screen_resume(self) -> None:
        """Leaves when the person comes back from the run."""
        if self._watched and self.is_current and not self._switching:
            self.app.exit()

    def on_screen_suspend(self) -> None:
        self._switching = False

    def action_look_now(self) -> None:
        """Looks at once, also after a refusal."""
        self._look()

    def action_leave(self) -> None:
        """Out of the program."""
        self.app.exit()
