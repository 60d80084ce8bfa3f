"""What a person sees of a log that pours in, and what is written to the terminal for it."""

import json
import re
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from tests.bench.scene import COLUMNS, ROWS, environment
from tests.bench.table import Row
from tests.support.runs import cube, run, task, workflow
from tests.support.server import serve
from tests.support.terminal import Terminal

RATES = (200, 5000)
"""Lines a second."""
BEFORE = 500_000
"""Lines that are there already when the log is first read, of one that is opened late."""
PAGE = 8000
"""Lines of a page."""
SECONDS = 10.0
_NUMBER = re.compile(r"\[unit\] (\d{8})")


class PouringServer:
    """Run 142 with one cube. Its log grows from `before` lines on, by `rate` a second since it
    was first read."""

    def __init__(self, rate: int, before: int) -> None:
        self.before, self._rate = before, rate
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

    def seconds_since(self, line: int) -> float:
        """How long ago a line was the newest one."""
        return time.monotonic() - (self._begun or 0.0) - (line - self.before) / self._rate

    def _page(self, number: int) -> dict[str, object] | None:
        now = time.monotonic()
        self._begun = self._begun or now
        written = int((now - self._begun) * self._rate) + self.before + 1
        lines = range((number - 1) * PAGE, min(written, number * PAGE))
        if not lines:
            return None
        words = " handler.go price.go store.go"
        text = "".join(f"[unit] {n:08} compiled{words * (n % 4)}\n" for n in lines)
        return {"logs": text, "page_complete": len(lines) == PAGE, "done": False}


def _newest(terminal: Terminal) -> int:
    """The number of the last line on the screen, -1 if there is none."""
    return int(["-1", *_NUMBER.findall(terminal.text)][-1])


class Watch:
    """Looks at the terminal for SECONDS: bytes a second (`rate`), and the longest time for which
    its newest line was not the newest any more (`behind`)."""

    def __init__(self, terminal: Terminal, server: PouringServer) -> None:
        before, begun = len(terminal.raw), time.monotonic()
        self.behind = 0.0

        def look(terminal: Terminal) -> bool:
            self.behind = max(self.behind, server.seconds_since(_newest(terminal)))
            return time.monotonic() - begun > SECONDS

        terminal.wait_for(look)
        self.rate = (len(terminal.raw) - before) / (time.monotonic() - begun)


def _watches(home: Path, server: PouringServer) -> tuple[Watch, Watch, Watch]:
    """Beside the tree, filling the terminal, and there scrolled up."""
    argv = (sys.executable, "-m", "cubewatch", "-R", "acme/shop", "watch", "142")
    with serve(server) as served:
        environ = environment(home, served.url)
        with Terminal(argv, environ, home, columns=COLUMNS, rows=ROWS) as terminal:
            terminal.wait_for("following")
            terminal.wait_for(lambda terminal: _newest(terminal) >= server.before)
            beside = Watch(terminal, server)
            terminal.send("l")
            terminal.wait_for("pager")
            whole = Watch(terminal, server)
            terminal.send("k")
            terminal.wait_for(lambda terminal: "following" not in terminal.text)
            return beside, whole, Watch(terminal, server)


def rows(home: Path) -> list[Row]:
    """Name, figure and aim of each line of the table."""
    table = []
    for before in (0, BEFORE):
        for rate in RATES:
            beside, whole, still = _watches(home, PouringServer(rate, before))
            name = f"{rate:,} lines a second{' behind 500,000' if before else ''}"
            table += [
                (f"s behind: {name}, beside", f"{beside.behind:.1f}", "4"),
                (f"s behind: {name}, whole", f"{whole.behind:.1f}", "4"),
                (f"bytes a second: {name}, beside", f"{beside.rate:,.0f}", "20,000"),
                (f"bytes a second: {name}, whole", f"{whole.rate:,.0f}", "20,000"),
                (f"bytes a second: {name}, scrolled up", f"{still.rate:,.0f}", ""),
            ]
    return table
