"""A source of runs that answers as it was told, and a clock for the poll loop turned by hand."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

from cubewatch.api.client import Answer
from cubewatch.api.errors import ApiError, Refused
from cubewatch.logs.reader import CubePath
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import LogPage, Run, RunPage
from cubewatch.runtime.clock import Timing
from cubewatch.watch.poll import RunPoll
from cubewatch.watch.updates import Update
from tests.support.runs import Json

REPO = RepoSlug("acme", "shop")
WALL = datetime(2026, 10, 21, 8, 0, tzinfo=UTC)

Step = Json | bytes | Answer | ApiError


class HandTiming(Timing):
    """A clock that stands still. Waiting moves it on, at once: `waits` are those asked for.

    `wakes`: moments at which somebody wakes the loop, if it waits then. `resting` is set while
    the loop waits for somebody to ask.
    """

    def __init__(self, chance: float = 0.5) -> None:
        self.time = 1000.0
        self.luck = chance
        self.waits: list[float | None] = []
        self.sleeps: list[float] = []
        self.wakes: list[float] = []
        self.resting = asyncio.Event()

    def now(self) -> float:
        return self.time

    def utc(self) -> datetime:
        return WALL + timedelta(seconds=self.time - 1000)

    def chance(self) -> float:
        return self.luck

    async def wait(self, wake: asyncio.Event, seconds: float | None) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)
        if seconds is None:
            self.resting.set()
            await wake.wait()
            self.resting.clear()
        elif not wake.is_set():
            end = self.time + max(0.0, seconds)
            woken = [at for at in self.wakes if self.time <= at < end]
            self.time = min([*woken, end])
            self.wakes = [at for at in self.wakes if at > self.time]
            if woken:
                wake.set()

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += max(0.0, seconds)


class SteppedTiming(HandTiming):
    """A clock that only `turn` moves on, for a loop that runs beside the test."""

    def __init__(self) -> None:
        super().__init__()
        self._turned = asyncio.Condition()

    async def turn(self, seconds: float) -> None:
        async with self._turned:
            self.time += seconds
            self._turned.notify_all()

    async def wait(self, wake: asyncio.Event, seconds: float | None) -> None:
        self.waits.append(seconds)
        woken = asyncio.create_task(wake.wait())
        turned = asyncio.create_task(self._until(self.time + seconds)) if seconds else None
        waiting = {woken, turned} if turned else {woken}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        await self._until(self.time + max(0.0, seconds))

    async def _until(self, end: float) -> None:
        async with self._turned:
            await self._turned.wait_for(lambda: self.time >= end)


class RunScript:
    """Answers in turn with what it is given, the last for ever. A request takes `takes` seconds
    of the clock. `requests` are their moments; `most` is how many there were at once."""

    def __init__(self, timing: HandTiming, *steps: Step) -> None:
        self.timing = timing
        self.steps = list(steps)
        self.log = ""
        self.takes = 0.0
        self.requests: list[float] = []
        self.etags: list[str] = []
        self.under_way = 0
        self.most = 0
        self._answering = asyncio.Event()
        self._answering.set()

    async def close(self) -> None:
        """Nothing is open."""

    def hang(self) -> None:
        """From now on requests get no answer."""
        self._answering.clear()

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> LogPage:
        """Every cube has the same log, in one page; or none has."""
        if not self.log or page > 1:
            raise Refused("not found", status=404)
        return LogPage(self.log, page_complete=True, done=True)

    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage:
        return RunPage((Run(slug="142"),))

    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer:
        assert (repo, slug) == (REPO, "142")
        self.requests.append(self.timing.now())
        self.etags.append(etag)
        step = self.steps[min(len(self.requests), len(self.steps)) - 1]
        self.under_way += 1
        await self._answering.wait()
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.timing.time += self.takes
        self.under_way -= 1
        if isinstance(step, ApiError):
            raise step
        if isinstance(step, Answer):
            return step
        body = step if isinstance(step, bytes) else json.dumps(step).encode()
        return Answer(body, self.timing.utc())

    @property
    def gaps(self) -> list[float]:
        """Seconds between the requests."""
        pairs = zip(self.requests, self.requests[1:], strict=False)
        return [round(later - earlier, 6) for earlier, later in pairs]


def poll_of(script: RunScript, *, exists: bool = False) -> RunPoll:
    return RunPoll(script, REPO, "142", script.timing, exists=exists)


async def take(poll: RunPoll, script: RunScript, requests: int) -> list[Update]:
    """The updates until so many requests have been made."""
    found: list[Update] = []
    async for update in poll.updates():
        found.append(update)
        if len(script.requests) >= requests:
            break
    return found
