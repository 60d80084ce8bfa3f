"""Reading a log: nothing lost, nothing doubled, nothing requested in vain."""

import asyncio
import random
from itertools import pairwise

import pytest

from cubewatch.api.errors import Refused, ServerTrouble, TooManyRequests
from cubewatch.logs.end_finder import EndFinder
from cubewatch.logs.paging import BELIEVED_AFTER, REREAD_AFTER, SILENT
from cubewatch.logs.reader import CubePath
from cubewatch.logs.spool import LogSpool, SpoolPool
from cubewatch.logs.store import LogStore
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import LogPage
from tests.support.logs import (
    CUBE,
    HABITS,
    MISSING,
    LogScript,
    LogServer,
    Step,
    content,
    read_all,
    reader_of,
)
from tests.support.polling import REPO, HandTiming


def text(seed: int = 1, lines: int = 60) -> str:
    rng = random.Random(seed)
    kinds = ("строка\n", "\x1b[31mred\x1b[0m\n", "😀\n", "{}\n", "no end ", "\r 50%\r100%\n")
    return "".join(rng.choice(kinds).format(rng.getrandbits(30)) for _ in range(lines))


@pytest.mark.parametrize("rate", [3, 40, 1e9])
@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("size", [7, 8, 13, 64, 1000, 600_000])
async def test_log_is_read_as_it_was_written(size: int, habit: str, rate: float) -> None:
    wanted = text(size)
    server = LogServer(HandTiming(), wanted, size, habit=habit, start=4, rate=rate)
    reader = reader_of(server)
    states = await read_all(reader)
    assert states[0].phase == "waiting"
    assert states[-1].phase == "ended"
    assert content(reader.spool) == wanted.encode()
    assert reader.spool.finished
    assert not any(state.restarted for state in states)


@pytest.mark.parametrize("habit", [*HABITS, "blank"])
@pytest.mark.parametrize("size", [7, 13, 64])
async def test_finished_log_shows_its_end_before_the_rest(size: int, habit: str) -> None:
    wanted = text(size, lines=400)
    server = LogServer(HandTiming(), wanted, size, habit=habit, start=-1)
    reader = reader_of(server)
    reader.cube_is("success")
    async for _ in reader.updates(end_first=True):
        if reader.preview:
            break
    assert reader.preview is not None
    end = content(reader.preview)
    assert end
    assert wanted.encode().endswith(end)
    assert reader.spool.size < len(wanted.encode()) / 2
    assert len(server.requests) < 30
    assert (await read_all(reader))[-1].phase == "ended"
    assert content(reader.spool) == wanted.encode()
    assert reader.preview is None


@pytest.mark.parametrize("habit", HABITS)
async def test_pages_that_say_the_same_are_all_there(habit: str) -> None:
    wanted = "ok ok!\n" * 5 + "end\n"
    server = LogServer(HandTiming(), wanted, 7, habit=habit)
    reader = reader_of(server)
    await read_all(reader)
    assert content(reader.spool) == wanted.encode()


@pytest.mark.parametrize("habit", HABITS)
async def test_last_page_that_is_never_complete_ends_too(habit: str) -> None:
    server = LogServer(HandTiming(), "one\ntwo\n", 5, habit=habit, start=-1, closes_last=False)
    reader = reader_of(server)
    reader.cube_is("success")
    await read_all(reader)
    assert content(reader.spool) == b"one\ntwo\n"
    assert server.pages == [1, 2, 2]


async def test_complete_page_is_not_requested_again() -> None:
    server = LogServer(HandTiming(), text(lines=400), 300, rate=100)
    await read_all(reader_of(server))
    assert server.pages == sorted(server.pages)


async def test_pages_of_a_finished_log_follow_each_other_at_once() -> None:
    server = LogServer(HandTiming(), text(lines=900), 300, start=-99)
    reader = reader_of(server)
    reader.cube_is("success")
    await read_all(reader)
    assert sum(server.gaps[:-1]) < 2


async def test_complete_empty_page_does_not_end_a_log() -> None:
    empty = LogPage("", page_complete=True, done=True)
    first = LogPage("one\n", page_complete=True, done=True)
    last = LogPage("two\n", page_complete=True, done=True)
    reader = reader_of(LogScript(HandTiming(), empty, first, empty, empty, last, MISSING))
    reader.cube_is("success")
    assert (await read_all(reader))[-1].phase == "ended"
    assert content(reader.spool) == b"one\ntwo\n"


async def test_empty_pages_without_end_end_a_log() -> None:
    empty = LogPage("", page_complete=True, done=True)
    script = LogScript(HandTiming(), LogPage("one\n", page_complete=True, done=True), empty)
    reader = reader_of(script)
    reader.cube_is("failed")
    assert (await read_all(reader, most=50))[-1].phase == "ended"
    assert len(script.requests) < 10


async def test_stray_404_does_not_end_a_log() -> None:
    first = LogPage("one\n", page_complete=True, done=True)
    last = LogPage("two\n", page_complete=True, done=True)
    reader = reader_of(LogScript(HandTiming(), first, MISSING, last, MISSING))
    reader.cube_is("success")
    states = await read_all(reader)
    assert states[-1].phase == "ended"
    assert content(reader.spool) == b"one\ntwo\n"
    assert not any(state.restarted for state in states)


async def test_done_that_comes_early_does_not_end_a_log() -> None:
    pages = [LogPage("one\n", done=True), LogPage("one\ntwo\n", done=True)]
    reader = reader_of(LogScript(HandTiming(), *pages))
    reader.cube_is("success")
    assert (await read_all(reader))[-1].phase == "ended"
    assert content(reader.spool) == b"one\ntwo\n"


async def test_done_is_not_believed_while_the_cube_runs() -> None:
    timing = HandTiming()
    early = LogPage("one\n", done=True)
    reader = reader_of(LogScript(timing, *[early] * 6, LogPage("one\ntwo\n", done=True)))
    reader.cube_is("processing")
    await read_all(reader, most=6)
    assert not reader.is_over
    begun = timing.now()
    await read_all(reader)
    assert content(reader.spool) == b"one\ntwo\n"
    assert timing.now() - begun >= BELIEVED_AFTER


async def test_stray_404_far_beyond_doubles_no_page() -> None:
    last = LogPage("same\n", page_complete=True, done=True)
    reader = reader_of(LogScript(HandTiming(), last, last, MISSING, last))
    reader.cube_is("success")
    await read_all(reader)
    assert content(reader.spool) == b"same\n"


async def test_cube_that_ends_silently_at_a_page_end_ends_its_log() -> None:
    timing = HandTiming()
    first = LogPage("one\n", page_complete=True, done=False)
    last = LogPage("one\n", page_complete=True, done=True)
    script = LogScript(timing, first, *[MISSING] * 40)
    reader = reader_of(script)
    updates = reader.updates()
    for _ in range(5):
        await anext(updates)
    answered: list[Step] = [last] * len(script.requests)
    script.steps = [*answered, MISSING, last, MISSING]
    reader.cube_is("success")
    states = [state async for state in updates]
    assert states[-1].phase == "ended"
    assert 1 in [page for _, page in script.requests[5:]]
    assert content(reader.spool) == b"one\n"


async def test_log_that_never_says_done_ends_after_silence() -> None:
    timing = HandTiming()
    script = LogScript(timing, LogPage("one\n"))
    reader = reader_of(script)
    reader.cube_is("success")
    begun = timing.now()
    assert (await read_all(reader))[-1].phase == "ended"
    assert SILENT <= timing.now() - begun < SILENT + 20


async def test_last_page_is_read_again_now_and_then() -> None:
    timing = HandTiming()
    script = LogScript(timing, LogPage("x\n", page_complete=True), *[MISSING] * 500)
    await read_all(reader_of(script), most=60)
    again = [moment for moment, page in script.requests[1:] if page == 1]
    assert again
    assert again[0] - script.requests[0][0] >= REREAD_AFTER


@pytest.mark.parametrize("cut", ["a\ufffd", "a\ufffd\ufffd", "a\ufffd\ufffd\ufffd"])
async def test_character_cut_at_the_end_of_a_growing_page_is_whole_again(cut: str) -> None:
    pages: list[Step] = [LogPage(cut), LogPage("a😀b\n", page_complete=True, done=True), MISSING]
    reader = reader_of(LogScript(HandTiming(), *pages))
    states = await read_all(reader)
    assert content(reader.spool) == "a😀b\n".encode()
    assert not any(state.restarted for state in states)


async def test_surrogates_cut_by_a_page_end_are_whole_again() -> None:
    pages: list[Step] = [
        LogPage("a\ud83d", page_complete=True),
        LogPage("\ude00b\ufffd"),
        LogPage("\ude00bП\n", page_complete=True, done=True),
        MISSING,
    ]
    reader = reader_of(LogScript(HandTiming(), *pages))
    states = await read_all(reader)
    assert content(reader.spool) == "a😀bП\n".encode()
    assert not any(state.restarted for state in states)


async def test_rest_of_a_character_is_kept_at_the_end() -> None:
    reader = reader_of(LogScript(HandTiming(), LogPage("a\ufffd\ud83d", done=True)))
    await read_all(reader)
    assert content(reader.spool) == "a\ufffd\ufffd".encode()


@pytest.mark.parametrize("after", ["one\n", "one\nTWO\nthree\n", "other\n", "one\nTW"])
async def test_page_that_changed_is_read_again(after: str) -> None:
    pages: list[Step] = [
        LogPage("page one\n", page_complete=True),
        LogPage("one\ntwo\n"),
        LogPage(after),
    ]
    reader = reader_of(LogScript(HandTiming(), *pages, LogPage(after, done=True)))
    reader.cube_is("success")
    version = reader.spool.version
    states = await read_all(reader)
    assert [state.restarted for state in states][:3] == [False, False, True]
    assert sum(state.restarted for state in states) == 1
    assert reader.spool.version > version
    assert content(reader.spool) == f"page one\n{after}".encode()


async def test_log_that_begins_again_is_read_again() -> None:
    pages: list[Step] = [LogPage("a\n", page_complete=True), LogPage("b\n"), *[MISSING] * 3]
    reader = reader_of(LogScript(HandTiming(), *pages, LogPage("new\n", done=True)))
    states = await read_all(reader)
    assert sum(state.restarted for state in states) == 1
    assert content(reader.spool) == b"new\n"


async def test_reader_waits_for_a_cube_to_begin() -> None:
    empty = LogPage("")
    script = LogScript(
        HandTiming(), MISSING, empty, MISSING, LogPage("x"), LogPage("xy", done=True)
    )
    reader = reader_of(script)
    states = await read_all(reader)
    phases = [state.phase for state in states]
    assert phases[:5] == ["waiting", "waiting", "waiting", "growing", "growing"]
    assert phases[-1] == "ended"
    assert content(reader.spool) == b"xy"


async def test_log_that_is_missing_after_the_end_is_gone() -> None:
    script = LogScript(HandTiming(), MISSING)
    reader = reader_of(script)
    reader.cube_is("failed")
    assert (await read_all(reader))[-1].phase == "gone"
    assert len(script.requests) == 3
    quiet = reader_of(LogScript(HandTiming(), LogPage("", done=True)))
    quiet.cube_is("success")
    assert (await read_all(quiet))[-1].phase == "ended"


async def test_requests_are_rarer_when_calm() -> None:
    script = LogScript(HandTiming(), LogPage("x"))
    await read_all(reader_of(script), most=80)
    gaps = [b - a for (a, _), (b, _) in pairwise(script.requests)]
    assert gaps == sorted(gaps)
    assert gaps[0] == 1.5
    assert 3600 / gaps[-1] < 240


@pytest.mark.parametrize("rate", [10, 1_000, 20_000])
async def test_requests_for_a_growing_log_stay_below_a_thousand_an_hour(rate: int) -> None:
    timing = HandTiming()
    server = LogServer(timing, "x" * 99 * rate + "\n" * 3600 * rate, 600_000, rate=rate)
    reader = reader_of(server)
    begun = timing.now()
    async for _ in reader.updates():
        if timing.now() - begun >= 3600:
            break
    assert len(server.requests) < 900


async def test_long_page_is_read_again_less_often() -> None:
    timing = HandTiming()
    script = LogScript(timing, LogPage("x" * 600_000), LogPage("x" * 600_001))
    await read_all(reader_of(script), most=3)
    gaps = [b - a for (a, _), (b, _) in pairwise(script.requests)]
    assert min(gaps) >= 2


async def test_trouble_is_waited_out_with_jitter_and_a_refusal_stops() -> None:
    timing = HandTiming(chance=0.999)
    down = ServerTrouble("down", status=502)
    slow = TooManyRequests("slow", status=429, retry_after=60.0)
    script = LogScript(timing, *[down] * 8, slow, Refused("no", status=403))
    reader = reader_of(script)
    updates = reader.updates()
    states = [await anext(updates) for _ in range(10)]
    gaps = [round(b - a) for (a, _), (b, _) in pairwise(script.requests)]
    assert gaps[:8] == [2, 4, 8, 16, 30, 30, 30, 30]
    assert gaps[8] == 60
    assert states[-1].phase == "refused"
    waiting = asyncio.ensure_future(anext(updates))
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(script.requests) == 10
    script.steps.append(LogPage("xy"))
    reader.wake()
    assert (await waiting).phase == "growing"


async def test_short_refusal_of_a_log_that_was_read_is_waited_out() -> None:
    refused = Refused("no", status=401)
    script = LogScript(HandTiming(), LogPage("x"), *[refused] * 5, LogPage("xy", done=True))
    states = await read_all(reader_of(script))
    assert [state.phase for state in states if state.error] == ["trouble"] * 5
    assert states[-1].phase == "ended"


async def test_long_refusal_of_a_log_that_was_read_stops() -> None:
    script = LogScript(HandTiming(), LogPage("x"), Refused("no", status=401))
    updates = reader_of(script).updates()
    while (await anext(updates)).phase != "refused":
        pass
    assert 600 <= script.requests[-1][0] - script.requests[1][0] <= 660


async def test_nothing_is_requested_after_the_end() -> None:
    script = LogScript(HandTiming(), LogPage("x", done=True))
    reader = reader_of(script)
    await read_all(reader)
    requests = len(script.requests)
    reader.wake()
    again = await read_all(reader)
    assert [state.phase for state in again] == ["ended"]
    assert len(script.requests) == requests


async def test_several_who_look_share_the_requests() -> None:
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
    reader = reader_of(server)
    readers = [asyncio.create_task(read_all(reader)) for _ in range(4)]
    states = await asyncio.gather(*readers)
    assert most == 1
    assert [one[-1].phase for one in states] == ["ended"] * 4
    assert content(reader.spool) == server.text.encode()


async def test_reading_ends_where_there_is_no_room() -> None:
    pool = SpoolPool(limit=10)
    pages: list[Step] = [LogPage("12345678", page_complete=True), LogPage("abcdefgh")]
    reader = reader_of(LogScript(HandTiming(), *pages), pool)
    assert (await read_all(reader))[-1].phase == "full"
    assert content(reader.spool) == b"12345678"


async def test_going_back_to_a_log_costs_no_request() -> None:
    script = LogScript(HandTiming(), LogPage("x\n", done=True))

    async def source() -> LogScript:
        return script

    store = LogStore(source, REPO, script.timing)
    store.log(CUBE).cube_is("success")
    await read_all(store.log(CUBE))
    requests = len(script.requests)
    await read_all(store.log(CUBE))
    assert len(script.requests) == requests
    store.log(CUBE).spool.drop()
    assert (await read_all(store.log(CUBE)))[-1].phase == "dropped"
    assert len(script.requests) == requests
    await read_all(store.log(CUBE, fresh=True))
    assert content(store.log(CUBE).spool) == b"x\n"


class SlowServer(LogServer):
    """A log of numbered lines of 50 characters, each answer of which takes half a second."""

    def __init__(self, timing: HandTiming, habit: str, rate: int) -> None:
        lines = "".join(f"{number:049}\n" for number in range(120 * rate // 50))
        super().__init__(timing, lines, 600_000, habit=habit, start=-60, rate=rate)
        self.hand = timing

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> LogPage:
        self.hand.time += 0.5
        return await super().cube_log(repo, cube, page)

    def lag(self, seen: LogSpool) -> float:
        """Seconds since the last line of `seen` was the newest."""
        newest = (self.hand.now() - self.begin) * self.rate / 50
        return (newest - int(seen.line(seen.newlines - 1))) * 50 / self.rate


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("rate", [10_000, 250_000])
async def test_growing_log_is_followed_while_what_comes_before_is_loaded(
    rate: int, habit: str
) -> None:
    timing = HandTiming()
    server = SlowServer(timing, habit, rate)
    reader = reader_of(server)
    lags: list[float] = []
    async for _ in reader.updates(end_first=True):
        is_loaded = reader.spool.size > 58 * rate
        if reader.preview or is_loaded:
            lags.append(server.lag(reader.shown))
        if is_loaded and not reader.preview and timing.now() - server.begin > 115:
            break
    assert max(lags) < 4
    assert content(reader.spool) == server.text.encode()[: reader.spool.size]


async def test_visible_lines_stay_when_the_rest_of_a_log_is_loaded() -> None:
    reader = reader_of(SlowServer(HandTiming(), "missing", 250_000))
    end: LogSpool | None = None
    async for _ in reader.updates(end_first=True):
        if end and reader.preview is None:
            break
        end = reader.preview
    assert end is not None
    assert end.size > 600_000
    assert content(reader.spool).endswith(content(end))


async def test_log_whose_end_was_reached_is_not_searched_for_its_end() -> None:
    timing = HandTiming()
    server = LogServer(timing, "".join(f"{number}\n" for number in range(9_000)), 1_000, rate=400)
    reader = reader_of(server)
    async for _ in reader.updates(end_first=True):
        assert reader.preview is None
        if timing.now() - server.begin > 60:
            break
    assert server.pages == sorted(server.pages)


async def test_log_without_an_end_is_not_looked_through_for_ever() -> None:
    """Whatever page is requested is there, and says something else."""
    finder = EndFinder(3)
    requests = 0
    while (number := finder.number()) is not None:
        finder.take(LogPage(f"page {number}\n", page_complete=True, done=False))
        requests += 1
    assert requests < 20
    assert finder.end is None
