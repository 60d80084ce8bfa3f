"""A server in trouble from the first moment on."""

import signal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.conftest import StartTerminal
from tests.support.server import serve

RUN = {"slug": "142", "status": "success", "workflows": [{"slug": "release"}]}
OUTAGE = 4
"""Requests: one more than the client tries by itself."""


def failing_at_first() -> Starlette:
    """Knows one run, and answers the first requests with a bad gateway."""
    requests: list[str] = []

    async def runs(request: Request) -> Response:
        requests.append(request.url.path)
        if len(requests) <= OUTAGE:
            return PlainTextResponse("bad gateway", 502)
        return JSONResponse({"runs": [RUN]})

    async def run(_request: Request) -> Response:
        return JSONResponse(RUN)

    path = "/repos/acme/shop/cicd/runs"
    return Starlette(routes=[Route(path, runs), Route(f"{path}/142", run)])


def test_the_newest_run_is_found_after_an_outage_without_a_key(terminal: StartTerminal) -> None:
    with serve(failing_at_first()) as served:
        seen = terminal(
            *("watch", "-R", "acme/shop"),
            SOURCECRAFT_API_URL=served.url,
            SOURCECRAFT_TOKEN="pv1_terminal",
        )
        seen.wait_for("trying again")
        seen.wait_for("✓ success")
        assert "#142 release" in seen.text


def test_a_signal_that_comes_while_the_terminal_is_being_changed(terminal: StartTerminal) -> None:
    seen = terminal("--demo", "run", "release", "VERSION=1.5.0")
    seen.wait_for(lambda t: b"\x1b[?1049h" in t.raw)
    seen.signal(signal.SIGTERM)
    assert seen.wait_for_exit() == 143
    assert seen.modes() == seen.modes_before
    assert b"\x1b[?1049l" in seen.raw
    assert b"Error" not in seen.raw
