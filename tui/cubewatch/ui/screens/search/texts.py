"""The texts of the search screen."""

from typing import TYPE_CHECKING

from cubewatch.text.format import grouped
from cubewatch.text.size import size_text
from cubewatch.ui.widgets.measured_text import bar, percent

if TYPE_CHECKING:
    from cubewatch.logs.run_search import LogHits, Reading
    from cubewatch.ui.screens.search.results import Results

BAR = 10

PLAIN, REGEX = "search /", "regular expression /"
"""Titles of the prompt."""


def title(run_slug: str) -> str:
    """The title of the screen."""
    return f" Search the logs of #{run_slug}"


def hint(logs: int, *, regex: bool) -> str:
    """The hint before the first search."""
    if not logs:
        return "No cube has run yet: there is no log to search."
    other = "text" if regex else "regular expression"
    return f"enter searches {_logs(logs)} · ^r {other}"


def under_way(results: "Results", logs: int, reading: "Reading | None") -> str:
    """The progress of a search."""
    share = results.searched / logs
    done, rest = bar(share, BAR)
    parts = [
        f"{done}{rest} {percent(share)}  {results.searched} of {logs} · {_hits(results.count)}"
    ]
    if reading:
        size = f" {size_text(reading.size)}" if reading.size else ""
        parts.append(f"{'/'.join(reading.cube[1:])}{size}")
    return " · ".join([*parts, *_unread(results)])


def ended(results: "Results", logs: int, text: str, broken: str) -> str:
    """The result of a search; `broken` is what ended it before its time."""
    if broken:
        return f"the search has stopped: {broken} · r searches again"
    if not results.count:
        return " · ".join([f"nothing for '{text}' in {_logs(logs)}", *_unread(results)])
    parts = [f"{_hits(results.count)} in {results.holding} of {_logs(logs)}"]
    if results.shown < results.count:
        parts.append(f"the first {grouped(results.shown)} are shown")
    return " · ".join([*parts, *_unread(results)])


def cube_words(found: "LogHits") -> tuple[str, str]:
    """The path of a cube, and how many hits its log has."""
    left_out = found.count - len(found.hits)
    more = f", {grouped(left_out)} not shown" if left_out else ""
    count = f"  {_hits(found.count)}{more}" if found.count else ""
    return " › ".join(found.cube[1:]), count


def _unread(results: "Results") -> list[str]:
    return [f"{_logs(results.unread)} not read to the end"] if results.unread else []


def _hits(count: int) -> str:
    return "1 hit" if count == 1 else f"{grouped(count)} hits"


def _logs(count: int) -> str:
    return "1 log" if count == 1 else f"{grouped(count)} logs"
