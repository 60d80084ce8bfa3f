"""How long a run still takes, by what earlier runs took: when there is a figure, and which."""

from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median

import pytest

from cubewatch.model.durations import Band, Durations
from cubewatch.model.estimate import Estimate, Expected, estimate, left_text
from cubewatch.model.past import times_of_run
from tests.support.earlier import IN_A_ROW, IN_LAYERS, SHAPES, SIDE_BY_SIDE, Shape, planned
from tests.support.foreseen import foreseen
from tests.support.runs import BEGIN, Json, cube, dates, read, run, snapshot, task, workflow


def named(*needs: str) -> Json:
    return {"needs": [{"name": need} for need in needs]}


def done(*spans: tuple[str, float, float], status: str = "success") -> Json:
    """A run of one task whose cubes took so long."""
    cubes = [cube(name, status, dates=dates(begin, end)) for name, begin, end in spans]
    whole = dates(spans[0][1], spans[-1][2])
    built = workflow("w", status, task("t", status, *cubes, dates=whole), dates=whole)
    return run(status, built, dates=whole)


def under_way(*cubes: Json, **more: Json) -> Json:
    built = task("t", "processing", *cubes, dates=dates(0))
    return run("processing", workflow("w", "processing", built, dates=dates(0)), dates=dates(0))


def known(*runs: Json) -> Durations:
    return Durations(times_of_run(read(one)) for one in runs)


def at(now: float, value: Json, durations: Durations) -> Estimate:
    return estimate(snapshot(value), durations, BEGIN + timedelta(seconds=now))


USUAL = done(("a", 0, 20), ("b", 20, 50))
HISTORY = known(USUAL, USUAL, USUAL)
RUNNING = under_way(cube("a", "processing", dates=dates(0)), cube("b"))


def about(seconds: float) -> object:
    return pytest.approx(seconds, abs=0.5)


def test_cubes_of_a_task_take_turns() -> None:
    found = at(5, RUNNING, HISTORY)
    assert found.run.left
    assert found.run.left.middle == about(45)
    begins = found.of(("w", "t", "b")).begins
    assert begins
    assert begins.middle == about(15)


def test_a_task_that_waits_begins_with_its_first_cube() -> None:
    built = task("build", "processing", cube("a", "processing", dates=dates(0)), dates=dates(0))
    later = task("test", "created", cube("c"), cube("d"))
    later["relations"] = {"needs": [{"name": "build"}]}
    ended = [
        task("build", "success", cube("a", "success", dates=dates(0, 20)), dates=dates(0, 20)),
        task(
            "test",
            "success",
            cube("c", "success", dates=dates(20, 50)),
            cube("d", "success", dates=dates(50, 60)),
            dates=dates(20, 60),
        ),
    ]
    ended[1]["relations"] = later["relations"]
    whole = workflow("w", "success", *ended, dates=dates(0, 60))
    history = known(*[run("success", whole, dates=dates(0, 60))] * 4)
    value = run("processing", workflow("w", "processing", built, later, dates=dates(0)))
    found = at(5, {**value, "dates": dates(0)}, history)
    for path in (("w", "test"), ("w", "test", "c")):
        begins = found.of(path).begins
        assert begins
        assert begins.middle == about(15)
    assert found.of(("w", "build")).begins is None


def test_running_cube_has_usual_time_and_time_left() -> None:
    expected = at(5, RUNNING, HISTORY).of(("w", "t", "a"))
    assert expected.usual
    assert expected.usual.middle == about(20)
    assert expected.left
    assert expected.left.middle == about(15)
    assert expected.over_by is None


def test_cubes_with_needs_wait_for_these_alone() -> None:
    earlier = done(("a", 0, 20), ("b", 0, 50), ("c", 20, 30))
    earlier["workflows"][0]["tasks"][0]["cubes"][2]["relations"] = named("a")
    value = under_way(
        cube("a", "processing", dates=dates(0)),
        cube("b", "processing", dates=dates(0), relations=named("-")),
        cube("c", relations=named("a")),
    )
    left = at(5, value, known(earlier, earlier)).of(("w", "t", "c")).left
    assert left
    assert left.middle == about(25)


def test_cubes_that_ran_side_by_side_before_do_not_take_turns() -> None:
    earlier = done(("a", 0, 20), ("b", 0, 50))
    value = under_way(cube("a"), cube("b"))
    left = at(0, value, known(earlier, earlier)).run.left
    assert left
    assert left.middle == about(50)


def test_a_circle_of_needs_ends() -> None:
    value = under_way(cube("a", relations=named("b")), cube("b", relations=named("a")))
    assert at(0, value, HISTORY).run.left


def test_only_successes_count() -> None:
    failed = done(("a", 0, 1), ("b", 1, 2), status="failed")
    left = at(5, RUNNING, known(failed, USUAL, failed, USUAL)).run.left
    assert left
    assert left.middle == about(45)


def test_newer_runs_weigh_more() -> None:
    short, long = done(("a", 0, 10)), done(("a", 0, 30))
    value = under_way(cube("a"))
    first = at(0, value, known(long, long, short, short)).run.left
    other = at(0, value, known(short, short, long, long)).run.left
    assert first
    assert other
    assert first.middle > other.middle + 3


@pytest.mark.parametrize(
    "durations",
    [
        Durations(),
        known(done(("a", 0, 20))),
        known(done(("a", 0, 20), ("b", 20, 50), status="failed")),
    ],
    ids=["no run", "without one of the cubes", "that never succeeded"],
)
def test_there_is_no_figure_without_ground(durations: Durations) -> None:
    assert at(5, RUNNING, durations).run.left is None


def test_once_is_not_usual() -> None:
    assert at(5, RUNNING, known(USUAL)).of(("w", "t", "a")).usual is None
    assert at(5, RUNNING, known(USUAL)).run.usual is None


@pytest.mark.parametrize("status", ["success", "failed", "canceled"])
def test_there_is_no_figure_after_the_end(status: str) -> None:
    value = done(("a", 0, 20), ("b", 20, 50), status=status)
    found = at(60, value, HISTORY)
    assert found.run == Expected()
    assert found.of(("w", "t", "a")) == Expected()


def tasks(first: str, second: str, **more: Json) -> Json:
    """Two tasks of one cube, of which the second needs the first."""
    begun = {"dates": dates(0)} if first != "created" else {}
    one = task("one", first, cube("a", first, **begun), **begun)
    two = task("two", second, cube("b", "created"), relations=named("one"))
    return run("processing", workflow("w", "processing", one, two, dates=dates(0)), dates=dates(0))


def of_tasks() -> Durations:
    whole = dates(0, 50)
    one = task("one", "success", cube("a", "success", dates=dates(0, 20)), dates=dates(0, 20))
    two = task(
        "two",
        "success",
        cube("b", "success", dates=dates(20, 50)),
        dates=dates(20, 50),
        relations=named("one"),
    )
    value = run("success", workflow("w", "success", one, two, dates=whole), dates=whole)
    return known(value, value)


def test_a_task_begins_after_what_it_needs() -> None:
    left = at(5, tasks("processing", "created"), of_tasks()).run.left
    assert left
    assert left.middle == about(45)


def test_there_is_no_figure_while_it_waits_for_a_person() -> None:
    value = tasks("success", "awaiting_approval")
    found = at(25, value, of_tasks())
    assert found.run.left is None
    assert found.run.over_by is None
    assert found.of(("w",)).left is None


def test_what_waits_for_a_person_later_is_not_known_yet() -> None:
    value = tasks("processing", "awaiting_approval")
    found = at(5, value, of_tasks())
    assert found.run.left is None
    assert found.of(("w", "one")).left


def test_there_is_no_figure_after_all_hope_is_gone() -> None:
    assert at(25, tasks("failed", "created"), of_tasks()).run.left is None


def test_what_needs_a_failure_is_left_out() -> None:
    value = under_way(
        cube("a", "failed", dates=dates(0, 3)),
        cube("b", "processing", dates=dates(0), relations=named("-")),
        cube("c", relations=named("a")),
    )
    earlier = done(("a", 0, 20), ("b", 0, 50), ("c", 20, 90))
    left = at(10, value, known(earlier, earlier)).run.left
    assert left
    assert left.middle == about(40)


def test_nothing_is_expected_of_a_task_whose_need_has_failed() -> None:
    other = task("three", "processing", cube("c", "processing", dates=dates(0)), dates=dates(0))
    value = tasks("failed", "created")
    value["workflows"][0]["tasks"].append(other)
    earlier = [("one", "a", 0, 20), ("two", "b", 20, 50), ("three", "c", 0, 90)]
    whole = run(
        "success",
        workflow(
            "w",
            "success",
            *(
                task(name, "success", cube(inner, "success", dates=dates(*at)), dates=dates(*at))
                for name, inner, *at in earlier
            ),
            dates=dates(0, 90),
        ),
        dates=dates(0, 90),
    )
    found = at(25, value, known(whole, whole))
    assert found.of(("w", "two")).left is None
    assert found.of(("w", "two", "b")).left is None
    left = found.of(("w", "three")).left
    assert left
    assert found.run.left
    assert found.run.left.middle == left.middle == about(65)


def test_a_cube_that_is_always_skipped_takes_no_time() -> None:
    earlier = done(("a", 0, 20), ("b", 20, 50))
    earlier["workflows"][0]["tasks"][0]["cubes"].append(cube("c", "skipped"))
    value = under_way(cube("a", "processing", dates=dates(0)), cube("b"), cube("c"))
    left = at(5, value, known(earlier, earlier)).run.left
    assert left
    assert left.middle == about(45)


def test_a_run_beyond_the_usual_is_over_by_the_difference() -> None:
    value = under_way(
        cube("a", "success", dates=dates(0, 20)), cube("b", "processing", dates=dates(20))
    )
    found = at(180, value, HISTORY)
    assert found.run.over_by == about(130)
    assert found.of(("w", "t", "b")).over_by == about(130)
    assert left_text(found.run) == "over by 2m10s"


def test_waiting_for_a_person_is_neither_work_nor_queue() -> None:
    """Fourteen hours of one earlier run, and of this one, count for nothing."""
    night = 14 * 3600.0
    earlier = done(("a", 0, 20), ("b", 20 + night, 50 + night))
    durations = known(earlier, earlier)
    left = at(5, RUNNING, durations).run.left
    assert left
    assert left.middle == about(45)
    value = under_way(
        cube("a", "success", dates=dates(0, 20)), cube("b", "processing", dates=dates(20 + night))
    )
    found = at(25 + night, value, durations).run
    assert found.over_by is None
    assert found.left
    assert found.left.middle == about(25)


def test_the_queue_counts_until_it_has_been_waited_for() -> None:
    earlier = done(("a", 0, 20), ("b", 28, 58))
    value = under_way(cube("a", "success", dates=dates(0, 20)), cube("b"))
    begins = at(22, value, known(earlier, earlier)).of(("w", "t", "b")).begins
    assert begins
    assert begins.middle == about(6)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (Expected(), ""),
        (Expected(left=Band(70, 80, 100)), "1m10s–1m40s left"),
        (Expected(left=Band(68, 80, 103)), "1m00s–1m50s left"),
        (Expected(left=Band(20, 20, 20)), "20s left"),
        (Expected(left=Band(0, 1, 2)), "less than 5s left"),
        (Expected(left=Band(0, 5, 9), over_by=130), "over by 2m10s"),
        (Expected(left=Band(900, 1000, 1100), over_by=130), "15m00s–19m00s left"),
        (Expected(left=Band(7200, 7500, 8000)), "2h00m–2h15m left"),
    ],
)
def test_what_is_left_in_words(expected: Expected, text: str) -> None:
    assert left_text(expected) == text


@pytest.mark.parametrize("shape", [IN_A_ROW, IN_LAYERS], ids=["in a row", "in layers"])
def test_a_third_through_the_end_is_foreseen(shape: Shape) -> None:
    found = foreseen(shape, range(30))
    assert sum(one.holds for one in found) >= 24
    assert median(one.error for one in found) <= 0.1
    assert median(one.width for one in found) <= 0.3


def test_a_recording_foretells_as_much_as_the_run_did(tmp_path: Path) -> None:
    found = foreseen(IN_A_ROW, range(10), tmp_path)
    assert sum(one.holds for one in found) >= 8
    assert median(one.error for one in found) <= 0.1


def test_the_end_is_foreseen_where_a_single_cube_decides() -> None:
    """Tasks side by side, the last cube of one as long as half the run: the band is wider."""
    found = foreseen(SIDE_BY_SIDE, range(30))
    assert sum(one.holds for one in found) >= 24
    assert median(one.error for one in found) <= 0.1
    assert median(one.width for one in found) <= 0.6


def test_figures_stay_while_nothing_happens() -> None:
    """The same moment gives the same figures, and a second later it is a second less."""
    runs = [planned(SHAPES[0], number, Random(number)) for number in range(4)]
    durations = Durations(one.times() for one in runs[:-1])
    shown = runs[-1].snapshot(100)
    now = BEGIN + timedelta(seconds=runs[-1].created + 100)
    first = estimate(shown, durations, now).run
    assert first == estimate(shown, durations, now).run
    later = estimate(shown, durations, now + timedelta(seconds=1)).run
    assert first.left
    assert later.left
    assert later.left.middle == pytest.approx(first.left.middle - 1, abs=0.01)
