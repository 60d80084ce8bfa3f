"""Ticker: calls a screen every second in which it has shown nothing else, while clocks move."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.events import Callback

from cubewatch.ui.textual_internals import get_time

if TYPE_CHECKING:
    from textual.screen import Screen

SECONDS = 1.0
ANSWER_TIMEOUT = 0.3
"""Seconds that a tick waits for an answer that is under way, so that one frame brings both."""


class Ticker:
    """Every second from the last tick on, until a tick has nothing more to move. A screen that
    shows an answer moves its clocks with it and restarts the ticker. Textual's timers, a task each,
    would cost several times as much to restart."""

    def __init__(
        self,
        screen: "Screen[Any]",
        on_tick: Callable[[], bool],
        is_answer_due: Callable[[], bool] = lambda: False,
    ) -> None:
        """`on_tick` returns whether something goes on moving."""
        self._screen = screen
        self._on_tick = on_tick
        self._is_answer_due = is_answer_due
        self._next: asyncio.TimerHandle | None = None
        self._restarted_at = 0.0
        self._has_waited = False

    def start(self) -> None:
        """Ticks on, if it has stopped."""
        if self._next is None:
            self.restart()

    def restart(self) -> None:
        """The next tick is a second from now."""
        self._restarted_at = get_time()
        self._has_waited = False
        self._set(SECONDS)

    def hurry(self) -> None:
        """Ticks now instead of within the next half a second, as a frame goes out anyway."""
        if self._next and get_time() - self._restarted_at >= SECONDS / 2:
            self._tick()

    def _stop(self) -> None:
        if self._next:
            self._next.cancel()
            self._next = None

    def _set(self, seconds: float) -> None:
        self._stop()
        self._next = asyncio.get_running_loop().call_later(seconds, self._fire)

    def _fire(self) -> None:
        """Ticks in turn with the screen's messages, as long as there is a screen."""
        if not self._screen.is_attached:
            return
        if self._is_answer_due() and not self._has_waited:
            self._has_waited = True
            self._set(ANSWER_TIMEOUT)
        else:
            self._screen.post_message(Callback(callback=self._tick))

    def _tick(self) -> None:
        self.restart()
        if not self._on_tick():
            self._stop()
