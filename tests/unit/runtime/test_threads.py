"""Work in a thread: its result comes back, and it never holds up the end."""

import subprocess
import sys
import time

import pytest

from cubewatch.runtime.threads import run_in_daemon_thread


async def test_what_work_returns_or_raises_comes_back() -> None:
    assert await run_in_daemon_thread(lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        await run_in_daemon_thread(lambda: 1 // 0)


def test_the_program_can_end_meanwhile() -> None:
    program = """
import asyncio, time
from cubewatch.runtime.threads import run_in_daemon_thread

async def main():
    asyncio.create_task(run_in_daemon_thread(lambda: time.sleep(600)))
    await asyncio.sleep(0)

asyncio.run(main())
"""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", program], check=True, timeout=300)
    assert time.monotonic() - begun < 300
