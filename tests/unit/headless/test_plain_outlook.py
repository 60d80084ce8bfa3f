"""Watching without a screen says what earlier runs tell."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import httpx

from cubewatch.api.client import Client, Limits
from cubewatch.headless.event_writer import EventWriter
from cubewatch.headless.plain import watch_plain
from cubewatch.session import Session
from cubewatch.settings import Plain, Secret, Settings
from tests.support.past import made
from tests.support.plain import RUN_142, SHOP, Written, style_of
from tests.support.polling import WALL, SteppedTiming
from tests.support.runs import Json, cube, run, task, workflow
from tests.support.scripted import Clock

EARLIER = [made(slug, seconds=4000) for slug in range(141, 131, -1)]


def at(state: str, finished: float | None = None) -> Json:
    """Run 142, which began five seconds before the clock's begin."""
    dates = {"created_at": (WALL - timedelta(seconds=5)).isoformat()}
    dates["started_at"] = dates["created_at"]
    if finished is not None:
        dates["finished_at"] = (WALL + timedelta(seconds=finished)).isoformat()
    built = task("t", state, cube("c", state, dates=dates), dates=dates)
    return run(state, workflow("release", state, built, dates=dates), dates=dates)


async def watched(
    plain: Plain, last: Json, until: Callable[[SteppedTiming, Written], bool]
) -> Written:
    """Turns the clock second by second; the run is over when `until` says so."""
    timing, written = SteppedTiming(), Written()

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        if name == "runs":
            return httpx.Response(200, json={"runs": EARLIER})
        if name == "142":
            return httpx.Response(200, json=last if until(timing, written) else at("processing"))
        return httpx.Response(200, json=next(one for one in EARLIER if one["slug"] == name))

    session = Session(
        Settings(SHOP),
        client=lambda _: Client(
            "https://api.example",
            Secret("x"),
            transport=httpx.MockTransport(answer),
            limits=Limits(spacing=0),
            timing=Clock(),
        ),
        timing=timing,
    )
    writer = EventWriter(written, style_of(plain), SHOP, timing)
    task_of_watching = asyncio.create_task(watch_plain(session, RUN_142, plain, writer))
    while not task_of_watching.done():
        await timing.turn(0.5)
        await asyncio.sleep(0.005)
    task_of_watching.result()
    return written


def estimated(_: SteppedTiming, written: Written) -> bool:
    return any(" left" in line or '"estimate"' in line for line in written.lines)


async def test_lines_say_how_long_it_takes_and_what_was_different() -> None:
    written = await watched(Plain(heartbeat=0), at("failed", 300), estimated)
    [line] = [line for line in written.lines if " left" in line]
    assert "(usually 1h06m in all)" in line
    assert line.isascii()
    assert ": newly red: c) https://" in written.last


async def test_objects_carry_figures() -> None:
    written = await watched(Plain(json=True, heartbeat=0), at("failed", 300), estimated)
    [estimate] = [one for one in written.objects if one["event"] == "estimate"]
    assert estimate["usual"]["middle"] == 4000
    assert estimate["left"]["low"] <= estimate["left"]["middle"] <= estimate["left"]["high"]
    assert estimate["over_by"] is None
    end = written.objects[-1]
    assert end["event"] == "end"
    assert end["comparison"]["newly_red"] == ["release/t/c"]


async def test_a_heartbeat_carries_them_too() -> None:
    def later(timing: SteppedTiming, written: Written) -> bool:
        return any(" for " in line and "over by" in line for line in written.lines)

    written = await watched(Plain(heartbeat=30), at("success", 300), later)
    assert written.last.startswith("run #142 success in 5m05s (")


async def test_end_of_a_run_that_has_ended_waits_for_earlier_runs() -> None:
    written = await watched(Plain(heartbeat=0), at("failed", 300), lambda *_: True)
    assert ": newly red: c) https://" in written.last
