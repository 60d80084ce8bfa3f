"""Bars, whichever way a server writes `percent`, from the first answer of a run to its last."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from cubewatch.model.progress import Count, Scale, decide, fraction_of
from cubewatch.model.snapshot import ROOT, Snapshot, advance
from cubewatch.ui.widgets.cells import percent as shown_percent
from tests.support.runs import Json, cube, dates, progress, read, run, snapshot, task, workflow

Write = Callable[[float], float | None]

HABITS: dict[str, Write] = {
    "fraction": lambda share: share,
    "fraction, two digits": lambda share: round(share, 2),
    "percentage": lambda share: share * 100,
    "percentage, whole": lambda share: float(int(share * 100)),
    "percentage, rounded": lambda share: float(round(share * 100)),
    "none": lambda share: None,
}
SHAPES = {
    "one cube": ([10], 1),
    "few cubes": ([3, 2, 4, 1], 1),
    "few at once": ([3, 2, 4, 1, 2, 2], 3),
    "many cubes": ([1] * 300, 1),
    "many at once": ([2] * 300, 40),
    "odd lengths": ([1, 9, 2, 7, 3, 8] * 5, 2),
}


def part(slug: str, lengths: list[int], at_once: int, write: Write, at: float) -> Json:
    """A task `at` (0 to 1) of its way: cubes begin in turn, so many at once, and all of them
    take their time; `percent` tells the exact share of the work that is done."""
    free = [0.0] * at_once
    spans: list[tuple[float, float]] = []
    for length in lengths:
        free.sort()
        spans.append((free[0], free[0] + length))
        free[0] += length
    now = at * max(free)
    cubes = [
        cube(f"c{n}", "success" if end <= now else "processing" if begin <= now else "created")
        for n, (begin, end) in enumerate(spans)
    ]
    worked = sum(max(0.0, min(now, end) - begin) for begin, end in spans)
    share = worked / sum(lengths)
    over = all(end <= now for _, end in spans)
    status = "success" if over else "processing"
    return task(slug, status, *cubes, progress=progress(None if over else write(share)))


def states(lengths: list[int], at_once: int, write: Write, steps: int = 97) -> Iterator[Json]:
    """A run of one workflow with one task, from beginning to end."""
    for step in range(steps + 1):
        one = part("t", lengths, at_once, write, step / steps)
        yield run(one["status"], workflow("w", one["status"], one, progress=one["progress"]))


def watch(values: Iterator[Json]) -> Iterator[Snapshot]:
    before: Snapshot | None = None
    for value in values:
        before = advance(before, read(value))
        yield before


def told(state: Snapshot) -> float | None:
    """The workflow's `percent` as it came."""
    return state.run.workflows[0].progress.percent


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("habit", HABITS)
def test_bars_of_a_whole_run(shape: str, habit: str) -> None:
    seen = list(watch(states(*SHAPES[shape], HABITS[habit])))
    for before, after in pairwise(seen):
        for path, fraction in after.fractions.items():
            assert 0 <= fraction <= 1
            if before.scale is after.scale:
                assert fraction >= before.fractions[path]
    scales = [state.scale for state in seen]
    assert sum(a is not b for a, b in pairwise(scales)) <= 1
    assert all(state.fractions[ROOT] < 1 for state in seen[:-1])
    assert set(seen[-1].fractions.values()) == {1.0}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("habit", [name for name in HABITS if name != "none"])
def test_a_bar_is_near_the_truth(shape: str, habit: str) -> None:
    truth = watch(states(*SHAPES[shape], HABITS["fraction"]))
    for exact, state in zip(truth, watch(states(*SHAPES[shape], HABITS[habit])), strict=True):
        share = told(exact)
        if share is not None and share > 0.03:
            assert state.fractions[("w",)] == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("write", HABITS.values(), ids=HABITS)
def test_who_comes_late_sees_the_same(write: Write) -> None:
    """Without what was seen before, in the middle of a run."""
    lengths = [3, 2, 4, 1, 5, 5]
    for at in (0.4, 0.7):
        one = part("t", lengths, 2, write, at)
        state = snapshot(run("processing", workflow("w", "processing", one)))
        share = part("t", lengths, 2, HABITS["fraction"], at)["progress"]["percent"]
        done = sum(each["status"] == "success" for each in one["cubes"]) / len(lengths)
        expected = done if one["progress"]["percent"] is None else share
        assert state.fractions[("w", "t")] == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("write", [HABITS["fraction"], HABITS["percentage"]])
@pytest.mark.parametrize("heavy", [1, 2, 3])
def test_cubes_of_very_different_lengths_do_not_mislead(write: Write, heavy: int) -> None:
    """One cube is nearly all of the work, which `percent` knows and the statuses do not."""
    lengths = [1, 1, 1, 1]
    lengths[heavy] = 60
    for state in watch(states(lengths, 1, write)):
        share = told(state)
        if share is not None and (share > 1 if write(1.0) == 100 else share > 0.3):
            assert state.fractions[("w",)] == pytest.approx(share / (write(1.0) or 1), abs=0.02)


def test_whole_percents_of_one_cube_begin_at_nothing() -> None:
    """0, 1, 2, …: the 1 could be the end of a fraction, the cube says that it is not."""
    values = [one_task("processing", n, "processing") for n in (0, 1, 2, 3, 50, 100)]
    shown = [round(state.fractions[("w", "t")], 4) for state in watch(iter(values))]
    assert shown == [0, 0, 0.02, 0.03, 0.5, 1]


def test_one_exactly_is_read_by_the_cubes() -> None:
    unsure = Scale.FRACTION
    assert fraction_of("processing", 1, Count(total=4, running=1, done=1), unsure) == 0.25
    assert fraction_of("processing", 1, Count(total=4, done=4), unsure) == 1
    assert fraction_of("processing", 1, Count(), unsure) == 0
    assert fraction_of("processing", 1, Count(total=4, done=4), Scale.PERCENTAGE) == 0.01


@pytest.mark.parametrize("percent", [-5.0, 0.0, 0.5, 1.0, 43.0, 100.0, 4300.0, 1e300, -1e300])
@pytest.mark.parametrize("scale", Scale)
def test_no_value_leaves_the_bar(percent: float, scale: Scale) -> None:
    for total in (0, 1, 7):
        count = Count(total=total, running=min(total, 1))
        fraction = fraction_of("processing", percent, count, decide(scale, [percent]))
        assert 0 <= fraction <= 1
        assert 0 <= int(shown_percent(fraction).removesuffix(" %")) <= 100


def test_percentages_are_proven_by_much_more_than_one_and_stay() -> None:
    assert decide(Scale.FRACTION, [0.2, 2.0]) is Scale.PERCENTAGE
    assert decide(Scale.PERCENTAGE, [0.5]) is Scale.PERCENTAGE
    for percents in ([], [0.0], [1.0], [1.2]):
        assert decide(Scale.FRACTION, percents) is Scale.FRACTION


def test_a_fraction_far_from_what_the_cubes_allow_is_not_taken_for_one() -> None:
    begun = Count(total=20, running=1)
    assert fraction_of("processing", 0.4, begun, Scale.FRACTION) == 0
    assert fraction_of("processing", 0.2, begun, Scale.FRACTION) == 0.2


def test_a_long_first_cube_does_not_hold_the_bar_at_nothing() -> None:
    """The fraction knows that it is most of the work, the statuses do not."""
    for state in watch(states([60, 1, 1, 1], 1, HABITS["fraction"])):
        share = told(state)
        if share is not None:
            assert state.fractions[("w",)] >= min(share, 0.49)


def one_task(status: str, percent: float | None, *statuses: str, start: float = 0) -> Json:
    cubes = [cube(f"c{n}", each) for n, each in enumerate(statuses)]
    inner = task("t", status, *cubes, progress=progress(percent), dates=dates(start))
    final = status in ("success", "failed", "canceled", "timeout", "skipped")
    return run(status if final else "processing", workflow("w", status, inner, dates=dates(start)))


@pytest.mark.parametrize("status", ["success", "skipped"])
def test_what_is_over_and_well_is_full(status: str) -> None:
    before = one_task("processing", 0.5, "success", "processing")
    for percent in (None, 0.0, 0.99, 1.0):
        after = snapshot(before, one_task(status, percent, "success", status))
        assert set(after.fractions.values()) == {1.0}


@pytest.mark.parametrize("status", ["failed", "timeout", "canceled"])
def test_what_ends_badly_stays_where_it_was(status: str) -> None:
    before = one_task("processing", 0.5, "success", "processing", "created", "created")
    for percent in (None, 0.5):
        after = snapshot(before, one_task(status, percent, "success", status, "skipped", "skipped"))
        assert after.fractions[("w", "t")] == 0.5
        assert after.fractions[ROOT] < 1


def test_a_canceled_run_was_not_done() -> None:
    ended = one_task("canceled", None, "success", "canceled", "canceled", "canceled")
    assert snapshot(ended).fractions[("w", "t")] == 0.25


def test_skipped_cubes_count_as_passed_but_not_as_done_in_a_failure() -> None:
    skipped = ("success", "skipped", "skipped", "created")
    assert snapshot(one_task("processing", None, *skipped)).fractions[("w", "t")] == 0.75
    assert snapshot(one_task("failed", None, *skipped)).fractions[("w", "t")] == 0.25


def test_a_bar_does_not_run_backwards_without_a_reason() -> None:
    high = one_task("processing", 0.8, "success", "processing")
    low = one_task("processing", 0.6, "success", "processing")
    nothing = one_task("processing", None, "success", "processing")
    fractions = [state.fractions[("w", "t")] for state in watch(iter([high, low, nothing]))]
    assert fractions == [0.8, 0.8, 0.8]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (one_task("failed", 0.8, "success", "failed"), one_task("processing", 0.1, "processing")),
        (
            one_task("processing", 0.8, "processing"),
            one_task("processing", 0.1, "processing", start=60),
        ),
    ],
    ids=["from its end", "with a new start"],
)
def test_what_begins_again_begins_at_its_beginning(before: Json, after: Json) -> None:
    assert snapshot(before, after).fractions == {
        path: pytest.approx(0.1 if path == ("w", "t") else 0, abs=1e-9)
        for path in (ROOT, ("w",), ("w", "t"))
    }


def test_an_answer_without_dates_is_no_new_start() -> None:
    before = one_task("processing", 0.8, "success", "processing")
    after = one_task("processing", 0.1, "success", "processing")
    for node in (after["workflows"][0], after["workflows"][0]["tasks"][0]):
        del node["dates"]
    assert snapshot(before, after).fractions[("w", "t")] == 0.8


def test_a_run_without_workflows() -> None:
    assert snapshot(run("created")).fractions == {ROOT: 0}
    assert snapshot(run("failed")).fractions == {ROOT: 0}
    assert snapshot(run("success")).fractions == {ROOT: 1}


def test_the_bar_of_the_run_weighs_workflows_by_their_cubes() -> None:
    small = workflow("a", "success", task("t", "success", cube("c", "success")))
    large = workflow("b", "processing", task("t", "processing", *(cube(f"{n}") for n in range(9))))
    assert snapshot(run("processing", small, large)).fractions[ROOT] == 0.1
