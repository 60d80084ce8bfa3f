"""What else a person could keep a run in sight with, each in a terminal: a program with nothing but
curses, and GitHub's `gh run watch`, if that is installed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from tests.bench import peer_curses
from tests.bench.scene import RUN, environment
from tests.support.runs import Json
from tests.support.server import serve, serve_at
from tests.support.terminal import Terminal

COLUMNS, ROWS = 80, 40
HOST, REPO = "github.test", "acme/shop"
STATES: dict[str, Json] = {
    "success": {"status": "completed", "conclusion": "success"},
    "failed": {"status": "completed", "conclusion": "failure"},
    "created": {"status": "queued", "conclusion": None},
}
IN_PROGRESS: Json = {"status": "in_progress", "conclusion": None}


class RunServer(Protocol):
    """A server of one run; `body` is the run as it is now."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...
    def body(self) -> Json: ...


@contextmanager
def curses_program(server: RunServer, home: Path) -> Iterator[Terminal]:
    """A terminal in which the run is watched with nothing but curses."""
    with serve(server) as served:
        argv = (sys.executable, str(peer_curses.__file__), served.url + RUN)
        environ = environment(home, served.url)
        with Terminal(argv, environ, home, columns=COLUMNS, rows=ROWS) as terminal:
            yield terminal


@contextmanager
def gh(server: RunServer, home: Path) -> Iterator[Terminal | None]:
    """A terminal in which `gh` watches the run as GitHub would tell it: tasks are jobs and cubes
    their steps. None if it is not installed."""
    command = shutil.which("gh")
    if command is None:
        yield None
        return
    socket = home / "github.socket"
    config = home / "gh"
    config.mkdir()
    (config / "config.yml").write_text(f"http_unix_socket: {socket}\n", encoding="utf-8")
    argv = [command, "run", "watch", "142", "-R", f"{HOST}/{REPO}"]
    knows = subprocess.run([*argv[:3], "--help"], capture_output=True, text=True, check=True)
    if "--compact" in knows.stdout:
        argv.append("--compact")
    environ = {
        **environment(home, ""),
        "GH_CONFIG_DIR": str(config),
        "GH_HOST": HOST,
        "GH_ENTERPRISE_TOKEN": "x",
        "GH_NO_UPDATE_NOTIFIER": "1",
    }
    with (
        serve_at(_as_github(server.body), socket),
        Terminal(argv, environ, home, columns=COLUMNS, rows=ROWS) as terminal,
    ):
        yield terminal


def _as_github(body: Callable[[], Json]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = json.dumps(_answer(scope["path"], body())).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return app


def _answer(path: str, run: Json) -> Json | list[Json]:
    [workflow] = run["workflows"]
    if path.endswith("/jobs"):
        jobs = [_job(number, one) for number, one in enumerate(workflow["tasks"], 1)]
        return {"total_count": len(jobs), "jobs": jobs}
    if "/actions/workflows/" in path:
        return {"id": 1, "name": workflow["slug"]}
    if path.endswith("/annotations"):
        return []
    return {
        **_state(run),
        "id": 142,
        "workflow_id": 1,
        "name": workflow["slug"],
        "event": "workflow_dispatch",
        "head_branch": "main",
        "head_sha": 40 * "a",
        "created_at": run["dates"]["created_at"],
        "run_started_at": run["dates"]["created_at"],
        "jobs_url": f"https://{HOST}/api/v3/repos/{REPO}/actions/runs/142/jobs",
    }


def _job(number: int, task: Json) -> Json:
    steps = [
        {**_state(cube), "name": cube["slug"], "number": place}
        for place, cube in enumerate(task["cubes"], 1)
    ]
    dates = task["dates"]
    times = {"started_at": dates["started_at"], "completed_at": dates.get("finished_at")}
    return {**_state(task), **times, "id": number, "name": task["slug"], "steps": steps}


def _state(item: Json) -> Json:
    return STATES.get(item["status"], IN_PROGRESS)
