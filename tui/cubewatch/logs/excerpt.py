"""Excerpts of a log: its likely causes with what stands around them, within a number of bytes."""

from collections.abc import Sequence
from dataclasses import dataclass

from cubewatch.logs.cause import Cause
from cubewatch.logs.log_line import MAX_RAW, plain
from cubewatch.logs.search import LogText

BRIEF = 8_000
"""Bytes of a brief."""
MAX_LINE = 400
"""Characters of a line in an excerpt."""
BEFORE, AFTER = 10, 14
"""Lines around the first cause."""
BEFORE_OTHERS, AFTER_OTHERS = 4, 8
LAST = 12
"""Lines at the end of what failed."""
HEADER = 110
"""Bytes that the title of an excerpt may take."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a log, the first of which is number `first` (from 0), around a cause."""

    first: int
    lines: tuple[str, ...]
    cause: Cause


def excerpts(log: LogText, causes: Sequence[Cause], room: int = BRIEF) -> list[Excerpt]:
    """The likeliest cause, the last lines of the command that failed, and then other causes, as
    far as they fit into `room` bytes; in this order, without showing a line twice."""
    count = log.line_count
    last = [cause for cause in causes[1:] if not cause.tool]
    others = [cause for cause in causes[1:] if cause.tool]
    shown: set[int] = set()
    found: list[Excerpt] = []
    for cause in (*causes[:1], *last, *others):
        before, after = _around(cause, is_first=not found)
        begin, end = max(0, cause.line - before), min(cause.line + after, count - 1)
        lines = [line for line in range(begin, end + 1) if line not in shown]
        texts = _fitting(log, _unbroken(lines, cause.line), cause.line, room - HEADER)
        if texts:
            numbers = sorted(texts)
            found.append(Excerpt(numbers[0], tuple(texts[n] for n in numbers), cause))
            shown.update(numbers)
            room -= HEADER + sum(len(text.encode()) + 1 for text in texts.values())
    return found


def last_lines(log: LogText) -> Excerpt:
    """The end of a log in which no cause is looked for."""
    count = log.line_count
    first = max(0, count - LAST)
    cause = Cause(max(0, count - 1), max(0, count - 1), "", 0.0, "")
    return Excerpt(first, tuple(line_text(log, line) for line in range(first, count)), cause)


def _around(cause: Cause, *, is_first: bool) -> tuple[int, int]:
    """The numbers of lines before and after the line of a cause."""
    if not cause.tool:
        return LAST, 0
    return (BEFORE, AFTER) if is_first else (BEFORE_OTHERS, AFTER_OTHERS)


def _unbroken(lines: list[int], middle: int) -> list[int]:
    """The lines that stand together with one of them, or nearest to it."""
    if not lines:
        return []
    here = min(lines, key=lambda line: abs(line - middle))
    known = set(lines)
    begin = end = here
    while begin - 1 in known:
        begin -= 1
    while end + 1 in known:
        end += 1
    return list(range(begin, end + 1))


def _fitting(log: LogText, lines: list[int], middle: int, room: int) -> dict[int, str]:
    """Lines as they are shown, from the middle on as far as there is room."""
    texts: dict[int, str] = {}
    for line in sorted(lines, key=lambda line: abs(line - middle)):
        text = line_text(log, line)
        room -= len(text.encode()) + 1
        if room < 0:
            break
        texts[line] = text
    return texts


def line_text(log: LogText, line: int) -> str:
    """A line as it is shown, cut where it is very long."""
    start, end = log.line_start(line), log.line_end(line)
    text = plain(log.read(start, min(end - start, MAX_RAW)), end - start).rstrip()
    return text if len(text) <= MAX_LINE else f"{text[: MAX_LINE - 1]}…"
