"""Reading `.sourcecraft/ci.yaml`: its grammar, and what it does to hostile text."""

import pytest
import yaml

from tui.domain.ci_config import CiConfig, CubeSpec, InputSpec, TaskSpec, WorkflowSpec
from tui.repo import yaml_tree
from tui.repo.ci_yaml import CiConfigError, read_ci_config

CONFIG = """
on:
  push:
    - workflows: [release]
tasks:
  - name: build
    cubes:
      - name: compile
      - name: unit
      - name: lint
        needs: compile
      - name: docs
        needs: ['-']
workflows:
  release:
    inputs:
      VERSION: {type: string, required: true, description: "What to\\n release"}
      CHANNEL: {default: 1.10, options: [stable, 1.10]}
      NOTES: {default: ''}
      LATER: {default: null, type: number}
      BARE:
    settings: {shared: true}
    tasks:
      - build
      - name: e2e
        needs: [build, nobody]
        cubes: [{name: browse}]
      - name: publish
        needs: e2e
  empty:
"""

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)


def refused(text: str) -> CiConfigError:
    with pytest.raises(CiConfigError) as caught:
        read_ci_config(text)
    return caught.value


def only_workflow(text: str) -> WorkflowSpec:
    (workflow,) = read_ci_config(text).workflows
    return workflow


def test_the_grammar_whole() -> None:
    release, empty = read_ci_config(CONFIG).workflows
    assert empty == WorkflowSpec("empty")
    assert release.shared
    assert release.inputs == (
        InputSpec("VERSION", required=True, description="What to release"),
        InputSpec("CHANNEL", default="1.10", options=("stable", "1.10")),
        InputSpec("NOTES", default=""),
        InputSpec("LATER", type="number"),
        InputSpec("BARE"),
    )
    build = (
        CubeSpec("compile"),
        CubeSpec("unit", ("compile",)),
        CubeSpec("lint", ("compile",)),
        CubeSpec("docs"),
    )
    assert release.tasks == (
        TaskSpec("build", (), build),
        TaskSpec("e2e", ("build",), (CubeSpec("browse"),)),
        TaskSpec("publish", ("e2e",)),
    )


def test_a_task_takes_what_it_does_not_say_from_the_list_of_tasks() -> None:
    text = """
    tasks: [{name: build, cubes: [{name: compile}]}]
    workflows: {w: {tasks: [first, {name: build, needs: first}]}}
    """
    assert only_workflow(text).tasks == (
        TaskSpec("first"),
        TaskSpec("build", ("first",), (CubeSpec("compile"),)),
    )


@pytest.mark.parametrize("text", ["", "~", "# nothing", "on: {}", "workflows:", "workflows: []"])
def test_a_config_without_workflows(text: str) -> None:
    assert read_ci_config(text) == CiConfig()


@pytest.mark.parametrize(
    "workflow",
    [
        "[]",
        "text",
        "{tasks: {}, inputs: [], settings: []}",
        "{tasks: [[], {}, {name: []}, {name: ''}], inputs: {'': {}}, settings: {shared: [true]}}",
        "{settings: {shared: 'false'}, tasks: [null]}",
    ],
)
def test_what_has_an_unexpected_shape_is_passed_over(workflow: str) -> None:
    assert only_workflow(f"workflows: {{w: {workflow}}}") == WorkflowSpec("w")


def test_the_first_of_two_siblings_with_one_name_counts() -> None:
    text = "workflows: {w: {tasks: [{name: t, cubes: [a, {name: b}, {name: a, needs: b}]}]}}"
    (task,) = only_workflow(text).tasks
    assert task.cubes == (CubeSpec("a"), CubeSpec("b", ("a",)))


def test_aliases_and_merged_maps() -> None:
    text = """
    base: &base {needs: ['-'], image: x}
    workflows: {w: {tasks: [{name: t, cubes: [{name: a}, {<<: *base, name: b}]}]}}
    """
    (task,) = only_workflow(text).tasks
    assert task.cubes == (CubeSpec("a"), CubeSpec("b"))


def test_all_text_is_inert() -> None:
    text = r"""
    workflows:
      "w\e[31m": {inputs: {"I\u202e": {default: "\a", description: "d\0", options: ["o\e"]}}}
    """
    workflow = only_workflow(text)
    assert workflow.name == "w␛[31m"
    (spec,) = workflow.inputs
    assert (spec.name, spec.default, spec.description) == ("I�", "␇", "d␀")
    assert spec.options == ("o␛",)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("workflows:\n  a: {}\n  b: {}\n  a: {}\n", 4, 3, "'a' stands twice"),
        ("workflows:\n\t- a\n", 2, 1, "token"),
        ("a: [1,\n", 2, 1, "expected node"),
        ("a: *nobody", 1, 4, "*nobody"),
        ("a: &a [*a]", 1, 8, "*a"),
        ("- workflows", 1, 1, "map"),
        ("a: b\nc: \x00", 2, 4, "character"),
        ("a: b\nc: '\ud800'", 2, 5, "character"),
    ],
)
def test_an_error_says_what_and_where(text: str, line: int, column: int, words: str) -> None:
    error = refused(text)
    assert (error.line, error.column) == (line, column)
    assert words in str(error)
    assert str(error).isprintable()


@pytest.mark.parametrize("loader", [yaml_tree._LOADER, yaml.BaseLoader])
@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{a: " * 50_000, "- " * 100_000, "".join(f"{' ' * i}a:\n" for i in range(900))],
    ids=["lists", "maps", "dashes", "indentation"],
)
def test_deep_nesting_is_refused(
    text: str, loader: type[yaml.BaseLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_tree, "_LOADER", loader)
    error = refused(text)
    assert f"deeper than {yaml_tree.MOST_DEPTH}" in str(error)
    assert error.line is not None


def test_as_deep_as_allowed() -> None:
    depth = yaml_tree.MOST_DEPTH - 1
    assert read_ci_config(f"on: {'[' * depth}{']' * depth}") == CiConfig()


@pytest.mark.parametrize(
    "text", [BOMB, f"a: [{'x, ' * yaml_tree.MOST_NODES}]"], ids=["aliases", "values"]
)
def test_too_many_values_are_refused(text: str) -> None:
    assert f"more than {yaml_tree.MOST_NODES} values" in str(refused(text))


def test_the_size_is_counted_in_bytes() -> None:
    most = yaml_tree.MOST_BYTES // 2
    assert read_ci_config("#" + "ё" * (most - 1)) == CiConfig()
    assert f"{yaml_tree.MOST_BYTES} is the most" in str(refused("#" + "ё" * most))


def test_a_cut_off_config_is_never_a_traceback() -> None:
    outcomes: set[str] = set()
    for length in range(len(CONFIG)):
        try:
            outcomes.add(f"{len(read_ci_config(CONFIG[:length]).workflows)} workflows")
        except CiConfigError as error:
            outcomes.add(str(error))
    assert {"0 workflows", "1 workflows"} < outcomes
    assert all(outcome.isprintable() for outcome in outcomes)
