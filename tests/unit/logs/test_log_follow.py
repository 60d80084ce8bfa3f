"""Reading a log: nothing lost, nothing doubled, nothing asked in vain."""

import asyncio
import random
from itertools import pairwise

import pytest

from cubewatch.api.errors import Refused, ServerTrouble, TooManyRequests
from cubewatch.logs.follow import ASK_AGAIN, LEAST
from cubewatch.logs.spool import SpoolPool
from cubewatch.logs.store import LogStore
from cubewatch.model.run import LogPage
from tests.support.logs import (
    CUBE,
    HABITS,
    MISSING,
    LogScript,
    LogServer,
    Step,
    content,
    follow_of,
    read_all,
)
from tests.support.polling import REPO, HandTiming


def text(seed: int = 1, lines: int = 60) -> str:
    rng = random.Random(seed)
    kinds = ("строка\n", "\x1b[31mred\x1b[0m\n", "😀\n", "{}\n", "no end ", "\r 50%\r100%\n")
    return "".join(rng.choice(kinds).format(rng.getrandbits(30)) for _ in range(lines))


@pytest.mark.parametrize("rate", [3, 40, 1e9])
@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("size", [7, 8, 13, 64, 1000, 600_000])
async def test_what_was_written_is_what_is_read(size: int, habit: str, rate: float) -> None:
    wanted = text(size)
    server = LogServer(HandTiming(), wanted, size, habit=habit, start=4, rate=rate)
    follow = follow_of(server)
    told = await read_all(follow)
    assert told[0].phase == "waiting"
    assert told[-1].phase == "ended"
    assert content(follow.spool) == wanted.encode()
    assert follow.spool.finished
    assert min(server.gaps) >= LEAST - 1e-9
    assert not any(one.restarted for one in told)


@pytest.mark.parametrize("habit", HABITS)
async def test_pages_that_say_the_same_are_all_there(habit: str) -> None:
    wanted = "ok ok!\n" * 5 + "end\n"
    server = LogServer(HandTiming(), wanted, 7, habit=habit)
    follow = follow_of(server)
    await read_all(follow)
    assert content(follow.spool) == wanted.encode()


@pytest.mark.parametrize("habit", HABITS)
async def test_a_last_page_that_is_never_complete_ends_too(habit: str) -> None:
    server = LogServer(HandTiming(), "one\ntwo\n", 5, habit=habit, start=-1, closes_last=False)
    follow = follow_of(server)
    await read_all(follow)
    assert content(follow.spool) == b"one\ntwo\n"
    assert server.pages == [1, 2]


async def test_a_complete_page_is_not_asked_for_again() -> None:
    server = LogServer(HandTiming(), text(lines=400), 300, rate=100)
    await read_all(follow_of(server))
    assert server.pages == sorted(server.pages)


async def test_at_a_page_end_the_cube_may_finish_silently() -> None:
    timing = HandTiming()
    first = LogPage("one\n", page_complete=True, done=False)
    last = LogPage("one\n", page_complete=True, done=True)
    script = LogScript(timing, first, *[MISSING] * 40)
    follow = follow_of(script)
    updates = follow.updates()
    for _ in range(5):
        await anext(updates)
    answered: list[Step] = [last] * len(script.asked)
    script.steps = [*answered, last, MISSING]
    follow.cube_has_ended()
    told = [one async for one in updates]
    assert told[-1].phase == "ended"
    assert [page for _, page in script.asked[-2:]] == [1, 2]
    assert content(follow.spool) == b"one\n"


async def test_a_cube_nobody_speaks_for_is_looked_at_again_now_and_then() -> None:
    timing = HandTiming()
    script = LogScript(timing, LogPage("x\n", page_complete=True), *[MISSING] * 500)
    await read_all(follow_of(script), most=60)
    again = [moment for moment, page in script.asked[1:] if page == 1]
    assert again
    assert again[0] - script.asked[0][0] >= ASK_AGAIN


async def test_a_character_cut_in_two_is_whole_again() -> None:
    pages: list[Step] = [
        LogPage("a\ud83d", page_complete=True),
        LogPage("\ude00b\ufffd"),
        LogPage("\ude00bП\n", page_complete=True, done=True),
        MISSING,
    ]
    follow = follow_of(LogScript(HandTiming(), *pages))
    told = await read_all(follow)
    assert content(follow.spool) == "a😀bП\n".encode()
    assert not any(one.restarted for one in told)


async def test_what_is_left_of_a_character_is_not_lost_at_the_end() -> None:
    follow = follow_of(LogScript(HandTiming(), LogPage("a\ufffd\ud83d", done=True)))
    await read_all(follow)
    assert content(follow.spool) == "a\ufffd\ufffd".encode()


@pytest.mark.parametrize("after", ["one\n", "one\nTWO\nthree\n", "other\n", "one\nTW"])
async def test_a_page_that_changed_is_read_anew_and_it_is_told(after: str) -> None:
    pages: list[Step] = [
        LogPage("page one\n", page_complete=True),
        LogPage("one\ntwo\n"),
        LogPage(after),
    ]
    follow = follow_of(LogScript(HandTiming(), *pages, LogPage(after, done=True)))
    version = follow.spool.version
    told = await read_all(follow)
    assert [one.restarted for one in told] == [False, False, True, False]
    assert follow.spool.version > version
    assert content(follow.spool) == f"page one\n{after}".encode()


async def test_a_log_that_is_begun_anew_is_read_anew() -> None:
    pages: list[Step] = [LogPage("a\n", page_complete=True), LogPage("b\n"), *[MISSING] * 3]
    follow = follow_of(LogScript(HandTiming(), *pages, LogPage("new\n", done=True)))
    told = await read_all(follow)
    assert sum(one.restarted for one in told) == 1
    assert content(follow.spool) == b"new\n"


async def test_it_waits_for_a_cube_and_goes_over_into_its_log() -> None:
    empty = LogPage("")
    script = LogScript(
        HandTiming(), MISSING, empty, MISSING, LogPage("x"), LogPage("xy", done=True)
    )
    follow = follow_of(script)
    told = await read_all(follow)
    phases = [one.phase for one in told]
    assert phases == ["waiting", "waiting", "waiting", "growing", "ended"]
    assert content(follow.spool) == b"xy"


async def test_a_log_that_is_not_there_after_the_end_is_gone() -> None:
    script = LogScript(HandTiming(), MISSING)
    follow = follow_of(script)
    follow.cube_has_ended()
    told = await read_all(follow)
    assert told[-1].phase == "gone"
    assert len(script.asked) == 3
    quiet = follow_of(LogScript(HandTiming(), LogPage("", done=True)))
    assert (await read_all(quiet))[-1].phase == "ended"


async def test_slower_when_calm_and_fast_again() -> None:
    timing = HandTiming()
    server = LogServer(timing, "x" * 100_000, 600_000, rate=1)
    await read_all(follow_of(server), most=30)
    assert set(server.gaps) == {1.5}
    still = LogScript(timing, LogPage("x"))
    await read_all(follow_of(still), most=80)
    gaps = [b - a for (a, _), (b, _) in pairwise(still.asked)]
    assert gaps == sorted(gaps)
    assert set(gaps) == {1.5, 2.0, 4.0, 8.0}


async def test_trouble_is_waited_out_with_jitter_and_a_refusal_stops() -> None:
    timing = HandTiming(chance=0.999)
    down = ServerTrouble("down", status=502)
    slow = TooManyRequests("slow", status=429, retry_after=60.0)
    script = LogScript(timing, *[down] * 8, slow, LogPage("x"), Refused("no", status=403))
    follow = follow_of(script)
    updates = follow.updates()
    told = [await anext(updates) for _ in range(11)]
    gaps = [round(b - a) for (a, _), (b, _) in pairwise(script.asked)]
    assert gaps[:8] == [3, 6, 12, 24, 30, 30, 30, 30]
    assert gaps[8] == 60
    assert [one.phase for one in told[-2:]] == ["growing", "refused"]
    waiting = asyncio.ensure_future(anext(updates))
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(script.asked) == 11
    script.steps.append(LogPage("x", done=True))
    follow.wake()
    assert (await waiting).phase == "ended"


async def test_nothing_is_asked_after_the_end() -> None:
    script = LogScript(HandTiming(), LogPage("x", done=True))
    follow = follow_of(script)
    await read_all(follow)
    follow.wake()
    again = await read_all(follow)
    assert [one.phase for one in again] == ["ended"]
    assert len(script.asked) == 1


async def test_who_looks_last_reads_and_one_request_is_under_way() -> None:
    timing = HandTiming()
    server = LogServer(timing, text(lines=300), 50, rate=200)
    under_way = most = 0
    ask = server.cube_log

    class Slow(LogServer):
        async def cube_log(self, *arguments: object) -> LogPage:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            return await ask(*arguments)  # type: ignore[arg-type]

    server.__class__ = Slow
    follow = follow_of(server)
    readers = [asyncio.create_task(read_all(follow)) for _ in range(4)]
    told = await asyncio.gather(*readers)
    assert most == 1
    assert [one[-1].phase for one in told if one][-1] == "ended"
    assert content(follow.spool) == server.text.encode()


async def test_where_there_is_no_room_it_ends_with_what_is_there() -> None:
    pool = SpoolPool(limit=10)
    pages: list[Step] = [LogPage("12345678", page_complete=True), LogPage("abcdefgh")]
    follow = follow_of(LogScript(HandTiming(), *pages), pool)
    assert (await read_all(follow))[-1].phase == "full"
    assert content(follow.spool) == b"12345678"


async def test_going_back_to_a_log_costs_no_request() -> None:
    script = LogScript(HandTiming(), LogPage("x\n", done=True))

    async def source() -> LogScript:
        return script

    store = LogStore(source, REPO, script.timing)
    await read_all(store.log(CUBE))
    await read_all(store.log(CUBE))
    assert len(script.asked) == 1
    store.log(CUBE).spool.drop()
    assert (await read_all(store.log(CUBE)))[-1].phase == "dropped"
    assert len(script.asked) == 1
    await read_all(store.log(CUBE, anew=True))
    assert content(store.log(CUBE).spool) == b"x\n"
