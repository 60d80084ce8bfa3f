"""Which run is that of a commit, which is the next one, which is a restart."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from cubewatch.api.errors import ApiError, Refused
from cubewatch.model.around import (
    MergeChecks,
    PullRequest,
    PullRequestBranch,
    PullRequestPage,
    User,
    WorkflowCheck,
)
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import DatesByStage, Run, RunPage, UserEmbedded, Workflow
from cubewatch.watch.awaited import (
    AwaitedCommit,
    CommitLook,
    NextLook,
    NextRunCriteria,
    Sighting,
    find_successor,
)

REPO = RepoSlug("acme", "shop")
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
SHA = "b28b7af" + "0" * 33
COMMIT = AwaitedCommit(SHA, "fix/vat", NOON)
ME = User(id="7", username="ivan")


def a_run(
    slug: str,
    *,
    event: str = "push",
    by: str = "ivan",
    minutes: float = 1,
    workflows: Sequence[str] = ("checks",),
    status: str = "processing",
) -> Run:
    created = NOON + timedelta(minutes=minutes)
    return Run(
        slug=slug,
        status=status,
        event_type=event,
        dates=DatesByStage(created_at=created, finished_at=created + timedelta(seconds=30)),
        workflows=tuple(Workflow(slug=name) for name in workflows),
        user=UserEmbedded(slug=by),
    )


class Server:
    """Pull requests with their checks, and runs, newest first; counts what was requested."""

    server_ahead = timedelta()

    def __init__(self, *runs: Run) -> None:
        self.listed = list(runs)
        self.pulls: dict[str, str] = {}
        self.checks: dict[str, list[str]] = {}
        self.refused: set[str] = set()
        self.requests: list[str] = []

    def _take(self, name: str) -> None:
        self.requests.append(name)
        if name in self.refused:
            raise Refused("access is denied (403)", status=403)

    async def runs(self, repo: RepoSlug, *, page_size: int) -> RunPage:
        self._take("runs")
        return RunPage(tuple(self.listed[:page_size]))

    async def close(self) -> None:
        pass

    async def user(self) -> User:
        self._take("user")
        return ME

    async def pull_requests(
        self, repo: RepoSlug, source_branch: str, *, page_size: int
    ) -> PullRequestPage:
        self._take("pulls")
        assert source_branch == COMMIT.branch
        return PullRequestPage(
            tuple(
                PullRequest(slug=slug, source=PullRequestBranch(sha=sha))
                for slug, sha in self.pulls.items()
            )
        )

    async def merge_checks(self, repo: RepoSlug, pull_slug: str) -> MergeChecks:
        self._take("checks")
        slugs = self.checks.get(pull_slug, [])
        return MergeChecks(tuple(WorkflowCheck(run_slug=slug) for slug in slugs))


async def test_commit_is_found_by_its_pull_request_in_two_requests() -> None:
    server = Server(a_run("150"))
    server.pulls = {"8": "f" * 40, "9": SHA}
    server.checks = {"9": ["99", "142", "142"]}
    sighting = await CommitLook(server, REPO, COMMIT)()
    assert sighting == Sighting(("142", "99"), "of b28b7af, by pull request #9")
    assert server.requests == ["pulls", "checks"]


async def test_commit_that_the_pull_request_is_not_at_yet_is_no_guess() -> None:
    server = Server(a_run("150"))
    server.pulls = {"9": "f" * 40}
    look = CommitLook(server, REPO, COMMIT)
    assert (await look()).slugs == ()
    server.pulls = {"9": SHA}
    assert (await look()).slugs == ()
    server.checks = {"9": ["151"]}
    assert (await look()).slugs == ("151",)
    assert server.requests.count("runs") == 0


async def test_commit_without_a_pull_request_is_a_guess_that_is_called_one() -> None:
    server = Server(
        a_run("154", event="manual"),
        a_run("153", by="olga"),
        a_run("152", minutes=2),
        a_run("151", minutes=-30),
    )
    sighting = await CommitLook(server, REPO, COMMIT)()
    assert (sighting.slugs, sighting.exact) == (("152",), False)
    assert "guess" in sighting.note
    assert "ivan" in sighting.note


async def test_run_from_before_the_commit_is_not_its_run() -> None:
    server = Server(a_run("151", minutes=-30))
    assert (await CommitLook(server, REPO, COMMIT)()).slugs == ()


async def test_guess_counts_with_a_server_whose_clock_is_behind() -> None:
    server = Server(a_run("151", minutes=-59))
    server.server_ahead = timedelta(hours=-1)
    assert (await CommitLook(server, REPO, COMMIT)()).slugs == ("151",)


@pytest.mark.parametrize("refused", [{"pulls"}, {"user"}, {"pulls", "user"}])
async def test_refused_calls_leave_a_guess(refused: set[str]) -> None:
    server = Server(a_run("151"))
    server.refused = refused
    assert (await CommitLook(server, REPO, COMMIT)()).slugs == ("151",)


async def test_refused_list_is_an_error() -> None:
    server = Server()
    server.refused = {"runs"}
    with pytest.raises(ApiError):
        await CommitLook(server, REPO, COMMIT)()


async def test_detached_commit_needs_no_pull_requests() -> None:
    server = Server(a_run("151"))
    assert (await CommitLook(server, REPO, AwaitedCommit(SHA))()).slugs == ("151",)
    assert "pulls" not in server.requests


async def test_next_run_is_one_that_was_not_there_at_first() -> None:
    server = Server(a_run("151"))
    look = NextLook(server, REPO, NextRunCriteria())
    assert (await look()).slugs == ()
    server.listed = [a_run("153"), a_run("152"), *server.listed]
    assert (await look()).slugs == ("152",)
    assert server.requests == ["runs", "runs"]


async def test_run_missed_by_a_lagging_server_is_not_the_next() -> None:
    server = Server(a_run("151"))
    look = NextLook(server, REPO, NextRunCriteria())
    await look()
    server.listed = [a_run("152", status="success"), *server.listed]
    assert (await look()).slugs == ()
    server.listed = [a_run("153"), *server.listed]
    assert (await look()).slugs == ("153",)


@pytest.mark.parametrize(
    ("criteria", "slug"),
    [
        (NextRunCriteria(workflow="release"), "155"),
        (NextRunCriteria(by="olga"), "154"),
        (NextRunCriteria(by="me"), "152"),
        (NextRunCriteria(event="schedule"), "153"),
        (NextRunCriteria(workflow="release", by="olga"), ""),
    ],
)
async def test_next_run_fits_the_criteria(criteria: NextRunCriteria, slug: str) -> None:
    server = Server()
    look = NextLook(server, REPO, criteria)
    await look()
    server.listed = [
        a_run("155", workflows=("checks", "release"), by="tomas"),
        a_run("154", by="olga"),
        a_run("153", event="schedule", by="ci-bot"),
        a_run("152"),
    ]
    assert "".join((await look()).slugs) == slug


async def test_next_run_of_a_workflow_waits_until_its_workflows_are_known() -> None:
    server = Server()
    look = NextLook(server, REPO, NextRunCriteria(workflow="release"))
    await look()
    server.listed = [a_run("152", workflows=(), status="created")]
    assert (await look()).slugs == ()
    server.listed = [a_run("152", workflows=("release",))]
    assert (await look()).slugs == ("152",)


async def test_successor_is_a_newer_restart_of_the_same_workflows() -> None:
    ended = a_run("140", status="failed", workflows=("release",))
    server = Server(
        a_run("145", event="restart", minutes=9, workflows=("nightly",)),
        a_run("144", event="manual", minutes=8, workflows=("release",)),
        a_run("143", event="restart", minutes=7, workflows=("release",)),
        ended,
        a_run("139", event="restart", minutes=-9, workflows=("release",)),
    )
    found = await find_successor(server, REPO, ended)
    assert found is not None
    assert found.slug == "143"
    server.listed = server.listed[3:]
    assert await find_successor(server, REPO, ended) is None
