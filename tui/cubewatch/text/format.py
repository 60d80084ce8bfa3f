"""Durations, shares and counts, as people read them."""

from datetime import datetime

SAME_MOMENT = 60.0
"""Seconds by which two dates may be in the wrong order, as clocks differ."""


def duration(seconds: float) -> str:
    """A duration as text: `41s`, `1m02s`, `1h05m`, `2d03h`, `>999d`; never negative, never longer
    than seven cells."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole // 60 % 60:02}m"
    days = whole // 86400
    return f"{days}d{whole // 3600 % 24:02}h" if days < 1000 else ">999d"


def coarse_duration(seconds: float) -> str:
    """A duration in one unit, which changes seldom: `40s`, `5m`, `2h`, `3d`."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{min(999, int(seconds // size))}{unit}"
    return f"{int(max(0.0, seconds) // 10 * 10)}s"


def ago(seconds: float) -> str:
    """A rough age: `just now`, `40s ago`, `5m ago`, `2h ago`, `3d ago`. What is still to come, by a
    clock that is wrong, is just now too."""
    return "just now" if seconds < 10 else f"{coarse_duration(seconds)} ago"


def elapsed(start: datetime | None, end: datetime | None, now: datetime) -> float | None:
    """Seconds from `start` to `end`, or to `now` where there is no end; None without a start, and
    for an end that lies before it by more than clocks differ."""
    if start is None:
        return None
    seconds = ((end or now) - start).total_seconds()
    return None if seconds < -SAME_MOMENT else max(0.0, seconds)


def percentage(fraction: float) -> int:
    """Whole percent, 0 to 100, of a fraction; 100 is 1 only."""
    return int(min(1.0, max(0.0, fraction)) * 100 + 1e-9)


def grouped(value: int) -> str:
    """`1 240`"""
    return f"{value:,}".replace(",", " ")
