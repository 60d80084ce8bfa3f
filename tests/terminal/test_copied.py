"""What is copied, pasted into real shells: it asks for the same as the form it comes from."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cubewatch.model.copies import copies
from cubewatch.model.repository import API_URL
from cubewatch.model.request import RunRequest
from tests.support.copied import (
    SHOP,
    TOKEN,
    Desk,
    api,
    of_many_lines,
    of_one_line,
    shells,
    src_asks,
)
from tests.support.server import serve

SHELLS = shells()
REQUESTS = {"one line": of_one_line(), "many lines": of_many_lines()}
CURLS = ["fake", *(["real"] if shutil.which("curl") else [])]

each_shell = pytest.mark.parametrize("shell", SHELLS)
each_request = pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)


def texts(request: RunRequest, api_url: str) -> dict[str, str]:
    copied = copies(SHOP, request, api_url)
    return {copy.title: copy.text for copy in copied}


@each_shell
@each_request
@pytest.mark.parametrize("curl", CURLS)
def test_curl(shell: str, request_: RunRequest, curl: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path, real_curl=curl == "real")
    with serve(api) as served:
        said = desk.paste(SHELLS[shell], texts(request_, served.url)["curl"])
        assert served.requests, said
    [sent] = served.requests
    assert (sent.method, sent.path) == ("POST", f"{SHOP.api_path}/cicd/runs")
    assert sent.headers["authorization"] == f"Bearer {TOKEN}"
    assert sent.headers["content-type"] == "application/json"
    assert json.loads(sent.body) == request_.to_json()


@each_shell
@each_request
def test_src(shell: str, request_: RunRequest, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.paste(SHELLS[shell], texts(request_, API_URL)["src run trigger"])
    sent = [src_asks(words) for words in desk.noted("src")]
    expected = [replace(request_, workflows=(one,)).to_json() for one in request_.workflows]
    assert sent == [(str(SHOP), body) for body in expected]


@each_shell
def test_cubewatch(shell: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with serve(api) as served:
        said = desk.paste(
            SHELLS[shell],
            *(texts(request, served.url)["cubewatch run"] for request in REQUESTS.values()),
        )
        assert served.requests, said
    sent = served.received("POST")
    assert [one.body for one in sent] == [request.body() for request in REQUESTS.values()]
    assert {one.path for one in sent} == {f"{SHOP.api_path}/cicd/runs"}
    assert {one.headers["authorization"] for one in sent} == {f"Bearer {TOKEN}"}
