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

from cubewatch.logs.cause import Cause
from cubewatch.logs.marks import (
    MAX_ECHO,
    MAX_RAW,
    cleaned,
    marks_in,
    recovers,
    rule_of,
    verdict,
)
from cubewatch.logs.search import LogText, Scan
from cubewatch.logs.tools import FAILURE, HEADING, HINT, SUMMARY, Rule
from cubewatch.text.sanitize import inert

END = 4_000_000
"""Bytes at the end of a log that are searched before the rest."""
PIECE = 16_384
"""Bytes that are searched in one go."""
MAX_MARKED, MAX_HEAVY = 800, 100
"""Marked lines that are ranked, half of them from the beginning and half from the end; and those
that say most, the first ones of the end and the first ones of the rest."""
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


class CauseSearch:
    """A search for the causes in one log, step by step, which goes on while the log grows.

    Its end is searched first, where the cause mostly stands, then what comes before that.
    """

    def __init__(self, log: LogText) -> None:
        self._log = log
        self._begin()

    def _begin(self) -> None:
        log = self._log
        self._version = log.version
        begin = log.line_start(log.line_of(max(0, log.size - END)))
        self._end = _Part(log, begin)
        self._rest = _Part(_Beginning(log, begin), 0)
        self._ranked: tuple[object, list[Cause]] = (None, [])

    @property
    def is_done(self) -> bool:
        """Whether all of the log is searched, or so much is found that the rest says no more."""
        has_enough = self._rest.is_full and len(self._end.scan.lines) >= MAX_MARKED // 2
        return self.is_end_done and (self._rest.scan.is_done or has_enough)

    @property
    def is_end_done(self) -> bool:
        """Whether the end of the log is searched."""
        return self._log.version == self._version and self._end.scan.is_done

    def step(self) -> bool:
        """Searches for a few milliseconds; whether there is more to do."""
        if self._log.version != self._version:
            self._begin()
        if not self._end.scan.is_done:
            self._end.scan.step()
        elif not self.is_done:
            self._rest.scan.step()
        return not self.is_done

    @property
    def causes(self) -> list[Cause]:
        """The causes found so far, the likeliest first."""
        key = (self._log.version, self._end.scan.searched, self._rest.scan.searched)
        if key != self._ranked[0]:
            self._ranked = (key, find_causes(self._log, self._worth_ranking()))
        return self._ranked[1]

    def _worth_ranking(self) -> list[int]:
        """The marked lines; of very many the first, the last, and some that say most."""
        marked = self._rest.scan.lines + self._end.scan.lines
        if len(marked) <= MAX_MARKED:
            return list(marked)
        half = MAX_MARKED // 2
        return sorted({*marked[:half], *self._rest.heavy, *self._end.heavy, *marked[-half:]})


class _Part:
    """The search for marks in a log from the byte `start` on. `heavy` are lines that say most."""

    def __init__(self, log: LogText, start: int) -> None:
        self.scan = Scan(log, self._marked, PIECE, start, MAX_MARKED)
        self.heavy: list[int] = []

    @property
    def is_full(self) -> bool:
        """Whether nothing further on would be ranked."""
        return len(self.heavy) >= MAX_HEAVY and len(self.scan.lines) >= MAX_MARKED // 2

    def _marked(self, data: bytes, first: int) -> list[int]:
        """The marked lines among some: a Finder."""
        marks = marks_in(data, first)
        heavy = [line for line, weight in marks if weight >= HEADING]
        self.heavy += heavy[: MAX_HEAVY - len(self.heavy)]
        return [line for line, _ in marks]


class _Beginning:
    """A log as if it ended at the byte `size`, a line's first."""

    def __init__(self, log: LogText, size: int) -> None:
        self.size = size
        self.version = log.version
        self.line_count = log.line_of(size)
        self.line_start, self.line_end, self.line_of = log.line_start, log.line_end, log.line_of
        self._read = log.read

    def read(self, start: int, length: int) -> bytes:
        return self._read(start, min(length, self.size - start))


class _Mark(NamedTuple):
    line: int
    rule: Rule
    text: str


class _Section(NamedTuple):
    """Lines up to a verdict. `ok`: None for what has none."""

    end: int
    ok: bool | None


def find_causes(log: LogText, marked: Sequence[int]) -> list[Cause]:
    """The likely causes in a log, the likeliest first. `marked`: the lines of its marks."""
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
    """Reads the marked lines: marks, results of commands, and places where something is tried
    again."""
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
        loss = self._by_section(best, last)
        score = self._by_place(best, last) + loss
        if best.rule.weight > MAX_ECHO and self._is_passed_on(best.line, last):
            score += STOPPED
        return Cause(best.line, last, inert(best.text), score, best.rule.tool, not loss)

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
