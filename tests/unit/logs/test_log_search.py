"""Search in a log, slice by slice, beside what Python's own split finds."""

import random

import pytest

from cubewatch.logs.search import SLICE, Query, Scan
from tests.support.logs import spool_of


def found(scan: Scan) -> list[int]:
    while scan.step():
        pass
    assert scan.is_done
    return list(scan.lines)


@pytest.mark.parametrize(
    ("text", "line", "hit"),
    [
        ("error", "An ERROR here", True),
        ("Error", "an error here", False),
        ("ошибка", "ОШИБКА сборки", True),
        ("Ошибка", "ошибка сборки", False),
        ("a.c", "abc", False),
        ("exit code", "exit \x1b[31mcode\x1b[0m 1", True),
    ],
)
def test_small_letters_stand_for_both_sizes(text: str, line: str, hit: bool) -> None:
    assert found(Scan(spool_of(f"no\n{line}\n".encode()), Query(text).lines)) == [1] * hit


@pytest.mark.parametrize(
    ("text", "line", "hit"),
    [
        ("a.c$", "xABC", True),
        (r"\Sx", "AX", True),
        ("^B", "b", False),
        ("^ош.бка", "Ошибка", True),
        ("^$", "x", False),
    ],
)
def test_regular_expressions_line_by_line(text: str, line: str, hit: bool) -> None:
    query = Query(text, regex=True)
    assert found(Scan(spool_of(f"{line}\n".encode()), query.lines)) == [0] * hit


@pytest.mark.parametrize("text", ["(", "a{9999999999}", "[z-a]", "*"])
def test_what_is_no_regular_expression_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="no regular expression"):
        Query(text, regex=True)


@pytest.mark.parametrize("piece", [1, 7, 64, SLICE])
@pytest.mark.parametrize("seed", range(4))
def test_a_growing_log_has_the_hits_that_it_has_at_once(seed: int, piece: int) -> None:
    rng = random.Random(seed)
    spool = spool_of()
    scan = Scan(spool, Query("ab").lines, piece)
    kept = b""
    for _ in range(30):
        more = bytes(rng.choices(b"ab \n", (3, 3, 1, 1), k=rng.randint(0, 40)))
        spool.append(more)
        kept += more
        expected = [n for n, line in enumerate(kept.split(b"\n")) if b"ab" in line]
        assert found(scan) == expected
    spool.cut(len(kept) // 2)
    lines = kept[: len(kept) // 2].split(b"\n")
    assert found(scan) == [n for n, line in enumerate(lines) if b"ab" in line]


@pytest.mark.parametrize("every", [1, 3, 500])
def test_few_hits_and_many(every: int) -> None:
    data = b"".join(b"hit\n" if n % every == 0 else b"none\n" for n in range(200_000))
    scan = Scan(spool_of(data), Query("hit").lines)
    assert found(scan) == list(range(0, 200_000, every))
    assert scan.after(0) == 1


def test_a_line_without_end_is_searched_in_pieces() -> None:
    scan = Scan(
        spool_of(b"x" * 3_000_000 + b"needle" + b"x" * 10 + b"\nneedle"), Query("needle").lines
    )
    assert found(scan) == [0, 1]


def test_marks() -> None:
    assert list(Query("ab").marks("ab AB b")) == [(0, 2), (3, 5)]
    assert list(Query("x*", regex=True).marks("axx")) == [(1, 3)]
