"""What goes over the wire, what does not, and how much of it is taken in."""

import asyncio
import gzip
import json
import logging
import tracemalloc
import zlib

import pytest

from cubewatch.api.client import Client, run_in
from cubewatch.api.errors import (
    ApiError,
    BadAnswer,
    ServerTrouble,
)
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.settings import Secret
from tests.support.faults import (
    LIMIT,
    RUN,
    TOKEN,
    Fault,
    FaultServer,
    answer,
    for_ever,
    serving,
    then_reset,
    writes,
)

REPO = RepoSlug("acme", "shop")
REQUEST = RunRequest((WorkflowData("release"),))
GZIPPED = gzip.compress(RUN)


async def post_error(client: Client) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await client.run_workflows(REPO, REQUEST)
    await client.close()
    assert TOKEN not in repr(vars(caught.value)) + str(caught.value)
    return caught.value


async def get_error(server: FaultServer) -> ApiError:
    client = server.client()
    with pytest.raises(ApiError) as caught:
        run_in(await client.run_answer(REPO, "1"), "1")
    await client.close()
    return caught.value


async def test_a_redirect_is_not_followed() -> None:
    async with serving(answer()) as other:
        target = f"Location: http://127.0.0.1:{other.port}/repos"
        for status in ("301 A", "302 B", "303 C", "307 D", "308 E"):
            async with serving(answer(b"", target, status=status)) as server:
                await post_error(server.client())
                assert "127.0.0.1" in (await get_error(server)).what
                assert len(server.requests) == 2
        assert other.connections == 0


async def test_a_bomb_costs_no_more_than_the_limit() -> None:
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(1_000_000)
    bomb = b"".join(packer.compress(zeros) for _ in range(200)) + packer.flush()
    async with serving(answer(bomb, "Content-Encoding: gzip")) as server:
        client = server.client()
        tracemalloc.start()
        try:
            with pytest.raises(BadAnswer, match="larger than 32 MB"):
                await client.run_answer(REPO, "1")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        await client.close()
    assert len(bomb) < 300_000
    assert peak < LIMIT + 5_000_000


async def test_an_endless_body_is_cut_at_the_limit() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" " * 100_000)
            await writer.drain()

    async with serving(endless) as server:
        client = server.client(body=3_000_000)
        with pytest.raises(BadAnswer, match="larger than 3 MB"):
            await client.run(REPO, "142")
        await client.close()
        assert len(server.requests) == 1


@pytest.mark.parametrize("packed", [False, True])
async def test_the_limit_counts_what_is_unpacked(packed: bool) -> None:
    body = b" " * 10_000
    whole = answer(gzip.compress(body), "Content-Encoding: gzip") if packed else answer(body)
    async with serving(whole) as server:
        client = server.client(body=len(body))
        assert (await client.run_answer(REPO, "1")).body == body
        await client.close()
        client = server.client(body=len(body) - 1)
        with pytest.raises(BadAnswer):
            await client.run_answer(REPO, "1")
        await client.close()


@pytest.mark.parametrize(
    ("slug", "on_the_wire"),
    [
        ("#git-clone", "%23git-clone"),
        ("a/b", "a%2Fb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("ё", "%D1%91"),
        ("%41", "%2541"),
        ("a b?c=d&e;f", "a%20b%3Fc%3Dd%26e%3Bf"),
        ("\\", "%5C"),
        ("a\r\nX-Evil: 1", "a%0D%0AX-Evil%3A%201"),
    ],
)
async def test_a_slug_stays_one_segment_on_the_wire(slug: str, on_the_wire: str) -> None:
    async with serving(answer(b"{}")) as server:
        client = server.client()
        await client.cube_log(REPO, ("142", slug, "task", slug), 1)
        await client.close()
        line = server.requests[0].splitlines()[0]
    path = f"/repos/acme/shop/cicd/logs/142/{on_the_wire}/task/{on_the_wire}"
    assert line == f"GET {path}?page=1 HTTP/1.1"


async def test_a_connection_is_used_again() -> None:
    async with serving(answer()) as server:
        client = server.client()
        for _ in range(5):
            await client.run_answer(REPO, "1")
        await client.close()
        assert (len(server.requests), server.connections) == (5, 1)


async def test_a_connection_that_the_server_closed_is_not_used_again() -> None:
    async with serving(answer(close=True)) as server:
        client = server.client()
        await client.run_answer(REPO, "1")
        await asyncio.gather(*server.tasks)
        await client.run_answer(REPO, "1")
        await client.close()
        assert (len(server.requests), server.connections) == (2, 2)


async def test_after_a_failure_all_connections_are_new() -> None:
    busy = [False]

    async def fault(writer: asyncio.StreamWriter) -> None:
        await answer(status="503 Busy" if busy[0] else "200 OK")(writer)

    async with serving(fault) as server:
        client = server.client()
        await client.run_answer(REPO, "1")
        busy[0] = True
        with pytest.raises(ServerTrouble):
            await client.run_answer(REPO, "1")
        assert server.connections == 1
        busy[0] = False
        await client.run_answer(REPO, "1")
        await client.close()
        assert server.connections == 2


async def test_connections_can_be_left_for_new_ones() -> None:
    async with serving(answer()) as server:
        client = server.client()
        await client.run_answer(REPO, "1")
        await client.renew()
        await asyncio.gather(*server.tasks)
        await client.run_answer(REPO, "1")
        await client.close()
        assert server.connections == 2


async def test_a_failure_leaves_other_calls_alone() -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def fault(writer: asyncio.StreamWriter) -> None:
        if "/runs/slow" not in server.requests[-1]:
            await answer(status="500 Oh")(writer)
            return
        arrived.set()
        await go_on.wait()
        await answer()(writer)

    async with serving(fault) as server:
        client = server.client()
        slow = asyncio.create_task(client.run_answer(REPO, "slow"))
        await arrived.wait()
        with pytest.raises(ServerTrouble):
            await client.run_answer(REPO, "1")
        go_on.set()
        assert (await slow).body == RUN
        await client.close()


async def test_calls_given_up_leave_room_for_others() -> None:
    hanging: asyncio.Queue[None] = asyncio.Queue()

    async def fault(writer: asyncio.StreamWriter) -> None:
        if "/runs/hang" not in server.requests[-1]:
            await answer()(writer)
            return
        hanging.put_nowait(None)
        await for_ever()

    async with serving(fault) as server:
        client = server.client()
        for _ in range(6):
            call = asyncio.create_task(client.run(REPO, "hang"))
            await hanging.get()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        assert (await client.run(REPO, "142")).slug == "142"
        await client.close()


async def test_no_proxy_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(answer()) as proxy, serving(answer()) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        client = server.client()
        await client.run(REPO, "142")
        await client.close()
        assert (len(server.requests), proxy.connections) == (1, 0)


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (answer(b"", status="407 Who?", close=True), "asks for a user name and a password"),
        (
            answer(b"", status="403 No", close=True),
            "does not let us through to api.example:443",
        ),
        (answer(b"", status="502 Bad", close=True), "can't reach api.example:443 (502)"),
        (then_reset(), "broke off the connection"),
    ],
    ids=["asks who", "refuses", "can't reach", "breaks off"],
)
async def test_a_proxy_that_fails_did_not_get_the_token(
    monkeypatch: pytest.MonkeyPatch, fault: Fault, what: str
) -> None:
    async with serving(fault) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        error = await post_error(Client("https://api.example", Secret(TOKEN)))
        assert proxy.requests[0].startswith("CONNECT api.example:443 ")
        assert TOKEN not in "".join(proxy.requests)
    assert what in error.what
    assert not error.sent


async def test_no_log_shows_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(answer()) as server:
        client = server.client()
        await client.run(REPO, "142")
        await client.close()
        assert f"Bearer {TOKEN}" in server.requests[0]
    assert "send_request_headers" in caplog.text
    assert TOKEN not in caplog.text


def run_body(slug: str) -> bytes:
    return json.dumps({"slug": slug, "status": "processing", "dates": {}}).encode()


async def test_an_answer_nobody_asked_for_is_not_that_of_the_next_request() -> None:
    """A proxy may send one answer twice, and the second time that of somebody else."""
    bodies = [run_body("1"), run_body("2")]

    async def fault(writer: asyncio.StreamWriter) -> None:
        body, stray = bodies[len(server.requests) - 1], run_body("2")
        head = "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n"
        one, two = (head.format(len(each)).encode() + each for each in (body, stray))
        await writes(one + two)(writer)

    async with serving(fault) as server:
        client = server.client()
        assert (await client.run(REPO, "1")).slug == "1"
        assert (await client.run(REPO, "2")).slug == "2"
        assert server.connections == 2
        assert len(server.requests) == 2
        await client.close()


async def test_an_answer_without_news_keeps_the_connection() -> None:
    async with serving(answer(b"", 'ETag: "1"', status="304 Not Modified")) as server:
        client = server.client()
        for _ in range(3):
            assert (await client.run_answer(REPO, "142", '"1"')).not_modified
        assert (server.connections, len(server.requests)) == (1, 3)
        await client.close()
