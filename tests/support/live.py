"""The live screen over a scripted run and a clock that is turned by hand."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from textual.pilot import Pilot

from cubewatch.session import Session
from cubewatch.settings import Settings, WatchFirst
from cubewatch.ui.app import CubewatchApp
from cubewatch.ui.widgets.run_tree import RunTree
from tests.support.polling import REPO, RunScript, Step, SteppedTiming
from tests.ui.snapshots import screen_text

if TYPE_CHECKING:
    from cubewatch.api.client import Client

TIMEOUT = 600
"""Looks at a condition, each after all that was waiting has been done."""


def session_of(script: RunScript) -> Session:
    """A session whose runs come from a script."""
    client = cast("Client", script)
    return Session(Settings(REPO), client=lambda _: client, timing=script.timing)


class Live:
    """A person before the live screen."""

    def __init__(
        self, pilot: Pilot[int], session: Session, script: RunScript | None = None
    ) -> None:
        self.pilot = pilot
        self.session = session
        self.script = script or RunScript(SteppedTiming())
        self.timing = cast("SteppedTiming", self.script.timing)

    @property
    def text(self) -> str:
        return screen_text(self.pilot.app)

    @property
    def tree(self) -> RunTree:
        return self.pilot.app.screen.query_one(RunTree)

    @property
    def selected(self) -> str:
        return "/".join(self.tree.selected)

    async def until(self, condition: Callable[[], object]) -> None:
        for _ in range(TIMEOUT):
            await self.pilot.pause()
            if condition():
                await self.pilot.pause()
                return
        raise AssertionError(f"this never came:\n{self.text}")

    async def answered(self, times: int) -> None:
        """Waits until so many requests are answered and their answers are shown."""
        await self.until(lambda: len(self.timing.waits) >= times)

    async def step(self, seconds: float = 3.0) -> None:
        """Lets time pass until the next answer is shown."""
        before = len(self.timing.waits)
        await self.timing.turn(seconds)
        await self.answered(before + 1)

    async def turn_until(self, text: str) -> None:
        """Lets time pass until a text is on the screen."""
        for _ in range(TIMEOUT):
            if text in self.text:
                return
            await self.timing.turn(1)
            await self.pilot.pause()
        raise AssertionError(f"{text!r} never came:\n{self.text}")

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()


@asynccontextmanager
async def watching(*steps: Step, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Live]:
    """The screen after the first step."""
    script = RunScript(SteppedTiming(), *steps)
    session = session_of(script)
    async with CubewatchApp(session, WatchFirst("142")).run_test(
        size=size, notifications=True
    ) as pilot:
        live = Live(pilot, session, script)
        await live.answered(1)
        yield live
