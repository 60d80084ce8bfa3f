"""Errors in words: one line each, inert, without the token, whatever the server sent."""

import subprocess
import sys

import httpx
import pytest

from cubewatch.api.client import Client
from cubewatch.api.errors import (
    ApiError,
    BadAnswer,
    Invalid,
    NotJson,
    Refused,
    ServerTrouble,
    TooManyRequests,
    Unreachable,
)
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.settings import Secret
from tests.support.scripted import Hasty

TOKEN = "pv1_top-secret"
REPO = RepoSlug("acme", "shop")
REQUEST = RunRequest((WorkflowData("release"),))
KINDS = [
    ApiError,
    Refused,
    Invalid,
    TooManyRequests,
    ServerTrouble,
    Unreachable,
    BadAnswer,
    NotJson,
]


async def failure(answer: httpx.Response, *, post: bool = False) -> ApiError:
    """The error of a call that gets `answer`."""
    transport = httpx.MockTransport(lambda _request: answer)
    client = Client("https://api.example", Secret(TOKEN), transport=transport, timing=Hasty())
    with pytest.raises(ApiError) as caught:
        await (client.run_workflows(REPO, REQUEST) if post else client.run_answer(REPO, "1"))
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Refused),
        (403, Refused),
        (404, Refused),
        (400, Invalid),
        (409, Invalid),
        (422, Invalid),
        (429, TooManyRequests),
        (500, ServerTrouble),
        (501, ServerTrouble),
        (503, ServerTrouble),
        (599, ServerTrouble),
        (302, BadAnswer),
        (304, BadAnswer),
        (600, BadAnswer),
    ],
)
async def test_the_kind_follows_the_status(status: int, kind: type[ApiError]) -> None:
    error = await failure(httpx.Response(status))
    assert type(error) is kind
    assert error.status == status
    assert str(status) in str(error)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("status", [None, 401, 403, 404, 500])
def test_every_text_is_one_line(kind: type[ApiError], sent: bool, status: int | None) -> None:
    error = kind("what", status=status, sent=sent, message="a\nb\n\nc", web_page=not sent)
    for text in (str(error), error.what, error.meaning, error.advice):
        assert text
        assert len(text.splitlines()) == 1
    assert str(error) == "what: a b c"


async def test_the_four_parts_of_the_contracts_error() -> None:
    said = {
        "error_code": "ValidationError",
        "message": "inputs:\n VERSION is missing",
        "request_id": "r-7",
        "details": [{"field": "VERSION"}],
    }
    error = await failure(httpx.Response(400, json=said))
    assert error.error_code == "ValidationError"
    assert error.message == "inputs:\n VERSION is missing"
    assert error.request_id == "r-7"
    assert '"field": "VERSION"' in error.details
    assert str(error) == "the request is not accepted (400): inputs: VERSION is missing"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"message": 7.5e999}'])
async def test_an_error_body_that_says_nothing(body: bytes) -> None:
    error = await failure(httpx.Response(500, content=body))
    assert (error.error_code, error.request_id, error.details) == ("", "", "")
    assert isinstance(error, ServerTrouble)


async def test_hostile_words_are_inert_and_short() -> None:
    said = {
        "error_code": "\x1b]0;x\x07",
        "message": "\x1b[31m\u202e" + "w" * 5000,
        "request_id": "[@click=app.quit]x[/]\n",
        "details": {"\x1b": "\x9b"},
    }
    error = await failure(httpx.Response(400, json=said))
    everything = "".join((str(error), error.error_code, error.message, error.request_id))
    assert not {"\x1b", "\x07", "\u202e", "\n", "\x9b"} & set(everything + error.details[:1])
    assert "\x1b" not in error.details
    assert len(str(error)) < 300


@pytest.mark.parametrize("status", [401, 502, 302])
async def test_a_server_that_repeats_the_token(status: int) -> None:
    body = dict.fromkeys(("error_code", "message", "request_id", "details"), f"<{TOKEN}>")
    headers = {"location": f"https://{TOKEN}.evil.example/{TOKEN}"}
    error = await failure(httpx.Response(status, json=body, headers=headers))
    texts = [str(error), repr(error), error.meaning, error.advice, repr(vars(error))]
    assert TOKEN not in "".join(texts)
    assert error.message == "<***>"


@pytest.mark.parametrize("status", [404, 502, 200])
async def test_a_web_page_is_named_and_not_shown(status: int) -> None:
    page = b"\n <!DOCTYPE html><title>Bad gateway</title>"
    error = await failure(httpx.Response(status, content=page), post=True)
    assert error.web_page
    assert "Bad gateway" not in repr(vars(error)) + str(error)


async def test_a_proxys_web_page_is_said_to_be_one() -> None:
    error = await failure(httpx.Response(502, html="<h1>502</h1>"))
    assert "web page" in error.meaning


@pytest.mark.parametrize(
    ("status", "body", "sent"),
    [
        (400, b"{}", False),
        (401, b"", False),
        (404, b"", False),
        (429, b"", False),
        (408, b"", True),
        (425, b"", True),
        (460, b"", True),
        (499, b"", True),
        (500, b"", True),
        (503, b"", True),
        (302, b"", True),
        (200, b"", True),
        (200, b"[]", True),
        (200, b"{}", True),
        (204, b"", True),
    ],
)
async def test_what_a_post_may_have_done(status: int, body: bytes, sent: bool) -> None:
    error = await failure(httpx.Response(status, content=body), post=True)
    assert error.sent is sent
    assert ("may have been carried out" in error.meaning) is sent


async def test_a_redirect_tells_its_host_only() -> None:
    location = "https://user:pw@elsewhere.example:8443/path?q=1"
    error = await failure(httpx.Response(307, headers={"location": location}))
    assert "elsewhere.example" in error.what
    for part in ("user", "pw", "path", "q=1"):
        assert part not in error.what


def test_errors_know_no_http_library() -> None:
    code = (
        "import sys, cubewatch.api.errors;"
        "print([m for m in ('httpx', 'pydantic_core') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
