"""Whether the server has a branch or a tag of exactly one name."""

import asyncio

import pytest

from cubewatch.api.errors import ServerTrouble
from tests.support.refs import RefServer, Searching

DOWN = ServerTrouble("the server is down (502)", status=502)


async def test_exists_asks_only_what_is_not_known() -> None:
    async with Searching(RefServer(["main", "maintenance"], ["v1"])) as it:
        assert await it.search.exists("branch", "main") is True
        assert await it.search.exists("branch", "main") is True
        assert await it.search.exists("branch", "maintenance") is True
        assert await it.search.exists("branch", "mainframe") is False
        assert it.server.texts == ["main"]
        assert await it.search.exists("tag", "main") is False
        assert await it.search.exists("branch", "") is None
        assert it.server.requests == [("branch", "main", ""), ("tag", "main", "")]


@pytest.mark.parametrize(
    ("name", "known", "pages"), [("x/0", True, 1), ("x", True, 3), ("x/", None, 3)]
)
async def test_exists_looks_through_a_few_pages(name: str, known: bool | None, pages: int) -> None:
    names = [f"x/{n}" for n in range(22)] + ["x"] + [f"x/{n}" for n in range(30, 60)]
    async with Searching(RefServer(names, per_page=10)) as it:
        assert await it.search.exists("branch", name) is known
        assert len(it.server.requests) == pages


async def test_an_empty_page_is_the_end_whatever_token_it_has() -> None:
    async with Searching(RefServer(["x/1"])) as it:
        it.server.empty_last = True
        assert await it.search.exists("branch", "x") is False
        assert [token for *_, token in it.server.requests] == ["", "1"]


async def test_exists_does_not_know_when_the_server_does_not_answer() -> None:
    async with Searching(RefServer(["main"])) as it:
        it.server.trouble = DOWN
        assert await it.search.exists("branch", "main") is None
        it.server.trouble = None
        assert await it.search.exists("branch", "main") is True


async def test_abandoned_request_keeps_its_turn() -> None:
    async with Searching(RefServer(["main", "dev"])) as it:
        it.server.held = True
        left = asyncio.create_task(it.search.exists("branch", "main"))
        await it.settle()
        left.cancel()
        await it.types("dev")
        assert it.server.texts == ["main"]
        it.server.let()
        await it.settle()
        assert it.server.texts == ["main", "dev"]
        assert it.server.most == 1
        it.server.let()
        await it.settle()
        assert await it.search.exists("branch", "main") is True
