"""Paging: which page of a log is requested next, and what an answer means.

Pages come in order, from 1. The one that grows is read again and again; one that is complete never
again, but for its `done`. What lies past the end may be missing (404), empty, or the last page
once more, which looks like a page that says the same as the one before it: a page far beyond
tells them apart.

No single answer ends a log: a 404 may be a stray one, an empty page may be followed by more, and
`done` may come early.
"""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cubewatch.model.run import LogPage

FAR = 1000
"""Pages from the one in doubt to the one that tells."""
MAX_BLANKS = 3
"""Complete pages without a character in a row behind which no more are looked for."""
MIN_MISSES = 2
"""How often in a row something must be missing past the end of a log that is done."""
MISSES_UNTIL_GONE = 3
"""The same for what was there, or should be."""
REREAD_AFTER = 60.0
"""Seconds past the end of a cube that has not said `done` before its last page is read again."""
REREAD_AFTER_END = 2.0
"""The same once the run says that the cube has ended."""
SILENT = 60.0
"""Seconds without news after which a log is believed to be whole though it never says so: the
cube has ended."""
BELIEVED_AFTER = 15.0
"""The same for a log that says `done` while the run does not say yet that the cube has ended."""

Meaning = Literal["text", "nothing", "waiting", "past end", "same", "gone", "ended", "restart"]
"""text: write the page. nothing: the page is not there, or says what it said. waiting: the log has
not begun. past end, same: there is no more so far. gone: there is no log. ended: the log is
complete. restart: what was read is another log by now."""


class Paging:
    """The state of reading a log page by page. `at_once`: the next request need not wait.

    Call `number` for the page to request, then `take` with the answer (None: it is missing), then
    `written` if it means text. All times are in seconds of the loop's clock.
    """

    def __init__(self, now: float) -> None:
        self.page = 1
        self.at_once = False
        self.done = False
        self._begun = False
        self._previous = 0
        self._is_doubtful = False
        self._believed = 0
        self._misses = 0
        self._far_misses = self._reread_misses = 0
        self._blanks = 0
        self._unchanged = 0
        self._ended_at: float | None = None
        self._news_at = self._reread_at = now

    @property
    def has_ended(self) -> bool:
        """Whether the run says that the cube is in a final state."""
        return self._ended_at is not None

    @property
    def is_doubtful(self) -> bool:
        """Whether the next page is requested only to tell a repeated page from a real one."""
        return self._is_doubtful

    def cube_has_ended(self, now: float) -> None:
        if self._ended_at is None:
            self._ended_at = now

    def number(self, now: float) -> int:
        """The page to request."""
        self.at_once = False
        if self._is_doubtful:
            return self.page + FAR
        since = now - max(self._reread_at, self._news_at)
        limit = REREAD_AFTER_END if self.has_ended else REREAD_AFTER
        may_reread = self.page > 1 and not self._begun and not self.done and self._misses > 0
        if may_reread and since >= limit:
            self._reread_at = now
            return self.page - 1
        return self.page

    def take(self, page: "LogPage | None", requested: int, now: float) -> Meaning:
        """Interprets an answer."""
        if self._is_doubtful:
            return self._decide(page, now)
        if requested < self.page:
            return self._reread(page, now)
        if page is None or not (page.logs or page.page_complete or self._begun):
            self.done = self.done or bool(page and page.done)
            return self._missing(is_empty=page is not None, now=now)
        if not page.logs and not self._begun:
            return self._blank(page, now)
        self.done = page.done
        self._misses = self._blanks = 0
        if hash(page.logs) == self._previous and not self._begun and self._believed != self.page:
            self._is_doubtful = self.at_once = True
            return "same"
        return "text"

    def written(self, page: "LogPage", *, news: bool, now: float) -> Meaning:
        """A page that means text has been written; `news`: something in it was new."""
        self._begun = True
        self._unchanged = 0 if news else self._unchanged + 1
        if news:
            self._news_at = now
        if page.page_complete:
            self._turn(hash(page.logs))
            return "text"
        if page.done and self._unchanged and self._is_believed(now):
            return "ended"
        return self._quiet(now, "text" if news else "same")

    def restart(self) -> None:
        """Begins at the first page again."""
        self.page, self._begun, self._previous, self.done = 1, False, 0, False
        self._misses = self._blanks = self._believed = 0
        self._reread_misses = self._far_misses = self._unchanged = 0
        self.at_once = True

    def _turn(self, digest: int) -> None:
        self._previous = digest
        self.page += 1
        self._begun = False
        self._unchanged = 0
        self.at_once = True

    def _is_believed(self, now: float) -> bool:
        """Whether `done` is true, as far as can be known: the run says so too, or it is silent."""
        return self.has_ended or now - self._news_at >= BELIEVED_AFTER

    def _quiet(self, now: float, meaning: Meaning) -> Meaning:
        """Handles an answer without news; none will come if the cube has ended long ago."""
        if self._ended_at is not None and now - max(self._news_at, self._ended_at) >= SILENT:
            return "ended"
        return meaning

    def _missing(self, *, is_empty: bool, now: float) -> Meaning:
        """Handles a page that is missing, or is empty and not complete."""
        self._misses += 1
        if self._begun:
            return "restart" if self._misses >= MISSES_UNTIL_GONE else self._quiet(now, "nothing")
        if self.page > 1:
            return self._past_end(now)
        if self.done and self._misses >= MIN_MISSES and self._is_believed(now):
            return "ended" if is_empty else "gone"
        if self.has_ended and self._misses >= MISSES_UNTIL_GONE:
            return "ended" if is_empty else "gone"
        return "waiting"

    def _past_end(self, now: float) -> Meaning:
        if self.done and self._misses >= MIN_MISSES and self._is_believed(now):
            return "ended"
        return self._quiet(now, "past end")

    def _blank(self, page: "LogPage", now: float) -> Meaning:
        """Handles a page that is complete and empty: there may be more behind it."""
        self.done = self.done or page.done
        if self._blanks < MAX_BLANKS:
            self._blanks += 1
            self.page += 1
            self.at_once = True
            return "nothing"
        return self._missing(is_empty=True, now=now)

    def _decide(self, far: "LogPage | None", now: float) -> Meaning:
        """Decides by a page far beyond whether a page repeats the one before it."""
        if far is None or hash(far.logs) != self._previous:
            self._far_misses += 1
            self.at_once = True
            if self._far_misses >= MIN_MISSES:
                self._believed, self._is_doubtful, self._far_misses = self.page, False, 0
            return "same"
        self.done = far.done
        self._far_misses = 0
        self._misses += 1
        if self.done and self._is_believed(now):
            return "ended"
        return self._quiet(now, "past end")

    def _reread(self, page: "LogPage | None", now: float) -> Meaning:
        """Handles a complete page that was requested again: it was the last one, or has changed."""
        if page is not None and hash(page.logs) != self._previous:
            return "restart"
        if page is None:
            self._reread_misses += 1
            gone = self._reread_misses >= MISSES_UNTIL_GONE
            return "restart" if gone else self._quiet(now, "nothing")
        self._misses = self._reread_misses = 0
        self.done = self.at_once = page.done
        return self._quiet(now, "same")
