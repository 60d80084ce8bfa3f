"""The clocks of a screen tick a second after whatever it has shown last."""

import asyncio

import pytest
from textual.app import App

from cubewatch.ui.screens import ticker
from cubewatch.ui.screens.ticker import Ticker


async def test_timer_restarts_and_hurries() -> None:
    now = 1000.0
    ticks: list[float] = []

    def tick() -> bool:
        ticks.append(now)
        return True

    async with App[None]().run_test() as pilot:
        one = Ticker(pilot.app.screen, tick)
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


async def test_a_ticker_stops_when_nothing_moves_until_it_is_started() -> None:
    ticks: list[float] = []

    def tick() -> bool:
        ticks.append(0.0)
        return False

    async with App[None]().run_test() as pilot:
        one = Ticker(pilot.app.screen, tick)
        for expected in (1, 2):
            one.start()
            one._restarted_at -= ticker.SECONDS
            one.hurry()
            assert len(ticks) == expected
            assert one._next is None
            one.hurry()
            assert len(ticks) == expected


async def test_a_tick_waits_once_for_an_answer_that_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker, "SECONDS", 0.01)
    monkeypatch.setattr(ticker, "ANSWER_TIMEOUT", 0.02)
    asked = ticks = 0

    def is_answer_due() -> bool:
        nonlocal asked
        asked += 1
        return True

    def tick() -> bool:
        nonlocal ticks
        ticks += 1
        return False

    async with App[None]().run_test() as pilot:
        Ticker(pilot.app.screen, tick, is_answer_due).start()
        async with asyncio.timeout(60):
            while not ticks:
                await pilot.pause(0.05)
        assert (asked, ticks) == (2, 1)
