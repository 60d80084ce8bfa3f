"""Ticker: calls a screen every second in which it has shown nothing else."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cubewatch.ui.textual_internals import get_time

if TYPE_CHECKING:
    from textual.screen import Screen

SECONDS = 1.0


class Ticker:
    """Every second from the last tick on. A screen that shows an answer moves its clocks with it
    and restarts the ticker: one frame then brings both. Textual's timers, a task each, would cost
    several times as much to restart."""

    def __init__(self, screen: "Screen[Any]", on_tick: Callable[[], object]) -> None:
        self._screen = screen
        self._on_tick = on_tick
        self._next: asyncio.TimerHandle | None = None
        self._restarted_at = 0.0

    def restart(self) -> None:
        """The next tick is a second from now."""
        if self._next:
            self._next.cancel()
        self._restarted_at = get_time()
        self._next = asyncio.get_running_loop().call_later(SECONDS, self._fire)

    def hurry(self) -> None:
        """Ticks now instead of within the next half a second, as a frame goes out anyway."""
        if self._next and get_time() - self._restarted_at >= SECONDS / 2:
            self._tick()

    def _fire(self) -> None:
        """Ticks in turn with the screen's messages, as long as there is a screen."""
        if self._screen.is_attached:
            self._screen.call_next(self._tick)

    def _tick(self) -> None:
        self.restart()
        self._on_tick()
