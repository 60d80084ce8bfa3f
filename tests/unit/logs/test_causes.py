"""Likely causes in logs as the field's tools write them."""

import re
from pathlib import Path

import pytest

from cubewatch.logs.cause import Cause
from cubewatch.logs.causes import END, CauseSearch
from cubewatch.logs.marks import cleaned, marks_in, rule_of
from cubewatch.logs.tools import FAILURE, NOTHING, RULES, Rule
from tests.support.logs import causes_in, spool_of

LOGS = Path(__file__).parent / "samples"
LIKELIEST = {
    "cargo": "error[E0308]: mismatched types",
    "cargo_test": "thread 'price::half_cents' panicked at src/price.rs:88:9:",
    "docker": "price.c:12:5: error: use of undeclared identifier 'cents'",
    "exit_only": "unit: exit code 3",
    "gcc": "main.c:9:5: error: expected ';' before 'return'",
    "git": "fatal: couldn't find remote ref release/9.9",
    "go_build": "internal/price/rounding.go:12:9: undefined: decimal.Bankers",
    "go_panic": "panic: runtime error: index out of range [3] with length 3",
    "go_test": "--- FAIL: TestRounding (0.00s)",
    "jest": "● price › rounds half cents",
    "linker": "/usr/bin/ld: price.o: in function `main': price.cpp:(.text+0x14): "
    "undefined reference to `rounded(int)'",
    "make": "make: *** No rule to make target 'dist/app.js', needed by 'all'.  Stop.",
    "npm": "npm error ERESOLVE unable to resolve dependency tree",
    "pytest": "E       AssertionError: assert Decimal('2.67') == Decimal('2.68')",
    "shell": "./ci/deploy.sh: line 12: kubectl: command not found",
    "traceback": "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
}


CAUSE = ">> "
"""Stands before the likeliest cause in `samples/failures.txt`."""


def titled(file: str) -> dict[str, list[str]]:
    """The logs in a file of samples by their titles (`=== pytest`)."""
    parts = re.split(r"^=== (?!RUN)(.*)\n", (LOGS / file).read_text("utf-8"), flags=re.M)[1:]
    return {
        title: log.removesuffix("\n").split("\n")
        for title, log in zip(parts[::2], parts[1::2], strict=True)
    }


FAILURES, SUCCESSES = titled("failures.txt"), titled("successes.txt")


def ranked(text: str | bytes) -> list[Cause]:
    """The likely causes in a log, the likeliest first."""
    return causes_in(spool_of(text.encode() if isinstance(text, str) else text))


def causes_of(text: str | bytes) -> list[str]:
    """What they say."""
    return [cause.text for cause in ranked(text)]


def test_every_sample_log_has_an_expectation() -> None:
    assert {path.stem for path in LOGS.glob("*.log")} == {*LIKELIEST, "fine"}


@pytest.mark.parametrize("tool", LIKELIEST)
def test_likeliest_cause_of_a_sample_log(tool: str) -> None:
    assert causes_of((LOGS / f"{tool}.log").read_bytes())[0] == LIKELIEST[tool]


def cause_and_log(title: str) -> tuple[str, list[str]]:
    """The likeliest cause of a sample, and its lines."""
    [cause] = [line for line in FAILURES[title] if line.startswith(CAUSE)]
    return cause.removeprefix(CAUSE), [line.removeprefix(CAUSE) for line in FAILURES[title]]


@pytest.mark.parametrize("title", FAILURES)
def test_likeliest_cause_of_a_failure(title: str) -> None:
    cause, lines = cause_and_log(title)
    log = "\n".join(["begin", "+ ./ci/run", *lines, ""])
    assert causes_of(log)[0] == cleaned(cause.encode()).replace("\t", "␉")


@pytest.mark.parametrize("title", SUCCESSES)
def test_log_of_a_success_has_no_cause(title: str) -> None:
    log = "\n".join([*SUCCESSES[title], ""])
    assert not [cause for cause in ranked(log) if cause.tool]


def test_log_without_complaints_has_no_named_cause() -> None:
    assert not [cause for cause in ranked((LOGS / "fine.log").read_bytes()) if cause.tool]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.tool}: {rule.sample[:30]}")
def test_rule_matches_its_sample(rule: Rule) -> None:
    text = cleaned(rule.sample.encode())
    assert rule.hint in rule.sample.lower()
    assert re.match(rule.pattern, text)
    found = rule_of(rule.sample.encode())
    assert (found.weight if found else NOTHING) == rule.weight
    marks = marks_in(f"fine\n{rule.sample}\n".encode(), 7)
    assert marks == ([(8, rule.weight)] if found else [])


WRAPPINGS = {
    "timestamp": "2026-10-21T07:28:00.123456Z {}",
    "clock": "[07:28:00] {}",
    "gitlab": "2026-10-21T07:28:00.123456Z 01O {}",
    "buildkit": "#9 0.388 {}",
    "compose": "shop-1  | {}",
    "cube": "[build/unit] {}",
    "colours": "\x1b[1m\x1b[31m{}\x1b[0m",
    "progress": " 50%\r100%\r{}\r",
    "erased": "Downloading\x1b[2K\x1b[1G{}",
    "byte order mark": "\ufeff{}",
    "indentation": "      {}",
    "windows": "{}\r",
}


@pytest.mark.parametrize("wrapping", [name for name in WRAPPINGS if name != "colours"])
def test_causes_of_all_failures_are_found_behind(wrapping: str) -> None:
    for title in FAILURES:
        cause, lines = cause_and_log(title)
        log = "\n".join([*(WRAPPINGS[wrapping].format(line) for line in lines), ""])
        assert causes_of(log)[0] == cleaned(cause.encode()).replace("\t", "␉"), title


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize(
    "line",
    [
        "src/price.rs:12:5: error: mismatched types",
        "fatal: couldn't find remote ref release/9.9",
        "Error: Timed out 30000ms waiting for expect(locator).toBeVisible()",
        "./ci/deploy.sh: строка 12: kubectl: команда не найдена",
    ],
)
def test_cause_is_found_behind(wrapping: str, line: str) -> None:
    wrapped = WRAPPINGS[wrapping].format(line)
    assert causes_of(f"begin\nstep two\n{wrapped}\nmore\n")[0] == line


STORIES = {
    "maven": (
        "[ERROR] /src/main/java/shop/Price.java:[12,8] cannot find symbol",
        """
        [INFO] Compiling 12 source files
        [ERROR] COMPILATION ERROR :
        [ERROR] /src/main/java/shop/Price.java:[12,8] cannot find symbol
        [INFO] BUILD FAILURE
        [ERROR] Failed to execute goal compile on project shop: Compilation failure
        [ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
        [ERROR] After correcting the problems, you can resume the build with the command
        [ERROR]   mvn <args> -rf :shop
        Error: Process completed with exit code 1.
        """,
    ),
    "echo after the cause": (
        "price.c:12:5: error: use of undeclared identifier 'cents'",
        """
        cc -c price.c
        price.c:12:5: error: use of undeclared identifier 'cents'
        make[1]: *** [Makefile:9: price.o] Error 1
        make: *** [Makefile:3: all] Error 2
        The command '/bin/sh -c make' returned a non-zero code: 2
        """,
    ),
    "a failed test between passing ones": (
        "AssertionError: expected 2.67 to equal 2.68",
        """
          price
            ✓ throws an error for negative prices
            1) rounds half cents

          12 passing (31ms)
          1 failing

          1) price
               rounds half cents:

              AssertionError: expected 2.67 to equal 2.68
              at Context.<anonymous> (test/price.js:31:9)

        npm ERR! Test failed.  See above for more details.
        """,
    ),
    "teardown": (
        "Error: UPGRADE FAILED: timed out waiting for the condition",
        """
        + helm upgrade --install shop ./chart --wait
        Error: UPGRADE FAILED: timed out waiting for the condition
        ##[error]Process completed with exit code 1.
        + docker compose down
        Error response from daemon: No such container: shop-db
        """,
    ),
    "what was survived": (
        "./ci/release.sh: line 31: VERSION: unbound variable",
        """
        The command "cp dist/* out" failed. Retrying, 2 of 3.
        cp: cannot stat 'dist/*': No such file or directory
        The command "cp dist/* out" exited with 0.
        + ./ci/release.sh
        ./ci/release.sh: line 31: VERSION: unbound variable
        The command "./ci/release.sh" exited with 1.
        """,
    ),
    "what was tried again": (
        "curl: (22) The requested URL returned error: 403",
        """
        curl: (7) Failed to connect to files.example port 443: Connection refused
        Warning: Problem : connection refused. Will retry in 1 seconds. 5 retries left.
        curl: (22) The requested URL returned error: 403
        """,
    ),
    "what was ignored": (
        'fatal: [web1]: FAILED! => {"msg": "No package matching decimal"}',
        """
        TASK [stop the old service] ***
        fatal: [web1]: FAILED! => {"msg": "Could not find the requested service"}
        ...ignoring

        TASK [install] ***
        fatal: [web1]: FAILED! => {"msg": "No package matching decimal"}
        """,
    ),
    "first of a chain": (
        "KeyError: 'cents'",
        """
        Traceback (most recent call last):
          File "price.py", line 12, in rounded
            return prices["cents"]
        KeyError: 'cents'

        During handling of the above exception, another exception occurred:

        Traceback (most recent call last):
          File "shop.py", line 3, in <module>
            rounded(prices)
        RuntimeError: no price
        """,
    ),
    "gradle": (
        "shop.PriceTest > rounding FAILED",
        """
        > Task :shop:test

        shop.PriceTest > rounding FAILED
            org.opentest4j.AssertionFailedError: expected: <2.68> but was: <2.67>
                at shop.PriceTest.rounding(PriceTest.java:31)

        > Task :shop:test FAILED

        FAILURE: Build failed with an exception.

        * What went wrong:
        Execution failed for task ':shop:test'.
        > There were failing tests. See the report at: file:///src/build/index.html

        BUILD FAILED in 12s
        """,
    ),
    "terraform": (
        "│ Error: Invalid reference",
        """
        Initializing the backend...
        ╷
        │ Error: Invalid reference
        │
        │   on main.tf line 12, in resource "shop" "main":
        │   12:   price = cents
        ╵
        """,
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_likeliest_cause_of_a_story(story: str) -> None:
    wanted, log = STORIES[story]
    assert causes_of(log)[0] == wanted


def test_last_words_are_the_guess_where_no_line_is_known() -> None:
    log = "checking links\nthe page about prices links to nowhere\nexit status 2\n"
    assert "the page about prices links to nowhere" in causes_of(log)


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
        "+ echo 'error: no version given'",
        "  ✓ fails when the price is missing",
        "ok 3 - reports an error: no price",
        "   12 | throw new Error('no price')",
        "    at Price.error (/src/price.js:12:5)",
    ],
)
def test_line_that_only_looks_like_an_error(line: str) -> None:
    assert rule_of(line.encode()) is None


@pytest.mark.parametrize(
    "line",
    [
        "error " * 2_000,
        "a: " * 4_000 + "not found x",
        "x" * 9_000 + " failed",
        " " * 9_000,
        "E" * 99,
    ],
)
def test_hostile_lines_are_cut_before_they_are_matched(line: str) -> None:
    assert len(cleaned(line.encode())) <= 1_000
    rule_of(line.encode())


def test_rules_have_no_nested_repetition() -> None:
    """Of what may repeat without a limit, nothing repeats inside of it."""
    nested = re.compile(r"\((?:\?:)?[^()]*[+*][^()]*\)[+*]")
    assert not [rule.pattern for rule in RULES if nested.search(rule.pattern)]


def test_cause_search_keeps_up_with_a_growing_log() -> None:
    spool = spool_of(b"begin\n")
    search = CauseSearch(spool)
    while search.step():
        pass
    assert not [cause for cause in search.causes if cause.tool]
    spool.append(b"fatal: no such ref\n")
    assert not search.is_done
    while search.step():
        pass
    assert search.causes[0].text == "fatal: no such ref"


def test_failure_rules_outweigh_what_passes_it_on() -> None:
    log = "12:00:01 ./run-tests\n--- FAIL: TestRounding (0.00s)\n" + "noise\n" * 300
    assert causes_of(f"{log}make: *** [test] Error 1\n")[0].startswith("--- FAIL")
    assert max(rule.weight for rule in RULES) == FAILURE


def test_first_cause_of_a_long_log_is_found() -> None:
    """Also far before the end, and among thousands of other complaints."""
    noise = "".join(f"step {n}: error: none of the prices has changed\n" for n in range(100_000))
    log = f"{noise}src/price.rs:12:5: error: mismatched types\n{noise}"
    assert len(log) > 2 * END
    spool = spool_of(log.encode())
    search = CauseSearch(spool)
    while not search.is_end_done:
        search.step()
    assert search.causes[0].tool != "gcc, clang"
    while search.step():
        pass
    assert search.causes[0].text == "src/price.rs:12:5: error: mismatched types"
    assert search.causes[0].line == 100_000
