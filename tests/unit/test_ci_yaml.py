"""Reading configs: what they say, what is passed over, and what is refused and where."""

import random

import pytest

from tui.domain.ci_config import CiConfig, CubeSpec, InputSpec, TaskSpec, WorkflowSpec
from tui.repo.ci_yaml import CiConfigError, read_ci_config

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


def refused(text: str) -> CiConfigError:
    with pytest.raises(CiConfigError) as caught:
        read_ci_config(text)
    message = str(caught.value)
    assert message.isprintable()
    if caught.value.line is not None:
        assert message.startswith(f"line {caught.value.line}, column {caught.value.column}: ")
    return caught.value


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
    assert cubes("[a, {name: b, needs: [nope, b, a]}]") == {"a": (), "b": ("a",)}
    assert cubes("[a, {name: b, needs: }]") == {"a": (), "b": ("a",)}


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


def test_texts_are_inert() -> None:
    config = read_ci_config('workflows: {"a\\e[31m": {inputs: {"\\u202e": {default: "\\a"}}}}')
    assert config.workflows[0].name == "a␛[31m"
    assert config.workflows[0].inputs == (InputSpec("\N{REPLACEMENT CHARACTER}", default="␇"),)


def test_aliases_and_merges() -> None:
    config = read_ci_config(
        "base: &base {required: true, default: a}\n"
        "workflows: {w: {inputs: {X: *base, Y: {<<: *base, default: b}}}}"
    )
    assert config.workflows[0].inputs == (
        InputSpec("X", required=True, default="a"),
        InputSpec("Y", required=True, default="b"),
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: b: c", (1, 5)),
        ("a: 1\n\tb: 2", (2, 1)),
        ("workflows:\n  a: {}\n  b: {}\n  a: {}", (4, 3)),
        ("a: *b", (1, 4)),
        ("a: &a [*a]", (1, 8)),
        ("a: 1\nb: \x07", (2, 4)),
        ("a: 1\nb: \ud800", (2, 4)),
        ("- a", (1, 1)),
        ("text", (1, 1)),
    ],
)
def test_what_is_wrong_has_its_place(text: str, place: tuple[int, int]) -> None:
    error = refused(text)
    assert (error.line, error.column) == place


@pytest.mark.parametrize("text", ["[" * 500_000, "{" * 500_000, "- " * 400_000, "a: [" * 10_000])
def test_deep_nesting_is_refused(text: str) -> None:
    assert "nested" in str(refused(text))


def test_what_is_too_big_is_refused() -> None:
    assert refused("a: " + "я" * 500_000).line is None


@pytest.mark.parametrize("text", ["{0}: 1\n{0}: 2", "a: *{0}"])
def test_a_long_name_makes_no_long_message(text: str) -> None:
    assert len(str(refused(text.format("k" * 900)))) < 200


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "aliases" in str(refused("\n".join(lines)))


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
