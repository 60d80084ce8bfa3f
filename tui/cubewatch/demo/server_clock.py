"""The demo's time."""

import time
from datetime import UTC, datetime, timedelta


class DemoClock:
    """A clock that starts now and goes `speed` times faster than a real one."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._start = datetime.now(UTC)
        self._since = time.monotonic()

    def __call__(self) -> datetime:
        """The demo's date and time, aware, in UTC."""
        return self._start + timedelta(seconds=(time.monotonic() - self._since) * self._speed)
