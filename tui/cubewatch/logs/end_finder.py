"""Finding the last page of a long log without reading what stands before it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cubewatch.model.run import LogPage

FACTOR = 4
FAR = 1_000_000
"""A page that is past the end of any log."""
ENOUGH = 64_000
"""Characters that fill any screen: a shorter last page is shown with the one before it."""
MIN_MISSES = 2
"""How often in a row the page behind the last one must be missing."""
MAX_BLANKS = 3
"""Complete pages without a character in a row, far from each other, that mean that all are so
behind the end."""


class EndFinder:
    """Finds the last page by multiplying and halving page numbers.

    Call `number` for the page to request and `take` with the answer (None: it is missing), until
    `number` says None; then `end` is the end of the log. A server that repeats its last page for
    every number past the end gives it away: two pages far from each other, and one far beyond,
    say the same. So does one whose pages past the end are complete and empty. A page that is not
    complete is the last one, whatever its number: one that grows says something else each time.
    """

    def __init__(self, known: int) -> None:
        """`known`: a page that is complete, so that there may be more behind it."""
        self._low = self._lower = self._reached = known
        self._high: int | None = None
        self._texts: dict[int, str] = {}
        self._repeated: str | None = None
        self._suspected: int | None = None
        self._asked_far = self._is_growing = False
        self._misses = 0
        self._blanks: list[int] = []

    @property
    def end(self) -> tuple[int, str, str] | None:
        """The last page's number, the text before it as far as it is known, and its own; None if
        nothing was found behind the page that was known."""
        if self._repeated is not None:
            return self._high or self._low + 1, self._texts.get(self._low, ""), self._repeated
        is_endless = self._high is None and not self._is_growing
        if is_endless or not self._texts.get(self._low):
            return None
        return self._low, self._texts.get(self._low - 1, ""), self._texts[self._low]

    def number(self) -> int | None:
        """The page to request; None when the end is found."""
        if self._suspected is not None:
            return FAR
        if self._is_growing:
            return self._before()
        if self._repeated is not None and len(self._repeated) >= ENOUGH:
            return None
        if self._high is None:
            return self._reached * FACTOR if self._reached < FAR else None
        if self._high - self._low > 1:
            return (self._low + self._high) // 2
        if self._repeated is not None:
            return None
        if self._misses < MIN_MISSES:
            return self._high
        return self._before()

    def _before(self) -> int | None:
        """The page before the last one, if that is short."""
        is_short = len(self._texts.get(self._low, "")) < ENOUGH
        if is_short and self._low in self._texts and self._low - 1 not in self._texts:
            return self._low - 1
        return None

    def take(self, page: "LogPage | None") -> None:
        """The answer to the request for `number`."""
        number = self.number()
        text = page.logs if page is not None else ""
        if number is None:
            return
        if self._suspected is not None:
            self._decide(text)
        elif number < self._low:
            is_same = self._is_growing and text.startswith(self._texts[self._low])
            self._texts[number] = "" if is_same else text
        elif page is not None and not text and page.page_complete and not self._is_blank_past_end:
            self._take_blank(number)
        elif page is None or self._is_missing(page) or text == self._repeated:
            self._misses = self._misses + 1 if number == self._low + 1 else 1
            self._high = number
        elif not page.page_complete:
            self._advance(number, text)
            self._is_growing, self._repeated = True, None
        elif text and not self._asked_far and text == self._texts.get(self._low):
            self._suspected = number
        else:
            self._advance(number, text)

    def _is_missing(self, page: "LogPage") -> bool:
        return not page.logs and (not page.page_complete or self._is_blank_past_end)

    @property
    def _is_blank_past_end(self) -> bool:
        return len(self._blanks) >= MAX_BLANKS

    def _take_blank(self, number: int) -> None:
        """A page is there, and empty: it is skipped, or all behind the end are like this."""
        if self._high is not None:
            self._advance(number, "")
            return
        self._blanks.append(number)
        self._reached = number
        if self._is_blank_past_end:
            self._high = self._blanks[0]

    def _advance(self, number: int, text: str) -> None:
        """Handles a page that is there: the end is this page or a later one."""
        self._lower, self._low = self._low, number
        self._reached = number
        if not self._is_blank_past_end:
            self._blanks.clear()
        self._misses = 0
        self._texts = {at: self._texts[at] for at in (number - 1, self._lower) if at in self._texts}
        self._texts[number] = text
        if self._high is not None and number >= self._high:
            self._high = None

    def _decide(self, far: str) -> None:
        """Decides by a page far beyond whether two equal pages were one repeated page."""
        number, self._suspected, self._asked_far = self._suspected, None, True
        text = self._texts[self._low]
        if far == text:
            self._repeated, self._high, self._low = text, self._low, self._lower
        elif number is not None:
            self._advance(number, text)
