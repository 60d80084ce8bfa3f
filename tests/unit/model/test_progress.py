"""Bars, whichever way a server writes `percent`, from the first answer of a run to its last."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from cubewatch.model.progress import Count, Scale, decide, fraction_of
from cubewatch.model.snapshot import ROOT, Snapshot, advance
from cubewatch.text.format import percentage
from cubewatch.ui.widgets.measured_text import percent as shown_percent
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


def share_of_run(state: Snapshot) -> float | None:
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
        share = share_of_run(exact)
        if share is not None and share > 0.03 and state.scale is not Scale.UNKNOWN:
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
        expected = done if state.scale is Scale.UNKNOWN else share
        assert state.fractions[("w", "t")] == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("write", [HABITS["fraction"], HABITS["percentage"]])
@pytest.mark.parametrize("heavy", [1, 2, 3])
def test_cubes_of_very_different_lengths_do_not_mislead(write: Write, heavy: int) -> None:
    """One cube is nearly all of the work, which `percent` knows and the statuses do not."""
    lengths = [1, 1, 1, 1]
    lengths[heavy] = 60
    for state in watch(states(lengths, 1, write)):
        share = share_of_run(state)
        if share is not None and state.scale is not Scale.UNKNOWN:
            assert state.fractions[("w",)] == pytest.approx(share / (write(1.0) or 1), abs=0.02)


def test_whole_percents_of_one_cube_begin_at_nothing() -> None:
    """0, 1, 2, …: the 1 could be the end of a fraction; nothing is proven before the 2."""
    values = [one_task("processing", n, "processing") for n in (0, 1, 2, 3, 50, 100)]
    shown = [round(state.fractions[("w", "t")], 4) for state in watch(iter(values))]
    assert shown == [0, 0, 0.02, 0.03, 0.5, 0.99]


def test_a_value_below_one_means_nothing_until_its_scale_is_proven() -> None:
    """0.7 may be 0.7 %: one of two cubes runs, so that both are possible."""
    state = snapshot(one_task("processing", 0.7, "processing", "created"))
    assert state.scale is Scale.UNKNOWN
    assert state.fractions[("w", "t")] == 0


def test_cubes_that_prepare_others_prove_nothing() -> None:
    """0.7 % of the work may well be done when two of three cubes are."""
    prepared = [cube("#create-environment", "success"), cube("#git-clone", "success")]
    inner = task("t", "processing", *prepared, cube("build", "processing"), progress=progress(0.7))
    state = snapshot(run("processing", workflow("w", "processing", inner)))
    assert state.scale is Scale.UNKNOWN


def test_one_exactly_is_read_by_the_cubes_until_the_scale_is_proven() -> None:
    unsure = Scale.UNKNOWN
    assert fraction_of("processing", 1, Count(total=4, running=1, done=1), unsure) == 0.25
    assert fraction_of("processing", 1, Count(), unsure) == 0
    assert fraction_of("processing", 1, Count(total=4, done=4), Scale.PERCENTAGE) == 0.01


@pytest.mark.parametrize("percent", [-5.0, 0.0, 0.5, 1.0, 43.0, 100.0, 4300.0, 1e300, -1e300])
@pytest.mark.parametrize("scale", Scale)
def test_no_value_leaves_the_bar(percent: float, scale: Scale) -> None:
    for total in (0, 1, 7):
        count = Count(total=total, running=min(total, 1))
        fraction = fraction_of("processing", percent, count, decide(scale, [(percent, count)]))
        assert 0 <= fraction < 1
        assert 0 <= int(shown_percent(fraction).removesuffix(" %")) <= 99


HALF_DONE = Count(total=4, running=1, done=2)


def test_percentages_are_proven_by_more_than_one() -> None:
    assert decide(Scale.UNKNOWN, [(0.2, HALF_DONE), (2.0, Count())]) is Scale.PERCENTAGE
    assert decide(Scale.PERCENTAGE, [(0.5, Count(total=4))]) is Scale.PERCENTAGE
    for percent in (0.0, 1.0, 1.2, -3.0, 101.5, 35000.0, 1e308):
        assert decide(Scale.UNKNOWN, [(percent, Count())]) is Scale.UNKNOWN


def test_fractions_are_proven_by_the_cubes_that_have_ended() -> None:
    assert decide(Scale.UNKNOWN, [(0.55, HALF_DONE)]) is Scale.FRACTION
    assert decide(Scale.PERCENTAGE, [(0.55, HALF_DONE)]) is Scale.FRACTION
    for percent in (0.05, 0.2, 1.0):
        assert decide(Scale.UNKNOWN, [(percent, Count(total=4, done=2))]) is Scale.UNKNOWN


def test_one_odd_value_among_fractions_proves_nothing() -> None:
    assert decide(Scale.FRACTION, [(42.0, HALF_DONE)]) is Scale.FRACTION
    assert decide(Scale.FRACTION, [(42.0, HALF_DONE)] * 2) is Scale.PERCENTAGE


@pytest.mark.parametrize("odd", [35000.0, 1e308, -7.0])
def test_an_odd_value_changes_neither_the_bar_nor_its_scale(odd: float) -> None:
    def state(percent: float) -> Json:
        return one_task("processing", percent, "success", "success", "processing", "created")

    seen = list(watch(state(percent) for percent in (0.55, 0.6, odd, 0.65)))
    assert [one.fractions[("w", "t")] for one in seen] == [0.55, 0.6, 0.6, 0.65]
    assert {one.scale for one in seen} == {Scale.FRACTION}


def test_the_bar_follows_percentages_once_they_are_proven() -> None:
    """Also through values below one, of a task that has just begun."""
    begun = task("b", "processing", cube("c", "processing"), progress=progress(0.7))
    going = task("a", "processing", cube("c", "processing"), progress=progress(43.0))
    state = snapshot(run("processing", workflow("w", "processing", going, begun)))
    assert state.fractions[("w", "a")] == 0.43
    assert state.fractions[("w", "b")] == pytest.approx(0.007)


def test_cubes_that_are_added_bring_a_bar_back_to_the_truth() -> None:
    """A workflow of 10 cubes at 90 % that gets 40 more is not at 90 % any more."""
    few = [*["success"] * 9, "processing"]
    before = one_task("processing", None, *few)
    after = one_task("processing", None, *few, *["created"] * 40)
    seen = list(watch(iter([before, after])))
    assert [one.fractions[("w", "t")] for one in seen] == [0.9, 0.18]


def test_run_bar_continues_when_work_is_added() -> None:
    """It runs neither backwards nor stands still until the truth has caught up with it."""
    states = [["success"] * done + ["created"] * (total - done) for done, total in GROWING]
    seen = list(watch(one_task("processing", None, *cubes) for cubes in states))
    shown = [one.fractions[ROOT] for one in seen]
    assert shown[:2] == [0.9, 0.9]
    assert shown == sorted(shown)
    assert len(set(shown)) == len({done for done, _ in GROWING})
    assert shown[-1] < 1
    ended = advance(seen[-1], read(one_task("success", None, *["success"] * 60)))
    assert ended.fractions[ROOT] == 1


def test_cubes_added_behind_a_held_bar_are_counted() -> None:
    states = [["success"] * done + ["created"] * (total - done) for done, total in GROWING]
    seen = list(watch(one_task("processing", None, *cubes) for cubes in states))
    assert [one.added for one in seen] == [0, 40, 40, 40, 50, 50, 50]


def test_cubes_added_before_anything_has_ended_are_not_counted() -> None:
    seen = list(watch(one_task("processing", None, *["created"] * most) for most in (5, 50)))
    assert [one.added for one in seen] == [0, 0]


GROWING = [(9, 10), (9, 50), (10, 50), (30, 50), (30, 60), (31, 60), (58, 60)]
"""How many cubes are done, of how many."""


def test_added_workflow_does_not_move_the_run_bar_back() -> None:
    one = workflow("a", "processing", task("t", "processing", cube("c", "success"), cube("d")))
    other = workflow("b", "created", task("t", "created", cube("c"), cube("d")))
    seen = list(watch(iter([run("processing", one), run("processing", one, other)])))
    assert [state.fractions[ROOT] for state in seen] == [0.5, 0.5]
    assert seen[-1].fractions["b",] == 0


def test_run_bar_never_runs_backwards() -> None:
    def state(*done: int) -> Json:
        flows = [
            workflow(
                f"w{n}",
                "processing",
                task("t", "processing", cube("c"), cube("d")),
                progress=progress(percent),
            )
            for n, percent in enumerate(done)
        ]
        return run("processing", *flows)

    seen = list(watch(iter([state(80, 40), state(60, 40), state(80, 60)])))
    assert [one.fractions[ROOT] for one in seen] == pytest.approx([0.6, 0.6, 0.7])


def test_nothing_is_at_100_percent_before_its_end() -> None:
    nearly = one_task("processing", 100.0, *["success"] * 3)
    state = snapshot(nearly)
    assert {percentage(fraction) for fraction in state.fractions.values()} <= {0, 99}
    assert percentage(0.995) == percentage(0.999999) == 99
    assert percentage(1.0) == 100


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
    before = one_task("processing", 50.0, "success", "processing", "created", "created")
    for percent in (None, 50.0):
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
    high = one_task("processing", 80.0, "success", "processing")
    low = one_task("processing", 60.0, "success", "processing")
    nothing = one_task("processing", None, "success", "processing")
    fractions = [state.fractions[("w", "t")] for state in watch(iter([high, low, nothing]))]
    assert fractions == [0.8, 0.8, 0.8]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (one_task("failed", 80.0, "success", "failed"), one_task("processing", 10.0, "processing")),
        (
            one_task("processing", 80.0, "processing"),
            one_task("processing", 10.0, "processing", start=60),
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
    before = one_task("processing", 80.0, "success", "processing")
    after = one_task("processing", 10.0, "success", "processing")
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
