"""The shortest ways for a cursor to get somewhere, in sequences that every terminal knows."""

from functools import lru_cache


def _counted(count: int, final: str) -> str:
    return f"\x1b[{count}{final}" if count > 1 else f"\x1b[{final}"


def absolute(x: int, y: int) -> str:
    """The sequence that moves the cursor from anywhere; the cell at the top left is 0, 0."""
    if x:
        return f"\x1b[{y + 1 if y else ''};{x + 1}H"
    return f"\x1b[{y + 1}H" if y else "\x1b[H"


def _to_right(count: int) -> str:
    return _counted(count, "C") if count else ""


def _along(before: int, after: int) -> str:
    """Within a line."""
    if after >= before:
        return _to_right(after - before)
    ways = ["\r" + _to_right(after), _counted(before - after, "D")]
    if before - after < 8:
        ways.append("\b" * (before - after))
    return min(ways, key=len)


@lru_cache(1024)
def move(before_x: int | None, before_y: int, x: int, y: int) -> str:
    """The sequence that moves the cursor from a cell to another. `before_x`: None if only the line
    is certain, as after a character was written into the last cell of a line."""
    ways = [absolute(x, y)]
    down = y - before_y
    if not down:
        ways.append("\r" + _to_right(x))
        if before_x is not None:
            ways.append(_along(before_x, x))
        else:
            ways.append(f"\x1b[{x + 1}G")
    else:
        vertical = _counted(down, "B") if down > 0 else _counted(-down, "A")
        if down == 1:
            ways.append("\r\n" + _to_right(x))
        ways.append("\r" + vertical + _to_right(x))
        if before_x is not None:
            ways.append(vertical + _along(before_x, x))
    return min(ways, key=len)
