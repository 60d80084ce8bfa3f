"""Sizes, as people read them."""

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def size_text(count: float) -> str:
    """A size as text: `0 B`, `999 B`, `1.2 kB`, `48 MB`: bytes in units of 1000, in at most six
    cells."""
    amount, unit = max(0.0, count), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount /= 1000
        unit += 1
    digits = 1 if amount < 9.95 and unit else 0
    return f"{amount:.{digits}f} {_UNITS[unit]}"
