"""Timing: the clock, the waits and the random numbers of all polling; tests replace it."""

import asyncio
import random
import time
from contextlib import suppress
from datetime import UTC, datetime

GAP = 5.0
"""Seconds that a wait may be late before the machine is taken to have slept."""
SLICE = 5.0
"""Seconds after which a wait looks whether the machine has slept."""
MAX_OFFSET = 48 * 3600.0
"""Seconds; a `Date` further away from our clock than that tells nothing about the server's."""


class Timing:
    """A steady clock, and waits that notice when the machine was asleep."""

    def now(self) -> float:
        """Seconds of a clock that goes on while the machine sleeps."""
        return time.clock_gettime(_CLOCK) if _CLOCK is not None else time.monotonic()

    def utc(self) -> datetime:
        return datetime.now(UTC)

    def chance(self) -> float:
        """A number in [0, 1)."""
        return random.random()  # noqa: S311, jitter is no secret

    async def wait(self, wake: asyncio.Event, seconds: float | None) -> None:
        """Waits until `wake` is set, when `seconds` have passed (None: never), or as soon as the
        machine comes back from a sleep."""
        if seconds is None:
            await wake.wait()
            return
        end = self.now() + seconds
        while (left := end - self.now()) > 0 and not wake.is_set():
            piece = min(SLICE, left)
            begun = self.now()
            with suppress(TimeoutError):
                async with asyncio.timeout(piece):
                    await wake.wait()
            if self.now() - begun > piece + GAP:
                return

    async def sleep(self, seconds: float) -> None:
        """Waits `seconds`; returns at once if negative."""
        await asyncio.sleep(max(0.0, seconds))


def back_off(tries: int, chance: float, shortest: float, first: float, longest: float) -> float:
    """Seconds to wait after `tries` failures in a row: anything from `shortest` up to a limit that
    doubles from `first` to `longest`. `chance` in [0, 1) chooses, so that clients spread out."""
    limit = min(longest, first * 2.0 ** min(tries - 1, 16))
    return shortest + chance * (limit - shortest)


_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", None)
