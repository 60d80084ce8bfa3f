"""The poll loop: what it makes of answers, of sleep and of other clocks."""

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from cubewatch.api.client import Answer, run_in
from cubewatch.api.errors import NotJson, Unreachable
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run
from cubewatch.model.snapshot import Snapshot, advance
from cubewatch.runtime.clock import Timing
from cubewatch.watch.poll import BIG_ANSWER
from cubewatch.watch.updates import Fresh, Trouble, Unchanged
from tests.support.polling import WALL, HandTiming, RunScript, poll_of, take
from tests.support.runs import big, run, workflow

RUN = json.dumps(run("processing", workflow("w", "processing"))).encode()


def variant(n: int) -> bytes:
    return json.dumps(run("processing", workflow("w", "processing"), number=n)).encode()


async def test_unchanged_bytes_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def counted(answer: Answer, slug: str) -> Run:
        read.append(answer.body)
        return run_in(answer, slug)

    monkeypatch.setattr("cubewatch.watch.poll.run_in", counted)
    source = RunScript(HandTiming(), RUN, RUN, RUN, variant(1), variant(1))
    updates = await take(poll_of(source), source, 5)
    assert [type(u) for u in updates] == [Fresh, Unchanged, Unchanged, Fresh, Unchanged]
    assert len(read) == 2
    assert [u.at for u in updates if isinstance(u, Fresh | Unchanged)] == source.requests


async def test_memory_of_a_big_answer_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back: list[float] = []
    source = RunScript(HandTiming(), RUN, RUN + BIG_ANSWER * b" ", RUN, variant(1))
    monkeypatch.setattr(
        "cubewatch.watch.poll.give_back", lambda: given_back.append(source.timing.now())
    )
    await take(poll_of(source), source, 4)
    assert given_back == [source.requests[1]]


async def test_the_same_run_in_other_bytes_has_no_changes() -> None:
    source = RunScript(HandTiming(), RUN, b" " + RUN)
    update = (await take(poll_of(source), source, 2))[-1]
    assert isinstance(update, Fresh)
    assert update.changes == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"slug":', b"\xff\xfe", b"null"])
async def test_nonsense_is_trouble_and_the_last_state_stays(body: bytes) -> None:
    source = RunScript(HandTiming(), RUN, body, RUN)
    updates = await take(poll_of(source), source, 3)
    assert [type(u) for u in updates] == [Fresh, Trouble, Unchanged]
    assert isinstance(updates[1], Trouble)
    assert isinstance(updates[1].error, NotJson)


async def test_nonsense_twice_is_no_answer_that_says_the_same() -> None:
    source = RunScript(HandTiming(), b"{}")
    updates = await take(poll_of(source), source, 3)
    assert [u.tries for u in updates if isinstance(u, Trouble)] == [1, 2, 3]


class Sleepy(RunScript):
    """The machine sleeps for an hour while the second request is under way."""

    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer:
        self.takes = 3600.0 if len(self.requests) == 1 else 0.0
        return await super().run_answer(repo, slug, etag)


async def test_a_call_that_slept_with_the_machine_is_no_trouble() -> None:
    source = Sleepy(HandTiming(), RUN, Unreachable("deadline"), variant(1))
    updates = await take(poll_of(source), source, 3)
    assert [type(update) for update in updates] == [Fresh, Fresh]
    assert source.gaps == [2.0, 3600.0]


async def test_a_call_that_ran_into_its_deadline_is_trouble() -> None:
    source = RunScript(HandTiming(), Unreachable("deadline"))
    source.takes = 30.0
    assert isinstance((await take(poll_of(source), source, 1))[0], Trouble)


def answer(n: int, server: datetime | None) -> Answer:
    return Answer(variant(n), server)


async def offsets(*differences: float | None) -> list[float]:
    """What the loop takes the server's clock for, if `Date` differs from ours by so much."""
    timing = HandTiming()
    answers = [
        answer(n, None if d is None else WALL + timedelta(seconds=2 * n + d))
        for n, d in enumerate(differences)
    ]
    source = RunScript(timing, *answers)
    updates = await take(poll_of(source), source, len(answers))
    return [update.offset for update in updates if isinstance(update, Fresh)]


async def test_a_clock_that_is_an_hour_off() -> None:
    assert await offsets(3600.0, 3600.0) == [3600.0, 3600.0]
    assert await offsets(-3600.0, None) == [-3600.0, -3600.0]


async def test_whole_seconds_of_a_date_do_not_make_the_clocks_jump() -> None:
    assert await offsets(-0.9, -0.1, 1.5) == [0, 0, 0]
    assert await offsets(3600.0, 3599.1, 3600.9, 3598.5) == [3600.0] * 4


async def test_a_clock_that_is_put_right() -> None:
    assert await offsets(3600.0, 0.5) == [3600.0, 0]
    assert await offsets(None, 60.0, 90.0) == [0, 60.0, 90.0]


@pytest.mark.parametrize("year", [1970, 2016, 2037, 9998, 9999])
async def test_absurd_dates_tell_nothing_about_the_clock(year: int) -> None:
    absurd = Answer(RUN, datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC))
    source = RunScript(HandTiming(), absurd)
    [update] = await take(poll_of(source), source, 1)
    assert isinstance(update, Fresh)
    assert update.offset == 0


async def test_the_clock_is_learnt_from_answers_that_did_not_change() -> None:
    """A laptop whose clock is put right by 8 hours while nothing happens."""
    source = RunScript(HandTiming(), Answer(RUN, WALL + timedelta(hours=8)), Answer(RUN, WALL))
    updates = await take(poll_of(source), source, 2)
    assert [type(update) for update in updates] == [Fresh, Unchanged]
    offsets = [update.offset for update in updates if isinstance(update, Fresh | Unchanged)]
    assert offsets[0] == 8 * 3600
    assert abs(offsets[1]) < 5


async def test_real_timing_waits_and_wakes() -> None:
    timing, wake = Timing(), asyncio.Event()
    await timing.wait(wake, 0)
    await timing.wait(wake, -5)
    await timing.sleep(-5)
    begun = timing.now()
    await timing.wait(wake, 0.01)
    assert timing.now() - begun >= 0.01
    wake.set()
    await timing.wait(wake, None)
    await timing.wait(wake, 3600)
    assert 0 <= timing.chance() < 1


class Slept(Timing):
    """A clock that jumps by an hour when it is looked at for the third time."""

    def __init__(self) -> None:
        self.looks = 0

    def now(self) -> float:
        self.looks += 1
        return super().now() + (3600 if self.looks > 3 else 0)


async def test_a_wait_ends_when_the_machine_was_asleep() -> None:
    await asyncio.wait_for(Slept().wait(asyncio.Event(), 7200), 30)


async def test_a_big_answer_alone_is_read_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    readers: list[bool] = []

    def recorded(before: Snapshot | None, after: Run) -> Snapshot:
        readers.append(threading.current_thread() is threading.main_thread())
        return advance(before, after)

    monkeypatch.setattr("cubewatch.watch.poll.advance", recorded)
    big_one = json.dumps(big(10, 10) | {"filling": "x" * BIG_ANSWER}).encode()
    script = RunScript(HandTiming(), big(10, 10, "created"), big_one)
    first, second = await take(poll_of(script), script, 2)
    assert readers == [True, False]
    assert isinstance(first, Fresh)
    assert isinstance(second, Fresh)
    assert first.line is None
    assert second.line is not None
    assert second.line.snapshot is second.snapshot
    assert len(second.changes) == 100


async def test_a_big_answer_that_is_no_run_is_a_trouble() -> None:
    nothing = json.dumps({"filling": "x" * BIG_ANSWER}).encode()
    script = RunScript(HandTiming(), nothing)
    [update] = await take(poll_of(script), script, 1)
    assert isinstance(update, Trouble)
