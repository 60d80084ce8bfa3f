"""Bars, folds and the critical path of runs whose answers are known."""

from datetime import timedelta

import pytest

from cubewatch.model.timeline import Timeline, axis, critical_path, critical_steps, step_up
from tests.support.runs import BEGIN, Json, big, cube, dates, run, snapshot, task, workflow


def after(*names: str) -> Json:
    return {"relations": {"needs": [{"name": name} for name in names]}}


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def two_tasks(**deploy: float | None) -> Json:
    """compile 10–40, unit 45–60 and lint 41–50 after it, then deploy."""
    build = task(
        "build",
        "success",
        cube("#clone", "success", dates=dates(0, 9)),
        cube("compile", "success", dates=dates(10, 40), **after("#clone")),
        cube("unit", "success", dates=dates(45, 60), **after("compile")),
        cube("lint", "success", dates=dates(41, 50), **after("compile")),
        dates=dates(0, 60),
    )
    ship = task(
        "ship",
        "processing",
        cube("deploy", "processing", dates=dates(deploy.get("start"), deploy.get("end"))),
        **after("build"),
    )
    return run(
        "processing",
        workflow("release", "processing", build, ship, dates=dates(0)),
        dates=dates(0),
    )


def test_a_bar_has_queue_work_and_end() -> None:
    line = Timeline(snapshot(two_tasks(start=70.0)))
    unit = line.bar(("release", "build", "unit"))
    assert (unit.ready, unit.start, unit.end, unit.is_open) == (40, 45, 60, False)
    deploy = line.bar(("release", "ship", "deploy"))
    assert (deploy.ready, deploy.start, deploy.end, deploy.is_open) == (60, 70, None, True)


def test_a_cube_without_dates_has_no_bar() -> None:
    line = Timeline(
        snapshot(run("processing", workflow("w", "created", task("t", "created", cube("a")))))
    )
    assert line.bar(("w", "t", "a")).start is None
    assert line.idle(BEGIN) == []
    assert axis(line, BEGIN, 20).width == 20


def test_an_end_before_the_start_is_the_start() -> None:
    value = run(
        "success",
        workflow("w", "success", task("t", "success", cube("a", "success", dates=dates(50, 20)))),
    )
    bar = Timeline(snapshot(value)).bar(("w", "t", "a"))
    assert bar.start == bar.end


@pytest.mark.parametrize("skew", [-3600, 0, 3600])
def test_now_is_never_before_what_has_happened(skew: float) -> None:
    line = Timeline(snapshot(two_tasks(start=70.0)))
    assert line.seconds(BEGIN + at(80 + skew)) == max(70.0, 80 + skew)


def waited(hours: float, *, final: bool) -> Json:
    """A minute of work, a wait of hours for a person, half a minute of work."""
    back = 60 + hours * 3600
    state = "success" if final else "processing"
    end = back + 30 if final else None
    build = task("build", "success", cube("a", "success", dates=dates(0, 60)))
    ship = task("ship", state, cube("b", state, dates=dates(back, end)), **after("build"))
    return run(state, workflow("w", state, build, ship, dates=dates(0, end)), dates=dates(0, end))


def test_a_night_of_waiting_is_folded_and_the_minutes_stay() -> None:
    line = Timeline(snapshot(waited(14, final=True)))
    ends = BEGIN + at(60 + 14 * 3600 + 30)
    assert line.idle(ends) == [(60.0, 60 + 14 * 3600)]
    shown = axis(line, ends, 93, fold_cells=3)
    assert [stretch.folded for stretch in shown.stretches] == [False, True, False]
    assert shown.cell(60) == pytest.approx(60)
    assert shown.cell(60 + 14 * 3600) == pytest.approx(63)
    assert shown.cell(60 + 14 * 3600 + 15) == pytest.approx(78)


def test_a_wait_that_still_goes_on_is_folded_too() -> None:
    value = run(
        "awaiting_approval",
        workflow(
            "w",
            "processing",
            task("build", "success", cube("a", "success"), dates=dates(0, 60)),
            task("ship", "awaiting_approval", cube("b"), **after("build")),
        ),
        dates=dates(0),
    )
    line = Timeline(snapshot(value))
    assert line.idle(BEGIN + at(7200)) == [(60.0, 7200.0)]
    waiting = line.bar(("w", "ship"))
    assert (waiting.ready, waiting.start) == (60.0, None)


def test_wait_for_an_unknown_node_has_no_beginning() -> None:
    gate = task("ship", "awaiting_approval", **after("no such task"))
    waiting = run(
        "processing",
        workflow("release", "processing", gate, dates=dates(0)),
        dates=dates(0),
    )
    line = Timeline(snapshot(waiting))
    assert line.ready(("release", "ship")) is None
    assert line.bar(("release", "ship")).ready is None


def test_short_pauses_are_not_folded() -> None:
    assert Timeline(snapshot(waited(0.02, final=True))).idle(BEGIN + at(200)) == []


def test_many_folds_leave_room_for_work() -> None:
    cubes = [cube(f"c{n}", "success", dates=dates(n * 5000, n * 5000 + 60)) for n in range(40)]
    value = run("success", workflow("w", "success", task("t", "success", *cubes)))
    line = Timeline(snapshot(value))
    shown = axis(line, BEGIN + at(200_060), 40)
    edges = [shown.cell(second) for second in range(0, 200_060, 500)]
    assert edges == sorted(edges)
    assert edges[-1] <= 40


def test_the_axis_is_rescaled_seldom_and_in_steps() -> None:
    line = Timeline(snapshot(two_tasks(start=70.0)))
    scales = {axis(line, BEGIN + at(second), 40).end for second in range(70, 600)}
    assert len(scales) <= 8
    assert all(axis(line, BEGIN + at(s), 40).end >= s for s in range(70, 600))


@pytest.mark.parametrize(
    ("seconds", "step"),
    [(0, 10), (10, 10), (11, 16), (61, 63), (100, 100), (101, 160), (86_400, 100_000)],
)
def test_steps(seconds: float, step: float) -> None:
    assert step_up(seconds) == step


def names(value: Json) -> str:
    return " ".join(path[-1] for path in critical_path(snapshot(value)))


def test_the_critical_path_goes_through_needs_and_order() -> None:
    value = two_tasks(start=70.0)
    assert names(value) == "#clone compile unit deploy"
    path = critical_path(snapshot(value))
    steps = critical_steps(snapshot(value), path, BEGIN + at(90))
    assert steps == [("setup", at(9)), ("compile", at(30)), ("unit", at(15)), ("deploy", at(20))]


def test_the_critical_path_before_the_last_task_ends_at_what_ended_last() -> None:
    assert names(two_tasks()) == "#clone compile unit"


def test_the_critical_path_passes_through_what_was_skipped() -> None:
    value = run(
        "success",
        workflow(
            "w",
            "success",
            task("a", "success", cube("long", "success", dates=dates(0, 50))),
            task("b", "skipped", cube("no", "skipped"), **after("a")),
            task("c", "success", cube("end", "success", dates=dates(51, 60)), **after("b")),
        ),
    )
    assert names(value) == "long end"


def test_a_circle_of_needs_ends() -> None:
    value = run(
        "failed",
        workflow(
            "w",
            "failed",
            task(
                "t",
                "failed",
                cube("a", "success", dates=dates(0, 5), **after("b")),
                cube("b", "failed", dates=dates(6, 9), **after("a")),
            ),
        ),
    )
    assert names(value).endswith("b")


def test_no_dates_no_critical_path() -> None:
    assert critical_path(snapshot(run("created"))) == ()
    assert critical_path(snapshot(two_tasks() | {"workflows": []})) == ()


def test_ten_thousand_cubes() -> None:
    value = big(100, 100, "success")
    for n, each in enumerate(value["workflows"][0]["tasks"]):
        for m, one in enumerate(each["cubes"]):
            one["dates"] = dates(n * 10 + m, n * 10 + m + 1)
    state = snapshot(value)
    line = Timeline(state)
    assert all(line.bar(path).end is not None for path in state.items if len(path) == 3)
    assert len(critical_path(state)) == 100


def test_housekeeping_of_one_task_is_one_critical_step() -> None:
    cubes = (
        cube("#clone", "success", dates=dates(0, 10)),
        cube("#env", "success", dates=dates(10, 20)),
        cube("vet", "success", dates=dates(20, 25)),
    )
    value = run("success", workflow("w", "success", task("t", "success", *cubes)))
    path = [("w", "t", "#clone"), ("w", "t", "#env"), ("w", "t", "vet")]
    assert critical_steps(snapshot(value), path, BEGIN) == [("setup", at(20)), ("vet", at(5))]


def test_slowest_cubes_are_told_with_their_time_until_now() -> None:
    cubes = [
        cube("short", "success", dates=dates(0, 5)),
        cube("long", "success", dates=dates(0, 60)),
        cube("first", "processing", dates=dates(10)),
        cube("second", "processing", dates=dates(20)),
        cube("third", "processing", dates=dates(30)),
        cube("fourth", "processing", dates=dates(40)),
        cube("lost", "canceled", dates=dates(0)),
        cube("pending"),
    ]
    tasks = task("t", "processing", *cubes), task("u", "success", cube("a", dates=dates(0, 0.5)))
    line = Timeline(snapshot(run("processing", workflow("w", "processing", *tasks))))
    w, t = ("w",), ("w", "t")
    early = [(60, (*t, "long")), (35, (*t, "first")), (25, (*t, "second"))]
    late = [(90, (*t, "first")), (80, (*t, "second")), (70, (*t, "third"))]
    for path in ((), w, t):
        assert line.slowest(path, BEGIN + at(45)) == early
        assert line.slowest(path, BEGIN + at(100)) == late
    assert line.slowest(("w", "u"), BEGIN + at(45)) == []


def test_preparing_changes_no_figure() -> None:
    line, prepared = (Timeline(snapshot(waited(14, final=True))) for _ in range(2))
    prepared.prepare()
    assert prepared.idle(BEGIN) == line.idle(BEGIN) != []
    assert prepared.slowest((), BEGIN) == line.slowest((), BEGIN) != []
