"""Earlier runs of the same workflows: which are loaded, and how many requests that takes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cubewatch.history.duration_store import DurationStore
from cubewatch.model.past import RunTimes
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run
from cubewatch.model.snapshot import advance
from cubewatch.watch.earlier import MAX_LOADED, EarlierRuns
from tests.support.past import PastApi, made
from tests.support.polling import WALL, HandTiming
from tests.support.runs import Json
from tests.support.runs import read as read_run

SHOP = RepoSlug("acme", "shop")


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
    api = PastApi(*MANY)
    found = await earlier(api, store, MANY[0])
    assert slugs(found) == [str(slug) for slug in range(141, 131, -1)]
    assert api.requests == ["list", *slugs(found)]
    assert found[0].nodes["release", "t", "c"].worked == 40


async def test_the_second_start_costs_none(store: DurationStore) -> None:
    await earlier(PastApi(*MANY), store, MANY[0])
    again = PastApi(*MANY)
    assert len(await earlier(again, store, MANY[0])) == MAX_LOADED
    assert again.requests == []


async def test_a_run_soon_after_costs_none(store: DurationStore) -> None:
    await earlier(PastApi(*MANY), store, MANY[0])
    now = made(143)
    now["dates"]["created_at"] = (WALL + timedelta(hours=5)).isoformat()
    api = PastApi(now, *MANY)
    assert await earlier(api, store, now)
    assert api.requests == []


async def test_other_workflows_unfinished_and_later_runs_are_left_out(
    store: DurationStore,
) -> None:
    api = PastApi(
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
    api = PastApi(*others, *[made(slug) for slug in range(100, 50, -1)], page_size=45)
    found = await earlier(api, store, made(142))
    assert len(api.requests) == 12
    assert len(found) == 10


async def test_each_workflow_gets_its_share(store: DurationStore) -> None:
    checks = [made(slug, "checks") for slug in range(141, 120, -1)]
    api = PastApi(*checks, *[made(slug) for slug in range(120, 100, -1)])
    found = await earlier(api, store, made(142, "release", "checks"))
    assert sum(("release",) in one.nodes for one in found) == 5


async def test_what_was_watched_to_its_end_is_not_asked_for(store: DurationStore) -> None:
    api = PastApi(*MANY)
    past = EarlierRuns(api.source, store, HandTiming())
    await past.keep(SHOP, advance(None, opened(MANY[1])))
    await earlier(api, store, MANY[0])
    assert "141" not in api.requests
    assert len(api.requests) == 10


async def test_a_failing_api_leaves_what_is_known(store: DurationStore) -> None:
    api = PastApi(*MANY)
    api.fails_after = 4
    assert slugs(await earlier(api, store, MANY[0])) == ["141", "140", "139"]
    healthy = PastApi(*MANY)
    assert len(await earlier(healthy, store, MANY[0])) == 10
    assert len(healthy.requests) == 8


async def test_requests_are_spaced(store: DurationStore) -> None:
    timing = HandTiming()
    api = PastApi(*MANY)
    async for _ in EarlierRuns(api.source, store, timing).before(SHOP, opened(MANY[0])):
        pass
    assert len(timing.sleeps) == len(api.requests)
    assert min(timing.sleeps) >= 0.25
