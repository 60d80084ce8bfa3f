"""A run that is started without a form: refusals and notices from what the clone knows."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cubewatch.settings import ComposeFirst
from tests.support.clones import Clones, put_first
from tests.unit.conftest import BeginPlain, Refuse

CONFIG = """
workflows:
  deploy:
    inputs:
      ENV: {required: true, options: [prod, stage]}
      TAG: {required: true, default: latest}
  release:
    inputs:
      VERSION: {required: true}
"""
Told = Callable[..., list[str]]
PUSHED = ("update-ref", "refs/remotes/origin/main", "HEAD")
"""What git is told so that it takes all of `main` for pushed."""
START = ("run", "deploy", "-y", "--plain")


@pytest.fixture
def folder(clean_environment: None, clones: Clones, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone on `main`, which we stand in, of a server with that config."""
    clones.server(config=CONFIG)
    folder = clones.clone()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def told(begin_plain: BeginPlain, capsys: pytest.CaptureFixture[str]) -> Told:
    """The lines on standard error of words that start a run all the same."""

    def start(*words: str) -> list[str]:
        _, start, _ = begin_plain(*words)
        assert isinstance(start, ComposeFirst)
        assert start.send_at_once
        output = capsys.readouterr()
        assert output.out == ""
        return output.err.splitlines()

    return start


@pytest.mark.usefixtures("folder")
def test_what_the_config_requires_is_not_left_out(refuse: Refuse) -> None:
    add = "add ENV=... behind deploy"
    config = "(config from origin/main; git fetch may bring a newer one)"
    assert refuse(*START) == f"ENV is required: {add} {config}"
    assert refuse(*START, "ENV=") == f"ENV is required: {add} {config}"
    assert refuse("run", "deploy", "release", "-y", "--plain") == (
        f"ENV of deploy is required: {add}; "
        f"VERSION of release is required: add VERSION=... behind release {config}"
    )


def test_not_all_of_very_many_are_reported(refuse: Refuse, folder: Path, clones: Clones) -> None:
    inputs = ", ".join(f"I{number}: {{required: true}}" for number in range(8))
    clones.commit(folder, config=f"workflows: {{deploy: {{inputs: {{{inputs}}}}}}}")
    clones.git(folder, *PUSHED)
    refusal = refuse(*START)
    assert refusal.startswith("I0 is required: add I0=... behind deploy; I1 is required: ")
    assert refusal.endswith(
        "; and 3 more (config from origin/main; git fetch may bring a newer one)"
    )


@pytest.mark.usefixtures("folder")
def test_what_is_only_doubtful_is_reported_and_sent(told: Told) -> None:
    assert told(*START, "ENV=prod") == []
    assert told(*START, "ENV=moon", "X=1") == [
        "cubewatch: ENV must be one of: prod, stage",
        "cubewatch: deploy has no input X in the config",
    ]
    assert told("run", "nightly", "-y", "--plain") == [
        "cubewatch: nightly is not in the config that is known here"
    ]


def test_what_is_not_pushed_is_reported(told: Told, folder: Path, clones: Clones) -> None:
    clones.commit(folder)
    missing = "not pushed, so the run will not contain"
    assert told(*START, "ENV=prod") == [f"cubewatch: main: 1 commit is {missing} it"]
    clones.commit(folder)
    assert told(*START, "ENV=prod") == [f"cubewatch: main: 2 commits are {missing} them"]


def test_a_config_that_is_not_that_of_the_head_is_reported(
    told: Told, refuse: Refuse, folder: Path, clones: Clones
) -> None:
    clones.git(folder, "switch", "--quiet", "--create", "fix/cart")
    clones.push(folder, "origin", "fix/cart")
    words = (*START, "ENV=prod")
    assert told(*words) == []
    clones.commit(folder, config="workflows: {deploy: }")
    clones.push(folder, "origin", "fix/cart")
    differs = "the config is that of origin/main, which is not the same as that of"
    assert told(*words) == [f"cubewatch: {differs} fix/cart"]
    assert told(*words, "--ref", "main") == []
    assert told(*words, "--cfg-ref", "main") == []
    assert told(*START, "--cfg-ref", "fix/cart") == []
    clones.git(folder, "rm", "--quiet", ".sourcecraft/ci.yaml")
    commit = clones.commit(folder)
    clones.push(folder, "origin", "fix/cart")
    assert told(*words, "--commit", commit) == [f"cubewatch: {differs} {commit[:12]}"]
    assert refuse(*START).startswith("ENV is required: ")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (None, []),
        (
            "workflows: [",
            [
                "cubewatch: .sourcecraft/ci.yaml of origin/main: line 1, column 13: "
                "did not find expected node content"
            ],
        ),
    ],
    ids=["none", "broken"],
)
def test_without_a_config_nothing_is_refused(
    told: Told, folder: Path, clones: Clones, config: str | None, said: list[str]
) -> None:
    if config is None:
        clones.git(folder, "rm", "--quiet", ".sourcecraft/ci.yaml")
    clones.commit(folder, config=config)
    clones.git(folder, *PUSHED)
    assert told(*START) == said


@pytest.mark.usefixtures("folder")
def test_what_the_clone_lacks_is_reported(told: Told) -> None:
    words = (*START, "ENV=prod", "--cfg-ref", "main", "--tag", "v9")
    assert told(*words) == ["cubewatch: tag v9 is not in the clone here: nothing is known of it"]
    assert told(*START, "--cfg-ref", "nowhere") == [
        "cubewatch: branch nowhere is not in this clone: fetch it to see its workflows"
    ]


def unable(command: str, clones: Clones, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on git fails at one of its commands."""
    fail = f'case " $* " in *" {command} "*) echo "fatal: broken" >&2; exit 128;; esac'
    put_first(clones.program("git", f'{fail}; exec {shutil.which("git")} "$@"'), monkeypatch)


@pytest.mark.usefixtures("folder")
def test_a_clone_that_can_not_be_read_refuses_nothing(
    told: Told, clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    unable("for-each-ref", clones, monkeypatch)
    [line] = told(*START)
    assert line.startswith("cubewatch: git for-each-ref failed: fatal: broken")


def test_a_config_that_can_be_read_refuses_whatever_else_fails(
    told: Told, refuse: Refuse, folder: Path, clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    clones.commit(folder)
    unable("--count", clones, monkeypatch)
    [line] = told(*START, "ENV=prod")
    assert line.startswith("cubewatch: git rev-list failed: fatal: broken")
    assert refuse(*START).startswith("ENV is required: ")


@pytest.mark.usefixtures("folder")
def test_naming_the_repository_of_the_clone_changes_nothing(refuse: Refuse, told: Told) -> None:
    assert refuse(*START, "-R", "acme/shop").startswith("ENV is required: ")
    assert told(*START, "-R", "acme/site") == []


@pytest.mark.usefixtures("folder")
def test_an_input_without_its_value_is_no_workflow(refuse: Refuse) -> None:
    words = ("run", "deploy", "ENV=prod", "TAG", "-y", "--plain")
    assert refuse(*words).startswith("TAG looks like an input without a value: write TAG=...")


def test_an_input_in_lower_case_is_known_by_the_config(
    clean_environment: None,
    clones: Clones,
    monkeypatch: pytest.MonkeyPatch,
    refuse: Refuse,
) -> None:
    clones.server(config="workflows:\n  deploy:\n    inputs:\n      env: {}\n")
    monkeypatch.chdir(clones.clone())
    refusal = refuse("run", "deploy", "env", "-y", "--plain")
    assert refusal == "env is an input of deploy: write env=..."


@pytest.mark.usefixtures("folder")
def test_a_workflow_that_is_almost_right_is_named(told: Told) -> None:
    assert "cubewatch: relaese is not in the config that is known here: did you mean release?" in (
        told("run", "relaese", "-y", "--plain")
    )
