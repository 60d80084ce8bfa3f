"""Which runs and requests a new request would repeat."""

from datetime import UTC, datetime, timedelta

import pytest

from cubewatch.history.entries import kept
from cubewatch.history.memory import Sent
from cubewatch.model.request import GitRevision, InputValue, RunRequest, WorkflowData
from cubewatch.model.run import Run, Workflow
from cubewatch.watch.duplicates import Duplicate, find_duplicates
from cubewatch.watch.submission import Lost

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def release(version: str = "1.5.0", **values: str) -> RunRequest:
    pairs = {"VERSION": version, **values}
    return RunRequest(
        (WorkflowData("release", tuple(InputValue(*pair) for pair in pairs.items())),)
    )


def sent(request: RunRequest, slug: str = "142", minutes: float = 10) -> Sent:
    draft, forgotten = kept(request)
    return Sent(NOW - timedelta(minutes=minutes), draft, slug, forgotten)


def run(status: str = "processing", slug: str = "142", *workflows: str) -> Run:
    names = workflows or ("release",)
    return Run(slug=slug, status=status, workflows=tuple(Workflow(slug=name) for name in names))


def test_the_same_request_within_the_hour_is_a_duplicate() -> None:
    found = find_duplicates(release(), sent=[sent(release())], runs=[run("success")], now=NOW)
    assert found == (Duplicate("142", run("success"), NOW - timedelta(minutes=10)),)


def test_the_same_request_long_ago_is_none() -> None:
    assert not find_duplicates(release(), sent=[sent(release(), minutes=61)], now=NOW)


def test_another_request_is_none() -> None:
    assert not find_duplicates(release("1.6.0"), sent=[sent(release())], now=NOW)


def test_secrets_are_not_compared() -> None:
    request, before = release(TOKEN="a"), release(TOKEN="b")
    assert find_duplicates(request, sent=[sent(before)], now=NOW)


@pytest.mark.parametrize("status", ["created", "prepared", "processing", "awaiting_approval", "?"])
def test_a_colleagues_run_of_the_workflow_under_way_is_alike(status: str) -> None:
    assert find_duplicates(release(), runs=[run(status)], now=NOW) == (
        Duplicate("142", run(status)),
    )


@pytest.mark.parametrize("status", ["success", "failed", "canceled", "rejected"])
def test_a_finished_run_is_not_alike(status: str) -> None:
    assert not find_duplicates(release(), runs=[run(status)], now=NOW)


def test_a_run_of_other_workflows_is_not_alike() -> None:
    assert not find_duplicates(release(), runs=[run("processing", "142", "nightly")], now=NOW)
    assert not find_duplicates(release(), runs=[Run(slug="142", status="created")], now=NOW)


def test_a_run_known_to_have_other_values_is_not_alike() -> None:
    other = sent(release("1.4.0"), minutes=90)
    assert not find_duplicates(release(), runs=[run()], sent=[other], now=NOW)
    head = RunRequest(release().workflows, GitRevision("branch", "fix"))
    assert not find_duplicates(head, runs=[run()], sent=[sent(release())], now=NOW)


def test_old_running_run_is_a_duplicate_for_every_user() -> None:
    old = sent(release(), minutes=600)
    assert find_duplicates(release(), runs=[run("awaiting_approval")], sent=[old], now=NOW)


def test_a_lost_request_is_a_duplicate_without_a_run() -> None:
    lost = Lost(release(), NOW - timedelta(minutes=2))
    assert find_duplicates(release(), lost=lost, now=NOW) == (Duplicate("", None, lost.sent_at),)
    assert not find_duplicates(release("2"), lost=lost, now=NOW)
