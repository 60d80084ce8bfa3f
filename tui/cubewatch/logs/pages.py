"""Pages of a log, put together without loss and without doubling."""

import asyncio
from collections.abc import Iterator

from cubewatch.logs.spool import LogSpool, SpoolPool, encoded

PIECE = 1_000_000
"""Characters that are written before others have a turn."""
_HALVES = ("\ud800", "\udbff")
_UNSURE = "\N{REPLACEMENT CHARACTER}"
_MAX_UNSURE = 3


class PageWriter:
    """Writes the page that grows behind those that are complete."""

    def __init__(self, pool: SpoolPool, spool: LogSpool) -> None:
        self._pool = pool
        self._spool = spool
        self._start = 0
        self._half = self._next_half = ""

    async def write(self, text: str, *, over: bool) -> tuple[bool, bool]:
        """Writes a page as it is now. `over`: it will not grow.

        Returns whether there was anything new, and whether something that had been there before
        was not any more. A character at the end that may be half of one waits for its other half:
        while the page grows, and on the last one until the next. Raises SpoolFullError, OSError.
        """
        text, self._next_half = _whole(self._half + text, over=over)
        at, news, changed = self._start, False, False
        for piece in _pieces(text):
            data = encoded(piece)
            known = min(len(data), self._spool.size - at)
            if known and self._spool.read(at, known) != data[:known]:
                self._spool.cut(at)
                known, changed = 0, True
            if data[known:]:
                self._pool.append(self._spool, data[known:])
                news = True
            at += len(data)
            if len(text) > PIECE:
                await asyncio.sleep(0)
        if at < self._spool.size:
            self._spool.cut(at)
            changed = True
        return news, changed

    def turn(self) -> None:
        """The page is complete; the next one follows."""
        self._start = self._spool.size
        self._half, self._next_half = self._next_half, ""

    def end(self) -> None:
        """Nothing follows: a half that is left has no other half."""
        if self._half or self._next_half:
            self._pool.append(self._spool, _UNSURE.encode())
            self._half = self._next_half = ""

    def restart(self) -> None:
        """Forgets all pages."""
        self._spool.cut(0)
        self._start = 0
        self._half = self._next_half = ""


def _whole(text: str, *, over: bool) -> tuple[str, str]:
    """Splits a text before what may be half a character at its end, such as half of a surrogate
    pair."""
    if text and _HALVES[0] <= text[-1] <= _HALVES[1]:
        return text[:-1], text[-1]
    if not over:
        kept = text.rstrip(_UNSURE)
        text = kept if len(text) - len(kept) <= _MAX_UNSURE else text[:-_MAX_UNSURE]
    return text, ""


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces, no pair of surrogates cut in two."""
    start = 0
    while start < len(text):
        end = start + PIECE
        while end < len(text) and _HALVES[0] <= text[end - 1] <= _HALVES[1]:
            end += 1
        yield text[start:end]
        start = end
