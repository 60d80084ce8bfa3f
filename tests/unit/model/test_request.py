"""Only what the contract allows can be built, and its bytes hold only what was chosen."""

import json
from collections.abc import Callable

import pytest

from cubewatch.model.request import (
    GitRevision,
    InputValue,
    RequestError,
    RunRequest,
    WorkflowData,
    revision_problem,
)

RELEASE = WorkflowData("release", (InputValue("VERSION", "1.5.0"),))


def test_the_exact_bytes_of_a_branch_and_an_input() -> None:
    request = RunRequest((RELEASE,), head=GitRevision("branch", "release/1.5"))
    assert request.body() == (
        b'{"head":{"branch":"release/1.5"},"workflows":'
        b'[{"name":"release","values":[{"name":"VERSION","value":"1.5.0"}]}]}'
    )


def test_what_was_not_chosen_is_not_sent() -> None:
    assert RunRequest((WorkflowData("nightly"),)).body() == b'{"workflows":[{"name":"nightly"}]}'


def test_everything_that_can_be_chosen_is_sent() -> None:
    request = RunRequest(
        (RELEASE, WorkflowData("nightly")),
        head=GitRevision("commit", "3f2a91c"),
        config_revision=GitRevision("tag", "v1"),
        shared=True,
    )
    assert json.loads(request.body()) == {
        "head": {"commit": "3f2a91c"},
        "config_revision": {"tag": "v1"},
        "workflows": [
            {"name": "release", "values": [{"name": "VERSION", "value": "1.5.0"}]},
            {"name": "nightly"},
        ],
        "shared": True,
    }


ANY_VALUES = ["", 'a"b\\c', "line\nbreak", "日本 ✓", "[b]x[/]", "\x1b]0;x\x07"]


@pytest.mark.parametrize("value", ANY_VALUES)
def test_any_value_arrives_as_it_was_written(value: str) -> None:
    request = RunRequest((WorkflowData("release", (InputValue("NOTES", value),)),))
    body = json.loads(request.body())
    assert body["workflows"][0]["values"] == [{"name": "NOTES", "value": value}]


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (lambda: RunRequest(()), "no workflow is chosen"),
        (lambda: RunRequest((RELEASE, RELEASE)), "chosen twice"),
        (lambda: WorkflowData(" "), "a workflow has no name"),
        (lambda: WorkflowData("x", (InputValue("A", "1"), InputValue("A", "2"))), "given twice"),
        (lambda: InputValue("", "1"), "an input has no name"),
        (lambda: GitRevision("branch", ""), "the branch is empty"),
        (lambda: GitRevision("commit", "main"), "hexadecimal"),
    ],
)
def test_what_breaks_the_contract_cannot_be_built(build: Callable[[], object], why: str) -> None:
    with pytest.raises(RequestError, match=why):
        build()


@pytest.mark.parametrize("name", ["main", "release/1.5", "feature/Ж", "v1.5.0", "a@b", "日本"])
def test_names_that_git_takes(name: str) -> None:
    assert revision_problem("branch", name) is None


WRONG_NAMES = ["", " ", "a b", "-x", "a..b", "a~1", "a^", "a:b", "a?", "a*", "[a", "a\\b", "/a"]
WRONG_NAMES += ["a/", "a//b", ".a", "a.", "a.lock", "a/.b", "a.lock/b", "@", "a@{1}", "a\x1bb"]


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_names_that_git_refuses(name: str) -> None:
    assert revision_problem("branch", name)
    assert revision_problem("tag", name)


@pytest.mark.parametrize(("name", "right"), [("3f2a", True), ("F" * 64, True), ("3f2", False)])
def test_a_commit_is_hexadecimal(name: str, right: bool) -> None:
    assert (revision_problem("commit", name) is None) == right
    assert revision_problem("commit", f"{name}g")
