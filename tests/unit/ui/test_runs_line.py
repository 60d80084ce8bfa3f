"""One row of the list of runs at every width, and the texts around the list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from cubewatch.api.errors import ServerTrouble
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import DatesByStage, Run, UserEmbedded, Workflow
from cubewatch.model.runs_list import Group, RunKey
from cubewatch.ui.screens.runs.run_line import columns, run_line
from cubewatch.ui.screens.runs.texts import age_text, counts, repository_text, trouble_text
from cubewatch.watch.runs_poll import RepositoryRuns, RunDetail
from cubewatch.watch.updates import Trouble

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
SHOP, SEARCH, OTHER = RepoSlug("acme", "shop"), RepoSlug("acme", "search"), RepoSlug("x", "y")
WIDTHS = (40, 60, 80, 100, 120, 200)


def a_run(status: str, *, workflows: tuple[str, ...] = ("release",), minutes: float = 5) -> Run:
    created = NOW - timedelta(minutes=minutes)
    final = status in ("success", "failed", "canceled")
    finished = created + timedelta(seconds=84) if final else None
    return Run(
        slug="142",
        status=status,
        dates=DatesByStage(created_at=created, started_at=created, finished_at=finished),
        workflows=tuple(Workflow(slug=name) for name in workflows),
        event_type="repository_event",
        user=UserEmbedded(slug="olga"),
    )


def row(
    run: Run,
    width: int = 120,
    detail: RunDetail | None = None,
    repositories: tuple[RepoSlug, ...] = (SHOP,),
    left: str = "",
) -> str:
    look = columns(width, slugs=["142"], users=["olga", "ivan"], repositories=repositories)
    spans = run_line(RunKey(repositories[0], "142"), run, detail, NOW, look, left)
    return "".join(text for text, _ in spans)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("status", ["created", "processing", "awaiting_approval", "failed", "new"])
@pytest.mark.parametrize("repositories", [(SHOP,), (SHOP, SEARCH), (SHOP, OTHER)])
def test_row_fits_every_width(width: int, status: str, repositories: tuple[RepoSlug, ...]) -> None:
    run = a_run(status, workflows=("релиз-" * 9, "checks", "日本語" * 20))
    detail = RunDetail(status, 0.5, failed=("release", "e2e" * 30, "checkout"))
    for known in (None, detail):
        assert cell_len(row(run, width, known, repositories)) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_failed_cube_is_named_at_every_width(width: int) -> None:
    detail = RunDetail("failed", 0.5, failed=("release", "e2e", "checkout"))
    assert "checkout" in row(a_run("failed"), width, detail)


def test_running_row_says_how_far_it_is_only_where_that_is_known() -> None:
    known = row(a_run("processing"), detail=RunDetail("processing", 0.61))
    assert "━" in known
    assert "61 %" in known
    unknown = row(a_run("processing"))
    assert "running" in unknown
    assert "%" not in unknown


@pytest.mark.parametrize("width", WIDTHS)
def test_time_left_is_shown_whole_or_not_at_all(width: int) -> None:
    known = RunDetail("processing", 0.61)
    run = a_run("processing", workflows=("release", "checks", "nightly"))
    shown = row(run, width, known, left="1m10s–1m40s left")
    assert cell_len(shown) <= width
    assert ("1m10s–1m40s left" in shown) is (width >= 80)
    assert "1m40s l…" not in shown
    assert "1m10s" not in shown or "1m40s" in shown


def test_failure_and_wait_are_seen_while_the_run_goes_on() -> None:
    failed = RunDetail("processing", 0.5, failed=("release", "build", "unit"))
    assert "build/unit" in row(a_run("processing"), detail=failed)
    waits = RunDetail("processing", 0.5, waiting=("release", "deploy"))
    shown = row(a_run("processing"), detail=waits)
    assert "‖" in shown
    assert "deploy" in shown


def test_run_that_is_over_waits_for_nobody() -> None:
    stale = RunDetail("processing", 0.5, waiting=("release", "deploy"))
    assert "‖" not in row(a_run("success"), detail=stale)


def test_row_of_a_run_without_dates_has_no_figures() -> None:
    shown = row(Run(slug="142", status="failed"))
    assert "ago" not in shown
    assert "0s" not in shown


def test_rejected_run_says_why() -> None:
    run = Run(slug="142", status="rejected", error_messages=("too many workflows\nmore",))
    assert "too many workflows" in row(run)


def test_repository_is_shown_only_among_several() -> None:
    assert "shop" not in row(a_run("success"))
    assert "  shop" in row(a_run("success"), repositories=(SHOP, SEARCH))
    assert "acme/shop" in row(a_run("success"), repositories=(SHOP, OTHER))


def test_counts_leave_out_empty_groups() -> None:
    text = "".join(text for text, _ in counts({Group.ATTENTION: 1, Group.DONE: 60}))
    assert text == " 1 needs attention  60 done"


def test_age_is_coarse() -> None:
    assert age_text(3) == "updated just now"
    assert age_text(47) == "updated 40s ago"
    assert age_text(126) == "updated 2m00s ago"


def test_trouble_says_what_when_and_how_old_the_rest_is() -> None:
    state = RepositoryRuns(SHOP, answered_at=900.0)
    error = ServerTrouble("the server has trouble (500)", status=500)
    state.trouble = Trouble(error, 2, 1012.0)
    assert trouble_text(state, 1000.0) == (
        f"acme/shop: {error} · next try in 20s · updated 1m40s ago"
    )
    assert "no answer yet" in repository_text(RepositoryRuns(SHOP), 0.0)


def test_end_in_the_future_is_no_age_and_an_end_before_the_start_no_time() -> None:
    run = a_run("success", minutes=-120)
    assert run.dates.started_at
    odd = replace(run.dates, finished_at=run.dates.started_at - timedelta(hours=1))
    shown = row(replace(run, dates=odd))
    assert "success" in shown
    assert "now" not in shown
    assert "0s" not in shown
