"""What is different from an earlier run."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cubewatch.model.compare import (
    Comparison,
    FailureCount,
    brief,
    compare_with,
    compare_with_last_good,
)
from cubewatch.model.past import NodeTimes, RunTimes
from cubewatch.model.snapshot import Path

AT = datetime(2026, 10, 21, tzinfo=UTC)
CUBES = ("compile", "unit", "lint", "package", "deploy")


def key(cube: str) -> Path:
    return ("release", "all", cube)


def times(slug: int, status: str = "success", worked: float = 300, **cubes: object) -> RunTimes:
    """A run in which all cubes took a minute, but for what is given: a status, seconds, or None
    for a cube that is not there."""
    nodes: dict[Path, NodeTimes] = {("release",): NodeTimes(status)}
    for cube in dict.fromkeys((*CUBES, *cubes)):
        given = cubes.get(cube, 60.0)
        if isinstance(given, NodeTimes):
            nodes[key(cube)] = given
        elif isinstance(given, str):
            nodes[key(cube)] = NodeTimes(given, 1.0, 60.0 if given == "success" else None)
        elif isinstance(given, int | float):
            nodes[key(cube)] = NodeTimes("success", 1.0, float(given))
    return RunTimes(str(slug), AT, status, worked, nodes)


HISTORY = [times(slug) for slug in range(141, 131, -1)]


def compared(run: RunTimes, *newest_first: RunTimes) -> Comparison:
    found = compare_with_last_good(run, [*newest_first, *HISTORY])
    assert found
    return found


def test_what_was_injected_is_named_exactly() -> None:
    found = compared(times(142, "failed", unit="failed", package=120, deploy="skipped"))
    assert found.newly_failed == (key("unit"),)
    assert [change.path for change in found.slower] == [key("package")]
    assert found.newly_skipped == (key("deploy"),)
    others = (found.still_failed, found.fixed, found.new, found.gone, found.faster)
    assert others == ((), (), (), (), ())
    assert found.longer_queued == ()


def test_baseline_is_the_last_good_run() -> None:
    bad = times(142, "failed", unit="failed")
    assert compared(times(143), bad).baseline == "141"
    assert compare_with_last_good(times(143), [bad]) is None
    assert compare_with_last_good(times(143), []) is None


def test_what_was_red_in_the_run_before_is_still_red() -> None:
    bad = times(142, "failed", unit="failed")
    found = compared(times(143, "failed", unit="timeout", lint="failed"), bad)
    assert found.still_failed == (key("unit"),)
    assert found.newly_failed == (key("lint"),)


def test_what_is_green_after_red_is_fixed() -> None:
    canceled = times(143, "canceled", unit="canceled")
    bad = times(142, "failed", unit="failed")
    assert compared(times(144), canceled, bad).fixed == (key("unit"),)


def test_cubes_come_and_go() -> None:
    found = compared(times(142, lint=None, scan=5))
    assert (found.new, found.gone) == ((key("scan"),), (key("lint"),))


@pytest.mark.parametrize(
    ("seconds", "is_slower"), [(74.9, False), (75, True), (61, False), (45, False)]
)
def test_slower_is_a_quarter_and_ten_seconds(seconds: float, is_slower: bool) -> None:
    assert bool(compared(times(142, unit=seconds)).slower) is is_slower


def test_a_quarter_of_a_short_time_is_not_slower() -> None:
    short = [times(slug, unit=20) for slug in range(141, 131, -1)]
    found = compare_with_last_good(times(142, unit=29.9), short)
    assert found
    assert found.slower == ()


def test_faster_is_the_same_the_other_way() -> None:
    [change] = compared(times(142, unit=40)).faster
    assert (change.path, change.seconds, change.usual) == (key("unit"), 40, 60)
    assert compared(times(142, unit=51)).faster == ()


def test_slow_runs_in_a_row_are_counted() -> None:
    slow = [times(slug, unit=100) for slug in (143, 142)]
    skipped = times(144, unit="skipped")
    [change] = compared(times(145, unit=110), skipped, *slow).slower
    assert change.in_a_row == 3
    [change] = compared(times(145, unit=110)).slower
    assert change.in_a_row == 1


def test_a_canceled_or_skipped_cube_is_not_compared() -> None:
    found = compared(times(142, "canceled", unit=NodeTimes("canceled", 1, 900)))
    assert found == replace(found, slower=(), faster=(), newly_failed=(), newly_skipped=())
    before = [times(slug, unit="skipped") for slug in range(141, 131, -1)]
    again = compare_with_last_good(times(142, unit=900), before)
    assert again
    assert again.slower == ()


def test_a_failure_has_no_time() -> None:
    found = compared(times(142, "failed", unit=NodeTimes("failed", 1, 900)))
    assert found.slower == ()


def test_queue_is_distinguished_from_work() -> None:
    found = compared(times(142, unit=NodeTimes("success", 45, 60)))
    assert found.slower == ()
    assert [change.path for change in found.longer_queued] == [key("unit")]


def test_failures_are_counted_in_what_is_known() -> None:
    history = [
        times(141, "failed", unit="failed"),
        times(140),
        times(139, "canceled", unit="canceled"),
        times(138, "failed", unit="timeout"),
    ]
    found = compare_with_last_good(times(142, "failed", unit="failed"), history)
    assert found
    assert found.failure_counts == {key("unit"): FailureCount(3, 4)}


def test_failures_are_counted_in_twenty_runs_at_most() -> None:
    history = [times(slug) for slug in range(141, 100, -1)]
    found = compare_with_last_good(times(142, "failed", unit="failed"), history)
    assert found
    assert found.failure_counts[key("unit")] == FailureCount(1, 20)


def test_one_certain_run_is_compared_with_its_own_times() -> None:
    found = compare_with(times(142, unit=60), times(138, "failed", unit=20, lint="failed"), HISTORY)
    assert found.baseline == "138"
    assert [change.usual for change in found.slower] == [20]
    assert found.fixed == (key("lint"),)


def test_other_workflows_are_not_compared() -> None:
    nodes = {
        **times(142).nodes,
        ("nightly",): NodeTimes("success"),
        ("nightly", "t", "c"): NodeTimes("failed"),
    }
    found = compare_with(replace(times(142), nodes=nodes), times(141))
    assert (found.new, found.newly_failed) == ((), ())


@pytest.mark.parametrize(
    ("run", "text"),
    [
        (times(142, worked=312), "+4 %"),
        (times(142, worked=150), "-50 %"),
        (times(142, worked=300), "same time"),
        (times(142, "failed", unit="failed"), "newly red: unit"),
        (times(142, worked=450, unit=160), "+50 %, slower: unit"),
        (
            times(142, "failed", unit="failed", lint="failed", compile="failed"),
            "newly red: compile, unit and 1 more",
        ),
        (times(142, "canceled"), "no difference"),
    ],
)
def test_the_differences_in_one_line(run: RunTimes, text: str) -> None:
    assert brief(compared(run)) == text
