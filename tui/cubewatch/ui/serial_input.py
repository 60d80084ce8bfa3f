"""InTurn: an app in which a key has taken effect before the next one is looked at.

Keys come in bursts, over a slow line, from a script, or typed ahead. Textual looks at the next one
as soon as it has passed the last one on; what that one opens, adds or focuses is there only some
messages later, so that the next would go to where a person no longer is.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress

from textual.app import ReturnType
from textual.events import Event, Key, MouseEvent, Paste
from textual.message_pump import MessagePump

from cubewatch.ui.painter.app import PaintedApp
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.textual_internals import get_time, is_idle

PATIENCE = 5.0
"""Seconds that a key may take; it needs less than one of a thousand where nothing is loaded."""
GLANCE = 0.002
"""Seconds between two looks at whether it has taken effect, after as many at a stretch as most
keys need."""
AT_A_STRETCH = 50
AT_ONCE = "ctrl+c"


class InTurn(PaintedApp[ReturnType]):
    """What is typed and pasted comes in its turn, but for the key that leaves at once."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[Key | Paste] = deque()
        self._its_turn: Key | Paste | None = None
        self._typed_at: float | None = None
        self._taking_turns: asyncio.Task[None] | None = None

    @property
    def typed_at(self) -> float:
        """When the key was typed that what happens now comes of, by Textual's clock; now, if it
        comes of no key."""
        return self._typed_at if self._typed_at is not None else get_time()

    async def on_event(self, event: Event) -> None:
        if isinstance(event, MouseEvent):
            self._typed_at = None
        if (
            not isinstance(event, Key | Paste)
            or event.is_forwarded
            or event is self._its_turn
            or (isinstance(event, Key) and event.key == AT_ONCE)
        ):
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._taking_turns is None or self._taking_turns.done():
            self._taking_turns = asyncio.create_task(self._take_turns())

    async def _take_turns(self) -> None:
        while self._typed:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._settled()
            self._its_turn = self._typed.popleft()
            self._typed_at = self._its_turn.time
            self.post_message(self._its_turn)

    async def _settled(self) -> None:
        """Returns when no message is under way between the app and its widgets, and the screen
        is what it is going to be."""
        glances = 0
        while self._is_in_motion():
            glances += 1
            await asyncio.sleep(0 if glances < AT_A_STRETCH else GLANCE)

    def _is_in_motion(self) -> bool:
        front = self.screen_stack[-1:]
        if any(isinstance(screen, BaseScreen) and screen.unsettled for screen in front):
            return True
        return not all(map(is_idle, self._pumps()))

    def _pumps(self) -> Iterable[MessagePump]:
        screens = self.screen_stack
        return self, *screens, *(screens[-1].walk_children() if screens else ())
