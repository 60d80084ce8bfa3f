"""Ticker: calls a screen every second in which it has shown nothing else."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cubewatch.ui.textual_internals import get_time

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

SECONDS = 1.0


class Ticker:
    """Every second from the last tick on. A screen that shows an answer moves its clocks with it
    and restarts the ticker: one frame then brings both."""

    def __init__(self, screen: "Screen[Any]", on_tick: Callable[[], object]) -> None:
        self._screen = screen
        self._on_tick = on_tick
        self._timer: Timer | None = None
        self._restarted_at = 0.0

    def restart(self) -> None:
        """The next tick is a second from now."""
        if self._timer:
            self._timer.stop()
        self._restarted_at = get_time()
        self._timer = self._screen.set_timer(SECONDS, self._tick)

    def hurry(self) -> None:
        """Ticks now instead of within the next half a second, as a frame goes out anyway."""
        if self._timer and get_time() - self._restarted_at >= SECONDS / 2:
            self._tick()

    def _tick(self) -> None:
        self.restart()
        self._on_tick()
