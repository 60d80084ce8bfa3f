"""The lines of a log that most likely say what went wrong.

Two kinds. A *cause* names what is wrong: a compiler's error, a failed test, an exception, a
command that is not there. An *echo* only passes on that something was: `exit code 1`, `make: ***`,
`error: could not compile`. The last likely error is the last cause, or the last echo where there
is no cause; of lines that follow each other without a gap it is the first.

The patterns are of what pytest, Python, cargo, go, npm, jest, tsc, eslint, BuildKit, gcc, clang,
ld, make, ninja, cmake, git, the JVM's tools and POSIX shells write. A line that counts no errors,
or warns, is none.
"""

import re
from collections.abc import Sequence
from typing import Literal

from cubewatch.logs.line import without_sequences
from cubewatch.logs.search import LogText, holding

Kind = Literal["cause", "echo"]

LONGEST = 1_000
"""Bytes at a line's beginning that are looked at."""
MOST_LOOKED_BACK = 2_000
"""Likely errors that are looked through, from the end, for a cause."""

_HINTS = (
    b"err", b"fail", b"fatal", b"panic", b"exception", b"not found", b"undefined", b"killed",
    b"fault", b"no such file", b"denied", b"no rule", b"exit ", b"exited", b"stopped", b".go:",
    b"non-zero", b"caused by", b"out of memory", b"critical", "✕".encode(), "●".encode(),
)  # fmt: skip
"""One of these, in small letters, is in every line that a pattern matches, but for pytest's `E`."""

_PREFIX = re.compile(
    rb"(?:\[?\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?\]? +)?"  # a time
    rb"(?:#\d+ +(?:\d+\.\d+ +)?|\d+\.\d{1,3} +)?"  # BuildKit: the step and its seconds
)

_NONE = re.compile(
    rb"(?i:\b(?:0|no) (?:errors?|fail(?:ed|ures?)|fatal)\b"
    rb"(?!.*\b[1-9]\d* (?:errors?|failed|failures?)\b))"
    rb"|(?i:\bwarn(?:ing)?\b[\]: (\[])"
    rb"|--- (?:PASS|SKIP)|\bPASSED\b"
)

_ECHO = re.compile(
    rb"error: (?:could not compile|aborting due to|test failed|process didn't exit)"
    rb"|error: \d+ targets? failed|test result: FAILED"  # cargo
    rb"|FAIL(?:\s|$)(?!\s*\S+\.[cm]?[jt]sx?\b)"  # go test
    rb"|exit status [1-9]"
    rb"|collect2: error|(?:clang|clang\+\+|cc|gcc|g\+\+): error: (?:linker|ld returned)"
    rb"|(?:\S*/)?[gn]?make(?:\[\d+\])?: \*\*\* (?!.*No rule to make)"
    rb"|ninja: build stopped|FAILED: \S+\.o\b|CMake Error at .*:\d+ \(message\):$"
    rb"|npm (?:ERR!|error)(?! (?:code E(?!LIFECYCLE)|\d{3} |E[A-Z]{3,}|notarget|missing))"
    rb"|error Command failed with|ELIFECYCLE"  # yarn, pnpm
    rb"|(?:ERROR: |error: )?(?:failed to solve: |failed to build: )?.*did not complete successfully"
    rb"|The command '.*' returned a non-zero code"  # docker
    rb"|BUILD FAIL|FAILURE: Build failed"
    rb"|\[ERROR\] (?:Failed to execute goal|->|Re-run|To see|For more|\[Help)"  # JVM
    rb"|=+ .*\b[1-9]\d* (?:failed|errors?)\b.* =+$|Tests?:? +.*\b[1-9]\d* failed"  # pytest, jest
    rb"|(?:\S+ ){0,8}?\(?[Ee]xit(?:ed)?(?: with)? (?:code|status):? \(?[1-9]\d*"
)

_CAUSE = re.compile(
    rb"E {3,}\S"  # pytest: what an assertion found
    rb"|(?:FAILED|ERROR) \S+(?:::| - )"  # pytest: summary
    rb"|(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit)(?::|$)"  # Python, Java, JS
    rb"|error(?:\[E\d{4}\])?: \S"  # rustc and many more
    rb"|thread '.*' (?:\(\d+\) )?panicked at|test .* \.\.\. FAILED"  # cargo test
    rb"|\s*--- FAIL: |panic: |fatal error: |(?:vet: )?[\w./-]+\.go:\d+:\d+: \S"  # go
    rb"|npm (?:ERR!|error) "
    rb"|\s*FAIL\s+\S+\.[cm]?[jt]sx?\b|\s*\xe2\x97\x8f .+ \xe2\x80\xba |\s*\xe2\x9c\x95 "  # jest
    rb"|(?:\S+: )?error TS\d+: |\S+\(\d+,\d+\): error|\s+\d+:\d+\s+error\s|ERROR in "  # web
    rb"|(?:\S[^:]*|[A-Z]:[^:]*):\d+(?::\d+)?: (?:fatal |internal compiler )?error: "  # gcc, clang
    rb"|.*(?:undefined reference to|[Uu]ndefined symbols? |multiple definition of) ?"  # ld
    rb"|.*No rule to make target"
    rb"|CMake Error"
    rb"|(?:.*: )?(?:line \d+: )?\S+: (?:command )?not found$"  # sh
    rb"|(?:\S+: ){1,4}(?:line \d+: )?.*(?:No such file or directory|[Pp]ermission denied)$"
    rb"|.*\b(?:[Ss]egmentation fault|[Oo]ut of memory|OOMKilled|core dumped)\b"
    rb"|Killed$|signal: killed"
    rb"|fatal: \S"  # git
    rb"|Caused by: |Exception in thread |\[ERROR\] \S"  # JVM
    rb"|ERROR: \S"
    rb"|(?i:(?:\S+ ){0,4}?\[?(?:\w+[:/.])?(?:error|fatal|critical|panic)\]?(?:\([^)]*\))?"
    rb"(?::| -|\t) *[^\s0])"
    rb"|(?:\S+ ){0,3}?\[?(?:ERROR|FATAL|CRITICAL|FAILED)\]? \S"  # loggers
)


def kind(line: bytes) -> Kind | None:
    """What a line of a log is taken for; escape sequences in it are no hindrance."""
    text = without_sequences(line[:LONGEST]).rstrip()
    begin = prefix.end() if (prefix := _PREFIX.match(text)) else 0
    if _NONE.search(text):
        return None
    if _ECHO.match(text, begin):
        return "echo"
    return "cause" if _CAUSE.match(text, begin) else None


def error_lines(data: bytes, first: int) -> list[int]:
    """The likely errors among some whole lines, of which `first` is the number of the first."""
    clean = without_sequences(data).removesuffix(b"\n")
    small = clean.lower()
    near = {line for hint in _HINTS for line in holding(small, hint, 0)}
    near.update(_asserted(clean))
    if not near:
        return []
    lines = clean.split(b"\n")
    return [first + line for line in sorted(near) if kind(lines[line])]


def _asserted(data: bytes) -> list[int]:
    """Lines that begin with pytest's `E   `."""
    if b"\nE   " not in data and not data.startswith(b"E   "):
        return []
    return [line for line, text in enumerate(data.split(b"\n")) if text.startswith(b"E   ")]


def last_error(log: LogText, lines: Sequence[int]) -> int | None:
    """The line of a log that is its last likely error, of all its `error_lines`."""
    if not lines:
        return None
    newest = range(len(lines) - 1, max(-1, len(lines) - 1 - MOST_LOOKED_BACK), -1)
    kinds = ((at, _kind_in(log, lines[at])) for at in newest)
    at = next((at for at, found in kinds if found == "cause"), len(lines) - 1)
    wanted = _kind_in(log, lines[at])
    while at and lines[at - 1] == lines[at] - 1 and _kind_in(log, lines[at - 1]) == wanted:
        at -= 1
    return lines[at]


def _kind_in(log: LogText, line: int) -> Kind | None:
    start, end = log.line_start(line), log.line_end(line)
    return kind(log.read(start, min(LONGEST, end - start)))
