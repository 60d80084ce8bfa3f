"""The request was carried out and its answer was lost: never a second POST, the run is offered."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cubewatch.demo import DemoClock, demo_app
from tests.conftest import StartTerminal
from tests.support.server import serve

WORDS = ("-R", "acme/shop", "run", "release", "VERSION=1.5.0", "-y")


def losing_posts(app: ASGIApp) -> ASGIApp:
    """`app`, before which a proxy turns every answer to a POST into a web page of its own."""

    async def losing(scope: Scope, receive: Receive, send: Send) -> None:
        async def swallow(message: Message) -> None:
            """Nobody hears that the run was started."""

        if scope["type"] != "http" or scope["method"] != "POST":
            await app(scope, receive, send)
            return
        await app(scope, receive, swallow)
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 502, "headers": headers})
        await send({"type": "http.response.body", "body": b"<html>bad gateway</html>"})

    return losing


def test_the_run_that_may_be_it_is_found_and_watched(terminal: StartTerminal) -> None:
    with serve(losing_posts(demo_app(clock=DemoClock(1)))) as served:
        seen = terminal(
            *WORDS, rows=40, SOURCECRAFT_API_URL=served.url, SOURCECRAFT_TOKEN="pv1_terminal"
        )
        seen.wait_for("Answer lost")
        seen.wait_for("Run #142, started by ivan")
        seen.send("\r")
        seen.wait_for("◐ processing")
        assert "#142 release" in seen.text
        assert len(served.received("POST")) == 1
