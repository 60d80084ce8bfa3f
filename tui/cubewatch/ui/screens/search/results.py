"""Results: the hits so far, as rows from the top."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cubewatch.logs.run_search import Hit, LogHits

    Row = tuple[LogHits, Hit | None]


class Results:
    """`rows` holds each log in which something was found, or which could not be read, with None,
    then with each of its hits."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.searched = 0
        self.holding = 0
        """Logs in which something was found."""
        self.unread = 0
        self.count = 0
        self.shown = 0
        """Hits: all of them, and those that have a row."""

    def take(self, found: "LogHits") -> None:
        """Adds the hits of one more log."""
        self.searched += 1
        self.holding += found.count > 0
        self.unread += bool(found.trouble)
        self.count += found.count
        self.shown += len(found.hits)
        if found.count or found.trouble:
            self.rows.append((found, None))
            self.rows += [(found, hit) for hit in found.hits]
