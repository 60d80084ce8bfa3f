"""A server of branches and tags that answers when it is let, and counts what it is asked."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from cubewatch.model.git_ref import GitRef
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RevisionKind
from cubewatch.model.run import Branch, BranchPage, Commit, Signature, Tag, TagPage
from cubewatch.refs.ref_search import RefSearch
from tests.support.polling import REPO, SteppedTiming

if TYPE_CHECKING:
    from cubewatch.api.client import Client
    from cubewatch.api.errors import ApiError

NEWEST = datetime(2026, 10, 21, 8, 0, tzinfo=UTC)


def when(age: int) -> datetime:
    """The moment so many hours before the newest."""
    return NEWEST - timedelta(hours=age)


def local(name: str, kind: RevisionKind = "branch", *, age: int = 0, subject: str = "") -> GitRef:
    """A ref of the clone, of which nobody knows whether it is on the server."""
    return GitRef(kind, name, "a" * 40, subject, when(age))


class RefServer:
    """Has branches and tags, the newest first. `requests`: kind, text, token.

    While `held`, it answers only when `let` is called, once for each call. `most` is how many
    requests there were at once.
    """

    def __init__(
        self, branches: Iterable[str] = (), tags: Iterable[str] = (), *, per_page: int = 100
    ) -> None:
        self.branch_names = list(branches)
        self.tag_names = list(tags)
        self.per_page = per_page
        self.requests: list[tuple[str, str, str]] = []
        self.trouble: ApiError | None = None
        self.empty_last = False
        """The last page leads to an empty one, as was seen, and that to another one."""
        self.under_way = 0
        self.most = 0
        self.held = False
        self._let = asyncio.Semaphore(0)

    @property
    def texts(self) -> list[str]:
        """The texts that were asked for, in order."""
        return [text for _, text, _ in self.requests]

    def let(self) -> None:
        """Answers the request that is under way, or the next one."""
        self._let.release()

    async def branches(
        self, repo: RepoSlug, containing: str = "", *, page_size: int, page_token: str = ""
    ) -> BranchPage:
        request = ("branch", containing, page_token)
        found, token = await self._page(repo, self.branch_names, request, page_size)
        made = (Branch(name, _commit(name, self.branch_names)) for name in found)
        return BranchPage(tuple(made), token)

    async def tags(
        self, repo: RepoSlug, containing: str = "", *, page_size: int, page_token: str = ""
    ) -> TagPage:
        request = ("tag", containing, page_token)
        found, token = await self._page(repo, self.tag_names, request, page_size)
        made = (Tag(name, _commit(name, self.tag_names), f"Tag {name}\n\n…") for name in found)
        return TagPage(tuple(made), token)

    async def _page(
        self, repo: RepoSlug, names: list[str], request: tuple[str, str, str], size: int
    ) -> tuple[list[str], str]:
        assert repo == REPO
        self.requests.append(request)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await (self._let.acquire() if self.held else asyncio.sleep(0))
        finally:
            self.under_way -= 1
        if self.trouble:
            raise self.trouble
        _, text, token = request
        fitting = [name for name in names if text in name]
        start, size = int(token or 0), min(size, self.per_page)
        page = fitting[start : start + size]
        end = start + len(page)
        further = end < len(fitting) or self.empty_last
        return page, str(end) if further else ""


def _commit(name: str, names: list[str]) -> Commit:
    person = Signature("ann", "ann@shop.invalid", when(names.index(name)))
    return Commit("b" * 40, f"Work on {name}\n\nmore", person, person)


class Searching:
    """A search of `server` by a clock that the test turns, while it is entered."""

    def __init__(self, server: RefServer) -> None:
        self.server = server
        self.timing = SteppedTiming()
        self.search = RefSearch(self._client, lambda: REPO, self.timing)
        self.told = 0
        self._task: asyncio.Task[None] | None = None

    async def _client(self) -> "Client":
        return cast("Client", self.server)

    async def __aenter__(self) -> "Searching":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        async for _ in self.search.updates():
            self.told += 1

    async def settle(self) -> None:
        """Until nothing goes on any more but what waits for the clock or the server."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def types(self, text: str, pause: float = 1.0, kind: RevisionKind = "branch") -> None:
        """Somebody types a text, and so many seconds pass."""
        self.search.request(kind, text)
        await self.settle()
        await self.timing.turn(pause)
        await self.settle()

    def names(self, text: str, kind: RevisionKind = "branch") -> list[str]:
        """What is found for a text."""
        return [ref.name for ref in self.search.found(kind, text).refs]
