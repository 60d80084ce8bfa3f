"""Marks: the lines of a log that say something about a failure, by the table in `logs.tools`."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from cubewatch.logs.log_line import last_written, without_sequences
from cubewatch.logs.search import holding
from cubewatch.logs.tools import ECHO, FAILURE, HEADING, HINT, NOTHING, RULES, Rule

MAX_LINE = 1_000
"""Characters of a line that are looked at."""
MAX_RAW = 16_384
"""Bytes of a line that are looked at: a progress bar may have overwritten most of them."""
LONG = 4 * MAX_RAW
"""Bytes of some whole lines from which on there is a very long one among them."""
MAX_ECHO = ECHO + 10
"""The weight up to which a row only passes on a failure."""
MIN_RED = 8
"""Characters of a red line that is worth a look."""

_RED = Rule("colour", HINT - 10, "", r"\S", "")
"""A line in red that no row knows."""
_VERDICT = Rule("ci", ECHO, "", r"\S", "")
"""How a command ended."""
_FINE = Rule("fine", NOTHING, "", r"", "")

_Row = tuple[int, Rule]


def _covers(words: Iterable[str]) -> list[str]:
    """The words that contain no other one: a text without any of these has none of `words`."""
    kept: list[str] = []
    for word in sorted(set(words), key=len):
        if not any(other in word for other in kept):
            kept.append(word)
    return kept


def _by_cover(rules: Sequence[Rule]) -> list[tuple[str, list[_Row]]]:
    """Rows with their place in the table, by a word that stands in their hint."""
    table: dict[str, list[_Row]] = {word: [] for word in _covers(rule.hint for rule in rules)}
    for at, rule in enumerate(rules):
        cover = next(word for word in table if word in rule.hint)
        table[cover].append((at, rule))
    return list(table.items())


_RULES = _by_cover(RULES)
_compiled = cache(re.compile)
"""The pattern of a rule. Few of them are ever needed: a log knows few tools."""
_REDS = (b"\x1b[31", b"\x1b[1;31", b"\x1b[91", b"[0;31m", b"38;5;9m")
_OK = re.compile(
    r'The command ".*" exited with 0\.|.{0,200}Retrying, \d+ of \d+|(?:\[INFO\] )?BUILD SUCCESS'
)
_RECOVERED = re.compile(
    r"\.\.\.ignoring$"  # Ansible
    r"|Warning: Problem.{0,120} Will retry"  # curl
    r"|(?i:.{0,200}(?<!timed out )\b(?:retrying|will retry|trying again)\b)"
)
"""What says that the error right before it was not the end."""
_FAILED = re.compile(
    r'The command ".*" (?:failed and )?exited with [1-9]'
    r"|(?:Error: |##\[error\])Process completed with exit code [1-9]"
    r"|(?:ERROR: )?Job failed(?:: (?:exit|command)|$)"
)
_VERDICTS = ("exited with ", "retrying, ", "build success", "exit code ", "job failed")
_RECOVERIES = ("...ignoring", "retry", "trying again")
_WORDS = [
    word.encode() for word in _covers([*(word for word, _ in _RULES), *_VERDICTS, *_RECOVERIES])
]

_PREFIX = re.compile(
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?:? +"
    r"|\d\d[OE]\+? "  # GitLab
    r"|#\d{1,4} +(?:\d+\.\d+ +)?|\d{1,5}\.\d{1,3} +"  # BuildKit
    r"|[\w.-]{1,60} {0,20}\| +"  # compose
    r"|\[(?! *(?i:error|fatal|fail\w*|critical|!|-|x)\W)[\w ./:@#-]{1,40}\] +"
    r"|[│┃|├╰└](?! *Error: ) *"
)
_QUOTED = re.compile(
    r"(?:\+{1,4}|\$|>>?|❯) ?[\w./]"  # a command
    r"|[✓✔√]|--- (?:PASS|SKIP)|ok \d|(?:test|it|describe) ?\("  # the name of a test
    r"|[0-9a-f]{7,40} [A-Z\"]"  # a commit
    r"|[>→]? *\d+ [|│]|at [\w$.<>]{1,200} ?\(|at \S+:\d+"  # code, and how it was reached
)
"""Words that are no message."""


def marks_in(data: bytes, first: int) -> list[tuple[int, int]]:
    """The lines that say something went wrong among whole lines, the first of which is number
    `first`, and the weight of what each of them says."""
    if len(data) > LONG:
        data = b"\n".join(line[-MAX_RAW:] for line in data.split(b"\n"))
    small = data.lower().removesuffix(b"\n")
    words = [word for word in (*_WORDS, *_REDS) if word in small]
    near = {line for word in words for line in holding(small, word, 0)}
    if not near:
        return []
    lines = data.split(b"\n")
    found = ((line, rule_of(lines[line])) for line in sorted(near))
    return [(first + line, rule.weight) for line, rule in found if rule]


def rule_of(raw: bytes) -> Rule | None:
    """The row of the table that a line matches; the weightiest of several."""
    text = cleaned(raw)
    if recovers(text):
        return _VERDICT
    if best := _best(text, text.lower()):
        return best if best.weight > NOTHING else None
    if verdict(text) is not None:
        return _VERDICT
    is_red = any(red in raw for red in _REDS)
    is_message = len(text) >= MIN_RED and text[0] not in "-+@" and not _QUOTED.match(text)
    return _RED if is_red and is_message else None


def _best(text: str, small: str) -> Rule | None:
    """Of the rows that match a line the weightiest one of a tool, or else of any. A line that
    only passes on a failure stays one, whatever else it looks like."""
    found = [
        (at, rule)
        for word, rows in _RULES
        if word in small
        for at, rule in rows
        if rule.hint in small and _compiled(rule.pattern).match(text)
    ]
    if not found:
        return None
    matching = list({rule.tool: rule for _, rule in sorted(found, reverse=True)}.values())
    matching = [rule for rule in matching if not rule.is_generic] or matching
    best = max(matching, key=_weight)
    echo = next((rule for rule in matching if NOTHING < rule.weight <= MAX_ECHO), None)
    if best.weight >= FAILURE or (echo is None and not _is_fine(text, matching)):
        return best
    return echo if echo and best.weight < HEADING else _FINE


def _is_fine(text: str, matching: Sequence[Rule]) -> bool:
    return any(rule.weight == NOTHING for rule in matching) or bool(_QUOTED.match(text))


def _weight(rule: Rule) -> int:
    return rule.weight


def cleaned(raw: bytes) -> str:
    """A line in its final form, without colours, timestamps and CI prefixes."""
    text = without_sequences(last_written(raw[-MAX_RAW:]))[: MAX_LINE * 4]
    words = text.decode("utf-8", "replace").strip("\ufeff \t\r")[:MAX_LINE]
    for _ in range(4):
        prefix = _PREFIX.match(words)
        if not prefix or prefix.end() == len(words):
            break
        words = words[prefix.end() :].lstrip()
    return words


def verdict(text: str) -> bool | None:
    """Whether a command has succeeded; None if the line does not say."""
    if _FAILED.match(text):
        return False
    return True if _OK.match(text) else None


def recovers(text: str) -> bool:
    """Whether a line says that what went wrong right before it was not the end."""
    return bool(_RECOVERED.match(text))
