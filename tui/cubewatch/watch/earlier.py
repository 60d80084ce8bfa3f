"""EarlierRuns: the times of earlier runs of the same workflows, from the disk, then from the
API."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from cubewatch.api.client import Answer, run_in
from cubewatch.api.errors import ApiError
from cubewatch.model import status
from cubewatch.model.durations import MAX_RUNS
from cubewatch.model.past import RunTimes, times_of, times_of_run
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run, RunPage
from cubewatch.model.snapshot import Snapshot
from cubewatch.runtime.clock import Timing

if TYPE_CHECKING:
    from cubewatch.history.duration_store import DurationStore

MAX_LOADED = 10
"""Finished runs of the same workflows that are loaded when a run is opened."""
MAX_PAGES = 2
PAGE_SIZE = 50
SPACING = 0.3
"""Seconds from one request to the next: the run that is watched comes first."""
ASK_AGAIN = timedelta(hours=6)
"""How old the last look at the list of runs may be for a run that began after it."""


class PastSource(Protocol):
    """The source of earlier runs: `Client`, or a script in a test."""

    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage: ...
    async def run_answer(self, repo: RepoSlug, slug: str) -> Answer: ...


class EarlierRuns:
    """The earlier runs of each run that is opened. At most a dozen requests the first time and
    none the next, as a run that has ended does not change."""

    def __init__(
        self,
        source: Callable[[], Awaitable[PastSource]],
        store: "DurationStore",
        timing: Timing,
        *,
        keeps: bool = True,
    ) -> None:
        """`keeps`: what is watched is kept; a recording may come from anybody."""
        self.spacing = SPACING
        self._source = source
        self._keeps = keeps
        self._store = store
        self._timing = timing

    async def before(
        self, repo: RepoSlug, run: Run, listed: Sequence[Run] | None = None
    ) -> AsyncIterator[list[RunTimes]]:
        """The earlier runs of the same workflows, newest first: those on the disk, then all, if
        the API knew more. `listed`: the newest runs, where they are known. Raises nothing for a
        failing API or disk."""
        names = {workflow.slug for workflow in run.workflows}
        created = run.dates.created_at or run.dates.started_at or self._timing.utc()
        known = await self._known(repo, names, created)
        yield known
        requested = await asyncio.to_thread(self._store.requested_at, repo, names)
        if requested and (requested >= created or self._timing.utc() - requested < ASK_AGAIN):
            return
        loaded = 0
        try:
            pages = self._pages(repo) if listed is None else _one(listed)
            for slug in await self._missing(repo, run, names, pages):
                loaded += await self._load(repo, slug)
        except ApiError:
            pass
        else:
            now = self._timing.utc()
            await asyncio.to_thread(self._store.note_requested, repo, names, now)
        if loaded:
            yield await self._known(repo, names, created)

    async def keep(self, repo: RepoSlug, snapshot: Snapshot) -> RunTimes:
        """Stores a run that was watched to its end."""
        times = await asyncio.to_thread(times_of, snapshot)
        if self._keeps:
            await asyncio.to_thread(self._store.add, repo, times)
        return times

    async def _known(
        self, repo: RepoSlug, names: Iterable[str], before: datetime
    ) -> list[RunTimes]:
        return await asyncio.to_thread(self._store.runs, repo, names, before, MAX_RUNS)

    async def _missing(
        self, repo: RepoSlug, run: Run, names: set[str], pages: AsyncIterator[Sequence[Run]]
    ) -> list[str]:
        """The newest finished runs before `run` that share a workflow with it and are not on the
        disk, as far as they are among the newest MAX_LOADED."""
        known = await asyncio.to_thread(self._store.known, repo)
        found: list[str] = []
        counts: Counter[str] = Counter()
        fair = -(-MAX_LOADED // max(1, len(names)))
        async for page in pages:
            for earlier in page:
                shared = names & {workflow.slug for workflow in earlier.workflows}
                if not _is_earlier(earlier, run) or all(counts[name] >= fair for name in shared):
                    continue
                counts.update(shared)
                found.append(earlier.slug)
                if len(found) == MAX_LOADED:
                    break
            if len(found) == MAX_LOADED:
                break
        return [slug for slug in found if slug not in known]

    async def _pages(self, repo: RepoSlug) -> AsyncIterator[Sequence[Run]]:
        """The newest runs, requested page by page."""
        source = await self._source()
        token = ""
        for _ in range(MAX_PAGES):
            await self._timing.sleep(self.spacing)
            page = await source.runs(repo, page_size=PAGE_SIZE, page_token=token)
            yield page.runs
            token = page.next_page_token
            if not token or not page.runs:
                return

    async def _load(self, repo: RepoSlug, slug: str) -> bool:
        source = await self._source()
        await self._timing.sleep(self.spacing)
        run = run_in(await source.run_answer(repo, slug), slug)
        if run.status not in status.FINAL:
            return False
        times = await asyncio.to_thread(times_of_run, run)
        await asyncio.to_thread(self._store.add, repo, times)
        return True


async def _one(listed: Sequence[Run]) -> AsyncIterator[Sequence[Run]]:
    yield listed


def _is_earlier(one: Run, other: Run) -> bool:
    """Whether a run of a list has ended, and began before another."""
    if one.status not in status.FINAL or not one.slug or one.slug == other.slug:
        return False
    if one.slug.isdecimal() and other.slug.isdecimal():
        return int(one.slug) < int(other.slug)
    begun, then = one.dates.created_at, other.dates.created_at
    return begun is None or then is None or begun < then
