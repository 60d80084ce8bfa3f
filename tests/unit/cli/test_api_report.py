"""What doctor sees of the API."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cubewatch.cli.api_report import api_report, report_checks
from cubewatch.demo import DEMO_TOKEN, demo_app
from cubewatch.model.repository import RepoSlug
from cubewatch.settings import Secret
from tests.support.server import Served, serve

SHOP = RepoSlug("acme", "shop")
TOKEN = Secret("pv1_top-secret")


def lines(served: Served, token: Secret = TOKEN) -> dict[str, str]:
    checks = report_checks(api_report(served.url, token, SHOP))
    return {check.name: f"{check.mark} {check.text}" for check in checks}


@pytest.fixture
def demo() -> Iterator[Served]:
    ahead = timedelta(hours=1)
    with serve(demo_app(clock=lambda: datetime.now(UTC) + ahead)) as served:
        yield served


def test_report_of_the_demo_is_complete(demo: Served) -> None:
    found = lines(demo, DEMO_TOKEN)
    assert found["who"] == "good ivan (Иван Петров)"
    assert found["API calls"] == "good all that cubewatch uses are answered"
    assert "Date 1h00m ahead" in found["API habits"] or "Date 59m" in found["API habits"]
    assert "ETag, " in found["API habits"]
    assert all(request.method == "GET" for request in demo.requests)
    assert len(demo.requests) <= 9


def test_report_names_unknown_calls_and_limits() -> None:
    async def runs(_: Request) -> JSONResponse:
        headers = {"X-RateLimit-Remaining": "9", "Retry-After": "7"}
        return JSONResponse({"runs": []}, headers=headers)

    async def refused(_: Request) -> JSONResponse:
        return JSONResponse({}, 403)

    routes = [Route("/repos/acme/shop/cicd/runs", runs), Route("/me/repos", refused)]
    with serve(Starlette(routes=routes)) as served:
        found = lines(served)
    assert found["who"].startswith("note the API does not say who you are")
    assert "/user (unknown, 404)" in found["API calls"]
    assert "/me/repos (403)" in found["API calls"]
    assert "no ETag" in found["API habits"]
    assert "no Date" in found["API habits"]
    assert "Retry-After 7" in found["API habits"]
    assert "x-ratelimit-remaining: 9" in found["API habits"]
    assert "secret" not in "".join(found.values())
