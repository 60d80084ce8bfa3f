"""What differs in a run from the last good one, on a screen of its own."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest

from cubewatch.api.client import Answer
from cubewatch.model.decode import read
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import LogPage, RunPage
from cubewatch.runtime.clock import Timing
from cubewatch.session import Session
from cubewatch.settings import Settings, WatchFirst
from cubewatch.ui.app import CubewatchApp
from tests.support.earlier import Shape, planned
from tests.support.live import Live
from tests.support.polling import REPO, HandTiming
from tests.support.runs import Json
from tests.ui.snapshots import Snapshot

STEADY = Shape({"build": [60.0, 80.0], "test": [60.0, 80.0, 40.0]}, {"test": ["build"]}, named=True)
SIZES = [(80, 24), (120, 40)]


class Source:
    """Twelve good runs, and run 13."""

    def __init__(self, newest: Json, *, earlier: int = 12) -> None:
        runs = [planned(STEADY, number, Random(number), slow=False) for number in range(1, 13)]
        self.there = {one.slug: one.at(one.end) for one in runs[12 - earlier :]}
        self.there["13"] = newest

    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage:
        newest = sorted(self.there.values(), key=lambda one: -int(one["slug"]))
        return read(RunPage, json.dumps({"runs": newest}).encode())

    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer:
        return Answer(json.dumps(self.there[slug]).encode(), None)

    async def cube_log(self, repo: RepoSlug, cube: tuple[str, ...], page: int) -> LogPage:
        return LogPage("", page_complete=True, done=True)

    async def close(self) -> None:
        """Nothing is open."""


def red() -> Json:
    last = planned(STEADY, 13, Random(13), slow=False)
    value = last.at(last.end)
    value["status"] = value["workflows"][0]["status"] = "failed"
    test = value["workflows"][0]["tasks"][1]
    test["status"] = test["cubes"][1]["status"] = "failed"
    test["cubes"][2]["status"] = "skipped"
    del test["cubes"][2]["dates"]
    return value


@asynccontextmanager
async def opened(
    source: Source, size: tuple[int, int] = (120, 40), timing: Timing | None = None
) -> AsyncIterator[Live]:
    any_source: Any = source
    timing = timing or HandTiming()
    session: Any = Session(Settings(REPO), client=lambda _: any_source, timing=timing)
    app = CubewatchApp(session, WatchFirst("13"))
    async with app.run_test(size=size, notifications=True) as pilot:
        live = Live(pilot, session)
        await live.until(lambda: "release" in live.text)
        yield live


@pytest.mark.parametrize("size", SIZES)
async def test_it_names_what_differs(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with opened(Source(red()), size) as live:
        await live.press("c")
        await live.until(lambda: "newly red" in live.text and "10 earlier" in live.text)
        snapshot(live.pilot, "compare")


async def test_enter_goes_to_the_cube_in_the_tree() -> None:
    async with opened(Source(red())) as live:
        await live.press("c")
        await live.until(lambda: "newly red" in live.text)
        await live.press("enter")
        await live.until(lambda: live.selected == "release/test/c1")
        await live.press("c")
        await live.until(lambda: "─ Compare ─" in live.text)
        await live.press("c")
        await live.until(lambda: "─ Compare ─" not in live.text)


async def test_without_a_good_run_it_says_so() -> None:
    async with opened(Source(red(), earlier=0)) as live:
        await live.press("c")
        await live.until(lambda: "No earlier run is known" in live.text)


async def test_a_run_under_way_is_compared_so_far() -> None:
    last = planned(STEADY, 13, Random(13), slow=False)
    source = Source(last.at(last.end / 2), earlier=2)
    async with opened(source, timing=Timing()) as live:
        await live.press("c")
        await live.until(lambda: "No difference." in live.text and "so far" in live.text)
