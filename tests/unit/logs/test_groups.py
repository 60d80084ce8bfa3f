"""Groups of lines that a CI system marked, and what is left of a log when some are folded."""

import pytest

from cubewatch.logs.groups import Folds, Group, GroupSearch, group_of
from tests.support.logs import spool_of

GITHUB = """begin
##[group]Run make
cc -c price.c
##[endgroup]
between
2026-10-21T07:28:00.1234567Z ##[group]Run tests
one
two
2026-10-21T07:28:02.1234567Z ##[endgroup]
end
"""
WORKFLOW = "::group::outer\na\n::group::inner\nb\n::endgroup::\nc\n::endgroup::\nend\n"
GITLAB = (
    "section_start:1:prepare\r\x1b[0KPreparing\n"
    "image\n"
    "section_end:2:prepare\r\x1b[0Ksection_start:2:script[collapsed=true]\r\x1b[0KTesting\n"
    "$ make\n"
    "section_end:3:script\r\x1b[0K\n"
    "Job succeeded\n"
)


def groups_of(log: str) -> list[Group]:
    search = GroupSearch(spool_of(log.encode()))
    while search.step():
        pass
    return search.groups


@pytest.mark.parametrize(
    ("log", "groups"),
    [
        (GITHUB, [(1, 3), (5, 8)]),
        (WORKFLOW, [(0, 6), (2, 4)]),
        (GITLAB, [(0, 1), (2, 4)]),
        (GITHUB.replace("\n", "\r\n"), [(1, 3), (5, 8)]),
        ("##[group]never ended\nmore\n", []),
        ("##[endgroup]\n::endgroup::\nsection_end:1:x\r\n", []),
        ("echo '##[group]no mark'\nthe group section_start\n##[endgroup]\n", []),
    ],
)
def test_groups_of_a_log(log: str, groups: list[tuple[int, int]]) -> None:
    assert groups_of(log) == groups


def test_groups_are_found_while_a_log_grows() -> None:
    spool = spool_of(b"##[group]Run\none\n")
    search = GroupSearch(spool)
    while search.step():
        pass
    assert search.groups == []
    spool.append(b"##[endgroup]\n")
    assert not search.is_done
    while search.step():
        pass
    assert search.groups == [(0, 2)]


def test_folds_tell_which_lines_are_left() -> None:
    folds = Folds(20, [Group(2, 5), Group(3, 4), Group(10, 19)])
    left = [line for line in range(20) if not folds.hides(line)]
    assert left == [0, 1, 2, 6, 7, 8, 9, 10]
    assert folds.count == len(left)
    assert [folds.line_at(index) for index in range(len(left))] == left
    assert [folds.index_of(line) for line in left] == list(range(len(left)))
    assert [folds.index_of(line) for line in (3, 5, 19)] == [2, 2, 7]
    assert [folds.hidden_below(line) for line in (2, 3, 6, 10)] == [3, 0, 0, 9]


def test_group_of_a_line_is_the_innermost() -> None:
    groups = [Group(0, 6), Group(2, 4)]
    found = [group_of(groups, line) for line in range(8)]
    outer, inner = groups
    assert found == [outer, outer, inner, inner, inner, outer, outer, None]
