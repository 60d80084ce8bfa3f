"""Durations, shares and counts, as people read them."""

from datetime import datetime


def duration(seconds: float) -> str:
    """`41s`, `1m02s`, `1h05m`, `2d03h`, `>999d`; never negative, never longer than seven cells."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole // 60 % 60:02}m"
    days = whole // 86400
    return f"{days}d{whole // 3600 % 24:02}h" if days < 1000 else ">999d"


def elapsed(start: datetime | None, end: datetime | None, now: datetime) -> float | None:
    """Seconds from `start` to `end`, or to `now` where there is no end; None without a start."""
    if start is None:
        return None
    return max(0.0, ((end or now) - start).total_seconds())


def percentage(fraction: float) -> int:
    """Whole percent, 0 to 100, of a fraction; 100 is 1 only."""
    return int(min(1.0, max(0.0, fraction)) * 100 + 1e-9)


def grouped(value: int) -> str:
    """`1 240`"""
    return f"{value:,}".replace(",", " ")
