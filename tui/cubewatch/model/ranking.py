"""The names that match a text that is being typed, the best first."""

from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

TIERS = ("exact", "prefix", "part", "anywhere")
"""How a name can hold a text, the best first; a part begins after a separator."""

Span = tuple[int, int]

_SEPARATORS = str.maketrans("-_.", "///")


class Names(Generic[T]):
    """Items by their names. Those that fit equally well keep the order in which they are given.

    Upper and lower case are the same.
    """

    def __init__(self, named: Iterable[tuple[str, T]]) -> None:
        self._items: list[T] = []
        self._folded: list[str] = []
        for name, item in named:
            self._items.append(item)
            self._folded.append(_fold(name))
        self._parts = [_parts(name) for name in self._folded]

    def tiers(self, text: str) -> tuple[list[T], ...]:
        """The items whose names hold `text`, one list for each of TIERS."""
        found: tuple[list[T], list[T], list[T], list[T]] = ([], [], [], [])
        exact, prefix, part, anywhere = found
        wanted = _fold(text)
        if not wanted:
            prefix += self._items
            return found
        begins = _parts(wanted)
        for item, name, parts in zip(self._items, self._folded, self._parts, strict=True):
            if wanted in name:
                if begins not in parts:
                    anywhere.append(item)
                elif not name.startswith(wanted):
                    part.append(item)
                elif len(name) == len(wanted):
                    exact.append(item)
                else:
                    prefix.append(item)
        return found


def span_in(name: str, text: str) -> Span:
    """The best match of `text` in `name`, as start and end; (0, 0) if there is none."""
    folded, wanted = _fold(name), _fold(text)
    start = 0 if folded.startswith(wanted) else _parts(folded).find(_parts(wanted))
    if folded[start : start + len(wanted)] != wanted:
        start = folded.find(wanted)
    return (start, start + len(wanted)) if start >= 0 else (0, 0)


def _fold(text: str) -> str:
    """`text` in lower case, every character where it was: for some there are two small ones."""
    folded = text.lower()
    if len(folded) == len(text):
        return folded
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def _parts(folded: str) -> str:
    """A separator before every part, the first one too."""
    return f"/{folded.translate(_SEPARATORS)}"
