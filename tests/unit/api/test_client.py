"""The calls: their addresses, bodies, headers and answers, and whom they trust."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from cubewatch.api.client import Client, run_in
from cubewatch.api.errors import ApiError, BadAnswer, NotJson, Refused, Unreachable
from cubewatch.model.repository import RepoId, RepoSlug
from cubewatch.model.request import GitRevision, InputValue, RunRequest, WorkflowData
from cubewatch.settings import Secret, SettingsError
from tests.support.runs import Json
from tests.support.scripted import RUN, Clock, Server, client_of

REPO = RepoSlug("acme", "shop")
BY_ID = RepoId("0198/ё")
CUBE = ("142", "release", "a/b", "#git-clone")
REQUEST = RunRequest(
    (WorkflowData("release", (InputValue("VERSION", "1.5.0"),)),),
    head=GitRevision("branch", "release/1.5"),
)
NOW = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)

Call = Callable[[Client], Awaitable[Any]]


@pytest.mark.parametrize(
    ("call", "target"),
    [
        (lambda c: c.runs(REPO, page_size=20), "acme/shop/cicd/runs?page_size=20"),
        (
            lambda c: c.runs(BY_ID, page_size=5, page_token="a b&c=%41"),
            "id:0198%2F%D1%91/cicd/runs?page_size=5&page_token=a%20b%26c%3D%2541",
        ),
        (lambda c: c.run(REPO, "142"), "acme/shop/cicd/runs/142"),
        (
            lambda c: c.cube_log(REPO, CUBE, 3),
            "acme/shop/cicd/logs/142/release/a%2Fb/%23git-clone?page=3",
        ),
        (
            lambda c: c.cube_artifacts(REPO, CUBE),
            "acme/shop/cicd/artifacts/142/release/a%2Fb/%23git-clone",
        ),
        (
            lambda c: c.branches(REPO, "fix/ё", page_size=10, page_token="t"),
            "acme/shop/branches?filter=fix%2F%D1%91&page_size=10&page_token=t",
        ),
        (lambda c: c.tags(REPO, page_size=10), "acme/shop/tags?page_size=10"),
        (lambda c: c.repository(REPO), "acme/shop"),
    ],
)
async def test_the_address_of_each_call(call: Call, target: str) -> None:
    lists: Json = {"runs": [], "artifacts": [], "branches": [], "tags": []}
    server = Server(httpx.Response(200, json=RUN | lists | {"logs": ""}))
    await call(client_of(server))
    (request,) = server.requests
    assert request.method == "GET"
    assert request.url.raw_path.decode() == f"/v1/repos/{target}"


async def test_each_call_brings_its_type() -> None:
    page = {"runs": [RUN], "branches": [{"name": "main"}], "tags": [{"name": "v1"}]}
    body = page | {"logs": "\x1b[1m", "done": True, "artifacts": [{"id": "9"}]}
    body |= {"slug": "s", "status": "failed", "default_branch": "trunk", "next_page_token": "n"}
    client = client_of(Server(httpx.Response(200, json=body)))
    assert (await client.runs(REPO, page_size=1)).runs[0].slug == "142"
    assert (await client.run(REPO, "s")).status == "failed"
    log = await client.cube_log(REPO, CUBE, 1)
    assert (log.logs, log.done, log.page_complete) == ("\x1b[1m", True, False)
    assert (await client.cube_artifacts(REPO, CUBE)).artifacts[0].id == "9"
    branches = await client.branches(REPO, page_size=1)
    assert (branches.branches[0].name, branches.next_page_token) == ("main", "n")
    assert (await client.tags(REPO, page_size=1)).tags[0].name == "v1"
    assert (await client.repository(REPO)).default_branch == "trunk"


@pytest.mark.parametrize("repo", [REPO, BY_ID])
async def test_a_run_is_started_by_exactly_these_bytes(repo: RepoSlug | RepoId) -> None:
    server = Server(httpx.Response(201, json=RUN))
    run = await client_of(server).run_workflows(repo, REQUEST)
    assert (run.slug, run.workflows[0].slug) == ("142", "release")
    (request,) = server.requests
    assert request.method == "POST"
    assert request.url.raw_path.decode() == f"/v1{repo.api_path}/cicd/runs"
    assert request.headers["content-type"] == "application/json"
    assert request.content == (
        b'{"head":{"branch":"release/1.5"},"workflows":'
        b'[{"name":"release","values":[{"name":"VERSION","value":"1.5.0"}]}]}'
    )


@pytest.mark.parametrize(
    "other",
    [
        {"event_type": "push"},
        {"dates": {"created_at": "2020-01-01T00:00:00Z"}},
        {"workflows": [{"slug": "nightly"}]},
    ],
)
async def test_another_run_is_no_answer_to_what_was_sent(other: Json) -> None:
    headers = {"date": format_datetime(datetime.now(UTC), usegmt=True)}
    client = client_of(Server(httpx.Response(201, json=RUN | other, headers=headers)))
    with pytest.raises(BadAnswer, match="about another run") as caught:
        await client.run_workflows(REPO, REQUEST)
    assert caught.value.sent


@pytest.mark.parametrize("ahead", [-3, 0, 3])
async def test_old_answer_with_its_own_date_is_no_answer_to_what_was_sent(ahead: int) -> None:
    now = datetime.now(UTC)
    of_now = {"date": format_datetime(now + timedelta(hours=ahead), usegmt=True)}
    old = now + timedelta(hours=min(0, ahead) - 2)
    of_then = {"date": format_datetime(old, usegmt=True)}
    run = RUN | {"event_type": "manual", "dates": {"created_at": old.isoformat()}}
    client = client_of(
        Server(
            httpx.Response(200, json={"runs": [RUN]}, headers=of_now),
            httpx.Response(201, json=run, headers=of_then),
        )
    )
    await client.runs(REPO, page_size=1)
    with pytest.raises(BadAnswer, match="about another run") as caught:
        await client.run_workflows(REPO, REQUEST)
    assert caught.value.sent


@pytest.mark.parametrize("hours", [-8, -1, 0, 1, 8])
async def test_wrong_date_does_not_hide_our_run(hours: int) -> None:
    now = datetime.now(UTC)
    for born in (now, now + timedelta(hours=hours)):
        headers = {"date": format_datetime(now + timedelta(hours=hours), usegmt=True)}
        run = RUN | {"event_type": "manual", "dates": {"created_at": born.isoformat()}}
        client = client_of(Server(httpx.Response(201, json=run, headers=headers)))
        for _ in range(2):
            assert (await client.run_workflows(REPO, REQUEST)).slug == "142"


async def test_headers() -> None:
    server = Server(httpx.Response(200, json=RUN, headers={"set-cookie": "a=b; Path=/"}))
    client = client_of(server)
    await client.run(REPO, "142")
    await client.run(REPO, "142")
    headers = server.requests[1].headers
    assert headers["authorization"] == "Bearer pv1_x"
    assert headers["accept-encoding"] == "gzip"
    assert headers["user-agent"].startswith("cubewatch/")
    assert "cookie" not in headers


async def test_no_token_no_header() -> None:
    server = Server(httpx.Response(200, json=RUN))
    await client_of(server, token="").run(REPO, "142")
    assert "authorization" not in server.requests[0].headers


async def test_an_answer_carries_the_servers_clock() -> None:
    headers = {"date": "Wed, 21 Oct 2026 07:28:00 GMT"}
    answer = await client_of(Server(httpx.Response(200, json=RUN, headers=headers))).run_answer(
        REPO, "142"
    )
    assert answer.server_time == NOW
    assert run_in(answer, "142").slug == "142"


@pytest.mark.parametrize(
    "body", [b"", b" ", b"{}", b"[]", b'"x"', b"{", b'{"slug":"1","sta', b"<html>", b"\x00", b"nul"]
)
async def test_an_answer_that_holds_no_run(body: bytes) -> None:
    server = Server(httpx.Response(200, content=body))
    with pytest.raises(NotJson) as caught:
        await client_of(server).run(REPO, "142")
    assert caught.value.sent is False
    assert len(str(caught.value).splitlines()) == 1
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1",
        "http://[::2]:80",
        "http://localhost.evil.example",
        "http://127.0.0.1\\@evil.example",
        "ftp://127.0.0.1",
        "https://",
        "https://user:pw@api.example",
        "https://api.example/?x=1",
        "https://api.example/#x",
        "api.example",
        "https://api.example:port",
        "http://xn--zz--.example",
        "",
    ],
)
def test_an_address_the_token_must_not_go_to(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Client(url, Secret("pv1_x"))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:8", "http://LOCALHOST:80"]
)
async def test_this_machine_may_do_without_https(url: str) -> None:
    await Client(url, Secret("pv1_x")).close()


def test_a_repr_names_host_and_port() -> None:
    assert repr(Client("http://[::1]:8", Secret("pv1_x"))) == "Client('[::1]:8')"
    assert repr(Client("https://API.example/v1", Secret("pv1_x"))) == "Client('api.example:443')"


@pytest.mark.parametrize("token", ["pv1 x", "pv1\nx", "pv1_ё", "pv1\x7f"])
def test_a_token_that_no_header_can_hold(token: str) -> None:
    with pytest.raises(ValueError, match="token") as caught:
        Client("https://api.example", Secret(token))
    assert token not in str(caught.value)


@pytest.mark.parametrize("proxy", ["socks9://x", "::::"])
def test_a_proxy_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ValueError, match="HTTPS_PROXY"):
        Client("https://api.example", Secret("pv1_x"))


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


async def test_the_token_is_in_no_repr_log_or_chained_error(
    everything_logged: pytest.LogCaptureFixture,
) -> None:
    client = client_of(Server(httpx.ReadError("Authorization: Bearer pv1_x")), token="pv1_x")
    with pytest.raises(Unreachable) as caught:
        await client.run_answer(REPO, "1")
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    shown = (repr(client), repr(caught.value), str(caught.value), everything_logged.text)
    assert "pv1_x" not in "".join(shown)


async def test_a_lasting_404_is_a_refusal() -> None:
    with pytest.raises(Refused) as caught:
        await client_of(Server(httpx.Response(404))).run(REPO, "999")
    assert "Check the repository" in caught.value.advice


async def test_a_page_token_too_long_for_an_address() -> None:
    server = Server(httpx.Response(200, json=RUN))
    with pytest.raises(ApiError) as caught:
        await client_of(server).runs(REPO, page_size=1, page_token="t" * 100_000)
    assert not server.requests
    assert "too long" in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.runs(REPO, page_size=20),
        lambda c: c.cube_log(REPO, CUBE, 1),
        lambda c: c.cube_artifacts(REPO, CUBE),
        lambda c: c.branches(REPO, page_size=1),
    ],
)
@pytest.mark.parametrize(
    "other", [{"slug": "142", "status": "success"}, {"tags": []}, {"error_code": "E", "x": 1}]
)
async def test_an_answer_of_another_kind_is_no_empty_list(call: Call, other: Json) -> None:
    with pytest.raises(BadAnswer, match="about something else"):
        await call(client_of(Server(httpx.Response(200, json=other))))


async def test_an_empty_object_is_an_empty_list() -> None:
    for body in ({}, {"next_page_token": ""}, {"brand_new": 1}, {"runs": None}):
        page = await client_of(Server(httpx.Response(200, json=body))).runs(REPO, page_size=1)
        assert page.runs == ()


async def test_another_run_is_no_answer_to_a_run() -> None:
    with pytest.raises(BadAnswer, match="about another run"):
        await client_of(Server(httpx.Response(200, json=RUN))).run(REPO, "999")
    await client_of(Server(httpx.Response(200, json=RUN))).run(REPO, "0142")


async def test_a_run_of_other_workflows_is_no_answer_to_a_post() -> None:
    other = RUN | {"workflows": [{"slug": "nightly"}]}
    server = Server(httpx.Response(200, json=other))
    with pytest.raises(BadAnswer) as caught:
        await client_of(server).run_workflows(REPO, RunRequest((WorkflowData("release"),)))
    assert caught.value.sent


async def test_the_etag_travels_both_ways() -> None:
    server = Server(
        httpx.Response(200, json=RUN, headers={"ETag": '"a"'}),
        httpx.Response(304, headers={"ETag": '"a"'}),
        httpx.Response(304),
    )
    client = client_of(server)
    first = await client.run_answer(REPO, "142")
    assert (first.etag, first.not_modified) == ('"a"', False)
    second = await client.run_answer(REPO, "142", first.etag)
    assert (second.body, second.not_modified) == (b"", True)
    assert server.requests[1].headers["If-None-Match"] == '"a"'
    with pytest.raises(BadAnswer):
        await client.run_answer(REPO, "142")


async def test_log_page_is_not_sent_again_with_its_etag() -> None:
    page = {"logs": "one\n", "page_complete": False}
    server = Server(
        httpx.Response(200, json=page, headers={"ETag": '"a"'}),
        httpx.Response(304, headers={"ETag": '"a"'}),
        httpx.Response(200, json=page | {"logs": "one\ntwo\n"}, headers={"ETag": '"b"'}),
        httpx.Response(200, json=page | {"logs": "other\n"}),
    )
    client = client_of(server)
    found = [(await client.cube_log(REPO, CUBE, number)).logs for number in (1, 1, 1, 2)]
    assert found == ["one\n", "one\n", "one\ntwo\n", "other\n"]
    sent = [request.headers.get("If-None-Match") for request in server.requests]
    assert sent == [None, '"a"', '"a"', None]


def renewing(server: Server, *tokens: str) -> tuple[Client, list[str]]:
    """A client whose token source gives these tokens, one after the other; and those it gave."""
    given: list[str] = []

    def renew_token() -> Secret:
        given.append(tokens[len(given)])
        return Secret(given[-1])

    transport = httpx.MockTransport(server)
    timing = Clock()
    url = "https://api.example"
    client = Client(url, Secret("old"), transport=transport, timing=timing, renew_token=renew_token)
    return client, given


async def test_refused_token_is_renewed_and_the_request_repeated() -> None:
    server = Server(httpx.Response(401), httpx.Response(200, json=RUN))
    client, given = renewing(server, "new")
    assert run_in(await client.run_answer(REPO, "142"), "142").slug == "142"
    bearers = [request.headers["Authorization"] for request in server.requests]
    assert (bearers, given) == (["Bearer old", "Bearer new"], ["new"])


async def test_the_same_token_again_makes_no_further_request() -> None:
    server = Server(httpx.Response(401))
    client, given = renewing(server, "old", "old")
    for _ in range(3):
        with pytest.raises(Refused):
            await client.run_answer(REPO, "142")
    assert len(server.requests) == 3
    assert given == ["old"]


async def test_a_post_is_not_repeated_with_a_newer_token() -> None:
    server = Server(httpx.Response(401), httpx.Response(200, json=RUN))
    client, given = renewing(server, "new")
    with pytest.raises(Refused):
        await client.run_workflows(REPO, REQUEST)
    assert (len(server.requests), given) == (1, ["new"])
    await client.run_workflows(REPO, REQUEST)
    assert server.requests[1].headers["Authorization"] == "Bearer new"


async def test_a_token_source_that_fails_changes_nothing() -> None:
    def fail() -> Secret:
        raise SettingsError("token_command ended with exit status 1")

    server = Server(httpx.Response(401))
    transport = httpx.MockTransport(server)
    client = Client("https://api.example", Secret("x"), transport=transport, renew_token=fail)
    with pytest.raises(Refused):
        await client.run(REPO, "142")
    assert len(server.requests) == 1
