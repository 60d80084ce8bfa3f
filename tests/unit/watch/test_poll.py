"""The poll loop: when it asks, when it stops, what it believes."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from cubewatch.api.client import Answer
from cubewatch.api.errors import BadAnswer, Refused, ServerTrouble, TooManyRequests, Unreachable
from cubewatch.watch.updates import Fresh, Trouble, Unchanged, Update
from tests.support.polling import HandTiming, RunScript, Step, poll_of, take
from tests.support.runs import Json, cube, moment, run, task, workflow


def at(seconds: float, status: str = "processing", cube_status: str = "processing") -> Json:
    """The run as it was changed so many seconds after its beginning."""
    inner = workflow("w", status, task("t", status, cube("c", cube_status)))
    return run(status, inner, dates={"updated_at": moment(seconds)})


MOVING = [at(second, cube_status=("created", "processing")[second % 2]) for second in range(40)]
DOWN = Unreachable("no connection")
GONE = Refused("not found", status=404)


def script(*steps: Step, chance: float = 0.5) -> RunScript:
    return RunScript(HandTiming(chance), *steps)


async def next_one(updates: AsyncIterator[Update]) -> Update:
    return await asyncio.wait_for(anext(updates), 30)


async def test_every_two_seconds_at_first_and_every_four_later_while_something_moves() -> None:
    source = script(*MOVING)
    updates = await take(poll_of(source), source, 40)
    assert source.gaps == [2.0] * 30 + [4.0] * 9
    assert all(isinstance(update, Fresh) for update in updates)


async def test_slower_when_nothing_changes_for_a_while_and_fast_again_after_news() -> None:
    """Dates that move alone are no news."""
    moving = [at(60 + n, cube_status=("created", "processing")[n % 2]) for n in range(4)]
    source = script(*[at(second) for second in range(50)], *moving)
    updates = await take(poll_of(source), source, 54)
    gaps = source.gaps
    assert gaps[:49] == sorted(gaps[:49])
    assert set(gaps[:49]) == {2.0, 5.0, 10.0}
    assert sum(gaps[: gaps.index(10.0)]) == 120
    assert gaps[-3:] == [4.0, 4.0, 4.0]
    assert all(isinstance(update, Fresh) for update in updates)


async def test_requests_of_a_busy_and_a_calm_hour_are_limited() -> None:
    busy = [at(second, cube_status=("created", "processing")[second % 2]) for second in range(2000)]
    source = script(*busy)
    async for _ in poll_of(source).updates():
        if source.timing.now() >= 4600:
            break
    assert len(source.requests) < 1000
    source = script(at(1))
    async for _ in poll_of(source).updates():
        if source.timing.now() >= 4600:
            break
    assert len(source.requests) < 400


async def test_the_same_bytes_are_unchanged() -> None:
    source = script(at(1))
    updates = await take(poll_of(source), source, 3)
    assert [type(update) for update in updates] == [Fresh, Unchanged, Unchanged]


async def test_at_once_when_woken() -> None:
    source = script(*MOVING)
    source.timing.wakes = [1001.2]
    await take(poll_of(source), source, 3)
    assert source.gaps == [1.2, 2.0]


async def test_at_least_half_a_second_apart_however_often_it_is_woken() -> None:
    source = script(*MOVING)
    source.timing.wakes = [1000 + n / 20 for n in range(200)]
    await take(poll_of(source), source, 15)
    assert min(source.gaps) >= 0.5
    assert max(source.gaps) < 0.6


async def test_one_request_at_a_time() -> None:
    source = script(*MOVING, at(50, "success"))
    poll = poll_of(source)

    async def press() -> None:
        while True:
            poll.wake()
            await asyncio.sleep(0)

    pressing = asyncio.create_task(press())
    await take(poll, source, 30)
    pressing.cancel()
    assert source.most == 1
    assert min(source.gaps) >= 0.5


async def test_a_slow_server_gets_a_rest() -> None:
    source = script(*MOVING)
    source.takes = 4.0
    await take(poll_of(source), source, 4)
    assert source.gaps == [4.0 + 0.5 + 2 * 4.0] * 3


@pytest.mark.parametrize("status", ["success", "failed", "canceled", "timeout", "rejected"])
async def test_never_after_the_end_but_once_when_asked(status: str) -> None:
    source = script(at(1), at(2, status))
    poll = poll_of(source)
    updates = poll.updates()
    assert isinstance(await next_one(updates), Fresh)
    last = await next_one(updates)
    assert isinstance(last, Fresh)
    assert last.snapshot.is_final
    for requests in (3, 4):
        waiting = asyncio.create_task(next_one(updates))
        await source.timing.resting.wait()
        assert len(source.requests) == requests - 1
        poll.wake()
        assert isinstance(await waiting, Unchanged)
        assert len(source.requests) == requests


async def test_trouble_after_the_end_is_reported_once_and_not_tried_again() -> None:
    source = script(at(2, "success"), DOWN)
    poll = poll_of(source)
    updates = poll.updates()
    await next_one(updates)
    poll.wake()
    trouble = await next_one(updates)
    assert isinstance(trouble, Trouble)
    assert trouble.retry_at is None


async def test_a_run_that_begins_again_is_followed_again() -> None:
    source = script(at(1, "failed", "failed"), at(60), at(61), at(62, "success"))
    poll = poll_of(source)
    updates = poll.updates()
    await next_one(updates)
    poll.wake()
    assert [type(await next_one(updates)) for _ in range(3)] == [Fresh, Fresh, Fresh]
    assert len(source.requests) == 4
    waiting = asyncio.create_task(next_one(updates))
    await source.timing.resting.wait()
    assert len(source.requests) == 4
    waiting.cancel()


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.999999])
async def test_back_off_grows_scattered_up_to_half_a_minute(chance: float) -> None:
    source = script(DOWN, chance=chance)
    updates = await take(poll_of(source), source, 14)
    longest = [2.0, 4.0, 8.0, 16.0, *[30.0] * 9]
    expected = [0.5 + chance * (most - 0.5) for most in longest]
    assert source.gaps == pytest.approx(expected, abs=1e-5)
    assert all(0.5 <= gap <= 30 for gap in source.gaps)
    for n, update in enumerate(updates):
        assert isinstance(update, Trouble)
        assert update.tries == n + 1
        assert update.retry_at == pytest.approx(source.requests[n] + expected[min(n, 12)], abs=1e-5)


async def test_back_off_restarts_after_an_answer_of_either_kind() -> None:
    for answer in (at(1), at(2)):
        source = script(at(1), DOWN, DOWN, DOWN, answer, DOWN, at(3), chance=0.999999)
        updates = await take(poll_of(source), source, 6)
        tries = [update.tries for update in updates if isinstance(update, Trouble)]
        assert tries == [1, 2, 3, 1]


@pytest.mark.parametrize(
    ("retry_after", "waited"), [(0.0, 2.0), (7.0, 7.0), (120.0, 120.0), (86400.0, 300.0)]
)
async def test_retry_after_is_obeyed_within_reason(retry_after: float, waited: float) -> None:
    for kind in (TooManyRequests, ServerTrouble):
        source = script(kind("wait", retry_after=retry_after), at(1), chance=0.999999999)
        await take(poll_of(source), source, 2)
        assert source.gaps == pytest.approx([waited])


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_before_any_answer_ends_the_polling_until_woken(status: int) -> None:
    source = script(Refused("no", status=status), at(2))
    poll = poll_of(source)
    updates = poll.updates()
    trouble = await next_one(updates)
    assert isinstance(trouble, Trouble)
    assert trouble.retry_at is None
    waiting = asyncio.create_task(next_one(updates))
    await source.timing.resting.wait()
    assert len(source.requests) == 1
    poll.wake()
    assert isinstance(await waiting, Fresh)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_short_refusal_after_good_answers_is_retried(status: int) -> None:
    source = script(at(1), *[Refused("no", status=status)] * 5, at(2))
    updates = await take(poll_of(source), source, 7)
    assert isinstance(updates[-1], Fresh)
    assert all(isinstance(u, Trouble) and u.retry_at is not None for u in updates[1:-1])


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_long_refusal_after_good_answers_is_given_up(status: int) -> None:
    source = script(at(1), Refused("no", status=status))
    await until_given_up(source)
    assert 600 <= source.requests[-1] - source.requests[1] <= 660


async def until_given_up(source: RunScript, *, exists: bool = False) -> list[Trouble]:
    """The troubles up to the one after which nothing is asked any more."""
    found = []
    async for update in poll_of(source, exists=exists).updates():
        if isinstance(update, Trouble):
            found.append(update)
            if update.retry_at is None:
                break
    return found


async def test_new_run_may_be_missing_for_half_a_minute() -> None:
    source = script(GONE)
    await until_given_up(source, exists=True)
    assert 30 <= source.requests[-1] - source.requests[0] <= 60
    source = script(GONE, GONE, GONE, GONE, at(1))
    updates = await take(poll_of(source, exists=True), source, 5)
    assert isinstance(updates[-1], Fresh)


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
async def test_a_run_that_is_unknown_is_not_found_in_seconds(chance: float) -> None:
    source = script(GONE, chance=chance)
    await until_given_up(source)
    assert source.requests[-1] - source.requests[0] <= 6
    assert len(source.requests) >= 2


async def test_the_time_limit_counts_from_the_first_refusal_not_from_other_trouble() -> None:
    """When the network comes back after an hour, one stray 404 is not the end."""
    source = script(at(1), *[DOWN] * 120, GONE)
    await until_given_up(source)
    assert source.requests[121] - source.requests[1] > 600
    assert source.requests[-1] - source.requests[121] >= 600


async def test_an_answer_that_is_older_is_passed_over() -> None:
    source = script(at(5), at(3), at(6), at(4, "success"), at(7))
    updates = await take(poll_of(source), source, 5)
    assert [type(update) for update in updates] == [Fresh, Fresh, Fresh]
    statuses = [u.snapshot.run.status for u in updates if isinstance(u, Fresh)]
    assert statuses == ["processing"] * 3


async def test_the_same_answer_after_an_older_one_is_no_news() -> None:
    source = script(at(5), at(3), at(5))
    updates = await take(poll_of(source), source, 3)
    assert [type(update) for update in updates] == [Fresh, Unchanged]


async def test_answers_that_stay_older_are_believed_in_the_end() -> None:
    source = script(at(500), at(3))
    async for update in poll_of(source).updates():
        if isinstance(update, Fresh) and len(source.requests) > 1:
            break
    assert 30 <= source.requests[-1] - source.requests[1] <= 60


async def test_the_first_answer_after_an_outage_may_be_too_old_as_well() -> None:
    source = script(at(500), *[DOWN] * 20, at(3), at(501))
    updates = await take(poll_of(source), source, 23)
    assert [type(update) for update in updates[-2:]] == [Trouble, Fresh]


async def test_an_answer_about_another_run_is_trouble() -> None:
    other = at(9, "success") | {"slug": "999"}
    source = script(at(1), other, at(2))
    updates = await take(poll_of(source), source, 3)
    assert [type(update) for update in updates] == [Fresh, Trouble, Fresh]
    assert isinstance(updates[1], Trouble)
    assert isinstance(updates[1].error, BadAnswer)
    assert str(updates[1].error) == "the answer is about another run (#999)"


async def test_a_run_of_the_same_number_with_another_birth_is_passed_over() -> None:
    """A proxy may answer with the run 142 of another repository."""

    def born(second: float, status: str) -> Json:
        inner = workflow("w", status, task("t", status, cube("c", status)))
        return run(status, inner, dates={"created_at": moment(second)})

    source = script(born(0, "processing"), born(50, "success"), born(0, "processing"))
    updates = await take(poll_of(source), source, 3)
    assert [type(update) for update in updates] == [Fresh, Unchanged]


@pytest.mark.parametrize(
    "stray",
    [
        {"status": "success"},
        {"status": "success", "local_path": "dist.zip"},
        {"slug": "142", "status": "success"},
        {"slug": "142", "status": "success", "tasks": []},
        {"slug": None, "status": "success", "workflows": []},
        {"status": "ok"},
    ],
)
async def test_what_only_looks_like_a_run_does_not_end_the_watching(stray: Json) -> None:
    source = script(at(1), stray, at(2))
    updates = await take(poll_of(source), source, 3)
    states = [update.snapshot.run.status for update in updates if isinstance(update, Fresh)]
    assert states == ["processing", "processing"]


async def test_an_etag_is_sent_back_and_not_modified_is_unchanged() -> None:
    first = Answer(json.dumps(at(1)).encode(), None, etag='"v1"')
    source = script(first, Answer(b"", None, etag='"v1"', not_modified=True), at(2))
    updates = await take(poll_of(source), source, 4)
    assert [type(update) for update in updates] == [Fresh, Unchanged, Fresh, Unchanged]
    assert source.etags == ["", '"v1"', '"v1"', ""]
