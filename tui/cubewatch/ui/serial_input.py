"""SerialInputApp: an app in which each key has taken effect before the next one is handled.

Keys arrive in bursts: over a slow line, from a script, or typed ahead. Textual handles the next key
as soon as the last one has been passed on. What that one opens, adds or focuses exists only some
messages later, so the next key would go to the screen that the person has already left.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from textual.app import App, ReturnType
from textual.events import Event, Key, MouseEvent, Paste
from textual.screen import Screen

from cubewatch.ui.painter.painted_app import PaintedApp
from cubewatch.ui.screens.base import BaseScreen
from cubewatch.ui.textual_internals import get_time, is_idle

SETTLE_TIMEOUT = 5.0
"""Seconds for which the next key waits at most; a key takes about a millisecond to settle."""
CHECK_INTERVAL = 0.002
"""Seconds between two checks whether a key has settled, after the first MAX_QUICK_CHECKS."""
MAX_QUICK_CHECKS = 50
"""Checks without a pause: more than most keys need."""
QUIT_KEY = "ctrl+c"
"""The key that does not wait for those before it."""


class SerialInputApp(PaintedApp[ReturnType]):
    """Queues keys and pastes, and handles each when the one before it has settled."""

    def __init__(self) -> None:
        super().__init__()
        self._queue: deque[Key | Paste] = deque()
        self._current: Key | Paste | None = None
        self._typed_at: float | None = None
        self._queue_task: asyncio.Task[None] | None = None

    @property
    def typed_at(self) -> float:
        """The time at which the key that is being handled was typed, by Textual's clock; now, if
        none is."""
        return self._typed_at if self._typed_at is not None else get_time()

    async def on_event(self, event: Event) -> None:
        if isinstance(event, MouseEvent):
            self._typed_at = None
        if (
            not isinstance(event, Key | Paste)
            or event.is_forwarded
            or event is self._current
            or (isinstance(event, Key) and event.key == QUIT_KEY)
        ):
            await super().on_event(event)
            return
        self._queue.append(event)
        if self._queue_task is None or self._queue_task.done():
            self._queue_task = asyncio.create_task(self._handle_queue())

    async def _handle_queue(self) -> None:
        while self._queue:
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_TIMEOUT):
                    await settled(self)
            self._current = self._queue.popleft()
            self._typed_at = self._current.time
            self.post_message(self._current)


async def settled(app: App[Any]) -> None:
    """Waits until no message is under way between the app and its widgets, and the screen in front
    is not about to be replaced."""
    checks = 0
    while not is_idle(app) or _is_busy(app.screen_stack):
        checks += 1
        await asyncio.sleep(0 if checks < MAX_QUICK_CHECKS else CHECK_INTERVAL)


def _is_busy(screens: Sequence[Screen[Any]]) -> bool:
    """Whether one of a stack of screens has something to handle, or a widget of the front one."""
    if not screens:
        return False
    front = screens[-1]
    if isinstance(front, BaseScreen) and front.unsettled:
        return True
    return not all(map(is_idle, (*screens, *front.walk_children())))
