"""The plan: a drawing of tasks and cubes that says no more and no less than their needs."""

import random
import re
from collections.abc import Iterable

import pytest
from rich.cells import cell_len

from cubewatch.model.config import CiConfig, CubeSpec, TaskSpec, WorkflowSpec
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.ui.screens.compose.plan import plan_text

WIDE = 10_000


def drawn(tasks: Iterable[TaskSpec], width: int = WIDE) -> list[str]:
    config = CiConfig((WorkflowSpec("w", tasks=tuple(tasks)),))
    text = plan_text(RunRequest((WorkflowData("w"),)), config, "", width).plain
    first, *lines = text.splitlines()
    assert first == "w"
    return [line.rstrip() for line in lines]


def cubes(**needs: str) -> tuple[CubeSpec, ...]:
    return tuple(CubeSpec(name, tuple(wanted.split())) for name, wanted in needs.items())


def drawn_cubes(**needs: str) -> list[str]:
    """What stands beside the only task."""
    return [line[5:] for line in drawn([TaskSpec("t", cubes=cubes(**needs))])]


def closure(needs: dict[str, set[str]], name: str) -> set[str]:
    return needs[name].union(*(closure(needs, need) for need in needs[name]))


def meaning(chain: str) -> dict[str, set[str]]:
    """For whom each cube waits, as someone reads it who knows only what an arrow means."""
    waits: dict[str, set[str]] = {}
    for stage in chain.split(" → "):
        before = set(waits)
        for name, after in re.findall(r"(\w+)(?: \(after ([^)]*)\))?", stage):
            listed = set(after.split(", ")) if after else set()
            waits[name] = listed.union(*(waits[one] for one in listed)) if after else before
    return waits


def test_without_a_choice_or_a_config() -> None:
    request = RunRequest((WorkflowData("w"),))
    assert plan_text(None, CiConfig(), "unknown", 80).plain == "no workflow is chosen"
    assert plan_text(request, None, "unknown", 80).plain == "unknown"
    assert plan_text(request, CiConfig(), "", 80).plain == "w\n  not in the config"
    assert drawn([]) == ["  no task"]


@pytest.mark.parametrize(
    ("needs", "chain"),
    [
        ({"a": "", "b": "a", "c": "b"}, "a → b → c"),
        ({"a": "", "b": "a", "c": "a", "d": "b c"}, "a → b, c → d"),
        ({"a": "", "b": "a", "c": "a", "d": "b"}, "a → b, c → d (after b)"),
        ({"a": "", "b": "", "c": "a"}, "a, b → c (after a)"),
        ({"a": "", "b": "a", "c": "", "d": "c"}, "a, c → b (after a), d (after c)"),
        ({"a": "", "b": "a", "c": "b a"}, "a → b → c"),
        ({"a": "", "b": "", "c": "a", "d": "c b"}, "a, b → c (after a) → d"),
        ({"a": "", "b": "", "c": "b", "d": "a"}, "a, b → c (after b), d (after a)"),
        ({"b": "a", "a": ""}, "a → b"),
        ({"a": "", "b": ""}, "a, b"),
    ],
)
def test_an_arrow_means_all_before_it(needs: dict[str, str], chain: str) -> None:
    assert drawn_cubes(**needs) == [chain]


def test_a_drawing_means_what_the_needs_mean() -> None:
    rng = random.Random(3)
    for _ in range(500):
        names = [f"c{n}" for n in range(rng.randint(1, 9))]
        share = rng.choice([0.1, 0.3, 0.6, 0.9])
        needs = {
            name: {other for other in names[:place] if rng.random() < share}
            for place, name in enumerate(names)
        }
        written = {name: " ".join(needs[name]) for name in rng.sample(names, len(names))}
        (chain,) = drawn_cubes(**written)
        assert meaning(chain) == {name: closure(needs, name) for name in names}


def test_a_need_that_is_not_there_is_reported() -> None:
    assert drawn_cubes(a="", b="a x y") == ["a → b", "b needs x, y, which are not there"]
    tasks = [TaskSpec("t", ("gone",), cubes(a="")), TaskSpec("u", ("t",))]
    assert drawn(tasks) == ["  t  needs gone, which is not there", "     a", "  u  after t"]


def test_what_waits_for_itself_never_starts() -> None:
    words = "never start: their needs lead into a circle"
    assert drawn_cubes(a="", b="c", c="b", d="c") == ["a", f"b, c, d {words}"]
    assert drawn_cubes(a="a") == ["a never starts: its needs lead into a circle"]
    tasks = [TaskSpec("t", ("u",)), TaskSpec("u", ("t",)), TaskSpec("v")]
    circle = "     never starts: its needs lead into a circle"
    assert drawn(tasks) == ["  v", "  t  after u", circle, "  u  after t", circle]


def test_a_task_stands_below_those_it_needs() -> None:
    tasks = [TaskSpec("c", ("b", "a")), TaskSpec("b", ("a",)), TaskSpec("a"), TaskSpec("d")]
    assert drawn(tasks) == ["  a", "  d", "  b  after a", "  c  after b, a"]


def test_names_of_tasks_have_a_column_where_there_is_room() -> None:
    tasks = [
        TaskSpec("сборка", (), cubes(a="", b="a")),
        TaskSpec("漢字", ("сборка",), cubes(c="")),
        TaskSpec("much-longer-than-others", (), cubes(d="")),
    ]
    assert drawn(tasks, 60) == [
        *("  сборка          a → b", "  much-longer-than-others", " " * 18 + "d"),
        *("  漢字            after сборка", " " * 18 + "c"),
    ]
    assert drawn(tasks, 36) == [
        *("  сборка", "    a → b", "  much-longer-than-others", "    d"),
        *("  漢字", "    after сборка", "    c"),
    ]


@pytest.mark.parametrize("width", [16, 24, 35, 43, 44, 61, 100])
def test_no_line_is_wider_than_there_is_room(width: int) -> None:
    rng = random.Random(width)
    names = [rng.choice("aяЖ漢🚀") * rng.randint(1, 40) + str(n) for n in range(30)]
    task = TaskSpec("漢" * 20, ("x" * 50,), tuple(CubeSpec(n, (names[0],)) for n in names[1:]))
    lines = drawn([task, TaskSpec("ы", (task.name,), tuple(map(CubeSpec, names)))], width)
    assert max(map(cell_len, lines)) <= width
    text = "".join("".join(line.split()) for line in lines)
    assert all(name in text for name in names)


def test_what_nobody_reads_is_counted() -> None:
    chain = tuple(CubeSpec(f"c{n}", (f"c{n - 1}",) if n else ()) for n in range(50_000))
    users = [TaskSpec(f"u{n}", ("t",)) for n in range(400)]
    end = TaskSpec("end", tuple(user.name for user in users[:30]))
    lines = drawn([TaskSpec("t", cubes=chain), *users[:30], end])
    assert lines[0].split() == ["t", "50000", "cubes"]
    assert lines[-1].endswith(", u19 and 10 more")
    assert drawn(users)[-1] == "  and 200 tasks more"
