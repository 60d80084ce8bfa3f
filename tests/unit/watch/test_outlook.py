"""What earlier runs say about the run that a feed keeps up with."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from cubewatch.history.duration_store import DurationStore
from cubewatch.watch.earlier import EarlierRuns
from cubewatch.watch.feed import RunFeed
from cubewatch.watch.outlook import Outlook
from tests.support.past import PastApi, made
from tests.support.polling import REPO, WALL, HandTiming, RunScript
from tests.support.runs import Json, cube, run, task, workflow

EARLIER = [made(slug) for slug in range(141, 131, -1)]


def under_way(status: str, cube_status: str, finished: float | None = None) -> Json:
    """A run of one cube that began five seconds before the clock's begin."""
    dates = {"started_at": (WALL - timedelta(seconds=5)).isoformat()}
    dates["created_at"] = dates["started_at"]
    if finished is not None:
        dates["finished_at"] = (WALL + timedelta(seconds=finished)).isoformat()
    built = task("t", status, cube("c", cube_status, dates=dates), dates=dates)
    return run(status, workflow("release", status, built, dates=dates), dates=dates)


RUNNING = under_way("processing", "processing")


class Watched:
    """A feed over a script and its outlook over an API."""

    def __init__(self, folder: Path, api: PastApi, *steps: Json) -> None:
        self.timing = HandTiming()
        script = RunScript(self.timing, *steps)

        async def source() -> RunScript:
            return script

        self.feed = RunFeed(source, REPO, "142", self.timing)
        self.store = DurationStore(folder / "durations")
        earlier = EarlierRuns(api.source, self.store, self.timing)
        self.outlook = Outlook(self.feed, lambda: earlier)
        self.changes = 0
        self.outlook.on_change(self._count)

    def _count(self) -> None:
        self.changes += 1

    async def run(self) -> None:
        """Until nothing more happens."""
        self.feed.start()
        await self.timing.resting.wait()
        await self.outlook.settled()
        self.outlook.close()


async def test_a_running_run_is_estimated(tmp_path: Path) -> None:
    watched = Watched(tmp_path, PastApi(*EARLIER), RUNNING)
    learned = asyncio.Event()

    def look() -> None:
        if len(watched.outlook.history) == 10:
            learned.set()

    watched.outlook.on_change(look)
    watched.feed.start()
    await asyncio.wait_for(learned.wait(), 60)
    left = watched.outlook.estimate(WALL).run.left
    usual = watched.outlook.usual(("release", "t", "c"))
    watched.outlook.close()
    assert left
    assert left.middle == 35
    assert usual
    assert usual.middle == 40


async def test_a_run_that_ends_is_kept_and_compared(tmp_path: Path) -> None:
    watched = Watched(tmp_path, PastApi(*EARLIER), RUNNING, under_way("failed", "failed", 40))
    await watched.run()
    assert watched.store.run(REPO, "142")
    comparison = watched.outlook.comparison
    assert comparison
    assert comparison.newly_failed == (("release", "t", "c"),)
    assert comparison.baseline == "141"
    assert watched.changes >= 2


async def test_without_earlier_runs_there_is_nothing(tmp_path: Path) -> None:
    watched = Watched(tmp_path, PastApi(), RUNNING, under_way("success", "success", 40))
    await watched.run()
    assert watched.outlook.comparison is None
    assert watched.outlook.estimate(WALL).run.left is None


async def test_a_failing_api_does_not_matter(tmp_path: Path) -> None:
    api = PastApi(*EARLIER)
    api.fails_after = 0
    watched = Watched(tmp_path, api, RUNNING, under_way("success", "success", 40))
    await watched.run()
    assert watched.store.run(REPO, "142")


async def test_a_fault_of_ours_does_not_matter(tmp_path: Path) -> None:
    def broken() -> EarlierRuns:
        raise ValueError("the environment is broken")

    watched = Watched(tmp_path, PastApi(), RUNNING, under_way("success", "success", 40))
    watched.outlook = Outlook(watched.feed, broken)
    await watched.run()
    assert watched.outlook.history == []


@pytest.mark.parametrize("wait", [0, 1])
async def test_a_run_that_had_ended_is_compared_too(tmp_path: Path, wait: int) -> None:
    ended = made(142, status="failed")
    watched = Watched(tmp_path, PastApi(*EARLIER), ended)
    await watched.run()
    assert watched.outlook.comparison
