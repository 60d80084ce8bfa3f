"""Watching without a screen, over a scripted API and a clock turned by hand."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from cubewatch.api.client import Client, Limits
from cubewatch.headless.event_writer import EventWriter
from cubewatch.headless.json_lines import JsonLines
from cubewatch.headless.plain import watch_plain
from cubewatch.headless.text import PlainLines
from cubewatch.model.draft import Draft, WorkflowDraft
from cubewatch.model.repository import RepoSlug
from cubewatch.session import Session
from cubewatch.settings import ComposeFirst, Plain, Secret, Settings, Start, WatchFirst
from tests.support.polling import HandTiming, SteppedTiming
from tests.support.runs import Json, cube, dates, run, task, workflow
from tests.support.scripted import Clock

SHOP = RepoSlug("acme", "shop")
URL = "https://sourcecraft.dev/acme/shop/cicd/runs/142"
QUIET = Plain(heartbeat=0)
RELEASE = ComposeFirst(Draft(workflows=(WorkflowDraft("release"),)), send_at_once=True)
RUN_142 = WatchFirst("142")

Step = Json | httpx.Response | Exception


def refused(status: int, **said: str) -> httpx.Response:
    return httpx.Response(status, json=said)


@dataclass
class Api:
    """Answers the calls of each kind in turn with what it is given, the last for ever."""

    run: Sequence[Step] = ()
    runs: Sequence[Step] = ()
    post: Sequence[Step] = ()
    user: Sequence[Step] = ({"id": "u-1", "username": "olga"},)
    log: Sequence[Step] = (httpx.Response(404),)
    calls: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        kind = "post" if request.method == "POST" else "run"
        if kind == "run" and request.url.path.endswith("/cicd/runs"):
            kind = "runs"
        if request.url.path == "/user":
            kind = "user"
        if "/cicd/logs/" in request.url.path:
            kind = "log"
        steps: Sequence[Step] = getattr(self, kind)
        step = steps[min(self.calls.count(kind), len(steps) - 1)]
        self.calls.append(kind)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, httpx.Response):
            return httpx.Response(step.status_code, content=step.content, request=request)
        return httpx.Response(200, json=step, request=request)


def scripted(api: Api, timing: HandTiming) -> Session:
    """A session with the client of an Api and a clock turned by hand."""
    return Session(
        Settings(SHOP),
        client=lambda _: Client(
            "https://api.example",
            Secret("x"),
            transport=httpx.MockTransport(api),
            limits=Limits(spacing=0),
            timing=Clock(),
        ),
        timing=timing,
    )


@dataclass
class Written:
    """Takes lines as standard output does."""

    lines: list[str] = field(default_factory=list)

    def write(self, lines: Sequence[str]) -> None:
        self.lines += lines

    @property
    def last(self) -> str:
        return self.lines[-1]

    @property
    def bodies(self) -> list[str]:
        """The lines but the last, without their times and with single spaces."""
        return [" ".join(line.split()[1:]) for line in self.lines[:-1]]

    @property
    def objects(self) -> list[Json]:
        return [json.loads(line) for line in self.lines]


def style_of(plain: Plain) -> PlainLines | JsonLines:
    return JsonLines(SHOP) if plain.json else PlainLines(SHOP, "→")


async def watch(api: Api, start: Start = RUN_142, plain: Plain = QUIET) -> tuple[int, Written]:
    written, timing = Written(), HandTiming()
    writer = EventWriter(written, style_of(plain), SHOP, timing)
    return await watch_plain(scripted(api, timing), start, plain, writer), written


async def watch_stepped(
    api: Api, plain: Plain, until: Callable[[Written], object], start: Start = RUN_142
) -> tuple[int | None, Written]:
    """Turns the clock second by second until it has ended (its status), or until `until` (None)."""
    timing = SteppedTiming()
    return await turn_until(scripted(api, timing), timing, plain, until, start)


async def turn_until(
    session: Session,
    timing: SteppedTiming,
    plain: Plain,
    until: Callable[[Written], object],
    start: Start = RUN_142,
) -> tuple[int | None, Written]:
    """The same for a session with any client, whose clock is `timing`."""
    written = Written()
    writer = EventWriter(written, style_of(plain), SHOP, timing)
    watching = asyncio.create_task(watch_plain(session, start, plain, writer))
    while not watching.done() and not until(written):
        await timing.turn(1)
        for _ in range(20):
            await asyncio.sleep(0)
    if watching.done():
        return watching.result(), written
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return None, written


def never(_: Written) -> bool:
    return False


def release(status: str, unit: str, **more: Any) -> Json:
    """A run of one workflow of one task of two cubes, of which the second is still to come."""
    cubes = (cube("compile", "success", dates=dates(1, 42)), cube("unit", unit, **more))
    built = task("build", status, *cubes, dates=dates(1))
    return run(
        status,
        workflow("release", status, built, dates=dates(1)),
        event_type="manual",
        user={"slug": "ivan"},
        dates=dates(1, 91 if status == "success" else None),
    )
