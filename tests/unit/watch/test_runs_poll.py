"""Keeping up with the runs of repositories: requests, pace, trouble, older pages, details."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from cubewatch.api.errors import Refused, ServerTrouble
from cubewatch.model.repository import RepoSlug
from cubewatch.model.runs_list import RunKey
from cubewatch.watch.runs_poll import MAX_GAP_PAGES, PAGE_SIZE, REFUSED_PAUSE, RunsPoll
from tests.support.polling import SteppedTiming
from tests.support.run_lists import Lists, listed
from tests.support.runs import Json, cube, moment, progress, task, workflow

SHOP, SEARCH = RepoSlug("acme", "shop"), RepoSlug("acme", "search")


class Polled:
    """A poll that runs, with its clock."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.clock = SteppedTiming()
        self.changes = 0

        async def source() -> Lists:
            return lists

        self.poll = RunsPoll(source, lists.runs, self.clock)
        self.poll.subscribe(self._count)

    def _count(self) -> None:
        self.changes += 1

    async def settle(self) -> None:
        for _ in range(60):
            await asyncio.sleep(0)

    async def step(self, seconds: float) -> None:
        """Lets time pass, a second at a time."""
        for _ in range(round(seconds)):
            await self.clock.turn(1)
            await self.settle()

    def slugs(self, repo: RepoSlug = SHOP) -> list[str]:
        return list(self.poll.repositories[repo].runs)


@asynccontextmanager
async def polling(lists: Lists) -> AsyncIterator[Polled]:
    """A poll after its first answers."""
    polled = Polled(lists)
    polled.poll.start()
    await polled.settle()
    yield polled
    polled.poll.close()


async def test_each_repository_is_listed_by_one_request_a_poll() -> None:
    async with polling(Lists(shop=[listed(2), listed(1)], search=[listed(9)])) as polled:
        assert polled.lists.lists == [(SHOP, ""), (SEARCH, "")]
        assert polled.poll.runs().keys() == {
            RunKey(SHOP, "2"),
            RunKey(SHOP, "1"),
            RunKey(SEARCH, "9"),
        }
        await polled.step(6)
        assert len(polled.lists.lists) == 4


async def test_new_runs_come_first_and_changes_are_taken_over() -> None:
    async with polling(Lists(shop=[listed(2, "processing"), listed(1)])) as polled:
        polled.lists.runs[SHOP] = [listed(3, "created"), listed(2), listed(1)]
        await polled.step(6)
        assert polled.slugs() == ["3", "2", "1"]
        assert polled.poll.runs()[RunKey(SHOP, "2")].status == "success"


async def test_trouble_of_one_repository_harms_no_other() -> None:
    lists = Lists(shop=[listed(1)], search=[listed(9)])
    lists.troubles[SEARCH] = ServerTrouble("the server has trouble (500)", status=500)
    async with polling(lists) as polled:
        states = polled.poll.repositories
        trouble = states[SEARCH].trouble
        assert trouble is not None
        assert trouble.retry_at is not None
        assert states[SHOP].trouble is None
        lists.runs[SHOP] = [listed(2), listed(1)]
        await polled.step(6)
        assert polled.slugs() == ["2", "1"]
        lists.troubles.clear()
        await polled.step(40)
        assert states[SEARCH].trouble is None
        assert polled.slugs(SEARCH) == ["9"]


async def test_refused_repository_is_requested_seldom_and_at_once_when_told_to() -> None:
    lists = Lists(shop=[listed(1)])
    lists.troubles[SHOP] = Refused("not found (404)", status=404)
    async with polling(lists) as polled:
        await polled.step(REFUSED_PAUSE - 2)
        assert polled.lists.requests_of(SHOP) == 1
        lists.troubles.clear()
        polled.poll.wake()
        await polled.step(1)
        assert polled.slugs() == ["1"]


async def test_calm_repositories_are_requested_less_often() -> None:
    async with polling(Lists(shop=[listed(1)])) as polled:
        await polled.step(60)
        busy = len(polled.lists.lists)
        await polled.step(600)
        calm = len(polled.lists.lists)
        await polled.step(600)
        assert len(polled.lists.lists) - calm < 25
        assert busy > 9


async def test_twenty_repositories_stay_within_a_few_requests_a_second() -> None:
    names = {f"r{n}": [listed(1, "processing")] for n in range(20)}
    async with polling(Lists(**names)) as polled:
        await polled.step(60)
        assert len(polled.lists.lists) <= 20 + 60 * 2


@pytest.mark.parametrize("gives_etags", [False, True])
async def test_unchanged_list_is_not_read_again(gives_etags: bool) -> None:
    lists = Lists(shop=[listed(1)])
    lists.gives_etags = gives_etags
    async with polling(lists) as polled:
        before = polled.poll.repositories[SHOP].runs
        await polled.step(6)
        assert polled.poll.repositories[SHOP].runs is before
        assert polled.poll.repositories[SHOP].answered_at == polled.clock.now() - 1


async def test_older_pages_are_loaded_one_by_one_to_the_end() -> None:
    runs = [listed(n) for n in range(130, 0, -1)]
    async with polling(Lists(shop=runs)) as polled:
        poll = polled.poll
        assert len(polled.slugs()) == PAGE_SIZE
        assert poll.next_to_load() == SHOP
        while poll.next_to_load():
            await poll.load_older(SHOP)
        assert len(polled.slugs()) == 130
        assert poll.repositories[SHOP].is_complete


async def test_older_page_is_loaded_once_at_a_time() -> None:
    runs = [listed(n) for n in range(130, 0, -1)]
    async with polling(Lists(shop=runs)) as polled:
        await asyncio.gather(*(polled.poll.load_older(SHOP) for _ in range(5)))
        assert polled.lists.lists[1:] == [(SHOP, str(PAGE_SIZE))]


async def test_failed_older_page_is_reported_and_can_be_loaded_later() -> None:
    lists = Lists(shop=[listed(n) for n in range(90, 0, -1)])
    async with polling(lists) as polled:
        lists.troubles[SHOP] = ServerTrouble("the server has trouble (502)", status=502)
        await polled.poll.load_older(SHOP)
        assert polled.poll.repositories[SHOP].trouble is not None
        lists.troubles.clear()
        await polled.poll.load_older(SHOP)
        assert len(polled.slugs()) == 90


async def test_many_new_runs_at_once_leave_no_hole() -> None:
    lists = Lists(shop=[listed(n) for n in range(60, 0, -1)])
    async with polling(lists) as polled:
        lists.runs[SHOP] = [listed(n) for n in range(60 + 2 * PAGE_SIZE, 0, -1)]
        await polled.step(6)
        slugs = [int(slug) for slug in polled.slugs()]
        assert slugs == list(range(60 + 2 * PAGE_SIZE, 60 - PAGE_SIZE, -1))


async def test_far_too_many_new_runs_start_the_list_over() -> None:
    lists = Lists(shop=[listed(n) for n in range(60, 0, -1)])
    async with polling(lists) as polled:
        lists.runs[SHOP] = [listed(n) for n in range(9000, 0, -1)]
        await polled.step(6)
        slugs = [int(slug) for slug in polled.slugs()]
        assert slugs == list(range(9000, 9000 - PAGE_SIZE * (MAX_GAP_PAGES + 1), -1))
        await polled.poll.load_older(SHOP)
        assert len(polled.slugs()) == PAGE_SIZE * (MAX_GAP_PAGES + 2)


def waiting_run(slug: int) -> Json:
    deploy = task("deploy", "awaiting_approval", cube("apply"))
    build = task("build", "failed", cube("unit", "failed"))
    return {
        "slug": str(slug),
        "status": "processing",
        "workflows": [workflow("release", "processing", build, deploy, progress=progress(0.25))],
    }


async def test_details_are_loaded_of_runs_in_sight_that_are_not_over() -> None:
    lists = Lists(shop=[listed(3, "processing"), listed(2, "processing"), listed(1)])
    lists.whole["3"] = waiting_run(3)
    async with polling(lists) as polled:
        await polled.step(5)
        assert lists.details == []
        polled.poll.show([RunKey(SHOP, "3"), RunKey(SHOP, "1")])
        await polled.step(2)
        assert lists.details == ["3"]
        detail = polled.poll.details[RunKey(SHOP, "3")]
        assert detail.waiting == ("release", "deploy")
        assert detail.failed == ("release", "build", "unit")
        await polled.step(30)
        assert set(lists.details) == {"3"}
        assert 4 <= len(lists.details) <= 6


async def test_failed_run_in_sight_is_loaded_once() -> None:
    lists = Lists(shop=[listed(3, "failed")])
    lists.whole["3"] = waiting_run(3) | {"status": "failed"}
    async with polling(lists) as polled:
        polled.poll.show([RunKey(SHOP, "3")])
        await polled.step(60)
        assert lists.details == ["3"]


async def test_run_that_cant_be_loaded_is_not_requested_all_the_time() -> None:
    lists = Lists(shop=[listed(3, "processing")])
    async with polling(lists) as polled:
        polled.poll.show([RunKey(SHOP, "3")])
        await polled.step(60)
        assert len(lists.details) <= 3


async def test_run_that_left_the_newest_page_ends_all_the_same() -> None:
    lists = Lists(shop=[listed(1, "awaiting_approval")])
    lists.whole["1"] = {"slug": "1", "status": "success", "workflows": []}
    async with polling(lists) as polled:
        lists.runs[SHOP] = [*(listed(n) for n in range(PAGE_SIZE + 1, 1, -1))]
        lists.runs[SHOP].append(listed(1, "success"))
        await polled.step(60)
        assert polled.poll.runs()[RunKey(SHOP, "1")].status == "success"


async def test_details_of_another_run_are_not_believed() -> None:
    lists = Lists(shop=[listed(142, "processing")])
    lists.whole["142"] = {**waiting_run(142), "slug": "999", "status": "success"}
    async with polling(lists) as polled:
        polled.poll.show([RunKey(SHOP, "142")])
        await polled.step(10)
        assert lists.details
        assert RunKey(SHOP, "142") not in polled.poll.details
        assert polled.poll.repositories[SHOP].runs["142"].status == "processing"


@pytest.mark.parametrize("change", ["older", "another"])
async def test_contradicting_list_waits_but_new_runs_are_taken(
    change: str,
) -> None:
    def stage(slug: int, status: str, born: float, updated: float) -> Json:
        shown = {"created_at": moment(born), "updated_at": moment(updated)}
        return {**listed(slug, status), "dates": shown}

    born, updated = {"older": (0, 3), "another": (100, 110)}[change]
    lists = Lists(shop=[stage(142, "success", 0, 5)])
    async with polling(lists) as polled:
        lists.runs[SHOP] = [stage(143, "created", 6, 6), stage(142, "processing", born, updated)]
        await polled.step(8)
        runs = polled.poll.repositories[SHOP].runs
        assert {slug: run.status for slug, run in runs.items()} == {
            "143": "created",
            "142": "success",
        }
        await polled.step(60)
        assert polled.poll.repositories[SHOP].runs["142"].status == "processing"


async def test_poll_that_cant_begin_says_so_and_starts_again() -> None:
    tries = 0
    lists = Lists(shop=[listed(1)])

    async def source() -> Lists:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ValueError("no usable certificates")
        return lists

    clock = SteppedTiming()
    poll = RunsPoll(source, [SHOP], clock)
    poll.start()
    await until(lambda: poll.stopped)
    assert "certificates" in poll.stopped
    poll.wake()
    await until(lambda: poll.repositories[SHOP].runs)
    assert poll.stopped == ""
    poll.close()


async def until(condition: Callable[[], object]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("this never came")


async def test_runs_at_work_come_before_those_that_failed() -> None:
    lists = Lists(shop=[listed(3, "failed"), listed(2, "failed"), listed(1, "processing")])
    async with polling(lists) as polled:
        polled.poll.show([RunKey(SHOP, slug) for slug in ("3", "2", "1")])
        await polled.step(4)
        assert lists.details[0] == "1"
        assert {"2", "3"} <= set(lists.details)
