"""How long a run will still take, from how far it got in how long."""

LEAST_FRACTION = 0.05
LEAST_SECONDS = 5.0


def time_left(fraction: float, seconds: float) -> float | None:
    """Seconds left if the run goes on as fast as it did; None while that is no more than a guess
    (`fraction` 0 to 1, `seconds` since the start)."""
    if not LEAST_FRACTION <= fraction < 1 or seconds < LEAST_SECONDS:
        return None
    return seconds * (1 - fraction) / fraction


def roughly(seconds: float) -> str:
    """A length of time without false precision: `<1m`, `4m`, `1h10m`."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "<1m"
    if minutes < 60:
        return f"{minutes}m"
    minutes = round(minutes / 10) * 10
    return f"{minutes // 60}h{minutes % 60:02}m"
