"""The list of runs: groups, order, filter, folds."""

from datetime import UTC, datetime, timedelta

import pytest

from cubewatch.model.around import User
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import DatesByStage, Run, UserEmbedded, Workflow
from cubewatch.model.runs_list import (
    MIN_UNFOLDED,
    Fold,
    Group,
    Heading,
    RunFilter,
    RunKey,
    RunsList,
    group_of,
)

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
SHOP, SEARCH = RepoSlug("acme", "shop"), RepoSlug("acme", "search")


def a_run(
    slug: str = "1",
    status: str = "success",
    *,
    hours_ago: float = 1.0,
    workflows: tuple[str, ...] = ("checks",),
    by: str = "olga",
    event: str = "push",
    workflow_status: str = "",
) -> Run:
    created = NOW - timedelta(hours=hours_ago)
    return Run(
        slug=slug,
        status=status,
        dates=DatesByStage(created_at=created, finished_at=created),
        workflows=tuple(Workflow(slug=name, status=workflow_status) for name in workflows),
        event_type=event,
        user=UserEmbedded(slug=by),
    )


def listed(*runs: Run, repo: RepoSlug = SHOP) -> RunsList:
    found = RunsList({RunKey(repo, run.slug): run for run in runs})
    found.arrange(NOW)
    return found


def slugs(runs: RunsList) -> list[str]:
    """The rows as text: titles of groups, slugs, folds."""
    return [
        row.slug
        if isinstance(row, RunKey)
        else f"{row.group.value} {row.runs}"
        if isinstance(row, Heading)
        else f"+{row.folded}"
        for row in runs.rows
    ]


@pytest.mark.parametrize(
    ("run", "group"),
    [
        (a_run(status="awaiting_approval", hours_ago=200), Group.ATTENTION),
        (a_run(status="processing", workflow_status="awaiting_approval"), Group.ATTENTION),
        (a_run(status="failed"), Group.ATTENTION),
        (a_run(status="timeout"), Group.ATTENTION),
        (a_run(status="rejected"), Group.ATTENTION),
        (a_run(status="failed", hours_ago=30), Group.DONE),
        (a_run(status="processing"), Group.RUNNING),
        (a_run(status="created"), Group.QUEUED),
        (a_run(status="prepared"), Group.QUEUED),
        (a_run(status="quantum"), Group.QUEUED),
        (a_run(status="success"), Group.DONE),
        (a_run(status="canceled"), Group.DONE),
        (Run(slug="1", status="failed"), Group.DONE),
    ],
)
def test_group_follows_status_and_age(run: Run, group: Group) -> None:
    assert group_of(run, looked_at=False, now=NOW) is group


def test_seen_failure_needs_no_attention_but_a_wait_does() -> None:
    assert group_of(a_run(status="failed"), looked_at=True, now=NOW) is Group.DONE
    waiting = a_run(status="awaiting_approval")
    assert group_of(waiting, looked_at=True, now=NOW) is Group.ATTENTION


def test_groups_stand_in_order_with_counts_and_the_newest_first() -> None:
    runs = listed(
        a_run("5", "failed", hours_ago=1),
        a_run("4", "awaiting_approval", hours_ago=5),
        a_run("9", "processing", hours_ago=0.2),
        a_run("10", "processing", hours_ago=0.1),
        a_run("11", "created", hours_ago=0),
        a_run("2", hours_ago=2),
        a_run("3", hours_ago=2),
    )
    assert slugs(runs) == [
        *("needs attention 2", "4", "5", "running 2", "10", "9"),
        *("queued 1", "11", "done 2", "3", "2"),
    ]
    assert runs.counts[Group.DONE] == 2


def test_old_runs_are_folded_and_open_again() -> None:
    runs = listed(*(a_run(str(n), hours_ago=30 + n) for n in range(MIN_UNFOLDED + 7)))
    assert runs.rows[-1] == Fold(7, is_open=False)
    assert len(runs.rows) == MIN_UNFOLDED + 2
    runs.unfolded = True
    runs.arrange(NOW)
    assert runs.rows[-1] == Fold(7, is_open=True)
    assert len(runs.rows) == MIN_UNFOLDED + 9


def test_no_run_is_folded_on_its_first_day() -> None:
    runs = listed(*(a_run(str(n), hours_ago=n / 10) for n in range(60)))
    assert len(runs.rows) == 61


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {"1", "2", "3"}),
        ("status:fail", {"2"}),
        ("is:awaiting", {"3"}),
        ("workflow:deploy", {"3"}),
        ("w:checks by:OLGA", {"1"}),
        ("who:ivan", {"2", "3"}),
        ("event:manual", {"3"}),
        ("repo:search", set()),
        ("deploy", {"3"}),
        ("#2", {"2"}),
        ("status:", {"1", "2", "3"}),
        ("nope:x", set()),
    ],
)
def test_filter_matches_fields_and_words(text: str, found: set[str]) -> None:
    runs = listed(
        a_run("1"),
        a_run("2", "failed", by="ivan"),
        a_run(
            "3",
            "processing",
            by="ivan",
            workflows=("deploy",),
            event="manual",
            workflow_status="awaiting_approval",
        ),
    )
    runs.filter = RunFilter.parse(text)
    runs.arrange(NOW)
    assert {row.slug for row in runs.rows if isinstance(row, RunKey)} == found


def test_filter_by_a_user_leaves_their_runs_only() -> None:
    runs = listed(a_run("1", by="Ivan"), a_run("2", by="olga"))
    runs.filter = RunFilter.parse("", User(username="ivan"))
    runs.arrange(NOW)
    assert slugs(runs) == ["done 1", "1"]


def test_runs_of_several_repositories_with_one_number_are_distinguished() -> None:
    runs = RunsList({RunKey(SHOP, "7"): a_run("7"), RunKey(SEARCH, "7"): a_run("7")})
    runs.arrange(NOW)
    assert len(runs.rows) == 3


def test_slugs_that_are_no_numbers_are_sorted_all_the_same() -> None:
    assert len(listed(a_run("²"), a_run("x"), a_run("9" * 5000)).rows) == 4


def test_five_thousand_runs_are_arranged_quickly() -> None:
    runs = RunsList(
        {RunKey(SHOP, str(n)): a_run(str(n), "failed", hours_ago=n / 500) for n in range(5000)}
    )
    runs.filter = RunFilter.parse("checks")
    runs.arrange(NOW)
    assert runs.counts[Group.ATTENTION] == 5000
