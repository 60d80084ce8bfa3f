"""RunFeed: one poll for all subscribers, and what is known of how fresh it is."""

import asyncio
from datetime import timedelta

import pytest

from cubewatch.api.errors import Unreachable
from cubewatch.session import Session
from cubewatch.settings import Settings
from cubewatch.watch.feed import RunFeed
from cubewatch.watch.updates import Fresh, Stopped, Trouble, Unchanged, Update
from tests.support.polling import REPO, WALL, RunScript, SteppedTiming
from tests.support.runs import Json, cube, run, task, workflow


def state(status: str = "processing", slug: str = "142") -> Json:
    inner = workflow("w", status, task("t", status, cube("c", status)))
    return run(status, inner, slug=slug)


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def feed_of(script: RunScript, slug: str = "142") -> RunFeed:
    async def source() -> RunScript:
        return script

    return RunFeed(source, REPO, slug, script.timing)


async def test_one_poll_serves_all_subscribers() -> None:
    script = RunScript(SteppedTiming(), state())
    feed = feed_of(script)
    first: list[Update] = []
    second: list[Update] = []
    feed.subscribe(first.append)
    feed.subscribe(second.append)
    feed.start()
    feed.start()
    await settled()
    assert len(script.requests) == 1
    assert first == second
    assert isinstance(first[0], Fresh)
    assert feed.snapshot is first[0].snapshot
    feed.close()


async def test_polling_pauses_without_subscribers_and_goes_on_later() -> None:
    timing = SteppedTiming()
    script = RunScript(timing, state())
    feed = feed_of(script)
    unsubscribe = feed.subscribe(lambda _: None)
    feed.start()
    await settled()
    unsubscribe()
    await timing.turn(60)
    await settled()
    assert len(script.requests) == 1
    found: list[Update] = []
    feed.subscribe(found.append)
    feed.start()
    await settled()
    assert [type(update) for update in found] == [Unchanged]
    feed.close()


async def test_freshness_follows_answers_and_trouble() -> None:
    timing = SteppedTiming()
    script = RunScript(timing, state(), Unreachable("no connection"), state())
    feed = feed_of(script)
    feed.subscribe(lambda _: None)
    feed.start()
    await settled()
    assert feed.freshness.answered_at == 1000
    assert feed.freshness.trouble is None
    await timing.turn(3)
    await settled()
    assert isinstance(feed.freshness.trouble, Trouble)
    assert feed.freshness.retry_at == pytest.approx(1004.25)
    await timing.turn(2)
    await settled()
    assert feed.freshness.trouble is None
    assert feed.freshness.answered_at == 1005
    feed.close()


async def test_the_servers_time_stands_still_while_an_answer_is_overdue() -> None:
    timing = SteppedTiming()
    script = RunScript(timing, state())
    feed = feed_of(script)
    feed.subscribe(lambda _: None)
    feed.start()
    await settled()
    script.hang()
    await timing.turn(3)
    await settled()
    await timing.turn(4)
    assert feed.freshness.unconfirmed_for(timing.now()) == 0
    assert feed.server_now() == WALL + timedelta(seconds=7)
    await timing.turn(20)
    assert feed.freshness.unconfirmed_for(timing.now()) == 20
    assert feed.server_now() == WALL + timedelta(seconds=7)
    feed.close()


async def test_wake_starts_polling_that_stopped_by_a_fault() -> None:
    script = RunScript(SteppedTiming(), state())
    faults = [ValueError("no such proxy")]

    async def source() -> RunScript:
        if faults:
            raise faults.pop()
        return script

    feed = RunFeed(source, REPO, "142", script.timing)
    found: list[Update] = []
    feed.subscribe(found.append)
    feed.start()
    await settled()
    assert isinstance(found[0], Stopped)
    assert feed.freshness.stopped == "ValueError: no such proxy"
    feed.wake()
    await settled()
    assert isinstance(found[1], Fresh)
    assert feed.freshness.stopped == ""
    feed.close()


async def test_an_empty_slug_becomes_that_of_the_newest_run() -> None:
    script = RunScript(SteppedTiming(), state())
    feed = feed_of(script, slug="")
    found: list[Update] = []
    feed.subscribe(found.append)
    feed.start()
    await settled()
    assert feed.slug == "142"
    assert isinstance(found[0], Fresh)
    feed.close()


async def test_a_session_has_one_feed_a_run() -> None:
    session = Session(Settings(REPO))
    feed = session.feed(REPO, "142")
    assert session.feed(REPO, "142") is feed
    assert session.feed(REPO, "143") is not feed
