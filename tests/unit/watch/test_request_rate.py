"""How many requests reach a server in an hour of a clock that is turned: at most 1,800 while a run
and its log are busy, and 600 while nothing but time passes."""

import json
from collections.abc import Callable

import pytest
from starlette.types import Receive, Scope, Send

from cubewatch.api.client import Client
from cubewatch.logs.reader import LogReader
from cubewatch.logs.spool import SpoolPool
from cubewatch.settings import Secret
from cubewatch.watch.poll import RunPoll
from tests.support.polling import REPO, HandTiming
from tests.support.runs import Json, cube, dates, moment, run, task, workflow
from tests.support.server import serve

HOUR = 3600.0
FIRST_MINUTES = 180.0
"""Seconds in which a run that is looked at is followed more closely."""
CUBE = ("142", "w", "t", "c")


class CountedServer:
    """Run 142 with one cube at work and its log. `busy`: both are different each second."""

    def __init__(self, timing: HandTiming, *, busy: bool) -> None:
        self._timing = timing
        self._busy = busy
        self.asked: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(self._timing.now())
        seconds = int(self._timing.now()) if self._busy else 0
        body = _log(seconds) if "/logs/" in scope["path"] else _run(seconds)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def most_in_an_hour(self, after: float) -> int:
        """The most requests within any hour that begins so many seconds after the first."""
        begins = [at for at in self.asked if at >= self.asked[0] + after]
        return max(sum(begin <= at < begin + HOUR for at in self.asked) for begin in begins)


def _run(seconds: int) -> Json:
    begun = dates(1) | {"updated_at": moment(seconds)}
    inner = task("t", "processing", cube("c", "processing", dates=begun), dates=dates(1))
    status = "processing" if seconds % 2 else "created"
    other = cube("other", status)
    return run("processing", workflow("w", "processing", inner, task("u", "processing", other)))


def _log(seconds: int) -> Json:
    return {"logs": "a line\n" * (1 + seconds % 7200), "page_complete": False, "done": False}


async def _poll_run(client: Client, timing: HandTiming, seconds: float) -> None:
    async for _ in RunPoll(client, REPO, "142", timing).updates():
        if timing.now() > 1000 + seconds:
            return


async def _read_log(client: Client, timing: HandTiming, seconds: float) -> None:
    async def source() -> Client:
        return client

    reader = LogReader(source, REPO, CUBE, timing, SpoolPool())
    async for _ in reader.updates(end_first=True):
        if timing.now() > 1000 + seconds:
            return


async def _requests(watch: Callable[..., object], after: float, *, busy: bool) -> int:
    timing = HandTiming()
    server = CountedServer(timing, busy=busy)
    with serve(server) as served:
        client = Client(served.url, Secret("t"), timing=timing)
        await watch(client, timing, after + 1.5 * HOUR)  # type: ignore[misc]
        await client.close()
    return server.most_in_an_hour(after)


@pytest.mark.parametrize(
    ("busy", "after", "most"),
    [(True, 0.0, 1800), (False, FIRST_MINUTES, 600)],
    ids=["busy", "calm"],
)
async def test_a_run_and_its_log_stay_within_what_is_due(
    busy: bool, after: float, most: int
) -> None:
    of_run = await _requests(_poll_run, after, busy=busy)
    of_log = await _requests(_read_log, after, busy=busy)
    assert of_run > 200
    assert of_log > 200
    assert of_run + of_log <= most
