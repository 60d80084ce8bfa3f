"""The search for the run that a lost POST may have started, while colleagues start theirs."""

from datetime import timedelta

import pytest

from cubewatch.api.errors import Refused, Unreachable
from cubewatch.model.around import User
from cubewatch.model.decode import read
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.model.run import Run, RunPage
from cubewatch.watch.lost import Candidates, find_candidates
from tests.support.polling import REPO, WALL
from tests.support.runs import Json, run, workflow
from tests.support.runs import read as read_run

RELEASE = RunRequest((WorkflowData("release"),))
ME = User(id="u-1", username="olga")


class Runs:
    """Lists of runs in pages of two, and who the token belongs to."""

    def __init__(self, *runs: Json, me: User | Exception = ME, ahead: float = 0) -> None:
        self.found = [read_run(one) for one in runs]
        self.me = me
        self.server_ahead = timedelta(seconds=ahead)
        self.pages = 0

    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage:
        assert repo == REPO
        self.pages += 1
        start = int(page_token or 0)
        return RunPage(tuple(self.found[start : start + 2]), str(start + 2))

    async def user(self) -> User:
        if isinstance(self.me, Exception):
            raise self.me
        return self.me


def made(slug: str, user: str = "u-1", *, after: float = 1, name: str = "release") -> Json:
    return run(
        "created",
        workflow(name, "created"),
        slug=slug,
        event_type="manual",
        user={"id": user, "slug": {"u-1": "olga", "u-2": "ivan"}.get(user, "")},
        dates={"created_at": (WALL + timedelta(seconds=after)).isoformat()},
    )


async def search(lister: Runs) -> Candidates:
    return await find_candidates(lister, REPO, RELEASE, WALL)


def slugs(found: Candidates) -> list[str]:
    return [one.slug for one in found.runs]


async def test_our_run_is_distinguished_from_those_of_colleagues() -> None:
    found = await search(Runs(made("144", "u-2"), made("143"), made("142", "u-2")))
    assert slugs(found) == ["143"]
    assert found.ours
    assert found.ours.slug == "143"


async def test_a_colleagues_run_is_never_ours() -> None:
    assert await search(Runs(made("143", "u-2"))) == Candidates()


async def test_two_runs_of_ours_are_two_candidates() -> None:
    found = await search(Runs(made("144"), made("143")))
    assert slugs(found) == ["144", "143"]
    assert found.ours is None


@pytest.mark.parametrize("me", [Refused("no", status=403), Unreachable("down"), User()])
async def test_nothing_is_surely_ours_while_our_user_is_unknown(me: User | Exception) -> None:
    found = await search(Runs(made("143"), me=me))
    assert slugs(found) == ["143"]
    assert found.ours is None


async def test_a_run_without_its_user_may_be_ours_but_not_surely() -> None:
    found = await search(Runs(made("143", "")))
    assert slugs(found) == ["143"]
    assert found.ours is None


@pytest.mark.parametrize(
    "other",
    [
        made("143", after=-6),
        made("143", name="nightly"),
        made("143") | {"event_type": "push"},
    ],
)
async def test_what_can_not_be_the_run_is_no_candidate(other: Json) -> None:
    assert await search(Runs(other)) == Candidates()


async def test_the_only_run_of_a_server_without_users_is_ours() -> None:
    found = await search(Runs(made("143", ""), me=User()))
    assert found.ours


async def test_a_run_that_has_no_workflows_yet_may_be_it() -> None:
    found = await search(Runs(made("143") | {"workflows": []}))
    assert found.ours


async def test_the_servers_clock_counts() -> None:
    found = await search(Runs(made("143", after=3600), ahead=3600))
    assert found.ours


async def test_a_busy_repository_is_looked_through_page_by_page() -> None:
    busy = [made(str(200 - n), "u-2", after=60 - n) for n in range(4)]
    lister = Runs(*busy, made("142"))
    assert slugs(await search(lister)) == ["142"]
    assert lister.pages == 3


async def test_no_page_beyond_the_sending_is_read() -> None:
    old = [made(str(100 - n), after=-60 - n) for n in range(20)]
    lister = Runs(*old)
    assert await search(lister) == Candidates()
    assert lister.pages == 1


def test_users_are_read_with_tolerance() -> None:
    assert read(User, b'{"id": 7}').id == "7"
    assert not User().started(Run())


async def test_clock_of_the_list_decides_not_that_of_the_answer_before() -> None:
    class Corrected(Runs):
        async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage:
            self.server_ahead = timedelta()
            return await super().runs(repo, page_size=page_size, page_token=page_token)

    lister = Corrected(made("144"), made("143", after=-3600), ahead=-7200)
    assert slugs(await search(lister)) == ["144"]
