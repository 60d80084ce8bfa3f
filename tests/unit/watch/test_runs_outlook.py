"""How long the runs of a list will still take: with ground, and without."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

from cubewatch.history.duration_store import DurationStore
from cubewatch.model.runs_list import RunKey
from cubewatch.watch.earlier import EarlierRuns
from cubewatch.watch.runs_outlook import SPACING, RunsOutlook
from tests.support.earlier import DAY, Shape, planned
from tests.support.run_lists import Lists
from tests.support.runs import BEGIN, Json
from tests.unit.watch.test_runs_poll import SHOP, Polled

STEADY = Shape({"build": [60.0, 80.0], "test": [60.0, 80.0]}, {"test": ["build"]})
AT_WORK = planned(STEADY, 13, Random(13), slow=False)
NOW = BEGIN + timedelta(seconds=13 * DAY + 70)


def lists(earlier: int) -> Lists:
    """A run at work, and so many that went well before it."""
    ended = [
        planned(STEADY, slug, Random(slug), slow=False) for slug in range(12, 12 - earlier, -1)
    ]
    whole = {"13": AT_WORK.at(70)} | {one.slug: one.at(one.end) for one in ended}
    found = Lists(shop=[_listed(one) for one in whole.values()])
    found.whole = whole
    return found


def _listed(run: Json) -> Json:
    return {**run, "workflows": [{**one, "tasks": []} for one in run["workflows"]]}


@asynccontextmanager
async def outlook(lists: Lists, folder: Path) -> AsyncIterator[tuple[Polled, RunsOutlook]]:
    polled = Polled(lists)

    async def source() -> Lists:
        return lists

    def earlier() -> EarlierRuns:
        any_source: object = source
        return EarlierRuns(any_source, DurationStore(folder), polled.clock)  # type: ignore[arg-type]

    found = RunsOutlook(polled.poll, earlier)
    polled.poll.show([RunKey(SHOP, "13")])
    polled.poll.start()
    await polled.settle()
    yield polled, found
    found.close()
    polled.poll.close()


async def until_known(polled: Polled, found: RunsOutlook) -> str:
    """What is shown when all that can be known is."""
    while found.is_looking or not polled.poll.snapshots:
        await polled.step(SPACING)
        await asyncio.sleep(0.005)  # a thread may read or write what is on the disk
    return found.left(RunKey(SHOP, "13"), NOW)


def requested(slugs: Sequence[str]) -> list[str]:
    return [slug for slug in slugs if slug != "13"]


async def test_time_left_goes_by_the_listed_runs(tmp_path: Path) -> None:
    async with outlook(lists(12), tmp_path) as (polled, found):
        assert (await until_known(polled, found)).endswith(" left")
        assert len(requested(polled.lists.details)) == 10
        assert {token for _, token in polled.lists.lists} == {""}


async def test_what_is_on_the_disk_is_not_requested_again(tmp_path: Path) -> None:
    async with outlook(lists(12), tmp_path) as (polled, found):
        await until_known(polled, found)
    async with outlook(lists(12), tmp_path) as (polled, found):
        assert await until_known(polled, found)
        assert requested(polled.lists.details) == []


async def test_without_earlier_runs_there_is_no_figure(tmp_path: Path) -> None:
    async with outlook(lists(0), tmp_path) as (polled, found):
        assert await until_known(polled, found) == ""
