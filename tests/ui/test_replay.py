"""A recording on the live screen."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cubewatch.session import replay_session
from cubewatch.settings import Settings, WatchFirst
from cubewatch.ui.app import CubewatchApp
from cubewatch.watch import recording as module
from cubewatch.watch.recording import Recorder, new_recording
from cubewatch.watch.recording_file import read_recording
from tests.support.live import Live, watching
from tests.support.polling import REPO
from tests.support.runs import Json, cube, dates, run, task, workflow
from tests.ui.snapshots import Snapshot

AT = datetime(2026, 10, 21, 7, 0, tzinfo=UTC)
SIZES = [(80, 24), (120, 40)]


def state(status: str, compile_status: str, unit: str, end: float | None = None) -> Json:
    cubes = (
        cube(
            "compile", compile_status, dates=dates(1, 20 if compile_status == "success" else None)
        ),
        cube("unit", unit, dates=dates(21, end) if unit != "created" else dates()),
    )
    built = task("build", status, *cubes, dates=dates(1, end))
    return run(
        status,
        workflow("release", status, built, dates=dates(1, end)),
        dates=dates(1, end),
        event_type="manual",
        user={"slug": "ivan"},
    )


ANSWERS = [
    (1.0, state("processing", "processing", "created")),
    (22.0, state("processing", "success", "processing")),
    (61.0, state("failed", "success", "failed", end=60)),
]


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "CLOSE_TIMEOUT", 60.0)
    recorder = Recorder(REPO, lambda *_: new_recording(tmp_path / "run.gz"))
    for seconds, answer in ANSWERS:
        at = AT + timedelta(seconds=seconds)
        recorder.answer(seconds, at, "142", json.dumps(answer).encode())
    recorder.close()
    return tmp_path / "run.gz"


@asynccontextmanager
async def replaying(path: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Live]:
    """The recording, which stands still at its beginning."""
    session = replay_session(Settings(None), read_recording(path), None)
    assert session.replay
    session.replay.clock.set(position=0.0, plays=False)
    app = CubewatchApp(session, WatchFirst("142"))
    async with app.run_test(size=size, notifications=True) as pilot:
        live = Live(pilot, session)
        await live.until(lambda: "compile" in live.text)
        yield live


@pytest.mark.parametrize("size", SIZES)
async def test_it_looks_like_the_live_screen(
    recorded: Path, size: tuple[int, int], snapshot: Snapshot
) -> None:
    async with replaying(recorded, size) as live:
        await live.press("right_square_bracket")
        await live.until(lambda: "21s of 1m00s" in live.text)
        if size[0] >= 100:
            await live.until(lambda: "tries again" in live.text)
        snapshot(live.pilot, "replay")


async def test_keys_go_to_changes_and_failures(recorded: Path) -> None:
    async with replaying(recorded) as live:
        await live.press("right_curly_bracket")
        await live.until(lambda: "failed" in live.text)
        await live.press("left_square_bracket")
        await live.until(lambda: "21s of 1m00s" in live.text)
        await live.press("left_square_bracket")
        await live.until(lambda: "0s of 1m00s" in live.text)
        await live.press("left_square_bracket")
        await live.until(lambda: "There is no change before this one." in live.text)


async def test_keys_scrub_and_change_the_speed(recorded: Path) -> None:
    async with replaying(recorded) as live:
        await live.press("full_stop", "full_stop", "full_stop", "comma")
        await live.until(lambda: "20s of 1m00s" in live.text)
        await live.press("greater_than_sign")
        await live.until(lambda: "30×" in live.text)
        await live.press("less_than_sign", "less_than_sign")
        await live.until(lambda: "5×" in live.text)


async def test_it_plays_to_the_end_and_restarts(recorded: Path) -> None:
    async with replaying(recorded) as live:
        replay = live.session.replay
        assert replay
        replay.clock.set(speed=1000.0)
        await live.press("p")
        await live.until(lambda: replay.is_final)
        await live.until(lambda: "of 1m00s" not in live.text)
        replay.clock.set(speed=1.0)
        await live.press("p")
        await live.until(lambda: "of 1m00s" in live.text)
        assert not replay.is_final


async def test_the_last_screen_equals_the_one_that_was_watched(recorded: Path) -> None:
    async with watching(*[answer for _, answer in ANSWERS]) as live:
        await live.step()
        await live.step()
        await live.until(lambda: "failed" in live.text)
        watched = without_log(live)
    async with replaying(recorded) as live:
        await live.press("right_square_bracket")
        await live.until(lambda: "21s of 1m00s" in live.text)
        await live.press("full_stop", "full_stop", "full_stop", "full_stop")
        await live.until(lambda: "of 1m00s" not in live.text)
        await live.until(lambda: without_log(live) == watched)


def without_log(live: Live) -> list[str]:
    """What is on screen, but for the log, which is not recorded, and the word that it is played."""
    title, *lines = [line.partition("││")[0] for line in live.text.splitlines()]
    return [re.sub(r" +(replay.* · )?ended$", " ended", title), *lines]


async def test_it_says_that_it_is_a_recording_also_at_its_end(recorded: Path) -> None:
    async with replaying(recorded) as live:
        assert live.text.splitlines()[0].endswith(" replay")
        await live.press(*["right_square_bracket"] * 2, *["full_stop"] * 5)
        await live.until(lambda: "replay (p plays it again) · ended" in live.text)
        await live.press("p")
        await live.until(lambda: "of 1m00s" in live.text)


async def test_leaving_says_nothing_of_a_run_that_was_played(recorded: Path) -> None:
    async with replaying(recorded) as live:
        app: Any = live.pilot.app
        await live.press("q")
        assert app.summary == []
