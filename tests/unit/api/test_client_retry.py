"""What is tried again, when, and what never."""

from datetime import UTC, datetime

import httpx
import pytest

from cubewatch.api.client import Client
from cubewatch.api.errors import ApiError, ServerTrouble, TooManyRequests, Unreachable
from cubewatch.api.retry import moment, retry_after
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.settings import Secret
from tests.support.scripted import RUN, Clock, Server, client_of

REPO = RepoSlug("acme", "shop")
REQUEST = RunRequest((WorkflowData("release"),))
NOW = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)

PASSING = [
    httpx.Response(429),
    httpx.Response(502),
    httpx.Response(503),
    httpx.Response(504),
    httpx.ConnectError("x"),
    httpx.ReadError("x"),
    httpx.RemoteProtocolError("x"),
    httpx.ConnectTimeout("x"),
]


@pytest.mark.parametrize("trouble", PASSING)
async def test_reading_is_tried_again_until_it_works(trouble: httpx.Response | Exception) -> None:
    server, clock = Server(trouble, trouble, httpx.Response(200, json=RUN)), Clock()
    assert (await client_of(server, clock).run(REPO, "142")).slug == "142"
    assert len(server.requests) == 3
    assert clock.sleeps == [0.75, 1.375]


@pytest.mark.parametrize("trouble", PASSING)
async def test_reading_is_tried_three_times(trouble: httpx.Response | Exception) -> None:
    server = Server(trouble)
    with pytest.raises((TooManyRequests, ServerTrouble, Unreachable)):
        await client_of(server).runs(REPO, page_size=1)
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [204, 302, 400, 401, 403, 404, 500, 501])
async def test_what_would_not_change_is_not_tried_again(status: int) -> None:
    server = Server(httpx.Response(status))
    with pytest.raises(ApiError):
        await client_of(server).run(REPO, "142")
    assert len(server.requests) == 1


@pytest.mark.parametrize("trouble", PASSING)
async def test_the_poll_loops_call_is_one_request(trouble: httpx.Response | Exception) -> None:
    server = Server(trouble)
    with pytest.raises(ApiError):
        await client_of(server).run_answer(REPO, "1")
    assert len(server.requests) == 1


@pytest.mark.parametrize("trouble", [*PASSING, httpx.Response(200), httpx.Response(404)])
async def test_a_run_is_started_once(trouble: httpx.Response | Exception) -> None:
    server = Server(trouble, httpx.Response(200, json=RUN))
    with pytest.raises(ApiError):
        await client_of(server).run_workflows(REPO, REQUEST)
    assert len(server.requests) == 1


@pytest.mark.parametrize("error", [httpx.ConnectError("x"), httpx.ConnectTimeout("x")])
async def test_without_a_connection_nothing_was_sent(error: Exception) -> None:
    with pytest.raises(Unreachable) as caught:
        await client_of(Server(error)).run_workflows(REPO, REQUEST)
    assert caught.value.sent is False


async def test_retry_after_is_waited_for() -> None:
    busy = httpx.Response(429, headers={"retry-after": "7"})
    server, clock = Server(busy, httpx.Response(200, json=RUN)), Clock()
    await client_of(server, clock).run(REPO, "142")
    assert clock.sleeps == [7.0]


async def test_retry_after_beyond_the_deadline_is_handed_on_at_once() -> None:
    busy = httpx.Response(503, headers={"retry-after": "31"})
    server, clock = Server(busy), Clock()
    with pytest.raises(ServerTrouble) as caught:
        await client_of(server, clock).run(REPO, "142")
    assert caught.value.retry_after == 31
    assert "31 s" in caught.value.advice
    assert (len(server.requests), clock.sleeps) == (1, [])


async def test_waits_that_add_up_to_the_deadline_end_the_tries() -> None:
    busy = httpx.Response(503, headers={"retry-after": "20"})
    server, clock = Server(busy), Clock()
    with pytest.raises(ServerTrouble):
        await client_of(server, clock).run(REPO, "142")
    assert (len(server.requests), clock.sleeps) == (2, [20.0])


@pytest.mark.parametrize("chance", [0.0, 0.999])
async def test_no_wait_is_shorter_than_a_quarter_second(chance: float) -> None:
    clock = Clock(chance)
    busy = httpx.Response(503, headers={"retry-after": "0"})
    client = Client(
        "https://api.example",
        Secret(""),
        transport=httpx.MockTransport(Server(busy)),
        timing=clock,
    )
    with pytest.raises(ServerTrouble):
        await client.run(REPO, "142")
    assert len(clock.sleeps) == 2
    assert all(0.25 <= wait < 3 for wait in clock.sleeps)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0),
        (" 12 ", 12),
        ("3600", 3600),
        ("3601", None),
        ("31536000", None),
        ("9" * 400, None),
        ("-5", None),
        ("1.5", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("٣", None),
        ("soon", None),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2026 09:28:30 +0200", 30),
        ("Wed, 21 Oct 2026 07:27:00 GMT", None),
        ("Wed, 21 Oct 2099 07:28:00 GMT", None),
        ("Wed, 32 Oct 2026 07:28:00 GMT", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_read_with_care(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    "header",
    [None, "", "x", "Wed, 42 Oct 2026 07:28:00 GMT", "1 Jan 1 0:0 +9999", "\x00", "0" * 99],
)
def test_a_date_that_is_none(header: str | None) -> None:
    assert moment(header) is None


def test_a_date_without_a_zone_is_utc() -> None:
    assert moment("Wed, 21 Oct 2026 07:28:00 -0000") == NOW
