"""Finding the last page of a long log without reading what stands before it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cubewatch.model.run import LogPage

FAR = 1_000_000
"""A page that is past the end of any log."""
FACTOR = 4
ENOUGH = 64_000
"""Characters that fill any screen: a shorter last page is shown with the one before it."""
MIN_MISSES = 2
"""How often in a row the page behind the last one must be missing."""


class EndFinder:
    """Finds the last page by multiplying and halving page numbers.

    Call `number` for the page to request and `take` with the answer (None: it is missing), until
    `number` says None; then `text` is the end of the log. A server that repeats its last page
    gives it away at once.
    """

    def __init__(self, known: int) -> None:
        """`known`: a page that is complete, so that there may be more behind it."""
        self._low = known
        self._high: int | None = None
        self._texts: dict[int, str] = {}
        self._repeated: str | None = None
        self._asked_far = False
        self._misses = 0
        self._has_failed = False

    @property
    def text(self) -> str:
        """The end of the log; empty if nothing was found behind the page that was known."""
        if self._repeated is not None:
            return self._texts.get(self._low, "") + self._repeated
        if self._low not in self._texts:
            return ""
        return self._texts.get(self._low - 1, "") + self._texts[self._low]

    def number(self) -> int | None:
        """The page to request; None when the end is found."""
        if not self._asked_far:
            return FAR
        if self._repeated is not None and len(self._repeated) >= ENOUGH:
            return None
        if self._high is None:
            return self._low * FACTOR
        if self._high - self._low > 1:
            return (self._low + self._high) // 2
        if self._repeated is not None:
            return None
        if self._misses < MIN_MISSES:
            return self._high
        is_short = len(self._texts.get(self._low, "")) < ENOUGH
        if is_short and self._low in self._texts and self._low - 1 not in self._texts:
            return self._low - 1
        return None

    def take(self, page: "LogPage | None") -> None:
        """The answer to the request for `number`."""
        number = self.number()
        if not self._asked_far:
            self._asked_far = True
            if page is not None and page.logs:
                self._repeated = page.logs
            return
        if number is None:
            return
        text = page.logs if page is not None else ""
        if number < self._low:
            self._texts[number] = text
        elif page is None or not (text or page.page_complete) or text == self._repeated:
            self._misses = self._misses + 1 if number == self._low + 1 else 1
            self._high = number
        else:
            self._low = number
            self._misses = 0
            self._texts = {at: kept for at, kept in self._texts.items() if at == number - 1}
            self._texts[number] = text
            if self._high is not None and number >= self._high:
                self._high = None
