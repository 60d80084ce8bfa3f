"""Which rows stand in sight: what the person did stays, the rest looks after itself."""

from datetime import timedelta

import pytest

from cubewatch.model.snapshot import Path, Snapshot, advance, changes
from cubewatch.ui.widgets.tree_rows import OPEN_AT_FIRST, SETUP, SLOW_SETUP, TreeRows
from tests.support.runs import BEGIN, Json, big, cube, dates, read, run, task, workflow


class Watching:
    """Rows that are given one state of a run after another, and the keys of a person."""

    def __init__(self, *values: Json) -> None:
        self.rows = TreeRows()
        self.snapshot: Snapshot | None = None
        for value in values:
            self.take(value)

    def take(self, value: Json, seconds: float = 0.0) -> None:
        after = advance(self.snapshot, read(value))
        now = BEGIN + timedelta(seconds=seconds)
        self.rows.take(after, changes(self.snapshot, after), now)
        self.snapshot = after

    def go(self, *path: str) -> None:
        self.rows.cursor = self.rows.rows.index(path)
        self.rows.visit()

    def open(self, *path: str) -> None:
        self.go(*path)
        self.rows.set_open(path, True)

    def close(self, *path: str) -> None:
        self.go(*path)
        self.rows.set_open(path, False)

    @property
    def selected(self) -> str:
        return "/".join(self.rows.selected)

    @property
    def seen(self) -> list[str]:
        return ["/".join(path) for path in self.rows.rows]


def two(first: str = "processing", second: str = "created", last: str = "created") -> Json:
    """Two tasks of two cubes: `a` in the status `first`, `b` in `second`, its last cube `last`."""
    return run(
        "processing",
        workflow(
            "w",
            "processing",
            task("a", first, cube("1", first), cube("2", first)),
            task("b", second, cube("1", second), cube("2", last)),
        ),
    )


ALL = ["w", "w/a", "w/a/1", "w/a/2", "w/b", "w/b/1", "w/b/2"]
A_FOLDED = ["w", "w/a", "w/b", "w/b/1", "w/b/2"]


def test_nothing_to_show() -> None:
    rows = TreeRows()
    rows.arrange()
    rows.set_all_open(True)
    assert (rows.rows, rows.selected, rows.has_children(())) == ([], (), False)
    rows.visit()
    rows.reveal(("w",))
    empty = Watching(run("created"))
    assert empty.seen == []
    assert empty.rows.selected == ()


def test_a_new_run_is_open() -> None:
    assert Watching(two()).seen == ALL


def test_green_and_long_tasks_start_folded() -> None:
    assert Watching(two("success")).seen == A_FOLDED
    assert Watching(two("skipped")).seen == A_FOLDED
    for cubes, opened in ((OPEN_AT_FIRST, True), (OPEN_AT_FIRST + 1, False)):
        assert Watching(big(1, cubes)).rows.is_open(("w", "t0")) == opened


@pytest.mark.parametrize("green", ["success", "skipped"])
def test_what_becomes_green_folds_once(green: str) -> None:
    watching = Watching(two(), two(green))
    assert watching.seen == A_FOLDED
    watching.open("w", "a")
    watching.take(two("processing"))
    watching.take(two(green))
    assert watching.seen == ALL


@pytest.mark.parametrize("been", [("w", "a"), ("w", "a", "2")])
def test_what_becomes_green_stays_open_where_the_cursor_was(been: Path) -> None:
    watching = Watching(two())
    watching.go(*been)
    watching.go("w", "b")
    watching.take(two("success"))
    assert watching.seen == ALL


def test_what_ends_otherwise_does_not_fold() -> None:
    for status in ("failed", "canceled", "timeout", "odd"):
        assert Watching(two(), two(status)).seen == ALL


def test_what_was_closed_or_opened_by_hand_stays_so() -> None:
    watching = Watching(two())
    watching.close("w", "b")
    for value in (two("success"), two("success", "processing"), two("success", "success")):
        watching.take(value)
        assert "w/b/1" not in watching.seen
    watching = Watching(two("success"))
    watching.open("w", "a")
    watching.take(two("success", "processing"))
    assert watching.seen == ALL


def test_what_all_was_opened_at_once_stays_open() -> None:
    watching = Watching(big(2, OPEN_AT_FIRST + 1))
    assert len(watching.seen) == 3
    watching.rows.set_all_open(True)
    watching.take(big(2, OPEN_AT_FIRST + 1, "success"))
    assert len(watching.seen) == 3 + 2 * (OPEN_AT_FIRST + 1)
    watching.rows.set_all_open(False)
    watching.take(big(2, OPEN_AT_FIRST + 1))
    assert watching.seen == ["w", "w/t0", "w/t1"]


def test_a_failure_opens_once() -> None:
    watching = Watching(two())
    watching.close("w", "b")
    watching.close("w")
    watching.take(two("success", "processing", "failed"))
    assert watching.seen == A_FOLDED
    watching.close("w", "b")
    for _ in range(2):
        watching.take(two("success", "failed", "failed"))
    assert watching.seen == ["w", "w/a", "w/b", "w/b/1", "w/b/2"]
    watching.close("w", "b")
    watching.take(two("success", "failed", "failed"))
    assert watching.seen == ["w", "w/a", "w/b"]


def test_a_failure_that_was_there_before_we_came_is_in_sight() -> None:
    failed = two("success", "failed", "failed")
    failed["workflows"][0]["tasks"][1]["cubes"] += [cube(f"{n}", "success") for n in range(3, 99)]
    assert len(Watching(failed).seen) == 3 + 98


def test_failing_task_closed_by_hand_stays_closed() -> None:
    watching = Watching(two(), two("success", "processing", "failed"))
    watching.close("w", "b")
    watching.take(two("success", "failed", "failed"))
    assert "w/b/2" in watching.seen, "cube 1 has failed too: that is new"
    watching = Watching(two())
    inner = two("success", "processing", "failed")
    watching.take(inner)
    watching.close("w", "b")
    inner["workflows"][0]["tasks"][1]["status"] = "failed"
    inner["status"] = inner["workflows"][0]["status"] = "failed"
    watching.take(inner)
    assert "w/b/2" not in watching.seen


def test_the_cursor_stays_on_its_node() -> None:
    watching = Watching(two())
    watching.go("w", "b", "1")
    watching.take(two("success"))
    assert watching.rows.selected == ("w", "b", "1")
    value = two("success")
    value["workflows"].insert(0, workflow("new", "created", task("t", "created", cube("c"))))
    watching.take(value)
    assert watching.rows.selected == ("w", "b", "1")


def test_the_cursor_goes_up_where_its_node_is_gone() -> None:
    watching = Watching(two())
    watching.rows.reveal(("w", "a", "2"))
    watching.take(two("success"))
    assert watching.selected == "w/a"
    watching.go("w", "b", "2")
    value = two("success")
    del value["workflows"][0]["tasks"][1]["cubes"][1]
    watching.take(value)
    assert watching.selected == "w/b"
    value["workflows"][0]["slug"] = "other"
    watching.take(value)
    assert watching.selected == "other"
    watching.take(run("failed"))
    assert (watching.selected, watching.seen) == ("", [])


def test_what_was_gone_for_a_moment_is_as_it_was() -> None:
    watching = Watching(two())
    watching.close("w", "b")
    watching.take(run("processing"))
    watching.take(two())
    assert watching.seen == ALL[:5]


def test_revealing_opens_only_what_is_above() -> None:
    watching = Watching(two("success", "success", "success"))
    watching.rows.reveal(("w", "a", "2"))
    assert watching.seen == [*ALL[:5]]
    assert watching.rows.selected == ("w", "a", "2")


@pytest.mark.parametrize("missing", [("w", "a", "9"), ("x",), ("x", "y", "z"), ()])
def test_what_is_not_there_cannot_be_revealed(missing: Path) -> None:
    watching = Watching(two())
    watching.go("w", "b")
    watching.rows.reveal(missing)
    assert watching.rows.selected == ("w", "b")
    assert watching.seen == ALL


def test_ten_thousand_cubes() -> None:
    watching = Watching(big(100, 100))
    watching.rows.set_all_open(True)
    assert len(watching.seen) == 10_101
    watching.go("w", "t99", "c99")
    watching.take(big(100, 100, "success"))
    assert watching.rows.cursor == 10_100
    watching.rows.set_all_open(False)
    assert len(watching.seen) == 101
    assert watching.rows.selected == ("w", "t99")


def with_setup(clone: str = "success", image: str = "success", unit: str = "created") -> Json:
    """A task with two housekeeping cubes and one of its own."""
    state = "failed" if "failed" in (clone, image, unit) else "processing"
    cubes = [
        cube("#clone", clone, dates=dates(0, 2)),
        cube("#image", image, dates=dates(2)),
        cube("unit", unit),
    ]
    return run(state, workflow("w", state, task("t", state, *cubes)))


FOLDED_SETUP = ["w", "w/t", f"w/t/{SETUP}", "w/t/unit"]
OPEN_SETUP = ["w", "w/t", f"w/t/{SETUP}", "w/t/#clone", "w/t/#image", "w/t/unit"]


def test_housekeeping_is_one_row_that_opens() -> None:
    watching = Watching(with_setup())
    assert watching.seen == FOLDED_SETUP
    watching.go("w", "t", SETUP)
    assert watching.rows.selected == ("w", "t")
    watching.open("w", "t", SETUP)
    assert watching.seen == OPEN_SETUP
    watching.go("w", "t", "#image")
    watching.close("w", "t", SETUP)
    assert watching.seen == FOLDED_SETUP


def test_housekeeping_that_fails_comes_into_sight() -> None:
    watching = Watching(with_setup(image="processing"), with_setup(image="failed"))
    assert watching.seen == OPEN_SETUP
    watching.rows.reveal(("w", "t", "#image"))
    assert watching.selected == "w/t/#image"


def test_housekeeping_at_work_is_followed_without_being_opened() -> None:
    watching = Watching(with_setup(image="processing"))
    watching.rows.reveal(("w", "t", "#image"))
    assert watching.seen == FOLDED_SETUP
    assert watching.rows.row == ("w", "t", SETUP)


def test_slow_housekeeping_opens_and_folds_again() -> None:
    watching = Watching(with_setup(image="processing"))
    watching.take(with_setup(image="processing"), seconds=2 + SLOW_SETUP)
    assert watching.seen == OPEN_SETUP
    watching.take(with_setup(), seconds=60)
    assert watching.seen == FOLDED_SETUP


def test_slow_housekeeping_that_was_folded_by_hand_stays_folded() -> None:
    watching = Watching(with_setup(image="processing"))
    watching.take(with_setup(image="processing"), seconds=60)
    watching.close("w", "t", SETUP)
    watching.take(with_setup(image="processing"), seconds=90)
    assert watching.seen == FOLDED_SETUP


def test_the_filter_shows_what_matches_below_what_it_is_part_of() -> None:
    watching = Watching(two("success"))
    watching.rows.filter("2")
    assert watching.seen == ["w", "w/a", "w/a/2", "w/b", "w/b/2"]
    watching.rows.filter("b CREATED")
    assert watching.seen == ["w", "w/b", "w/b/1", "w/b/2"]
    watching.rows.filter("nothing")
    assert watching.seen == []
    watching.rows.filter("")
    assert watching.seen == A_FOLDED


def test_what_a_longer_pattern_shows_does_not_depend_on_how_it_was_typed() -> None:
    watching = Watching(two("processing", "failed", "success"))
    for pattern in ("a", "a 1", "b", "b f", "b fai", "b", "", "W/b", "w/B/1", "w/b/1 x", "w/b"):
        watching.rows.filter(pattern)
        alone = Watching(two("processing", "failed", "success"))
        alone.rows.filter(pattern)
        assert watching.seen == alone.seen, pattern


def test_a_pattern_is_looked_for_again_in_a_new_state() -> None:
    watching = Watching(two("processing", "created"))
    watching.rows.filter("fail")
    assert watching.seen == []
    watching.take(two("processing", "failed", "failed"))
    assert watching.seen == ["w", "w/b", "w/b/1", "w/b/2"]
    watching.rows.filter("failed")
    watching.take(two("failed", "success", "success"))
    assert watching.seen == ["w", "w/a", "w/a/1", "w/a/2"]


def test_a_failure_in_a_closed_workflow_comes_into_sight() -> None:
    watching = Watching(two("processing", "created"))
    watching.close("w", "a")
    watching.close("w")
    watching.take(two("failed", "created"))
    assert watching.seen == ["w", "w/a", "w/a/1", "w/a/2", "w/b", "w/b/1", "w/b/2"]
