"""Cubewatch in a terminal of 120×40 cells that watches a run over a real socket."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.types import Receive, Scope, Send

from tests.conftest import SOURCE
from tests.support.server import Served, serve
from tests.support.terminal import Condition, Terminal

COLUMNS, ROWS = 120, 40
DOWN, PAGE_UP, PAGE_DOWN, HOME, END = "j", "\x1b[5~", "\x1b[6~", "g", "G"
SETTLED = 3
"""Requests after which an answer to the first of them is long on the screen."""


RUN = "/repos/acme/shop/cicd/runs/142"


class RunServer:
    """An ASGI app that knows one run, `body`, which may be exchanged at any time; all its logs
    are empty."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json")]
        body = self.body if scope["path"] == RUN else b'{"page_complete":true,"done":true}'
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def environment(home: Path, url: str) -> Mapping[str, str]:
    """No more than cubewatch needs, so that what is measured is the same everywhere."""
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.defpath,
        "PYTHONPATH": str(SOURCE),
        "TERM": "xterm-256color",
        "SOURCECRAFT_API_URL": url,
        "SOURCECRAFT_TOKEN": "x",
    }


@dataclass(frozen=True, slots=True)
class Watched:
    """A terminal that shows the run of `server`; `served` knows what was asked."""

    terminal: Terminal
    server: RunServer
    served: Served

    @property
    def requests(self) -> int:
        """How often the run was asked for."""
        return sum(request.path == RUN for request in self.served.received("GET"))

    def asks(self, times: int) -> None:
        """Makes it ask, and waits until it has asked so many times more."""
        for _ in range(times):
            self._ask()

    def _ask(self) -> None:
        before = self.requests
        self.terminal.send("r")
        self.terminal.wait_for(lambda _: self.requests > before)

    def answer(self, body: bytes) -> None:
        """Answers with `body` from now on, and waits until what it changes is on the screen."""
        self.server.body = body
        self.asks(SETTLED)

    def moves_to(self, number: int) -> None:
        """Puts the cursor on a cube of the first task of a small run, and waits for its log."""
        self.terminal.send(HOME + DOWN * (number + 2))
        self.terminal.wait_for(f"task-0 › cube-{number}")
        self.terminal.wait_for("wrote nothing")

    def written(self, act: Callable[[], object]) -> int:
        """How many bytes the terminal gets because of `act`, from a screen at rest to the next."""
        self.asks(SETTLED)
        before = len(self.terminal.raw)
        act()
        self.asks(SETTLED)
        return len(self.terminal.raw) - before

    def written_for(self, keys: str, condition: Condition) -> int:
        """The same for keys, after which `condition` must come true."""

        def press() -> None:
            self.terminal.send(keys)
            self.terminal.wait_for(condition)

        return self.written(press)


@contextmanager
def watching(body: bytes, home: Path) -> Iterator[Watched]:
    """Run 142, first as `body` tells; a directory `home` that may be empty."""
    server = RunServer(body)
    argv = (sys.executable, "-m", "cubewatch", "-R", "acme/shop", "watch", "142")
    with serve(server) as served:
        environ = environment(home, served.url)
        with Terminal(argv, environ, home, columns=COLUMNS, rows=ROWS) as terminal:
            terminal.wait_for("task-0")
            yield Watched(terminal, server, served)


def resident(pid: int) -> float:
    """Megabytes of a process that are in memory, as /proc has them (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1000
