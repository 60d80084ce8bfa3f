"""Trying again: only what reads, a few times, with waits that differ between clients."""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from cubewatch.api.errors import ApiError, ServerTrouble, TooManyRequests, Unreachable

T = TypeVar("T")

TRIES = 3
SHORTEST_WAIT = 0.25
BACK_OFF = 0.5
"""Seconds: the wait before try n+1 lies between the shortest and that plus 2^n times this."""
LONGEST_RETRY_AFTER = 3600.0
"""Seconds; a server that asks for more is not believed."""
PASSING_STATUSES = (502, 503, 504)


@dataclass(frozen=True, slots=True)
class Pace:
    """Where time and chance come from: seconds of a steady clock, a sleep, a number in [0, 1)."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


def may_pass(error: ApiError) -> bool:
    """Whether the same call may succeed a little later."""
    if isinstance(error, ServerTrouble):
        return error.status in PASSING_STATUSES
    return isinstance(error, Unreachable | TooManyRequests)


async def retrying(once: Callable[[], Awaitable[T]], *, until: float, pace: Pace) -> T:
    """What `once` returns, in at most three tries. Raises its last ApiError.

    No wait ends after `until` (of `pace.now`): the error is then raised at once.
    """
    for tried in range(1, TRIES):
        try:
            return await once()
        except ApiError as error:
            wait = max(back_off(tried, pace), error.retry_after or 0)
            if not may_pass(error) or pace.now() + wait >= until:
                raise
        await pace.sleep(wait)
    return await once()


def back_off(tried: int, pace: Pace) -> float:
    """Full jitter above the shortest wait, in seconds."""
    return SHORTEST_WAIT + pace.chance() * BACK_OFF * 2.0**tried


def moment(header: str | None) -> datetime | None:
    """The HTTP date of a header, in UTC; None if there is none to read."""
    try:
        read = parsedate_to_datetime(header or "")
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_after(header: str | None, server_time: datetime | None) -> float | None:
    """Seconds from now: of a number, or of a date by the server's own clock (ours without it).

    None for what is absent, unreadable, past or beyond an hour.
    """
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        seconds = float(text)
    elif date := moment(text):
        seconds = (date - (server_time or datetime.now(UTC))).total_seconds()
    else:
        return None
    return seconds if 0 <= seconds <= LONGEST_RETRY_AFTER else None
