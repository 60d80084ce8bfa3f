"""A recording that plays: what is shown when, and after jumps."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cubewatch.api.errors import ApiError, Unreachable
from cubewatch.model.decode import read_run
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run
from cubewatch.model.snapshot import Snapshot, advance
from cubewatch.watch import replay as module
from cubewatch.watch.feed import RunFeed
from cubewatch.watch.recording import Recorder, RecordingFolder, RecordingSource, new_recording
from cubewatch.watch.recording_file import Header, Recording, RecordingEntry, read_recording
from cubewatch.watch.replay import RecordedClient, ReplayClock, ReplayFeed
from cubewatch.watch.updates import Fresh, Trouble, Update
from tests.support.earlier import IN_LAYERS, planned
from tests.support.polling import REPO, HandTiming, RunScript
from tests.support.runs import Json, cube, read, run, task, workflow

AT = datetime(2026, 10, 21, 7, 0, tzinfo=UTC)


def state(*cubes: str, status: str = "processing") -> Json:
    shown = [cube(f"c{n}", one) for n, one in enumerate(cubes)]
    return run(status, workflow("w", status, task("t", status, *shown)))


STATES = [
    (0, state("created", "created")),
    (10, state("processing", "created")),
    (20, state("failed", "processing")),
    (30, state("failed", "success", status="failed")),
]


def recording(*states: tuple[float, Json | None]) -> Recording:
    entries = []
    for seconds, value in states:
        if value is None:
            entries.append(RecordingEntry(seconds))
        else:
            statuses = ("failed",) if "failed" in json.dumps(value) else ("x",)
            entries.append(RecordingEntry(seconds, {"=": value}, statuses))
    return Recording(Header(REPO, "142", AT), entries)


class HandClock(ReplayClock):
    """A clock that stands still unless it is set."""

    def __init__(self, length: float) -> None:
        super().__init__(AT, length)
        self.set(position=0, plays=False)


Played = tuple[ReplayFeed, list[Update]]


@asynccontextmanager
async def played(*states: tuple[float, Json | None]) -> AsyncIterator[Played]:
    made = recording(*states)
    feed = ReplayFeed(made, HandClock(made.seconds))
    updates: list[Update] = []
    unsubscribe = feed.subscribe(updates.append)
    feed.start()
    await settled()
    yield feed, updates
    unsubscribe()


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def statuses(feed: RunFeed) -> list[str]:
    assert feed.snapshot
    return [feed.snapshot.status_of(path) for path in feed.snapshot.items if len(path) == 3]


async def test_the_first_state_is_shown_at_once() -> None:
    async with played(*STATES) as (feed, updates):
        assert statuses(feed) == ["created", "created"]
        assert len(updates) == 1
        assert feed.server_now() == AT


async def test_a_moment_shows_the_state_it_had() -> None:
    async with played(*STATES) as (feed, _):
        feed.seek(25)
        await settled()
        assert statuses(feed) == ["failed", "processing"]
        assert feed.server_now() == AT + timedelta(seconds=25)
        feed.seek(11)
        await settled()
        assert statuses(feed) == ["processing", "created"]


async def test_jumps_go_to_changes_and_failures() -> None:
    async with played(*STATES) as (feed, _):
        positions = []
        for step, failure in ((1, False), (1, True), (1, False), (-1, False), (-1, False)):
            feed.jump(step, failure=failure)
            await settled()
            positions.append(feed.clock.now())
        assert positions == [10, 20, 30, 20, 10]
        assert not feed.jump(-1, failure=True)


async def test_all_changes_of_a_jump_are_reported() -> None:
    async with played(*STATES) as (feed, updates):
        feed.seek(30)
        await settled()
        last = updates[-1]
        assert isinstance(last, Fresh)
        assert last.snapshot.is_final
        assert {change.path[-1] for change in last.changes if change.path} >= {"c0", "c1"}


async def test_silence_is_shown_as_it_was() -> None:
    async with played((0, STATES[0][1]), (10, None), (40, STATES[1][1])) as (feed, updates):
        feed.seek(20)
        await settled()
        assert isinstance(updates[-1], Trouble)
        assert feed.freshness.answered_at == 10
        assert feed.freshness.unconfirmed_since == 10
        feed.seek(40)
        await settled()
        assert feed.freshness.trouble is None
        assert feed.freshness.answered_at == 40


async def test_an_answer_stays_confirmed_while_nothing_changes() -> None:
    async with played(*STATES) as (feed, _):
        feed.seek(9.5)
        await settled()
        assert feed.freshness.answered_at == 9.5


async def test_it_plays_by_itself_and_stops_at_the_end() -> None:
    made = recording(*STATES)
    feed = ReplayFeed(made, ReplayClock(AT, made.seconds, speed=1000))
    ended = asyncio.Event()

    def look(_: Update) -> None:
        if feed.is_final:
            ended.set()

    unsubscribe = feed.subscribe(look)
    feed.start()
    await asyncio.wait_for(ended.wait(), 60)
    assert feed.clock.now() == 30
    assert not feed.clock.plays
    feed.toggle()
    assert feed.clock.plays
    unsubscribe()


async def test_speed_goes_in_steps() -> None:
    async with played(*STATES) as (feed, _):
        speeds = []
        for step in (1, 1, -1, -1, -1):
            feed.change_speed(step)
            speeds.append(feed.clock.speed)
        assert speeds == [30, 60, 30, 10, 5]


async def test_what_is_stopped_stays() -> None:
    clock = ReplayClock(AT, 1e9)
    clock.set(plays=False)
    now = clock.now()
    await asyncio.sleep(0.01)
    assert clock.now() == now


async def test_the_last_state_equals_the_one_that_was_watched(tmp_path: Path) -> None:
    """Progress included, which depends on all that was seen before."""
    watched = planned(IN_LAYERS, 142, Random(5))
    answers = []
    for seconds in range(0, int(watched.end) + 4, 7):
        value = watched.at(seconds)
        percent = min(100.0, 100 * seconds / watched.end)
        value["workflows"][0]["progress"] = {"percent": percent if seconds < 500 else 43.0}
        answers.append(value)
    recorder = Recorder(REPO, lambda header, final: new_recording(tmp_path / "run"))
    original: Snapshot | None = None
    for n, value in enumerate(answers):
        recorder.answer(7.0 * n, AT, "142", json.dumps(value).encode())
        original = advance(original, read(value))
    recorder.close()
    made = read_recording(tmp_path / "run")
    feed = ReplayFeed(made, HandClock(made.seconds))
    feed.start()
    feed.seek(made.seconds)
    await settled()
    assert feed.snapshot == original
    feed.close()


async def test_far_jumps_skip_what_lies_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_STEPS", 5)
    async with played(*STATES) as (feed, _):
        feed.seek(30)
        await settled()
        assert statuses(feed) == ["failed", "success"]


@pytest.mark.parametrize(
    "change",
    [
        {"=": 5},
        {"=": {}},
        {"~": {"workflows": {"=": [[[]]]}}},
        {"~": {"nothing": {"=": 1}}},
        {"=": {"slug": "\x1b]0;x\x07", "status": "\x1b[2J", "workflows": "x" * 100_000}},
    ],
)
async def test_a_hostile_answer_is_as_harmless_as_a_servers(change: Any) -> None:
    made = recording(*STATES)
    made.entries.append(RecordingEntry(40, change, ("x",)))
    feed = ReplayFeed(made, HandClock(40))
    feed.start()
    feed.seek(40)
    await settled()
    assert feed.snapshot
    assert feed.snapshot.run.status.isprintable()
    feed.close()


async def test_nothing_is_asked_of_anybody() -> None:
    client = RecordedClient()
    with pytest.raises(ApiError):
        await client.cube_log(REPO, ("142", "w", "t", "c"), 1)


async def test_what_a_feed_gets_is_recorded(tmp_path: Path) -> None:
    timing = HandTiming()
    script = RunScript(timing, STATES[0][1], Unreachable("x"), STATES[1][1], STATES[3][1])

    async def source() -> RunScript:
        return script

    folder = RecordingFolder(tmp_path / "recordings")
    recorder = Recorder(REPO, folder.opened)
    feed = RunFeed(RecordingSource(source, [recorder], timing), REPO, "142", timing)
    unsubscribe = feed.subscribe(lambda _: None)
    feed.start()
    await asyncio.wait_for(timing.resting.wait(), 60)
    unsubscribe()
    recorder.close()
    [path] = folder.of_run(RepoSlug("acme", "shop"), "142")
    entries = read_recording(path).entries
    assert [entry.is_silent for entry in entries] == [False, True, False, False]


async def test_jump_over_very_many_answers_skips_them(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0

    def counted(value: bytes) -> Run:
        nonlocal reads
        reads += 1
        return read_run(value)

    monkeypatch.setattr(module, "read_run", counted)
    states = [(float(n), state("created", status=f"s{n}")) for n in range(20_000)]
    async with played(*states) as (feed, _):
        feed.seek(20_000)
        await settled()
        assert feed.snapshot
        assert feed.snapshot.run.status == "s19999"
        assert reads < 10
