"""What is written to the terminal while a log pours in, as a person watches its end."""

import json
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from tests.bench.scene import COLUMNS, ROWS, environment
from tests.support.runs import cube, run, task, workflow
from tests.support.server import serve
from tests.support.terminal import Terminal

RATE = 5000
"""Lines a second."""
PAGE = 8000
"""Lines of a page."""
SECONDS = 10.0


class PouringServer:
    """Run 142 with one cube, whose log has grown by RATE lines a second since it was first read."""

    def __init__(self) -> None:
        self._begun: float | None = None
        inner = workflow("w", "processing", task("t", "processing", cube("c", "processing")))
        self._run = run("processing", inner)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body: object = self._run
        if "/logs/" in scope["path"]:
            body = self._page(int(parse_qs(scope["query_string"].decode())["page"][0]))
        headers = [(b"content-type", b"application/json")]
        status = 200 if body else 404
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def _page(self, number: int) -> dict[str, object] | None:
        now = time.monotonic()
        self._begun = self._begun or now
        written = int((now - self._begun) * RATE) + 1
        lines = range((number - 1) * PAGE, min(written, number * PAGE))
        if not lines:
            return None
        words = " handler.go price.go store.go"
        text = "".join(f"[unit] {n:08} compiled{words * (n % 4)}\n" for n in lines)
        return {"logs": text, "page_complete": len(lines) == PAGE, "done": False}


def _written(terminal: Terminal) -> float:
    """Bytes a second over SECONDS."""
    before, begun = len(terminal.raw), time.monotonic()
    terminal.wait_for(lambda _: time.monotonic() - begun > SECONDS)
    return (len(terminal.raw) - before) / (time.monotonic() - begun)


def rows(home: Path) -> list[tuple[str, str, str]]:
    """Name, figure and aim of each line of the table."""
    argv = (sys.executable, "-m", "cubewatch", "-R", "acme/shop", "watch", "142")
    with serve(PouringServer()) as served:
        environ = environment(home, served.url)
        with Terminal(argv, environ, home, columns=COLUMNS, rows=ROWS) as terminal:
            terminal.wait_for("following")
            beside = _written(terminal)
            terminal.send("l")
            terminal.wait_for("pager")
            whole = _written(terminal)
            terminal.send("k")
            terminal.wait_for(lambda terminal: "following" not in terminal.text)
            still = _written(terminal)
    return [
        ("bytes a second: a log pours in, beside", f"{beside:,.0f}", "20,000"),
        ("bytes a second: a log pours in, whole", f"{whole:,.0f}", "20,000"),
        ("bytes a second: scrolled up meanwhile", f"{still:,.0f}", ""),
    ]
