"""Files of public repositories from the raw host."""

import httpx
import pytest

from cubewatch.api.errors import ApiError, Refused
from cubewatch.api.raw import RawHost
from cubewatch.model.repository import RepoSlug

SHOP = RepoSlug("acme", "shop.site")
COMMIT = "3f2a91c8" * 5
PATH = ".sourcecraft/ci.yaml"


def host(answer: httpx.Response, seen: list[httpx.Request]) -> RawHost:
    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer

    return RawHost("https://raw.example.com", transport=httpx.MockTransport(reply))


async def test_a_file_is_read_without_any_token() -> None:
    seen: list[httpx.Request] = []
    raw = host(httpx.Response(200, text="workflows: {}"), seen)
    assert await raw.text(SHOP, COMMIT, PATH) == "workflows: {}"
    [request] = seen
    assert str(request.url) == f"https://raw.example.com/raw/acme/shop.site/{COMMIT}/{PATH}"
    assert "authorization" not in request.headers
    assert "cookie" not in request.headers
    await raw.close()


async def test_a_private_repository_is_refused() -> None:
    raw = host(httpx.Response(404), [])
    with pytest.raises(Refused):
        await raw.text(SHOP, COMMIT, PATH)
    await raw.close()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<html><body>sign in</body></html>"),
        httpx.Response(302, headers={"Location": "https://id.example.com/login"}),
        httpx.Response(200, content=b"x" * 1_000_001),
    ],
)
async def test_what_is_no_file_is_an_error(answer: httpx.Response) -> None:
    raw = host(answer, [])
    with pytest.raises(ApiError):
        await raw.text(SHOP, COMMIT, PATH)
    await raw.close()


async def test_only_a_full_hash_is_asked_for() -> None:
    seen: list[httpx.Request] = []
    raw = host(httpx.Response(200, text="x"), seen)
    with pytest.raises(ValueError, match="no full hash"):
        await raw.text(SHOP, "main", PATH)
    assert not seen
    await raw.close()


@pytest.mark.parametrize("url", ["http://raw.example.com", "https://user:pw@raw.example.com"])
def test_only_confidential_addresses_are_used(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        RawHost(url)
