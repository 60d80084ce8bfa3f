"""Earlier runs of the same workflows: which are loaded, and how many requests that takes."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cubewatch.api.client import Answer
from cubewatch.api.errors import Unreachable
from cubewatch.history.durations import DurationStore
from cubewatch.model.decode import read
from cubewatch.model.past import RunTimes
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run, RunPage
from cubewatch.model.snapshot import advance
from cubewatch.watch.earlier import MAX_LOADED, EarlierRuns
from tests.support.polling import WALL, HandTiming
from tests.support.runs import Json, cube, run, task, workflow
from tests.support.runs import read as read_run

SHOP = RepoSlug("acme", "shop")


def made(slug: int, *workflows: str, status: str = "success") -> Json:
    """A run that began `slug` minutes before the clock's begin and took 40 seconds."""
    begin = WALL - timedelta(days=1) + timedelta(minutes=slug)
    dates = {
        "created_at": begin.isoformat(),
        "started_at": (begin + timedelta(seconds=2)).isoformat(),
        "finished_at": (begin + timedelta(seconds=42)).isoformat(),
    }
    built = task("t", status, cube("c", status, dates=dates), dates=dates)
    names = workflows or ("release",)
    parts = [workflow(name, status, built, dates=dates) for name in names]
    return {**run(status, *parts, dates=dates), "slug": str(slug)}


class Api:
    """Lists and gives runs; counts the requests."""

    def __init__(self, *newest_first: Json, page_size: int = 50) -> None:
        self.runs_there = list(newest_first)
        self.page_size = page_size
        self.asked: list[str] = []
        self.fails_after = 1000

    async def source(self) -> "Api":
        return self

    def _count(self, what: str) -> None:
        if len(self.asked) >= self.fails_after:
            raise Unreachable("no answer")
        self.asked.append(what)

    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage:
        self._count("list")
        start = int(page_token or 0)
        shown = self.runs_there[start : start + self.page_size]
        bare = [
            {**one, "workflows": [{**each, "tasks": []} for each in one["workflows"]]}
            for one in shown
        ]
        end = start + self.page_size
        token = str(end) if end < len(self.runs_there) else ""
        return read(RunPage, json.dumps({"runs": bare, "next_page_token": token}).encode())

    async def run_answer(self, repo: RepoSlug, slug: str) -> Answer:
        self._count(slug)
        [found] = [one for one in self.runs_there if one["slug"] == slug]
        return Answer(json.dumps(found).encode(), None)


@pytest.fixture
def store(tmp_path: Path) -> DurationStore:
    return DurationStore(tmp_path / "durations")


async def earlier(api: Any, store: DurationStore, one: Json) -> list[RunTimes]:
    found: list[RunTimes] = []
    async for runs in EarlierRuns(api.source, store, HandTiming()).before(SHOP, opened(one)):
        found = runs
    return found


def opened(one: Json) -> Run:
    return read_run(one)


def slugs(runs: list[RunTimes]) -> list[str]:
    return [one.slug for one in runs]


MANY = [made(slug) for slug in range(142, 100, -1)]


async def test_ten_runs_cost_eleven_requests(store: DurationStore) -> None:
    api = Api(*MANY)
    found = await earlier(api, store, MANY[0])
    assert slugs(found) == [str(slug) for slug in range(141, 131, -1)]
    assert api.asked == ["list", *slugs(found)]
    assert found[0].nodes["release", "t", "c"].worked == 40


async def test_the_second_start_costs_none(store: DurationStore) -> None:
    await earlier(Api(*MANY), store, MANY[0])
    again = Api(*MANY)
    assert len(await earlier(again, store, MANY[0])) == MAX_LOADED
    assert again.asked == []


async def test_a_run_soon_after_costs_none(store: DurationStore) -> None:
    await earlier(Api(*MANY), store, MANY[0])
    now = made(143)
    now["dates"]["created_at"] = (WALL + timedelta(hours=5)).isoformat()
    api = Api(now, *MANY)
    assert await earlier(api, store, now)
    assert api.asked == []


async def test_other_workflows_unfinished_and_later_runs_are_left_out(
    store: DurationStore,
) -> None:
    api = Api(
        made(145),
        made(144, status="processing"),
        made(143),
        made(142, "nightly"),
        made(141),
        made(140, "release", "nightly"),
        made(139, status="failed"),
    )
    assert slugs(await earlier(api, store, made(143))) == ["141", "140", "139"]


async def test_a_dozen_requests_are_never_exceeded(store: DurationStore) -> None:
    others = [made(slug, "checks") for slug in range(141, 101, -1)]
    api = Api(*others, *[made(slug) for slug in range(100, 50, -1)], page_size=45)
    found = await earlier(api, store, made(142))
    assert len(api.asked) == 12
    assert len(found) == 10


async def test_each_workflow_gets_its_share(store: DurationStore) -> None:
    checks = [made(slug, "checks") for slug in range(141, 120, -1)]
    api = Api(*checks, *[made(slug) for slug in range(120, 100, -1)])
    found = await earlier(api, store, made(142, "release", "checks"))
    assert sum(("release",) in one.nodes for one in found) == 5


async def test_what_was_watched_to_its_end_is_not_asked_for(store: DurationStore) -> None:
    api = Api(*MANY)
    past = EarlierRuns(api.source, store, HandTiming())
    await past.keep(SHOP, advance(None, opened(MANY[1])))
    await earlier(api, store, MANY[0])
    assert "141" not in api.asked
    assert len(api.asked) == 10


async def test_a_failing_api_leaves_what_is_known(store: DurationStore) -> None:
    api = Api(*MANY)
    api.fails_after = 4
    assert slugs(await earlier(api, store, MANY[0])) == ["141", "140", "139"]
    healthy = Api(*MANY)
    assert len(await earlier(healthy, store, MANY[0])) == 10
    assert len(healthy.asked) == 8


async def test_requests_are_spaced(store: DurationStore) -> None:
    timing = HandTiming()
    api = Api(*MANY)
    async for _ in EarlierRuns(api.source, store, timing).before(SHOP, opened(MANY[0])):
        pass
    assert len(timing.sleeps) == len(api.asked)
    assert min(timing.sleeps) >= 0.25
