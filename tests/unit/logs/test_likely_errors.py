"""Likely errors in logs as the field's tools write them."""

from pathlib import Path

import pytest

from cubewatch.logs.causes import error_lines, kind, last_error
from tests.support.logs import spool_of

LOGS = Path(__file__).parent / "samples"
LAST = {
    "cargo": "error[E0308]: mismatched types",
    "cargo_test": "thread 'price::half_cents' panicked at src/price.rs:88:9:",
    "docker": "#9 0.388 price.c:12:5: error: use of undeclared identifier 'cents'",
    "exit_only": "unit: exit code 3",
    "fine": None,
    "gcc": "main.c:9:5: error: expected ';' before 'return'",
    "git": "fatal: couldn't find remote ref release/9.9",
    "go_build": "internal/price/rounding.go:12:9: undefined: decimal.Bankers",
    "go_panic": "panic: runtime error: index out of range [3] with length 3",
    "go_test": "--- FAIL: TestRounding (0.00s)",
    "jest": "FAIL src/price.test.ts",
    "linker": "/usr/bin/ld: price.o: in function `main': price.cpp:(.text+0x14): "
    "undefined reference to `rounded(int)'",
    "make": "make: *** No rule to make target 'dist/app.js', needed by 'all'.  Stop.",
    "npm": "npm error code ERESOLVE",
    "pytest": "FAILED tests/test_price.py::test_rounding - AssertionError: assert Decimal('2.67')",
    "shell": "./ci/deploy.sh: line 12: kubectl: command not found",
    "traceback": "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
}


def test_every_log_has_an_expectation() -> None:
    assert {path.stem for path in LOGS.glob("*.log")} == LAST.keys()


@pytest.mark.parametrize("tool", LAST)
def test_the_last_likely_error(tool: str) -> None:
    spool = spool_of((LOGS / f"{tool}.log").read_bytes())
    line = last_error(spool, error_lines(spool.read(0, spool.size), 0))
    assert (None if line is None else spool.line(line).decode()) == LAST[tool]


@pytest.mark.parametrize(
    "line",
    [
        "\x1b[31m\x1b[1merror\x1b[0m: linking with `cc` failed",
        "2026-10-21T08:00:01.123Z error: no space left on device",
        "src/app.ts(4,7): error TS2322: Type 'string' is not assignable",
        "  12:5  error  'x' is never used  no-unused-vars",
        "sh: 1: kubectl: not found",
        "bash: ./run.sh: Permission denied",
        "Segmentation fault (core dumped)",
        "[ERROR] Tests run: 3, Failures: 1",
        "2026-10-21 08:00:01,120 app CRITICAL database is gone",
        "E       assert 1 == 2",
        "ValueError: invalid literal",
        "java.lang.NullPointerException: cart",
    ],
)
def test_causes(line: str) -> None:
    assert kind(line.encode()) == "cause"
    assert error_lines(f"fine\n{line}\n".encode(), 7) == [8]


@pytest.mark.parametrize(
    "line",
    [
        "make[2]: *** [all] Error 2",
        "ERROR: exit code 1",
        "Error: Process completed with exit code 1.",
        "The command '/bin/sh -c npm ci' returned a non-zero code: 1",
        "=========== 2 failed, 10 passed in 3.01s ===========",
    ],
)
def test_echoes(line: str) -> None:
    assert kind(line.encode()) == "echo"


@pytest.mark.parametrize(
    "line",
    [
        "0 errors",
        "test_error_handling PASSED",
        "warning: error handling is missing",
        "exit code 0",
        "downloading github.com/pkg/errors v0.9.1",
        "internal/cart/price.go:41: checked",
        "The theme is terror",
    ],
)
def test_neither(line: str) -> None:
    assert kind(line.encode()) is None
