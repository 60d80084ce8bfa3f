"""Likely causes: the lines of a log that most likely say why its cube failed.

The lines that say something went wrong (`logs.marks`) are grouped where they stand together, and
the groups are ranked:

- What names the failure outweighs what counts it or passes it on (the weight of a row).
- Of equals in the command that failed the first one counts: the others mostly follow from it.
- What a wrapper complains about next (`make: *** ...`) made the command stop.
- What came before a command that succeeded, or right before a new try, was survived; what comes
  after the one that failed is teardown.

The last words of the command that failed are a candidate too: the best one where no row of the
table knows a line.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cubewatch.logs.marks import (
    MAX_ECHO,
    MAX_RAW,
    cleaned,
    marked_lines,
    recovers,
    rule_of,
    verdict,
)
from cubewatch.logs.search import LogText, Scan
from cubewatch.logs.tools import FAILURE, HEADING, HINT, SUMMARY, Rule
from cubewatch.text.sanitize import inert

MAX_SEARCHED = 8_000_000
"""Bytes, up to the end of a log as it is at first, in which causes are looked for."""
PIECE = 16_384
"""Bytes that are searched in one go."""
MAX_FIRST, MAX_LAST = 300, 500
"""Marked lines that are ranked, from the beginning and from the end."""
MAX_CAUSES = 50
GAP = 12
"""Lines between two marked lines that still belong together."""
DETAILS = 8
"""Lines below a heading in which what it announces is looked for."""
SURVIVED, TEARDOWN = 60, 50
"""What a line loses by standing before a success, or after the failure."""
STOPPED = 10
"""What a group gains by an echo in the next REACH lines."""
REACH = 40
SOON = 4
"""Lines from the last words of an error to the ones that say that it is tried again."""
NEAR_END = 25
"""What an unspecific line gains at most by standing near the end of what failed."""
MAX_UNSPECIFIC = FAILURE - 5.0
MAX_LOOKED_BACK = 50
"""Lines before the end of a command in which its last words are looked for."""


class Cause(NamedTuple):
    """A likely cause. `line` to `end` (from 0, inclusive) is what belongs together, `text` is the
    line that says most, inert."""

    line: int
    end: int
    text: str
    score: float
    tool: str
    """Whose line it is; "" for the last words of a command, which no row of the table knows."""


class CauseSearch:
    """A search for the causes in one log, step by step, which goes on while the log grows."""

    def __init__(self, log: LogText) -> None:
        begin = log.line_start(log.line_of(max(0, log.size - MAX_SEARCHED)))
        self._scan = Scan(log, marked_lines, PIECE, begin)
        self._ranked: tuple[object, list[Cause]] = (None, [])

    @property
    def is_done(self) -> bool:
        return self._scan.is_done

    def step(self) -> bool:
        """Searches for a few milliseconds; whether there is more to do."""
        return self._scan.step()

    @property
    def causes(self) -> list[Cause]:
        """What is found so far, the likeliest first."""
        scan = self._scan
        key = (scan.log.version, scan.searched)
        if key != self._ranked[0]:
            self._ranked = (key, find_causes(scan.log, scan.lines))
        return self._ranked[1]


class _Mark(NamedTuple):
    line: int
    rule: Rule
    text: str


class _Section(NamedTuple):
    """Lines up to a verdict. `ok`: None for what has none."""

    end: int
    ok: bool | None


def find_causes(log: LogText, marked: Sequence[int]) -> list[Cause]:
    """The likely causes in a log, the likeliest first. `marked`: all its `marked_lines`."""
    if len(marked) > MAX_FIRST + MAX_LAST:
        marked = [*marked[:MAX_FIRST], *marked[-MAX_LAST:]]
    marks, sections, recoveries = _read_marks(log, marked)
    ranking = _Ranking(marks, sections, recoveries)
    causes = [ranking.cause(group) for group in _groups(marks, recoveries)]
    causes.sort(key=lambda cause: -cause.score)
    del causes[MAX_CAUSES:]
    last = _last_words(log, marks, sections)
    if last and not any(cause.line <= last.line <= cause.end for cause in causes[:1]):
        causes.append(last)
        causes.sort(key=lambda cause: -cause.score)
    return causes


def _read_marks(
    log: LogText, lines: Sequence[int]
) -> tuple[list[_Mark], list[_Section], list[int]]:
    """What the marked lines say: marks, how commands ended, and where something is tried again."""
    marks: list[_Mark] = []
    sections: list[_Section] = []
    recoveries: list[int] = []
    for line in lines:
        raw = _raw(log, line)
        text = cleaned(raw)
        if (ok := verdict(text)) is not None:
            sections.append(_Section(line, ok))
        elif recovers(text):
            recoveries.append(line)
        elif rule := rule_of(raw):
            marks.append(_Mark(line, rule, text))
    sections.append(_Section(log.line_count, None))
    return marks, sections, recoveries


def _raw(log: LogText, line: int) -> bytes:
    start, end = log.line_start(line), log.line_end(line)
    return log.read(max(start, end - MAX_RAW), min(MAX_RAW, end - start))


def _groups(marks: Sequence[_Mark], recoveries: Sequence[int]) -> Iterator[list[_Mark]]:
    """The marks that stand together, in one try of what is tried again."""
    group: list[_Mark] = []
    for mark in marks:
        if group and (mark.line - group[-1].line > GAP or _between(recoveries, group[-1], mark)):
            yield group
            group = []
        group.append(mark)
    if group:
        yield group


def _between(lines: Sequence[int], one: _Mark, other: _Mark) -> bool:
    after = bisect_left(lines, one.line)
    return after < len(lines) and lines[after] < other.line


class _Ranking:
    """Scores groups of marks by where they stand in a log."""

    def __init__(
        self, marks: Sequence[_Mark], sections: Sequence[_Section], recoveries: Sequence[int]
    ) -> None:
        self._sections = sections
        self._recoveries = recoveries
        self._ends = [section.end for section in sections]
        self._has_failed = any(section.ok is False for section in sections)
        self._echoes = [mark.line for mark in marks if mark.rule.weight <= MAX_ECHO]

    def cause(self, group: Sequence[_Mark]) -> Cause:
        """The cause that a group of marks stands for."""
        best = max(group, key=lambda mark: mark.rule.weight)
        if best.rule.weight == HEADING:
            below = range(best.line + 1, best.line + DETAILS + 1)
            details = (m for m in group if m.line in below and m.rule.weight > HINT)
            best = next(details, best)
        last = group[-1].line
        score = self._by_place(best, last) + self._by_section(best, last)
        if best.rule.weight > MAX_ECHO and self._is_passed_on(best.line, last):
            score += STOPPED
        return Cause(best.line, last, inert(best.text), score, best.rule.tool)

    def _by_place(self, best: _Mark, last: int) -> float:
        weight = best.rule.weight
        at = bisect_left(self._ends, best.line)
        end = self._ends[min(at, len(self._ends) - 1)]
        if weight < HEADING:
            return min(max(weight, MAX_UNSPECIFIC), weight + NEAR_END / (1 + (end - last) / 30))
        begin = self._ends[at - 1] if at else 0
        return weight - 4 * (best.line - begin) / max(1, end - begin)

    def _by_section(self, best: _Mark, last: int) -> float:
        ok = self._sections[min(bisect_left(self._ends, best.line), len(self._ends) - 1)].ok
        again = bisect_left(self._recoveries, last)
        is_tried_again = again < len(self._recoveries) and self._recoveries[again] - last <= SOON
        if ok or is_tried_again:
            return -SURVIVED
        return -TEARDOWN if ok is None and self._has_failed else 0

    def _is_passed_on(self, line: int, last: int) -> bool:
        after = bisect_left(self._echoes, line + 1)
        return after < len(self._echoes) and self._echoes[after] - last <= REACH


def _last_words(log: LogText, marks: Sequence[_Mark], sections: Sequence[_Section]) -> Cause | None:
    """The last words of the command that failed: the best guess where no line says more."""
    failed = [section.end for section in sections if section.ok is False]
    stop = failed[-1] if failed else _first_of_last_echoes(marks, log.line_count)
    for line in range(stop - 1, max(-1, stop - 1 - MAX_LOOKED_BACK), -1):
        text = cleaned(_raw(log, line))
        if text and verdict(text) is None:
            return Cause(line, line, inert(text), float(SUMMARY), "")
    return None


def _first_of_last_echoes(marks: Sequence[_Mark], end: int) -> int:
    """The first line in which wrappers pass on the last failure; `end` if none does."""
    first = end
    for mark in reversed(marks):
        if mark.rule.weight > MAX_ECHO:
            if first < end:
                break
        elif first - mark.line <= GAP or first == end:
            first = mark.line
        else:
            break
    return first
