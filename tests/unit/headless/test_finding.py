"""Waiting without a screen for the run of a commit, and for the next one."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from cubewatch.api.errors import ServerTrouble
from cubewatch.headless.event_writer import EventWriter
from cubewatch.headless.finding import find_run
from cubewatch.headless.text import PlainLines
from cubewatch.headless.waiting import Waiter, WatchEnded
from cubewatch.session import Session
from cubewatch.settings import AwaitedRun, Plain, Settings
from cubewatch.watch.awaited import AwaitedCommit
from tests.support.polling import SteppedTiming
from tests.unit.watch.test_awaited import COMMIT, REPO, SHA, Server, a_run


class Lines(list[str]):
    """Where lines go."""

    def write(self, lines: Sequence[str]) -> None:
        self.extend(lines)


class Waiting:
    """A search that goes on, with its clock and its lines."""

    def __init__(
        self, server: Server, awaited: AwaitedRun, commit: AwaitedCommit | None = COMMIT
    ) -> None:
        self.clock = SteppedTiming()
        self.lines = Lines()
        session = Session(Settings(REPO), client=lambda _: cast("Any", server), timing=self.clock)

        async def checked_out() -> AwaitedCommit | None:
            return commit

        session.checked_out = checked_out  # type: ignore[method-assign]
        writer = EventWriter(self.lines, PlainLines(REPO, "->"), REPO, self.clock)
        waiter = Waiter(writer, self.clock, Plain(heartbeat=0))
        self.task = asyncio.ensure_future(find_run(session, awaited, writer, waiter))

    async def step(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            for _ in range(40):
                await asyncio.sleep(0)
            await asyncio.sleep(0.01)
            await self.clock.turn(1)

    async def result(self) -> str:
        return await asyncio.wait_for(self.task, 30)


async def test_run_of_a_commit_is_found_after_the_push_was_seen() -> None:
    server = Server()
    server.pulls = {"9": "f" * 40}
    waiting = Waiting(server, AwaitedRun(head=True, wait=120))
    await waiting.step(20)
    server.pulls, server.checks = {"9": SHA}, {"9": ["142"]}
    await waiting.step(8)
    assert await waiting.result() == "142"
    assert "waiting: pull request #9 is not at b28b7af yet" in waiting.lines[0]
    assert "run #142  of b28b7af, by pull request #9" in waiting.lines[-1]
    assert len(waiting.lines) == 2
    assert len(server.requests) <= 2 * 7


async def test_wait_that_ran_out_ends_with_124() -> None:
    server = Server()
    server.pulls = {"9": "f" * 40}
    waiting = Waiting(server, AwaitedRun(head=True, wait=10))
    await waiting.step(12)
    with pytest.raises(WatchEnded) as ended:
        await waiting.result()
    assert ended.value.end.exit_status == 124
    assert "not at b28b7af yet" in ended.value.end.note


async def test_wait_runs_out_while_the_server_is_in_trouble() -> None:
    class Broken(Server):
        async def runs(self, *_: Any, **__: Any) -> Any:
            raise ServerTrouble("the server is in trouble (502)", status=502)

    waiting = Waiting(Broken(), AwaitedRun(wait=10))
    await waiting.step(12)
    with pytest.raises(WatchEnded) as ended:
        await waiting.result()
    assert ended.value.end.exit_status == 124


async def test_head_without_a_commit_says_what_to_do() -> None:
    waiting = Waiting(Server(), AwaitedRun(head=True), commit=None)
    with pytest.raises(WatchEnded) as ended:
        await waiting.result()
    assert ended.value.end.exit_status == 2
    assert "a clone of acme/shop" in ended.value.end.note


async def test_next_run_is_found() -> None:
    server = Server(a_run("140"))
    waiting = Waiting(server, AwaitedRun(workflow="release", by="me"))
    await waiting.step(6)
    server.listed = [a_run("142", workflows=("release",)), a_run("141"), *server.listed]
    await waiting.step(8)
    assert await waiting.result() == "142"
