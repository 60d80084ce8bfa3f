"""RunsPoll: the runs of one or several repositories kept up with, without a screen.

One request for the list of each repository at a time, whose pace follows what happens there and
how many repositories there are; older pages on demand; the runs themselves only while they
are in view and a list does not say enough. One repository's trouble harms no other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from cubewatch.api.client import Answer, run_in, runs_in
from cubewatch.api.errors import ApiError, Refused
from cubewatch.model import status
from cubewatch.model.progress import Scale
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run, RunPage
from cubewatch.model.runs_list import RunKey, created_at, run_phase
from cubewatch.model.snapshot import Path, Snapshot, advance
from cubewatch.runtime.clock import Timing
from cubewatch.text.sanitize import inert
from cubewatch.watch.cadence import Cadence, Failures
from cubewatch.watch.poll import MAX_LAG, contradicts, is_another
from cubewatch.watch.updates import Trouble

PAGE_SIZE = 50
MAX_RUNS = 5_000
"""Runs of a repository that are kept; older ones can't be loaded."""
MAX_GAP_PAGES = 4
"""Pages read at once to find out what began since the last poll."""

LIST = Cadence(5.0, ((60.0, 10.0), (300.0, 30.0)))
"""How often one repository is listed, if there are no more than REPOSITORIES_AT_FULL_PACE."""
REPOSITORIES_AT_FULL_PACE = 8
REFUSED_PAUSE = 120.0
"""Seconds until a list that was refused is requested again."""
DETAIL_SPACING = 1.0
"""Seconds between requests for single runs, whichever they are."""
DETAIL_INTERVAL = 6.0
"""Seconds between two requests for the same run."""
LEFT_BEHIND_INTERVAL = 30.0
"""The same for a run that goes on but is not on the newest page any more."""
MAX_DETAILS = 400
"""Runs whose details are kept."""


class RunsSource(Protocol):
    """The source of lists and runs: `Client`, or a script in a test."""

    @property
    def server_ahead(self) -> timedelta: ...

    async def runs_answer(
        self, repo: RepoSlug, *, page_size: int, page_token: str = "", etag: str = ""
    ) -> Answer: ...
    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer: ...


@dataclass(frozen=True, slots=True)
class RunDetail:
    """The details that only the run itself has. `fraction` is 0 to 1; `failed` and `waiting` are
    the first node that failed, and the first that waits for a person."""

    status: str
    fraction: float
    failed: Path | None = None
    waiting: Path | None = None

    @classmethod
    def of(cls, snapshot: Snapshot) -> "RunDetail":
        """The details of a run as a live screen knows it."""
        return cls(
            snapshot.run.status,
            snapshot.fractions[()],
            next(iter(snapshot.failures), None),
            next(iter(snapshot.waiting), None),
        )


@dataclass(slots=True)
class RepositoryRuns:
    """The known runs of one repository, by slug.

    `answered_at`: when the last answer came, in seconds of the clock; None: none has. `trouble`:
    why there is no newer one. `is_complete`: the oldest run is among them. `loading`: older ones
    are being loaded.
    """

    repo: RepoSlug
    runs: dict[str, Run] = field(default_factory=dict)
    answered_at: float | None = None
    trouble: Trouble | None = None
    is_complete: bool = False
    loading: bool = False


@dataclass(slots=True)
class _Listing:
    """The state of polling the list of a repository."""

    state: RepositoryRuns
    failures: Failures = field(default_factory=Failures)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    digest: bytes = b""
    etag: str = ""
    news_at: float = 0.0
    older_token: str = ""
    doubtful_since: float | None = None
    left_behind: set[str] = field(default_factory=set)
    """Runs that go on, as far as is known, and are not on the newest page any more."""


@dataclass(slots=True)
class _LastRequest:
    """The last request for a single run, and its answer."""

    at: float
    digest: bytes = b""
    etag: str = ""


class RunsPoll:
    """The runs of `repositories`, in their order, with what went wrong; subscribers are called
    after every change. Everything happens on one event loop."""

    def __init__(
        self,
        source: Callable[[], Awaitable[RunsSource]],
        repositories: Iterable[RepoSlug],
        timing: Timing,
    ) -> None:
        """`source` is called when polling starts."""
        self.repositories = {repo: RepositoryRuns(repo) for repo in repositories}
        self.details: dict[RunKey, RunDetail] = {}
        self.snapshots: dict[RunKey, Snapshot] = {}
        """The runs that go on, as far as they were requested."""
        self.stopped = ""
        self._make_source = source
        self._source: RunsSource | None = None
        self._timing = timing
        self._listings = {repo: _Listing(state) for repo, state in self.repositories.items()}
        self._subscribers: list[Callable[[], object]] = []
        self._task: asyncio.Task[None] | None = None
        self._wanted: list[RunKey] = []
        self._wanted_changed = asyncio.Event()
        self._last_requests: dict[RunKey, _LastRequest] = {}

    def subscribe(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Calls `callback` when something is new, until what it returns is called."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    def start(self) -> None:
        """Polls, if it is not polling already."""
        if self._task is None or self._task.done():
            self.stopped = ""
            self._task = asyncio.create_task(self._keep_polling())

    def wake(self) -> None:
        """Lists every repository at once, also one that was refused."""
        for listing in self._listings.values():
            listing.wake.set()
        self.start()

    def close(self) -> None:
        """Ends the polling; `start` takes it up again."""
        if self._task:
            self._task.cancel()
            self._task = None

    def server_now(self) -> datetime:
        """The server's time."""
        ahead = self._source.server_ahead if self._source else timedelta()
        return self._timing.utc() + ahead

    def runs(self) -> dict[RunKey, Run]:
        """All runs that are known."""
        return {
            RunKey(repo, slug): run
            for repo, state in self.repositories.items()
            for slug, run in state.runs.items()
        }

    def detail_of(self, key: RunKey) -> RunDetail | None:
        """The details of a run: by the run itself, or by what its list says of the progress of its
        workflows, if that can be read; None: nothing."""
        if known := self.details.get(key):
            return known
        run = self.repositories[key.repo].runs.get(key.slug)
        snapshot = advance(None, run) if run else None
        proven = snapshot is not None and snapshot.scale is not Scale.UNKNOWN
        return RunDetail.of(snapshot) if snapshot and proven else None

    def show(self, keys: Iterable[RunKey]) -> None:
        """Sets the runs in view, whose details are kept up to date where they matter."""
        wanted = list(keys)
        if wanted != self._wanted:
            self._wanted = wanted
            self._wanted_changed.set()

    def next_to_load(self) -> RepoSlug | None:
        """The repository to load older runs of next, so that the list has no holes in time: the
        one whose oldest known run is the newest. None: all is there, or on its way."""
        oldest = {
            repo: created_at(list(state.runs.values())[-1])
            for repo, state in self.repositories.items()
            if state.runs and not state.is_complete and not state.loading
        }
        return max(oldest, key=lambda repo: oldest[repo], default=None)

    async def load_older(self, repo: RepoSlug) -> None:
        """Loads one more page of older runs, unless that is under way or there are none."""
        state, listing = self.repositories[repo], self._listings[repo]
        if state.loading or state.is_complete or not listing.older_token or self._source is None:
            return
        state.loading = True
        self._publish()
        try:
            answer = await self._source.runs_answer(
                repo, page_size=PAGE_SIZE, page_token=listing.older_token
            )
            page = runs_in(answer)
        except ApiError as error:
            state.trouble = Trouble(error, 1, None)
        else:
            self._add_older(listing, page)
        finally:
            state.loading = False
            self._publish()

    async def _keep_polling(self) -> None:
        try:
            if self._source is None:
                self._source = await self._make_source()
            async with asyncio.TaskGroup() as group:
                for listing in self._listings.values():
                    group.create_task(self._keep_listing(listing, self._source))
                group.create_task(self._keep_details(self._source))
        except Exception as fault:  # otherwise the person would not see it
            first = fault.exceptions[0] if isinstance(fault, ExceptionGroup) else fault
            self.stopped = inert(f"{type(first).__name__}: {first}")
            self._publish()

    async def _keep_listing(self, listing: _Listing, source: RunsSource) -> None:
        state = listing.state
        crowd = max(1.0, len(self._listings) / REPOSITORIES_AT_FULL_PACE)
        listing.news_at = self._timing.now()
        while True:
            begun = self._timing.now()
            listing.wake.clear()
            try:
                changed = await self._list(listing, source)
            except ApiError as error:
                listing.failures.add(error, self._timing.now())
                wait = listing.failures.wait(error, self._timing.chance())
                if isinstance(error, Refused):
                    wait = max(wait, REFUSED_PAUSE)
                pause = wait * crowd
                retry_at = self._timing.now() + pause
                state.trouble = Trouble(error, listing.failures.count, retry_at)
                changed = True
            else:
                now = self._timing.now()
                changed = changed or state.trouble is not None
                listing.failures.clear()
                state.trouble, state.answered_at = None, now
                if changed:
                    listing.news_at = now
                pause = crowd * LIST.pause(now - listing.news_at, now - begun)
            self._publish()
            await self._timing.wait(listing.wake, pause)

    async def _list(self, listing: _Listing, source: RunsSource) -> bool:
        """Reads the newest page; whether anything is new. If more began since the last time than
        a page holds, the pages behind it are read, too."""
        repo, state = listing.state.repo, listing.state
        answer = await source.runs_answer(repo, page_size=PAGE_SIZE, etag=listing.etag)
        digest = listing.digest if answer.not_modified else sha256(answer.body).digest()
        if digest == listing.digest:
            return False
        page = runs_in(answer)
        newest = {run.slug: run for run in page.runs if run.slug}
        kept = self._doubtful(listing, newest)
        newest |= kept
        token, behind = page.next_page_token, 0
        while state.runs and token and not newest.keys() & state.runs.keys():
            behind += 1
            if behind > MAX_GAP_PAGES:  # too much is new: start over rather than leave a hole
                state.runs, state.is_complete = {}, False
                break
            page = runs_in(await source.runs_answer(repo, page_size=PAGE_SIZE, page_token=token))
            newest.update((run.slug, run) for run in page.runs if run.slug)
            token = page.next_page_token
        if not state.runs:
            listing.older_token, state.is_complete = token, not token
        older = {slug: run for slug, run in state.runs.items() if slug not in newest}
        state.runs = dict(list((newest | older).items())[:MAX_RUNS])
        listing.left_behind = {
            slug for slug in older.keys() & state.runs.keys() if _goes_on(older[slug])
        }
        if not kept:  # else it is read again, whether it has changed or not
            listing.digest, listing.etag = digest, answer.etag
        return True

    def _doubtful(self, listing: _Listing, newest: dict[str, Run]) -> dict[str, Run]:
        """The runs as they are known of which a list says what can't follow; none once that has
        lasted for MAX_LAG."""
        known, now = listing.state.runs, self._timing.now()
        shared = newest.keys() & known.keys()
        kept = {slug: known[slug] for slug in shared if contradicts(newest[slug], known[slug])}
        if not kept:
            listing.doubtful_since = None
        elif listing.doubtful_since is None:
            listing.doubtful_since = now
        elif now - listing.doubtful_since >= MAX_LAG:
            return {}
        return kept

    def _add_older(self, listing: _Listing, page: RunPage) -> None:
        state = listing.state
        for run in page.runs:
            if run.slug:
                state.runs.setdefault(run.slug, run)
        listing.older_token = page.next_page_token
        full = len(state.runs) >= MAX_RUNS
        state.is_complete = not page.runs or not page.next_page_token or full

    async def _keep_details(self, source: RunsSource) -> None:
        never = asyncio.Event()
        while True:
            self._wanted_changed.clear()
            key, due = self._next_detail()
            if key is None or due > 0:
                await self._timing.wait(self._wanted_changed, due if key else DETAIL_INTERVAL)
                continue
            await self._load_detail(source, key)
            await self._timing.wait(never, DETAIL_SPACING)

    def _next_detail(self) -> tuple[RunKey | None, float]:
        """The run whose details are due first, and in how many seconds: of those in sight, and of
        those that go on but have left the newest page."""
        now = self._timing.now()
        due = {
            key: self._last_requests[key].at + DETAIL_INTERVAL - now
            if key in self._last_requests
            else 0.0
            for key in self._wanted
            if self._lacks_detail(key)
        }
        for listing in self._listings.values():
            for slug in listing.left_behind:
                left = RunKey(listing.state.repo, slug)
                at = (
                    self._last_requests[left].at if left in self._last_requests else listing.news_at
                )
                due.setdefault(left, at + LEFT_BEHIND_INTERVAL - now)
        key = min(due, key=lambda each: (max(0.0, due[each]), self._is_over(each)), default=None)
        return key, due[key] if key else 0.0

    def _is_over(self, key: RunKey) -> bool:
        run = self.repositories[key.repo].runs.get(key.slug)
        return run is None or not _goes_on(run)

    def _lacks_detail(self, key: RunKey) -> bool:
        state = self.repositories.get(key.repo)
        run = state.runs.get(key.slug) if state else None
        if run is None:
            return False
        if run.status in status.FINAL:
            known = self.details.get(key)
            return run.status in status.FAILURES and (known is None or known.status != run.status)
        return run_phase(run) != "pending" or key not in self.details

    async def _load_detail(self, source: RunsSource, key: RunKey) -> None:
        last = self._last_requests[key] = self._last_requests.pop(key, _LastRequest(0.0))
        last.at = self._timing.now()
        try:
            answer = await source.run_answer(key.repo, key.slug, last.etag)
            digest = last.digest if answer.not_modified else sha256(answer.body).digest()
            if digest == last.digest:
                return
            run = run_in(answer, key.slug)
        except ApiError:
            last.at += 4 * DETAIL_INTERVAL
            return
        known = self.repositories[key.repo].runs.get(key.slug)
        if known and is_another(run, known):
            return
        snapshot = advance(None, run)
        last.digest, last.etag = digest, answer.etag
        self._take_run(key, snapshot.run)
        self.details.pop(key, None)
        self.details[key] = RunDetail.of(snapshot)
        self.snapshots.pop(key, None)
        if _goes_on(snapshot.run):
            self.snapshots[key] = snapshot
        for old in list(self.details)[: max(0, len(self.details) - MAX_DETAILS)]:
            del self.details[old]
            self._last_requests.pop(old, None)
            self.snapshots.pop(old, None)
        self._publish()

    def _take_run(self, key: RunKey, run: Run) -> None:
        """Stores a run in its list, without the tasks, as lists have none."""
        listing = self._listings[key.repo]
        if key.slug in listing.state.runs:
            workflows = tuple(replace(workflow, tasks=()) for workflow in run.workflows)
            listing.state.runs[key.slug] = replace(run, workflows=workflows)
        if not _goes_on(run):
            listing.left_behind.discard(key.slug)

    def _publish(self) -> None:
        for callback in tuple(self._subscribers):
            callback()


def _goes_on(run: Run) -> bool:
    return run.status not in status.FINAL
