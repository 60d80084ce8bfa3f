"""Cadence: how long to wait before the next request, after an answer and after a failure.

The one place that decides it, for runs, lists of runs, logs and whatever else is polled.
"""

from dataclasses import dataclass
from math import inf

from cubewatch.api.errors import ApiError
from cubewatch.runtime.clock import back_off

MIN_GAP = 0.5
"""Seconds between two requests for the same thing, across all callers."""
FIRST_BACK_OFF = 2.0
MAX_BACK_OFF = 30.0
MAX_RETRY_AFTER = 300.0
"""Seconds of a `Retry-After` that are waited at most."""
SUSPEND_THRESHOLD = 32.0
"""Seconds: a call that failed after more than its deadline failed because the machine slept."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """The intervals of a poll: every `moving` seconds while it changes, more slowly later.

    `calm` holds pairs: after so many seconds without news, so many seconds between requests.
    `first` stands for `moving` in the first minute.
    """

    moving: float
    calm: tuple[tuple[float, float], ...] = ()
    first: float | None = None

    def pause(self, quiet: float, took: float, age: float = inf) -> float:
        """The seconds until the next request, `quiet` seconds after the last news and `age` seconds
        after the first. A server that `took` long for its answer gets twice as long a rest."""
        slower = [seconds for after, seconds in self.calm if quiet >= after]
        pace = self.moving if self.first is None or age >= FIRST_MINUTE else self.first
        return max(pace, *slower, MIN_GAP + 2 * took)


FIRST_MINUTE = 60.0
RUN = Cadence(4.0, ((30.0, 5.0), (120.0, 10.0)), first=2.0)
LOG = Cadence(1.5, ((10.0, 2.0), (30.0, 6.0), (120.0, 16.0)))
"""Within its `Allowance` a log makes, together with the run, fewer than 1,800 requests an hour, and
600 while it is calm."""
REFUSAL_TIMEOUT = 600.0
"""Seconds that 401, 403 and 404 are retried after good answers: tokens are renewed, proxies and
servers come back."""


class Allowance:
    """Requests that may be made faster than on average: `most` of them, and one more every
    `seconds`."""

    def __init__(self, most: float, seconds: float, now: float) -> None:
        self._most, self._seconds = most, seconds
        self._left, self._since = most, now

    def spend(self, now: float) -> None:
        """Records a request. One that is made too early makes no debts."""
        self._left = max(0.0, self._left_at(now) - 1)
        self._since = now

    def wait(self, now: float) -> float:
        """The seconds until the next request is allowed."""
        return max(0.0, (1 - self._left_at(now)) * self._seconds)

    def _left_at(self, now: float) -> float:
        return min(self._most, self._left + (now - self._since) / self._seconds)


class Failures:
    """The failures in a row to get one thing: how many, and since when of the last kind."""

    def __init__(self) -> None:
        self.count = 0
        self._kind: type[ApiError] = ApiError
        self._since = 0.0

    def add(self, error: ApiError, now: float) -> None:
        """Records a failure."""
        if self.count == 0 or type(error) is not self._kind:
            self._kind, self._since = type(error), now
        self.count += 1

    def clear(self) -> None:
        """Records an answer."""
        self.count = 0

    def seconds_of(self, kind: type[ApiError], now: float) -> float:
        """Seconds since the first of the last failures, if they are of this kind, else 0."""
        return now - self._since if self.count and self._kind is kind else 0.0

    def wait(self, error: ApiError, chance: float) -> float:
        """Seconds until the next try, after the failure that was added last; `chance` in [0, 1)."""
        seconds = back_off(self.count, chance, MIN_GAP, FIRST_BACK_OFF, MAX_BACK_OFF)
        return max(seconds, min(error.retry_after or 0.0, MAX_RETRY_AFTER))
