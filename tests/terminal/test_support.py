"""The terminal and the server that tests of this level stand on."""

import signal
from pathlib import Path

import httpx
from starlette.types import Receive, Scope, Send

from tests.support.server import serve
from tests.support.terminal import Terminal


def test_a_program_has_a_terminal_of_its_own(tmp_path: Path) -> None:
    script = "stty -echo; stty size; printf '\\033[>1u\\033[<u\\033]0;name\\007ready\\n'; cat"
    with Terminal(["sh", "-c", script], {"PATH": "/usr/bin:/bin"}, tmp_path, 50, 10) as shell:
        shell.wait_for("ready")
        assert shell.screen[:2] == ["10 50", "ready"]
        assert shell.title == "name"
        assert shell.modes() != shell.modes_before
        shell.send("typed\r")
        shell.wait_for("typed")
        shell.signal(signal.SIGTERM)
        assert shell.wait_for_exit() == -signal.SIGTERM


def test_a_program_hears_of_a_new_size_and_of_ctrl_c(tmp_path: Path) -> None:
    script = "trap 'stty size' WINCH; trap 'exit 3' INT; echo ready; while :; do sleep 0.05; done"
    with Terminal(["sh", "-c", script], {"PATH": "/usr/bin:/bin"}, tmp_path) as shell:
        shell.wait_for("ready")
        shell.resize(100, 30)
        shell.wait_for("30 100")
        shell.send("\x03")
        assert shell.wait_for_exit() == 3


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


def test_requests_are_noted_as_they_came() -> None:
    with serve(echo) as served:
        with httpx.Client(trust_env=False) as client:
            url = f"{served.url}/a%2Fb/%23c?q=%20"
            answer = client.post(url, content=b"body", headers={"X-Y": "z"})
        assert (answer.status_code, answer.content) == (201, b"body")
        [request] = served.received("POST")
        assert served.received("GET") == []
    assert (request.path, request.query, request.body) == ("/a%2Fb/%23c", "q=%20", b"body")
    assert request.headers["x-y"] == "z"
