"""Threads that calculate take short turns."""

import asyncio
import sys

import pytest

from cubewatch.runtime.threads import SHORT_TURN, calculate_in_daemon_thread


async def test_turns_are_short_only_while_something_is_calculated() -> None:
    usual = sys.getswitchinterval()
    first = asyncio.create_task(calculate_in_daemon_thread(sys.getswitchinterval))
    second = asyncio.create_task(calculate_in_daemon_thread(sys.getswitchinterval))
    assert await first == pytest.approx(SHORT_TURN)
    assert await second == pytest.approx(SHORT_TURN)
    assert sys.getswitchinterval() == usual


async def test_turns_are_as_usual_after_a_failure() -> None:
    usual = sys.getswitchinterval()
    with pytest.raises(ZeroDivisionError):
        await calculate_in_daemon_thread(lambda: 1 / 0)
    assert sys.getswitchinterval() == usual
