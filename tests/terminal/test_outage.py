"""The network and the API don't hold still; the screen says so and catches up by itself."""

import time

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from cubewatch.demo import DemoClock, demo_app
from tests.conftest import StartTerminal
from tests.support.server import serve
from tests.support.terminal import Terminal

Answer = tuple[int, bytes, list[tuple[bytes, bytes]]]

HTML = [(b"content-type", b"text/html")]
PASSING: dict[str, Answer] = {
    "bad gateway": (502, b"<html>bad gateway</html>", HTML),
    "busy": (429, b"", [(b"retry-after", b"1")]),
    "cut off": (200, b'{"slug": "142", "workfl', []),
    "not found": (404, b"{}", []),
}
LEAST_GAP = 0.25
JITTER = 1.0
"""Seconds that the first request may arrive later after it was sent than the last one."""


class Outage:
    """`app`, until `answer` is set: then every question gets that one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.answer: Answer | None = None
        self.requested_at: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.requested_at.append(time.monotonic())
        if scope["type"] != "http" or self.answer is None:
            await self._app(scope, receive, send)
            return
        status, body, headers = self.answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def watching(terminal: StartTerminal, url: str) -> Terminal:
    seen = terminal(
        *("-R", "acme/shop", "run", "release", "VERSION=1.5.0", "-y"),
        columns=120,
        rows=30,
        SOURCECRAFT_API_URL=url,
        SOURCECRAFT_TOKEN="pv1_terminal",
    )
    seen.wait_for(lambda t: "◂ now" in t.text or "◂ usually" in t.text)
    return seen


@pytest.mark.parametrize("name", PASSING)
def test_last_state_stays_and_the_end_is_shown(terminal: StartTerminal, name: str) -> None:
    outage = Outage(demo_app(clock=DemoClock(10)))
    with serve(outage) as served:
        seen = watching(terminal, served.url)
        outage.answer = PASSING[name]
        seen.wait_for("trying again")
        seen.wait_for("no answer for")
        seen.wait_for("▾ release")
        outage.answer = None
        seen.wait_for("✓ success in")
        seen.wait_for(lambda t: "no answer for" not in t.text)
    took = outage.requested_at[-1] - outage.requested_at[0]
    assert took >= LEAST_GAP * (len(outage.requested_at) - 1) - JITTER


REFUSAL: tuple[int, bytes, list[tuple[bytes, bytes]]] = (
    401,
    b'{"error_code": "Unauthorized", "message": "token expired"}',
    [],
)


def test_a_refusal_in_the_middle_is_waited_out_without_a_key(terminal: StartTerminal) -> None:
    outage = Outage(demo_app(clock=DemoClock(10)))
    with serve(outage) as served:
        seen = watching(terminal, served.url)
        outage.answer = REFUSAL
        seen.wait_for("trying again")
        seen.wait_for("token expired")
        assert "◂ " in seen.text
        outage.answer = None
        seen.wait_for("✓ success in")
        seen.wait_for(lambda t: "token expired" not in t.text)


def test_refusal_at_the_start_shows_advice_and_stops_polling(
    terminal: StartTerminal,
) -> None:
    outage = Outage(demo_app(clock=DemoClock(10)))
    outage.answer = REFUSAL
    with serve(outage) as served:
        seen = terminal(
            *("-R", "acme/shop", "watch", "141"),
            columns=120,
            rows=30,
            SOURCECRAFT_API_URL=served.url,
            SOURCECRAFT_TOKEN="pv1_terminal",
        )
        seen.wait_for("r asks again")
        seen.wait_for("Set SOURCECRAFT_TOKEN")
        before = len(outage.requested_at)
        seen.send("d")
        seen.send("d")
        seen.wait_for("r asks again")
        assert len(outage.requested_at) == before
        outage.answer = None
        seen.send("r")
        seen.wait_for("▾ ")
        seen.wait_for(lambda t: "token expired" not in t.text)
