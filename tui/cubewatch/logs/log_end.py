"""The end of a long log: shown, and followed, while what comes before it is loaded."""

from typing import TYPE_CHECKING

from cubewatch.logs.pages import PageWriter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cubewatch.logs.spool import LogSpool, SpoolPool
    from cubewatch.model.run import LogPage

LOOK_EVERY = 1.5
"""Seconds between two looks at the end while the rest is loaded."""
NEXT_PAGE_AFTER = 0.3
"""The same for the page behind one that is complete."""


class LogEnd:
    """The last pages of a log as a log of their own (`spool`), from a whole line on.

    `number`: the page that grows. Whoever has it, because it was due or because the loading has
    come so far, gives it to `take`.
    """

    def __init__(self, pool: "SpoolPool", number: int, now: float) -> None:
        self.spool = pool.spool()
        self.spool.finished = True
        self.number = number
        self._due = now + LOOK_EVERY
        self._writer = PageWriter(pool, self.spool)
        self._skipped = 0
        self._previous: int | None = None

    async def begin(self, before: str, last: str, *, over: bool) -> None:
        """Writes the last page, and the one before it if it is known. `over`: no more will come."""
        if before:
            await self._writer.write(_whole_lines(before), over=True)
            self._writer.turn()
            self._previous = hash(before)
        else:
            self._skipped = len(last) - len(_whole_lines(last))
        await self._writer.write(last[self._skipped :], over=over)
        if over:
            self._writer.end()

    def is_due(self, now: float) -> bool:
        """Whether the next request is due."""
        return now >= self._due

    def look(self, now: float) -> int:
        """The page to request."""
        self._due = now + LOOK_EVERY
        return self.number

    async def take(self, page: "LogPage | None", now: float) -> None:
        """Writes page `number` as it is now. None: it is not there; one that says the same as the
        one before it is that one once more."""
        if page is None or not page.logs or hash(page.logs) == self._previous:
            return
        await self._writer.write(page.logs[self._skipped :], over=page.page_complete or page.done)
        if page.page_complete:
            self._writer.turn()
            self._previous, self._skipped = hash(page.logs), 0
            self.number += 1
            self._due = now + NEXT_PAGE_AFTER


async def read_back(
    page: "Callable[[int], Awaitable[LogPage | None]]",
    last: int,
    size: int,
    pool: "SpoolPool",
    may_go_on: "Callable[[], bool]",
) -> "LogSpool":
    """The last `size` characters of a log or a little more, from a whole line on, as a log of their
    own: page by page from the `last` one back, for as long as that `may_go_on`. Raises ApiError,
    SpoolFullError, OSError."""
    texts: list[str] = []
    number = last
    while number > 0 and sum(map(len, texts)) < size and (not texts or may_go_on()):
        if found := await page(number):
            texts.append(found.logs)
        number -= 1
    spool = pool.spool()
    spool.finished = True
    writer = PageWriter(pool, spool)
    if texts and number:
        texts[-1] = _whole_lines(texts[-1])
    for text in reversed(texts):
        await writer.write(text, over=True)
        writer.turn()
    writer.end()
    return spool


def _whole_lines(text: str) -> str:
    """A text from its first whole line on: it may begin in the middle of one."""
    end = text.find("\n", 0, len(text) // 2)
    return text[end + 1 :]
