"""The clocks of a screen tick a second after whatever it has shown last."""

import asyncio

from textual.app import App

from cubewatch.ui.screens import ticker
from cubewatch.ui.screens.ticker import Ticker


async def test_timer_restarts_and_hurries() -> None:
    now = 1000.0
    ticks: list[float] = []

    async with App[None]().run_test() as pilot:
        one = Ticker(pilot.app.screen, lambda: ticks.append(now))
        one.hurry()
        assert ticks == []
        one.restart()
        first = one._next
        one.restart()
        assert one._next is not first
        one.hurry()
        assert ticks == []
        one._restarted_at -= ticker.SECONDS / 2
        one.hurry()
        assert ticks == [now]
        async with asyncio.timeout(60):
            while len(ticks) < 2:
                await pilot.pause(0.05)
