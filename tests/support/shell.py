"""One-shot commands over an API of logs on a real socket."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send

from cubewatch.api.client import Client, Limits
from cubewatch.api.errors import ApiError
from cubewatch.headless.log import print_log
from cubewatch.headless.output import Output
from cubewatch.model.run import LogPage
from cubewatch.session import Session
from cubewatch.settings import Secret, Settings
from cubewatch.settings.one_shot import PrintLog
from tests.support.logs import LogScript, LogServer
from tests.support.polling import REPO, HandTiming
from tests.support.runs import Json, cube, run, task, workflow
from tests.support.scripted import Clock
from tests.support.server import serve

UNIT = "release/build/unit"
Source = LogServer | LogScript


def release(unit: str = "success", **others: str) -> Json:
    """A run whose task `build` has the cube `unit` and others; `-` is written as `_`."""
    cubes = {"unit": unit} | {name.replace("_", "-"): status for name, status in others.items()}
    build = task("build", "success", *(cube(name, status) for name, status in cubes.items()))
    return run("processing", workflow("release", "success", build))


@dataclass
class LogApi:
    """An ASGI app. `runs` are its answers about the run in turn, the last for ever; `logs` has
    those of the cubes; `faults` are statuses that requests for pages get first, 0: a broken
    connection."""

    logs: dict[str, Source] = field(default_factory=dict)
    runs: list[Json | int] = field(default_factory=lambda: [release()])
    faults: list[int] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = unquote(scope["raw_path"].decode())
        if "/cicd/runs/" in path:
            answer = self.runs.pop(0) if len(self.runs) > 1 else self.runs[0]
            status, body = (answer, {}) if isinstance(answer, int) else (200, answer)
        elif self.faults:
            status, body = self.faults.pop(0), {}
        else:
            status, body = await self._page(path, scope["query_string"].decode())
        data = json.dumps(body, ensure_ascii=False).encode(errors="surrogateescape")
        headers = [(b"content-length", str(len(data)).encode())]
        await send({"type": "http.response.start", "status": status or 200, "headers": headers})
        if status:
            await send({"type": "http.response.body", "body": data})

    async def _page(self, path: str, query: str) -> tuple[int, Json]:
        _, workflow, task, cube = path.split("/cicd/logs/")[1].split("/")
        source = self.logs.get(f"{workflow}/{task}/{cube}")
        if source is None:
            return 404, {}
        try:
            page = await source.cube_log(
                REPO, ("142", "release", "build", "unit"), int(query.removeprefix("page="))
            )
        except ApiError as error:
            return error.status or 500, {}
        return 200, _json(page)


def _json(page: LogPage) -> Json:
    return {"logs": page.logs, "page_complete": page.page_complete, "done": page.done}


def hasty_session(url: str, timing: HandTiming) -> Session:
    """A session whose client asks as fast as it can, and whose time is turned by hand."""
    limits, clock = Limits(spacing=0), Clock()
    return Session(
        Settings(REPO),
        client=lambda _: Client(url, Secret("pv1_x"), limits=limits, timing=clock),
        timing=timing,
    )


@dataclass
class Done:
    """What a command wrote, said and returned."""

    status: int
    out: bytes
    told: list[str]


async def call_log(
    api: LogApi,
    timing: HandTiming,
    folder: Path,
    command: PrintLog,
    tell: Callable[[str], object] = len,
) -> Done:
    """`cubewatch log` against a real server; what it prints goes through a file in `folder`."""
    told: list[str] = []

    def keep(line: str) -> None:
        told.append(line)
        tell(line)

    place = folder / "out"
    with serve(api) as served, place.open("wb") as file:
        session = hasty_session(served.url, timing)
        try:
            status = await print_log(session, command, Output(file.fileno(), "utf-8"), keep)
        finally:
            await session.close()
    return Done(status, place.read_bytes(), told)
