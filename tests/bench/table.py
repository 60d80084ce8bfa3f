"""The table of costs that measurements print."""

import sys
from collections.abc import Iterable

Row = tuple[str, str, str]
"""Name, figure and aim ("" for none) of a cost."""
NAME, FIGURE = 56, 32
"""Cells of the columns."""


def line_of(row: Row) -> str:
    """A row in columns; what is longer than its column pushes the rest on by two blanks."""
    what, figure, aim = row
    aimed = f"aim {aim}" if aim else ""
    return f"{f'{what}  ':<{NAME}}{f'{figure}  ':<{FIGURE}}{aimed}".rstrip()


def write(rows: Iterable[Row]) -> None:
    """Prints rows."""
    for row in rows:
        sys.stdout.write(f"{line_of(row)}\n")
    sys.stdout.flush()
