"""The client against a server that breaks in every way known."""

import asyncio
import gzip
import socket
import zlib

import pytest

from cubewatch.api.client import Client, run_in
from cubewatch.api.errors import (
    ApiError,
    BadAnswer,
    Refused,
    ServerTrouble,
    TooManyRequests,
    Unreachable,
)
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.settings import Secret
from tests.support.faults import (
    LIMIT,
    RUN,
    TOKEN,
    FaultServer,
    answer,
    serving,
    then_hang,
    then_reset,
    writes,
)

REPO = RepoSlug("acme", "shop")
REQUEST = RunRequest((WorkflowData("release"),))
GZIPPED = gzip.compress(RUN)


async def drips_for_ever(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\n \r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"
RESETS = {
    "before the headers": then_reset(),
    "within the headers": then_reset(HEAD),
    "before the body": then_reset(HEAD, b"\r\n"),
    "within the body": then_reset(HEAD, b"\r\n", RUN),
}
CUT_OFF = {
    "closed without an answer": writes(close=True),
    "closed within the headers": writes(HEAD, close=True),
    "fewer bytes than declared": writes(HEAD, b"\r\n", RUN, close=True),
    "a chunk that ends early": writes(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" + RUN, close=True
    ),
    "no HTTP": writes(b"SSH-2.0-OpenSSH_9.2\r\n", close=True),
    "two lengths": writes(HEAD + b"Content-Length: 3\r\n\r\n{}", close=True),
}
HANGS = {
    "before the answer": then_hang(),
    "within the headers": then_hang(HEAD),
    "within the body": then_hang(HEAD, b"\r\n", RUN),
    "one byte at a time, for ever": drips_for_ever,
}
UNUSABLE = {
    "truncated gzip": answer(GZIPPED[:-9], "Content-Encoding: gzip"),
    "gzip without its checksum": answer(GZIPPED[:-8], "Content-Encoding: gzip"),
    "broken gzip": answer(b"\x1f\x8b" + RUN, "Content-Encoding: gzip"),
    "no gzip at all": answer(RUN, "Content-Encoding: gzip"),
    "deflate": answer(zlib.compress(RUN), "Content-Encoding: deflate"),
    "brotli": answer(RUN, "Content-Encoding: br"),
    "packed twice": answer(gzip.compress(GZIPPED), "Content-Encoding: gzip, gzip"),
    "a length beyond the limit": writes(
        f"HTTP/1.1 200 OK\r\nContent-Length: {LIMIT + 1}\r\n\r\n".encode()
    ),
    "more bytes than declared": writes(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", RUN),
    "empty": answer(b""),
    "empty gzip": answer(b"", "Content-Encoding: gzip"),
    "204": writes(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "broken JSON": answer(RUN[:-3]),
    "a list": answer(b"[]"),
    "a web page": answer(b"<html>Sign in</html>", "Content-Type: text/html"),
    "a redirect": answer(b"", "Location: https://elsewhere.example/", status="302 Found"),
    "a broken redirect": answer(b"", "Location: https://[", status="300 Multiple"),
    "unknown status": answer(b"", status="799 What"),
}


async def get_error(server: FaultServer) -> ApiError:
    client = server.client()
    with pytest.raises(ApiError) as caught:
        run_in(await client.run_answer(REPO, "1"), "1")
    await client.close()
    return caught.value


async def post_error(client: Client) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await client.run_workflows(REPO, REQUEST)
    await client.close()
    assert TOKEN not in repr(vars(caught.value)) + str(caught.value)
    return caught.value


@pytest.mark.parametrize("fault", RESETS | CUT_OFF)
async def test_an_answer_that_breaks_off(fault: str) -> None:
    async with serving((RESETS | CUT_OFF)[fault]) as server:
        error = await get_error(server)
        assert type(error) is Unreachable
        assert f"127.0.0.1:{server.port}" in error.what
        assert len(server.requests) == 1


@pytest.mark.parametrize("fault", RESETS | CUT_OFF)
async def test_reading_restarts_three_times(fault: str) -> None:
    async with serving((RESETS | CUT_OFF)[fault]) as server:
        client = server.client()
        with pytest.raises(Unreachable):
            await client.run(REPO, "142")
        await client.close()
        assert (len(server.requests), server.connections) == (3, 3)


@pytest.mark.parametrize("fault", UNUSABLE)
async def test_an_answer_that_cannot_be_used(fault: str) -> None:
    async with serving(UNUSABLE[fault]) as server:
        error = await get_error(server)
        assert isinstance(error, BadAnswer)
        assert len(server.requests) == 1
        assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize("fault", RESETS | CUT_OFF | UNUSABLE)
async def test_a_post_is_never_repeated_and_may_have_worked(fault: str) -> None:
    async with serving((RESETS | CUT_OFF | UNUSABLE)[fault]) as server:
        error = await post_error(server.client())
        assert error.sent
        assert len(server.requests) == 1


@pytest.mark.parametrize("fault", HANGS)
async def test_a_hang_ends_at_the_deadline(fault: str) -> None:
    """The deadline grows until the request has arrived within it, however slow the machine."""
    async with serving(HANGS[fault]) as server:
        deadline = 0.1
        while not server.requests:
            error = await post_error(server.client(deadline))
            deadline *= 2
        assert type(error) is Unreachable
        assert error.sent
        assert "no complete answer" in error.what
        assert len(server.requests) == 1


async def test_a_hang_is_not_tried_again_past_the_deadline() -> None:
    async with serving(then_hang()) as server:
        client = server.client(deadline=0.1)
        with pytest.raises(Unreachable):
            await client.run(REPO, "142")
        await client.close()
        assert len(server.requests) <= 1


@pytest.mark.parametrize("sent_as", ["plain", "gzip", "chunked", "HTTP/1.0", "byte by byte"])
async def test_answers_in_every_right_form(sent_as: str) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(RUN), RUN)
    fault = {
        "plain": answer(),
        "gzip": answer(GZIPPED, "Content-Encoding: GZIP"),
        "chunked": writes(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(RUN),
            RUN + b"\r\n0\r\n\r\n",
        ),
        "HTTP/1.0": writes(b"HTTP/1.0 200 OK\r\n\r\n" + RUN, close=True),
        "byte by byte": writes(*(whole[i : i + 1] for i in range(len(whole)))),
    }[sent_as]
    async with serving(fault) as server:
        client = server.client()
        assert (await client.run(REPO, "142")).status == "processing"
        assert (await client.run_workflows(REPO, REQUEST)).slug == "142"
        await client.close()
        assert len(server.requests) == 2


async def test_connection_refused() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = FaultServer(answer(), port=bound.getsockname()[1])
        error = await post_error(server.client())
    assert type(error) is Unreachable
    assert error.what == f"connection refused by 127.0.0.1:{server.port}"
    assert not error.sent


async def test_a_name_that_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_args: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    error = await post_error(Client("https://api.example", Secret(TOKEN)))
    assert error.what == "name not found: api.example:443"
    assert not error.sent


async def test_no_tls_where_https_is_due() -> None:
    async with serving(answer(close=True), reads_first=False) as server:
        error = await post_error(server.client(scheme="https"))
    assert type(error) is Unreachable
    assert "TLS" in error.what
    assert not error.sent


async def test_a_proxys_error_page() -> None:
    page = b"<html><h1>502 Bad Gateway</h1></html>"
    async with serving(answer(page, "Content-Type: text/html", status="502 Bad")) as server:
        error = await get_error(server)
    assert isinstance(error, ServerTrouble)
    assert error.web_page
    assert "<" not in str(error) + error.message + error.meaning


@pytest.mark.parametrize(
    ("status", "kind"),
    [("404 No", Refused), ("429 Slow", TooManyRequests), ("500 Oh", ServerTrouble)],
)
async def test_an_error_whose_body_breaks_off_keeps_its_kind(
    status: str, kind: type[ApiError]
) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Length: 1000\r\nRetry-After: 9\r\n\r\n".encode()
    async with serving(writes(head + b'{"message": "so', close=True)) as server:
        error = await get_error(server)
    assert type(error) is kind
    assert error.retry_after == 9
    assert error.message == ""
