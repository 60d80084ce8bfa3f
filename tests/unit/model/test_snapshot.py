"""One answer made ready to be shown: keys, changes, failures, what is at work."""

import random

from cubewatch.model.snapshot import ROOT, Change, Snapshot, advance, changes
from tests.support.runs import Json, big, cube, progress, read, run, snapshot, task, workflow


def test_nodes_are_keyed_by_their_path_of_slugs() -> None:
    state = snapshot(
        run(
            "processing",
            workflow("b", "processing", task("t", "success", cube("c"), cube("a"))),
            workflow("a", "processing", task("t", "success", cube("c"))),
        )
    )
    assert list(state.items) == [
        ("b",),
        ("b", "t"),
        ("b", "t", "c"),
        ("b", "t", "a"),
        ("a",),
        ("a", "t"),
        ("a", "t", "c"),
    ]
    assert state.children[ROOT] == [("b",), ("a",)]
    assert state.children[("b", "t")] == [("b", "t", "c"), ("b", "t", "a")]
    assert ("b", "t", "c") not in state.children
    assert state.status_of(ROOT) == "processing"
    assert state.status_of(("b", "t")) == "success"


def test_siblings_of_one_name_are_all_there() -> None:
    same = [cube("x", each) for each in ("success", "failed", "processing")]
    state = snapshot(
        run(
            "processing",
            workflow("w", "processing", task("t", "processing", *same), task("t", "created")),
            workflow("w", "created"),
        )
    )
    workflows = state.children[ROOT]
    assert len(set(workflows)) == 2
    assert len(set(state.children[workflows[0]])) == 2
    cubes = state.children[("w", "t")]
    assert [state.items[path].status for path in cubes] == ["success", "failed", "processing"]
    assert {state.items[path].slug for path in cubes} == {"x"}
    assert cubes[0] == ("w", "t", "x")
    assert state.counts[ROOT].total == 3


def test_a_made_up_key_is_nobodys_slug() -> None:
    """Not even a server that guesses them can make two nodes fall into one."""
    slugs = ["x", "x", "x ×2", "x ×2", "x ×3", "x", "x\x002", "x2", "", "", " ×2", " ×2"]
    state = snapshot(
        run("processing", workflow("w", "created", task("t", "created", *map(cube, slugs))))
    )
    paths = state.children[("w", "t")]
    assert len(set(paths)) == len(slugs)
    assert all(path[-1].isprintable() for path in paths)


def test_nodes_without_a_name() -> None:
    nameless: Json = {"status": "failed"}
    state = snapshot(run("failed", {"tasks": [{"cubes": [nameless, nameless, {"slug": None}]}]}))
    assert len(state.items) == 5
    assert len(state.failures) == 2


def test_the_first_answer_is_all_new() -> None:
    state = snapshot(run("processing", workflow("w", "processing", task("t", ""))))
    assert changes(None, state) == [
        Change(ROOT, "", "processing"),
        Change(("w",), "", "processing"),
        Change(("w", "t"), "", ""),
    ]


def test_only_what_differs_is_a_change() -> None:
    first = snapshot(
        run("processing", workflow("w", "processing", task("t", "created", cube("a"), cube("b"))))
    )
    assert changes(first, first) == []
    more = task("t", "created", cube("a", "never heard of"), cube("c"), progress=progress(0.5))
    second = advance(first, read(run("failed", workflow("w", "processing", more))))
    assert changes(first, second) == [
        Change(ROOT, "processing", "failed"),
        Change(("w", "t", "a"), "created", "never heard of"),
        Change(("w", "t", "c"), "", "created"),
    ]


def test_a_failure_is_the_deepest_node_that_failed() -> None:
    state = snapshot(
        run(
            "failed",
            workflow(
                "w",
                "failed",
                task(
                    "t", "failed", cube("a", "success"), cube("b", "failed"), cube("c", "timeout")
                ),
                task("u", "rejected", cube("a", "canceled"), cube("b", "skipped")),
                task("v", "success", cube("a", "failed")),
            ),
            workflow("x", "rejected"),
            workflow("y", "failed", task("t", "success"), task("u", "canceled")),
        )
    )
    assert state.failures == (
        ("w", "t", "b"),
        ("w", "t", "c"),
        ("w", "u"),
        ("w", "v", "a"),
        ("x",),
        ("y",),
    )


def test_nothing_fails_that_was_stopped_or_is_unheard_of() -> None:
    for status in ("canceled", "skipped", "exploded", "", "awaiting_approval", "FAILED"):
        one = task("t", status, cube("c", status))
        assert snapshot(run(status, workflow("w", status, one))).failures == ()


def current(*tasks: Json, **more: Json) -> set[str]:
    """The cubes at work, as `task/cube`."""
    state = snapshot(run("processing", workflow("w", "processing", *tasks, **more)))
    return {"/".join(path[1:]) for path in state.current}


TWO = (cube("a", "processing"), cube("b", "processing"), cube("c"))


def test_the_cube_that_the_task_names_is_at_work() -> None:
    assert current(task("t", "processing", *TWO, progress=progress(0.5, "b"))) == {"t/b"}


def test_cube_named_by_the_workflow_is_current() -> None:
    named = {"progress": progress(0.5, "b")}
    assert current(task("t", "processing", *TWO), **named) == {"t/b"}
    other = task("u", "processing", cube("x", "processing"))
    assert current(task("t", "processing", *TWO), other, **named) == {"t/b", "u/x"}


def test_the_task_knows_better_than_the_workflow() -> None:
    one = task("t", "processing", *TWO, progress=progress(None, "b"))
    assert current(one, progress=progress(None, "a")) == {"t/b"}


def test_first_running_cube_is_current_if_none_is_named() -> None:
    for nothing in (progress(0.5), progress(None), {"current_cube": None}, {}):
        assert current(task("t", "processing", cube("z"), *TWO, progress=nothing)) == {"t/a"}
    assert current(task("t", "processing", *TWO)) == {"t/a"}


def test_a_name_that_fits_no_cube_at_work_is_not_believed() -> None:
    over = cube("over", "success")
    for name in ("nobody", "over", ""):
        one = task("t", "processing", over, *TWO, progress=progress(0.5, name))
        assert current(one) == {"t/a"}


def test_named_cube_is_current_before_its_status() -> None:
    late = (cube("a", "success"), cube("b", "created"), cube("c"))
    assert current(task("t", "processing", *late, progress=progress(0.5, "b"))) == {"t/b"}
    unheard = (cube("a", "success"), cube("b", "warming up"))
    assert current(task("t", "processing", *unheard, progress=progress(0.5, "b"))) == {"t/b"}


def test_nothing_is_at_work_where_nothing_runs() -> None:
    ended = task("t", "success", cube("a", "success"), progress=progress(1, "a"))
    assert current(ended) == set()
    assert current(task("t", "created", cube("a")), progress=progress(0)) == set()
    assert current(task("t", "failed", *TWO, progress=progress(0.5, "a"))) == set()
    assert current() == set()


def test_what_was_named_twice_is_at_work_once() -> None:
    twins = [cube("x", "success"), cube("x", "processing")]
    state = snapshot(
        run("processing", workflow("w", "processing", task("t", "processing", *twins)))
    )
    assert len(state.current) == 1
    assert all(state.items[path].status == "processing" for path in state.current)


def test_the_end_is_known_by_the_status_of_the_run_alone() -> None:
    for status in ("success", "failed", "canceled", "timeout", "skipped", "rejected"):
        assert snapshot(run(status)).is_final
    for status in ("created", "prepared", "processing", "awaiting_approval", "finished", ""):
        assert not snapshot(run(status, workflow("w", "success"))).is_final


def test_any_answer_has_a_snapshot_and_says_what_changed() -> None:
    """Random trees after each other: the dicts fit together, changes lead from one to the next."""
    dice = random.Random(7)
    statuses = ["created", "processing", "success", "failed", "skipped", "", "odd"]
    before: Snapshot | None = None
    for _ in range(200):
        cubes = [cube(dice.choice("ab"), dice.choice(statuses)) for _ in range(dice.randrange(5))]
        tasks = [
            task(dice.choice("ab"), dice.choice(statuses), *cubes, progress=progress(dice.random()))
            for _ in range(dice.randrange(4))
        ]
        value = run(dice.choice(statuses[:4]), workflow("w", dice.choice(statuses), *tasks))
        after = advance(before, read(value))
        below = [path for paths in after.children.values() for path in paths]
        assert sorted(below) == sorted(after.items)
        assert after.fractions.keys() == after.children.keys() == after.counts.keys()
        assert all(0 <= fraction <= 1 for fraction in after.fractions.values())
        old = {path: before.status_of(path) for path in before.items} if before else {}
        for change in changes(before, after):
            if change.path:
                assert old.get(change.path, "") == change.before
                old[change.path] = change.after
        kept = {path: old[path] for path in after.items}
        assert kept == {path: after.status_of(path) for path in after.items}
        before = after


def test_ten_thousand_cubes() -> None:
    before, after = snapshot(big(100, 100)), snapshot(big(100, 100, "success"))
    assert before.counts[ROOT].running == 10_000
    assert len(before.current) == 100
    assert len(changes(before, after)) == 10_000


def test_what_awaits_an_approval_is_found_at_its_deepest() -> None:
    gate = task("deploy", "awaiting_approval", cube("push", "created"))
    state = snapshot(
        run(
            "awaiting_approval",
            workflow("release", "awaiting_approval", gate),
            workflow("other", "created"),
        )
    )
    assert state.waiting == (("release", "deploy"),)
    assert snapshot(run("processing")).waiting == ()


def test_cubes_are_counted_by_what_their_statuses_say() -> None:
    statuses = ("success", "failed", "timeout", "processing", "created", "odd", "skipped")
    cubes = [cube(name, name) for name in (*statuses, "canceled", "awaiting_approval")]
    state = snapshot(run("processing", workflow("w", "processing", task("t", "x", *cubes))))
    for path in (ROOT, ("w",), ("w", "t")):
        count = state.counts[path]
        assert (count.total, count.running, count.waiting, count.pending) == (9, 1, 1, 2)
        assert (count.done, count.failed, count.skipped, count.over) == (3, 2, 2, 5)


def test_failures_are_a_set_too() -> None:
    state = snapshot(
        run("failed", workflow("w", "failed", task("t", "failed", cube("c", "failed"))))
    )
    assert state.failed == {("w", "t", "c")} == set(state.failures)


def test_children_are_the_same_object_while_the_tree_is_the_same() -> None:
    first = snapshot(big(3, 4))
    second = advance(first, read(big(3, 4, "success")))
    third = advance(second, read(big(3, 5, "success")))
    assert second.children is first.children
    assert third.children is not second.children
    assert third.children == snapshot(big(3, 5)).children


def test_paths_of_the_state_before_lead_to_the_same_snapshot_as_new_ones() -> None:
    twins = [cube("x", "success"), cube("x", "failed"), cube("#x", "success")]
    values = [
        run("processing", workflow("w", "processing", *tasks))
        for tasks in (
            [task("t", "failed", *twins), task("t", "processing", *TWO)],
            [task("t", "failed", *twins), task("t", "processing", *TWO)],
            [task("t", "failed", *TWO), task("t", "processing", *twins)],
            [task("t", "processing", *TWO)],
        )
    ]
    before: Snapshot | None = None
    for value in values:
        before, alone = advance(before, read(value)), snapshot(value)
        for part in ("items", "children", "counts", "tallies", "current", "failures", "failing"):
            assert getattr(before, part) == getattr(alone, part), part
            if isinstance(found := getattr(before, part), dict):
                assert list(found) == list(getattr(alone, part))


def test_tallies_say_how_many_cubes_below_a_node_have_which_status() -> None:
    cubes = [cube("a", "odd"), cube("b", "success"), cube("c", "odd")]
    state = snapshot(
        run("x", workflow("w", "x", task("t", "x", *cubes), task("u", "x", cube("a", "success"))))
    )
    assert state.tallies == {
        (): {"odd": 2, "success": 2},
        ("w",): {"odd": 2, "success": 2},
        ("w", "t"): {"odd": 2, "success": 1},
        ("w", "u"): {"success": 1},
    }


def test_equal_needs_of_cubes_are_one_object() -> None:
    needs = [[{"name": name} for name in names] for names in ("", "a", "ab")]
    cubes = [cube(f"c{n}", relations={"needs": one}) for n, one in enumerate(needs)]
    tasks = [task(name, "created", *cubes) for name in "tu"]
    found = [one.cubes for one in read(run("x", workflow("w", "x", *tasks))).workflows[0].tasks]
    for number, (one, other) in enumerate(zip(*found, strict=True)):
        assert one.relations is other.relations
        assert [need.name for need in one.relations.needs] == ["a", "b"][:number]
