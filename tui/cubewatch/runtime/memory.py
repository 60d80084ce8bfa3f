"""Memory that is needed for a moment and then given back to the system."""

from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Gives the system back what the C library keeps of freed memory, in a few milliseconds. Does
    nothing where the library can't, as only glibc can."""
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    import ctypes

    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    return trim
