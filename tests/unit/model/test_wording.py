"""What would run, in one line of words."""

from datetime import UTC, datetime, timedelta

import pytest

from cubewatch.model.git_ref import GitRef
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision, InputValue, RevisionKind, RunRequest, WorkflowData
from cubewatch.model.wording import config_differs, in_words
from cubewatch.text.sanitize import inert

NOW = datetime(2026, 10, 21, 8, 0, tzinfo=UTC)
SHOP = RepoSlug("acme", "shop")
HASH = "3f2a91c8b2aa01c4f8e0bd6d7a90c2b13f2a91c8"
BRANCH = GitRef("branch", "release/1.5", HASH, "Fix cart", NOW - timedelta(hours=2, minutes=50))


def request_for(*workflows: WorkflowData, head: GitRevision | None = None) -> RunRequest:
    return RunRequest(workflows or (WorkflowData("release"),), head)


def release(name: str = "release", **values: str) -> WorkflowData:
    return WorkflowData(name, tuple(InputValue(*item) for item in values.items()))


def words(request: RunRequest, head: GitRef | None = None, config: str = "main") -> str:
    return in_words(request, SHOP, head=head, config=config, now=NOW)


def at(kind: RevisionKind, name: str, head: GitRef | None = None) -> str:
    """Only the words about the head."""
    text = words(request_for(head=GitRevision(kind, name)), head)
    return text.removeprefix("release on acme/shop at ").removesuffix(", config from main")


def test_everything() -> None:
    request = request_for(
        release(VERSION="1.5.0"), release("deploy"), head=GitRevision("branch", "release/1.5")
    )
    assert words(request, BRANCH) == (
        "release VERSION=1.5.0, deploy on acme/shop at release/1.5 "
        "(3f2a91c Fix cart, 2h ago), config from main"
    )


def test_no_head_is_the_default_branch() -> None:
    main = GitRef("branch", "main", HASH, "Fix cart", NOW)
    place = "release on acme/shop at"
    assert words(request_for()) == f"{place} the default branch, config from main"
    known = f"{place} main (default) (3f2a91c Fix cart, just now), config from main"
    assert words(request_for(), main) == known
    named = f"{place} main (default), config from main"
    assert words(request_for(), GitRef("branch", "main")) == named


@pytest.mark.parametrize(
    ("kind", "name", "known", "text"),
    [
        ("branch", "main", None, "main"),
        ("branch", "main", BRANCH, "main"),
        ("tag", "release/1.5", BRANCH, "tag release/1.5"),
        ("tag", "v1", GitRef("tag", "v1", HASH, "First"), "tag v1 (3f2a91c First)"),
        ("branch", "x", GitRef("branch", "x", on_server=False), "x (not pushed)"),
        ("branch", "x", GitRef("branch", "x", HASH, on_server=True), "x (3f2a91c)"),
        ("commit", "3F2A", GitRef("commit", HASH, HASH, "Fix"), "commit 3F2A (Fix)"),
        ("commit", HASH, GitRef("commit", HASH, HASH), "commit 3f2a91c8b2aa"),
        ("commit", "beef", GitRef("commit", HASH, HASH, "Fix"), "commit beef"),
    ],
)
def test_the_head(kind: RevisionKind, name: str, known: GitRef | None, text: str) -> None:
    assert at(kind, name, known) == text


def test_where_the_config_comes_from() -> None:
    request = RunRequest((release(),), config_revision=GitRevision("tag", "v2"), shared=True)
    assert words(request, config="").endswith(", config from tag v2, shared")
    assert words(request_for(), config="").endswith(", config from the default branch")


@pytest.mark.parametrize(
    ("workflows", "text"),
    [
        ([release(A="1", B="two words", C="")], "release A=1 B='two words' C=''"),
        ([release(A="1"), release("deploy", A="1")], "release, deploy A=1"),
        ([release(A="1"), release("deploy", A="2", B="3")], "release A=1, deploy A=2 B=3"),
        ([release(TOKEN="pv1_mine", KEY="")], "release TOKEN=••• KEY=''"),
        ([release(A="x" * 41)], f"release A={'x' * 39}…"),
        (
            [release(A="x" * 41), release("deploy", A="x" * 42)],
            f"release A={'x' * 39}…, deploy A={'x' * 39}…",
        ),
    ],
)
def test_values(workflows: list[WorkflowData], text: str) -> None:
    assert words(request_for(*workflows)).startswith(f"{text} on acme/shop at ")


def test_nothing_in_it_steers_a_terminal() -> None:
    bad = "a\x1b[31m\n\u202e"
    request = request_for(
        release(bad, **{bad: bad * 20}), head=GitRevision("branch", "x\x9by\u202e")
    )
    head = GitRef("branch", "x\x9by\u202e", bad, bad, NOW)
    text = in_words(request, RepoSlug(bad, bad), head=head, config=bad, now=NOW)
    assert text == inert(text)
    assert len(text) < 300
    assert config_differs("origin/main", bad) == inert(config_differs("origin/main", bad))
