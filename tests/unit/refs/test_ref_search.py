"""Refs that fit what is typed: little asked, and nothing stale."""

import asyncio

import pytest

from cubewatch.api.errors import ApiError, ServerTrouble, TooManyRequests
from cubewatch.refs import known as known_refs
from cubewatch.refs.ref_search import FRESH, MAX_FOUND, QUIET, RefSearch
from cubewatch.runtime.clock import Timing
from tests.support.polling import REPO
from tests.support.refs import RefServer, Searching, local

DOWN = ServerTrouble("the server is down (502)", status=502)


async def test_it_asks_once_the_typing_has_paused() -> None:
    async with Searching(RefServer(["release/1", "relay"])) as it:
        for text in ("r", "re", "rel", "rele"):
            await it.types(text, QUIET * 0.9)
        assert it.server.requests == []
        assert it.search.found("branch", "rele").asking
        await it.timing.turn(QUIET)
        await it.settle()
        assert it.server.requests == [("branch", "rele", "")]
        found = it.search.found("branch", "rele")
        assert [ref.name for ref in found.refs] == ["release/1"]
        assert (found.asking, found.more, found.trouble) == (False, False, "")
        assert it.told == 1


async def test_a_whole_answer_serves_every_longer_text() -> None:
    async with Searching(RefServer(["main", "release/1.4", "release/1.5"])) as it:
        await it.types("r")
        for text in ("re", "release/1.5", "x/r/y", "r"):
            await it.types(text)
        assert it.server.texts == ["r"]
        assert it.names("release/1.5") == ["release/1.5"]
        assert it.names("x/r/y") == []
        await it.types("main")
        await it.types("r", kind="tag")
        assert it.server.texts == ["r", "main", "r"]


async def test_upper_case_is_asked_for_where_lower_case_was() -> None:
    """The server may tell them apart; what it has told is found either way."""
    async with Searching(RefServer(["Release"])) as it:
        await it.types("Rel")
        await it.types("rel")
        assert it.server.texts == ["Rel", "rel"]
        assert it.names("rel") == ["Release"]


async def test_fast_typing_sends_one_request_at_a_time() -> None:
    names = [f"release/{n}" for n in range(300)]
    async with Searching(RefServer(names, per_page=100)) as it:
        it.server.held = True
        await it.types("r")
        for end in range(2, len("release/17")):
            await it.types("release/17"[:end])
        assert it.server.texts == ["r"]
        it.server.let()
        await it.settle()
        assert it.server.texts == ["r", "release/1"]
        await it.types("release/17")
        it.server.let()
        await it.settle()
        assert it.server.texts == ["r", "release/1", "release/17"]
        it.server.let()
        await it.settle()
        assert it.server.most == 1
        wanted = [name for name in names if "release/17" in name]
        assert it.names("release/17") == wanted
        assert not it.search.found("branch", "release/17").more


async def test_an_answer_that_comes_late_serves_if_it_can() -> None:
    async with Searching(RefServer(["main", "maintenance", "dev"])) as it:
        it.server.held = True
        await it.types("ma")
        await it.types("maint")
        it.server.let()
        await it.settle()
        assert it.server.texts == ["ma"]
        assert it.names("maint") == ["maintenance"]
        assert not it.search.found("branch", "maint").asking
        await it.types("de")
        assert it.names("de") == []


async def test_an_answer_about_another_repository_is_dropped() -> None:
    async with Searching(RefServer(["main"])) as it:
        it.server.held = True
        await it.types("m")
        it.search.forget()
        it.server.branch_names[:] = ["mine"]
        it.server.let()
        await it.settle()
        assert it.names("m") == []
        it.server.let()
        await it.settle()
        assert it.names("m") == ["mine"]
        assert it.server.most == 1


async def test_nobody_waits_any_more_so_nothing_is_asked() -> None:
    async with Searching(RefServer(["main"])) as it:
        await it.types("m", 0.0)
        it.search.cancel("branch", "other")
        assert it.search.found("branch", "m").asking
        it.search.cancel("branch", "m")
        await it.timing.turn(5)
        await it.settle()
        assert it.server.requests == []
        assert not it.search.found("branch", "m").asking


async def test_of_ten_thousand_branches_one_page_is_asked_for() -> None:
    names = [f"feature/{n:05}" for n in range(10_000)]
    async with Searching(RefServer(names)) as it:
        it.search.learn([local(name, age=n) for n, name in enumerate(names)])
        await it.types("feature")
        await it.types("feature/0123")
        assert len(it.server.requests) == 2
        found = it.search.found("branch", "feature")
        assert (found.total, len(found.refs), found.more) == (10_000, MAX_FOUND, True)
        assert [ref.name for ref in found.refs[:2]] == names[:2]
        assert it.names("9999") == ["feature/09999"]


async def test_local_names_are_compared_with_the_server() -> None:
    async with Searching(RefServer(["fix/b"], ["v1"])) as it:
        it.search.learn([local("fix/a"), local("fix/b"), local("old"), local("v1", "tag")])
        before = {ref.name: ref.on_server for ref in it.search.found("branch", "").refs}
        assert before == {"fix/a": None, "fix/b": None, "old": None}
        await it.types("fix")
        after = {ref.name: ref for ref in it.search.found("branch", "").refs}
        assert [after[name].on_server for name in ("fix/a", "fix/b", "old")] == [False, True, None]
        assert after["fix/b"].subject == "Work on fix/b"
        await it.types("v", kind="tag")
        tag = it.search.ref("tag", "v1")
        assert tag == it.search.found("tag", "v").refs[0]
        assert tag
        assert (tag.subject, tag.commit, tag.on_server) == ("Tag v1", "b" * 40, True)
        assert it.search.ref("branch", "v1") is None


async def test_a_page_that_is_not_the_last_proves_nothing_absent() -> None:
    async with Searching(RefServer([f"fix/{n}" for n in range(150)])) as it:
        it.search.learn([local("fix/mine")])
        await it.types("fix")
        assert it.search.found("branch", "fix/mine").refs[0].on_server is None


async def test_commits_are_those_of_the_clone_by_how_they_begin() -> None:
    async with Searching(RefServer()) as it:
        it.search.learn([local("3f2a91c", "commit"), local("913f2aa", "commit")])
        await it.types("3F2", kind="commit")
        found = it.search.found("commit", "3F2")
        assert ([ref.name for ref in found.refs], found.total) == (["3f2a91c"], 1)
        assert (found.asking, found.more) == (False, False)
        assert await it.search.exists("commit", "3f2a91c") is None
        assert it.server.requests == []


@pytest.mark.parametrize("trouble", [DOWN, TooManyRequests("slow down (429)", retry_after=30.0)])
async def test_after_an_error_it_says_why_and_waits_for_more_typing(trouble: ApiError) -> None:
    async with Searching(RefServer(["fix/served"])) as it:
        it.search.learn([local("fix/mine")])
        it.server.trouble = trouble
        await it.types("fi")
        await it.timing.turn(1000)
        await it.settle()
        found = it.search.found("branch", "fi")
        assert (found.trouble, found.asking, found.more) == (str(trouble), False, False)
        assert [ref.name for ref in found.refs] == ["fix/mine"]
        assert it.server.texts == ["fi"]
        it.server.trouble = None
        await it.types("fix")
        assert it.names("fix") == ["fix/mine", "fix/served"]
        assert it.told == 2 + 1
        await it.types("fi")
        found = it.search.found("branch", "fi")
        assert (found.total, found.trouble) == (2, "")


async def test_it_waits_as_long_as_the_server_asks_it_to() -> None:
    async with Searching(RefServer(["main"])) as it:
        it.server.trouble = TooManyRequests("slow down (429)", retry_after=30.0)
        await it.types("m", QUIET)
        await it.types("ma", 20.0)
        assert await it.search.exists("branch", "main") is None
        assert it.server.texts == ["m"]
        it.server.trouble = None
        await it.timing.turn(10.0)
        await it.settle()
        assert it.server.texts == ["m", "ma"]


async def test_a_client_that_cannot_be_made_is_reported() -> None:
    async def no_client() -> None:
        raise ValueError("the token is \x1b no token")

    async with Searching(RefServer()) as it:
        it.search._client = no_client  # type: ignore[assignment]
        await it.types("m")
        assert it.search.found("branch", "m").trouble == "the token is ␛ no token"


async def test_what_was_missing_is_looked_for_again_after_a_while() -> None:
    """Somebody may have pushed it by then."""
    async with Searching(RefServer(["main"])) as it:
        await it.types("fix")
        assert await it.search.exists("branch", "fix") is False
        it.server.branch_names.append("fix")
        await it.timing.turn(FRESH + 1)
        await it.types("fix")
        assert it.server.texts == ["fix", "fix"]
        assert it.names("fix") == ["fix"]


async def test_typing_and_asking_for_one_name_take_turns() -> None:
    async with Searching(RefServer(["main", "dev"])) as it:
        it.server.held = True
        await it.types("de")
        asking = [asyncio.create_task(it.search.exists("branch", "main")) for _ in range(3)]
        given_up = asyncio.create_task(it.search.exists("branch", "never"))
        await it.settle()
        given_up.cancel()
        await it.types("m")
        assert it.server.texts == ["de"]
        for _ in range(3):
            it.server.let()
            await it.settle()
        assert [await one for one in asking] == [True, True, True]
        assert it.server.texts == ["de", "main", "m"]
        assert it.server.most == 1
        assert it.names("m") == ["main"]


async def test_an_answer_that_another_question_brings_is_reported() -> None:
    async with Searching(RefServer(["main"])) as it:
        await it.types("main", 0.0)
        assert await it.search.exists("branch", "main") is True
        await it.settle()
        assert it.told == 1
        assert not it.search.found("branch", "main").asking


async def test_answers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_refs, "MAX_ANSWERS", 3)
    async with Searching(RefServer([f"{n}/x" for n in range(5)])) as it:
        for n in range(5):
            await it.types(f"{n}/")
        assert it.names("") == ["2/x", "3/x", "4/x"]
        await it.types("")
        await it.types("0/")
        assert it.server.texts == ["0/", "1/", "2/", "3/", "4/", ""]


async def test_refs_of_the_clone_that_come_late_are_reported() -> None:
    async with Searching(RefServer()) as it:
        await it.types("m")
        it.search.learn([local("main")])
        await it.settle()
        assert it.told == 2
        assert it.search.found("branch", "m").refs[0].on_server is False


async def test_the_real_clock_will_do() -> None:
    server = Searching(RefServer(["main"]))
    search = RefSearch(server._client, lambda: REPO, Timing())
    search.request("branch", "m")
    async for _ in search.updates():
        break
    assert [ref.name for ref in search.found("branch", "m").refs] == ["main"]
