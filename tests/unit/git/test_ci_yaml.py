"""Reading configs: what they say and what is passed over."""

import random

import pytest

from cubewatch.git.ci_yaml import CiConfigError, read_ci_config
from cubewatch.model.config import (
    ApprovalSpec,
    CiConfig,
    CubeSpec,
    InputSpec,
    TaskSpec,
    WorkflowSpec,
)

WHOLE = """
on: {push: {}}
tasks:
  - name: build
    cubes:
      - name: compile
      - {name: unit, needs: compile}
      - {name: lint, needs: ['-']}
      - package
workflows:
  release:
    inputs:
      VERSION: {type: string, required: true, description: "Version\\n to release"}
      CHANNEL: {default: stable, options: [stable, beta]}
      NOTES:
    settings: {shared: true}
    tasks:
      - build
      - name: e2e
        needs: build
        cubes:
          - name: smoke
  nightly:
"""


def tasks(text: str) -> tuple[TaskSpec, ...]:
    """The tasks of a workflow, as `text` has them."""
    return read_ci_config(f"workflows: {{w: {{tasks: {text}}}}}").workflows[0].tasks


def cubes(text: str) -> dict[str, tuple[str, ...]]:
    """The needs of the cubes of a task, as `text` has them."""
    return {cube.name: cube.needs for cube in tasks(f"[{{name: t, cubes: {text}}}]")[0].cubes}


def one_input(text: str) -> InputSpec:
    return read_ci_config(f"workflows: {{w: {{inputs: {{X: {text}}}}}}}").workflows[0].inputs[0]


def test_a_whole_config() -> None:
    inputs = (
        InputSpec("VERSION", required=True, description="Version to release"),
        InputSpec("CHANNEL", default="stable", options=("stable", "beta")),
        InputSpec("NOTES"),
    )
    build = (
        CubeSpec("compile"),
        CubeSpec("unit", ("compile",)),
        CubeSpec("lint"),
        CubeSpec("package", ("lint",)),
    )
    e2e = TaskSpec("e2e", ("build",), (CubeSpec("smoke"),))
    release = WorkflowSpec("release", inputs, (TaskSpec("build", (), build), e2e), shared=True)
    assert read_ci_config(WHOLE) == CiConfig((release, WorkflowSpec("nightly")))


@pytest.mark.parametrize("text", ["", "# nothing", "a: 1", "on: x", "workflows:", "workflows: []"])
def test_a_config_without_workflows(text: str) -> None:
    assert read_ci_config(text) == CiConfig()


def test_needs_of_cubes() -> None:
    four = {"a": (), "b": ("a",), "c": (), "d": ("c",)}
    assert cubes("[a, b, {name: c, needs: ['-']}, d]") == four
    assert cubes("[a, {name: b, needs: }]") == {"a": (), "b": ("a",)}
    assert cubes("[a, {name: b, needs: '-'}]") == {"a": (), "b": ()}
    assert cubes("[a, b, {name: c, needs: [[a, b], a]}]")["c"] == ("a", "b")


def test_needs_that_can_never_be_met_are_reported() -> None:
    assert cubes("[a, {name: b, needs: [nope, b, a]}]")["b"] == ("nope", "b", "a")
    assert tasks("[a, {name: b, needs: nope}]")[1] == TaskSpec("b", ("nope",))


def test_of_two_with_the_same_name_the_first_counts() -> None:
    assert cubes("[a, {name: b, needs: ['-']}, b]") == {"a": (), "b": ()}


def test_a_task_by_name_can_be_changed_in_place() -> None:
    config = read_ci_config(
        "tasks: [{name: t, cubes: [a]}]\n"
        "workflows: {w: {tasks: [{name: u}, {name: t, needs: [u]}]}}"
    )
    assert config.workflows[0].tasks == (
        TaskSpec("u"),
        TaskSpec("t", ("u",), (CubeSpec("a"),)),
    )


def test_a_task_uses_another_one() -> None:
    config = read_ci_config(
        "tasks: [{name: t, cubes: [a], needs: [z]}]\n"
        "workflows:\n"
        "  w: {tasks: [u, t, {uses: t, needs: u, name: v}, {name: x, uses: v}]}\n"
        "  from-elsewhere: {tasks: [{uses: x}, {uses: far}]}\n"
        "  elsewhere: {tasks: [{name: far, cubes: [b]}]}"
    )
    a, b = (CubeSpec("a"),), (CubeSpec("b"),)
    first, second, _ = config.workflows
    assert first.tasks == (
        TaskSpec("u"),
        TaskSpec("t", ("z",), a),
        TaskSpec("v", ("u",), a),
        TaskSpec("x", (), a),
    )
    assert second.tasks == (TaskSpec("x", (), a), TaskSpec("far", (), b))


@pytest.mark.parametrize(
    "text",
    [
        *("[{name: a, uses: b}, {name: b, uses: a}]", "[{name: a, uses: a}]", "[{uses: a}]"),
        *("[{name: a, uses: }]", "[{name: a, uses: [b]}]", "[{name: a, uses: {}}]"),
    ],
)
def test_what_uses_leads_nowhere_has_no_cubes(text: str) -> None:
    assert [task.cubes for task in tasks(text)] in ([()], [(), ()])


def test_workflows_that_use_each_other_have_no_tasks() -> None:
    config = read_ci_config("workflows: {a: {uses: b}, b: {uses: a}, c: {uses: c}, d: {uses: x}}")
    assert [workflow.tasks for workflow in config.workflows] == [()] * 4


def test_what_many_names_lead_to_is_read_once() -> None:
    config = read_ci_config(
        "tasks: [{name: t, cubes: [a, b], needs: [x, y]}]\n"
        "workflows: {v: {tasks: t}, w: {tasks: [t]}, x: {uses: w}}"
    )
    first, second, third = config.workflows
    assert first.tasks[0].cubes is second.tasks[0].cubes
    assert first.tasks[0].needs is second.tasks[0].needs
    assert third.tasks is second.tasks


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("{options: [b, a, b]}", ("b", "a")),
        ("{options: b}", ("b",)),
        ("{options: [1.50, yes, null, [c], {d: e}]}", ("1.50", "yes", "c")),
        ("{values: [a]}", ("a",)),
        ("{enum: [a]}", ("a",)),
        ('{options: ["a\\nb", "\\e[1m", c]}', ("c",)),
    ],
)
def test_options(text: str, options: tuple[str, ...]) -> None:
    assert one_input(text).options == options


@pytest.mark.parametrize("name", ["boolean", "Boolean", "bool", "BOOL"])
def test_an_input_that_is_on_or_off(name: str) -> None:
    assert one_input(f"{{type: {name}}}").is_boolean
    assert not one_input(f"{{type: {name}s}}").is_boolean


@pytest.mark.parametrize(
    ("default", "on_off"),
    [
        *(("true", ("true", "false")), ("False", ("True", "False")), ("TRUE", ("TRUE", "FALSE"))),
        *(("yes", ("yes", "no")), ("Off", ("On", "Off")), ("0", ("1", "0"))),
        *(("", ("true", "false")), ("perhaps", ("true", "false")), ("tRUE", ("true", "false"))),
    ],
)
def test_on_and_off_are_spelled_as_the_default_is(default: str, on_off: tuple[str, str]) -> None:
    assert one_input(f"{{default: '{default}'}}").on_off == on_off
    assert one_input("{}").on_off == ("true", "false")


@pytest.mark.parametrize(
    ("text", "default"),
    [
        *(("{default: ''}", ""), ("{default: null}", None), ("{default: 'null'}", "null")),
        *(("{default: 1.50}", "1.50"), ("{default: yes}", "yes"), ("{default: [a]}", None)),
    ],
)
def test_a_default_stays_what_is_written(text: str, default: str | None) -> None:
    assert one_input(text).default == default


@pytest.mark.parametrize("text", ["[]", "7", "[[a]]", "{type: [], description: {}, options: {}}"])
def test_an_input_of_an_unexpected_shape_has_its_name(text: str) -> None:
    assert one_input(text) == InputSpec("X")


@pytest.mark.parametrize(
    "text", ["7", "{}", "[[], {}, 7.5, {name: []}]", "{a: [b]}", "[{cubes: 1}]"]
)
def test_tasks_of_an_unexpected_shape_break_nothing(text: str) -> None:
    assert all(task.cubes == () for task in tasks(text))


def test_texts_are_inert_but_for_what_is_sent() -> None:
    config = read_ci_config(
        'workflows: {"a\\e[31m": {inputs: {"\\u202e": {default: "\\a"}}, tasks: ["t\\e"]}}'
    )
    assert config.workflows[0].name == "a\x1b[31m"
    assert config.workflows[0].inputs == (InputSpec("\u202e", default="␇"),)
    assert config.workflows[0].tasks == (TaskSpec("t␛"),)


def test_aliases_and_merges() -> None:
    config = read_ci_config(
        "base: &base {required: true, default: a}\n"
        "workflows: {w: {inputs: {X: *base, Y: {<<: *base, default: b}}}}"
    )
    assert config.workflows[0].inputs == (
        InputSpec("X", required=True, default="a"),
        InputSpec("Y", required=True, default="b"),
    )


def test_no_text_does_worse_than_being_refused() -> None:
    rng = random.Random(7)
    pieces = [*WHOLE.split("\n"), *"[]{}:,-&*!|>'\"%@`#?\n\t ", "<<: *a", "&a", "---", "...", "\\"]
    read = 0
    for _ in range(3000):
        text = WHOLE
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(text))
            text = text[:place] + rng.choice(pieces) + text[place + rng.randint(0, 6) :]
        try:
            read += bool(read_ci_config(text).workflows)
        except CiConfigError:
            continue
    assert 100 < read < 2900


@pytest.mark.parametrize(
    ("text", "approval"),
    [
        ("true", ApprovalSpec()),
        ("{}", ApprovalSpec()),
        ("{timeout: 2h, note: 'ask  olga', approvers: [olga]}", ApprovalSpec("2h", "ask olga")),
        ("false", None),
        ("", None),
        ("[1]", None),
    ],
)
def test_a_task_says_whether_it_waits_for_approval(
    text: str, approval: ApprovalSpec | None
) -> None:
    [task] = tasks(f"[{{name: deploy, approval: {text}}}]")
    assert task.approval == approval


def test_a_shared_task_says_whether_it_waits_for_approval() -> None:
    text = "{tasks: [{name: deploy, approval: true}], workflows: {w: {tasks: [deploy]}}}"
    assert read_ci_config(text).workflows[0].tasks[0].approval == ApprovalSpec()
