"""Retries of requests that only read: a few, with waits that differ between clients."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from cubewatch.api.errors import ApiError, ServerTrouble, TooManyRequests, Unreachable
from cubewatch.runtime.clock import Timing, back_off

T = TypeVar("T")

TRIES = 3
SHORTEST_WAIT = 0.25
FIRST_BACK_OFF = 1.25
MAX_BACK_OFF = 5.0
MAX_RETRY_AFTER = 3600.0
"""Seconds; a server that asks for more is not believed."""
PASSING_STATUSES = (502, 503, 504)


def is_temporary(error: ApiError) -> bool:
    """Whether the same call may succeed a little later."""
    if isinstance(error, ServerTrouble):
        return error.status in PASSING_STATUSES
    return isinstance(error, Unreachable | TooManyRequests)


async def retrying(
    once: Callable[[], Awaitable[T]], *, until: float, timing: Timing, tries: int = TRIES
) -> T:
    """Calls `once` until it succeeds, in at most so many tries, and returns its result. Raises its
    last ApiError.

    No wait ends after `until` (of `timing.now`): the error is then raised at once.
    """
    for tried in range(1, tries):
        try:
            return await once()
        except ApiError as error:
            wait = max(retry_wait(tried, timing), error.retry_after or 0)
            if not is_temporary(error) or timing.now() + wait >= until:
                raise
        await timing.sleep(wait)
    return await once()


def retry_wait(tried: int, timing: Timing) -> float:
    """Seconds to wait after so many tries."""
    return back_off(tried, timing.chance(), SHORTEST_WAIT, FIRST_BACK_OFF, MAX_BACK_OFF)


def moment(header: str | None) -> datetime | None:
    """The HTTP date of a header, in UTC; None if there is none to read."""
    try:
        read = parsedate_to_datetime(header or "")
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_after(header: str | None, server_time: datetime | None) -> float | None:
    """The seconds of a `Retry-After` header: a number, or a date by the server's clock (ours
    without it).

    None for what is absent, unreadable, past or beyond an hour.
    """
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        seconds = float(text)
    elif date := moment(text):
        seconds = (date - (server_time or datetime.now(UTC))).total_seconds()
    else:
        return None
    return seconds if 0 <= seconds <= MAX_RETRY_AFTER else None
