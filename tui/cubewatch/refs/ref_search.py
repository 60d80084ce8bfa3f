"""RefSearch: branches and tags that match a text, from the clone at once and from the API later.

One request at a time, none until the typing has paused, and none for what is known already.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from cubewatch.api.errors import ApiError
from cubewatch.model.git_ref import GitRef
from cubewatch.model.ranking import TIERS
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import REVISION_KINDS, RevisionKind
from cubewatch.refs.known import KnownRefs, ServerAnswer
from cubewatch.runtime.clock import Timing
from cubewatch.settings import SettingsError
from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from cubewatch.api.client import Client
    from cubewatch.model.run import Branch, Tag

QUIET = 0.15
"""Seconds without a key press before a request to the API."""
PAGE_SIZE = 100
MAX_PAGES = 3
"""How many pages are searched for one name."""
MAX_FOUND = 200
"""How many refs are given for a text; all are counted."""
FRESH = 60.0
"""Seconds after which an answer is out of date, as there may have been a push."""
STALE = 3.0
"""Seconds that an answer that is no longer needed may delay others."""
EVER = float("-inf")

Query = tuple[RevisionKind, str]
"""Refs of a kind whose names hold a text."""


class FoundRefs(NamedTuple):
    """The refs that match a text, best first, and how many match in all.

    `asking`: a request is running, or will be as soon as the typing pauses. `more`: it has names
    that it has not sent. `trouble`: why its names can't be known, in one inert line.
    """

    refs: tuple[GitRef, ...] = ()
    total: int = 0
    asking: bool = False
    more: bool = False
    trouble: str = ""


class RefSearch:
    """The refs of one repository. `updates` has to be run for as long as there is a form.

    `repo` and `client` are called when they are first needed, and may raise SettingsError and
    ValueError: then the names can't be known.
    """

    def __init__(
        self,
        client: "Callable[[], Awaitable[Client]]",
        repo: Callable[[], RepoSlug],
        timing: Timing,
    ) -> None:
        self._client = client
        self._repo = repo
        self._timing = timing
        self._known: dict[RevisionKind, KnownRefs] = {kind: KnownRefs() for kind in REVISION_KINDS}
        self._query: Query | None = None
        """The requests that are still to be made."""
        self._debounce_from = 0.0
        self._trouble: tuple[Query, str] | None = None
        self._not_before = 0.0
        self._news = False
        self._wake = asyncio.Event()
        self.line = asyncio.Lock()
        """Held by whatever request is under way; others that are about the form take it too."""
        self._under_way: set[asyncio.Task[None]] = set()

    def learn(self, refs: Iterable[GitRef]) -> None:
        """Replace the refs of the clone."""
        by_kind: dict[RevisionKind, list[GitRef]] = {kind: [] for kind in REVISION_KINDS}
        for ref in refs:
            by_kind[ref.kind].append(ref)
        for kind, known in self._known.items():
            known.learn(by_kind[kind])
        self._tell()

    def forget(self) -> None:
        """Forget everything, as with another repository."""
        self._known = {kind: KnownRefs() for kind in REVISION_KINDS}
        self._trouble = None

    def request(self, kind: RevisionKind, text: str) -> None:
        """Request the refs that match `text`; only the newest request counts."""
        self._trouble = None
        self._query = None if self._is_served(kind, text) else (kind, text)
        self._debounce_from = self._timing.now()
        self._wake.set()

    def cancel(self, kind: RevisionKind, text: str) -> None:
        """Drop the request."""
        if self._query == (kind, text):
            self._query = None

    def found(self, kind: RevisionKind, text: str) -> FoundRefs:
        """The refs that are known now. A commit is found by the beginning of its hash."""
        known, query = self._known[kind], (kind, text)
        refs, count = known.best(text, 2 if kind == "commit" else len(TIERS))
        asking = query == self._query
        trouble = self._trouble[1] if self._trouble and self._trouble[0] == query else ""
        settled = asking or trouble or kind == "commit" or known.whole(text, EVER)
        return FoundRefs(tuple(islice(refs, MAX_FOUND)), count, asking, not settled, trouble)

    def ref(self, kind: RevisionKind, name: str) -> GitRef | None:
        """The ref of exactly this name, if it is known."""
        return self._known[kind].ref(name)

    async def exists(self, kind: RevisionKind, name: str) -> bool | None:
        """Whether the server has exactly this branch or tag; None if that is unknown, as for every
        commit. Sends a request only if the answer is not known yet."""
        if kind == "commit" or not name:
            return None

        def unknown() -> bool:
            now = self._timing.now()
            return now >= self._not_before and self._on_server(kind, name) is None

        if unknown():
            await self._ask((kind, name), MAX_PAGES, unknown)
        return self._on_server(kind, name)

    def _on_server(self, kind: RevisionKind, name: str) -> bool | None:
        return self._known[kind].on_server(name, self._timing.now() - FRESH)

    async def updates(self) -> AsyncIterator[None]:
        """Load what is requested, for ever; yields whenever more is known, or why it is not."""
        while True:
            self._wake.clear()
            query, wait = self._query, self._wait()
            if self._news:
                self._news = False
                yield
            elif query is None or wait > 0:
                await self._timing.wait(self._wake, wait if query else None)
            else:
                await self._ask(query, 1, partial(self._is_query, query))

    def _is_query(self, query: Query) -> bool:
        return query == self._query

    def _wait(self) -> float:
        """The seconds until the request may be sent."""
        return max(self._debounce_from + QUIET, self._not_before) - self._timing.now()

    def _is_served(self, kind: RevisionKind, text: str) -> bool:
        """Whether the answer is known already."""
        known, since = self._known[kind], self._timing.now() - FRESH
        return kind == "commit" or known.answers(text, since) or known.whole(text, since)

    def _tell(self) -> None:
        self._news = True
        self._wake.set()

    async def _ask(self, query: Query, pages: int, still: Callable[[], bool]) -> None:
        """Waits for the request before it, then sends one if `still` says that it is needed.

        A request keeps its turn to its end also when its caller has stopped waiting, as the server
        works on it all the same; but no further page is requested then, and one that is not worth
        it any more is given up after STALE seconds.
        """
        await self.line.acquire()
        if not still():
            self.line.release()
            return
        left = asyncio.Event()
        task = asyncio.create_task(self._carry_out(query, pages, left))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            while not (await asyncio.wait({task}, timeout=STALE))[0]:
                if not still():
                    task.cancel()
            if not task.cancelled():
                task.result()
        except asyncio.CancelledError:
            left.set()
            asyncio.get_running_loop().call_later(STALE, task.cancel)
            raise

    async def _carry_out(self, query: Query, pages: int, left: asyncio.Event) -> None:
        known = self._known[query[0]]
        try:
            answer = await self._read(*query, pages, left)
        except (ApiError, SettingsError, OSError, ValueError) as error:
            wait = error.retry_after if isinstance(error, ApiError) else None
            self._not_before = self._timing.now() + (wait or 0.0)
            if query == self._query and known is self._known[query[0]]:
                self._query, self._trouble = None, (query, inert(str(error)))
        else:
            known.remember(query[1], answer)
            if self._query and self._is_served(*self._query):
                self._query = None
        finally:
            self.line.release()
            self._tell()

    async def _read(
        self, kind: RevisionKind, text: str, pages: int, left: asyncio.Event
    ) -> ServerAnswer:
        """Loads refs whose names contain `text`, up to the page with the one of that name."""
        client = await self._client()
        refs: list[GitRef] = []
        token, whole = "", False
        for _ in range(pages):
            found, token = await _page(client, self._repo(), kind, text, token)
            refs += (ref for ref in found if ref.name)
            whole = not (token and found)
            if whole or left.is_set() or any(ref.name == text for ref in found):
                break
        return ServerAnswer(tuple(refs), whole, self._timing.now())


async def _page(
    client: "Client", repo: RepoSlug, kind: RevisionKind, text: str, token: str
) -> tuple[list[GitRef], str]:
    """A page of refs, and the token of the next one."""
    if kind == "branch":
        branches = await client.branches(repo, text, page_size=PAGE_SIZE, page_token=token)
        return [_ref(kind, one) for one in branches.branches], branches.next_page_token
    tags = await client.tags(repo, text, page_size=PAGE_SIZE, page_token=token)
    return [_ref(kind, one, one.message) for one in tags.tags], tags.next_page_token


def _ref(kind: RevisionKind, one: "Branch | Tag", message: str = "") -> GitRef:
    commit = one.commit
    subject = (message or commit.message).strip().partition("\n")[0].rstrip()
    return GitRef(kind, one.name, commit.hash, subject, commit.committer.date, on_server=True)
