"""RunPoll: the poll loop of one run.

bytes → (the same as last time? no news) → Run → Snapshot → what changed → one update.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Protocol

from cubewatch.api.client import Answer, run_in
from cubewatch.api.errors import ApiError, Refused
from cubewatch.model.decode import uncollected
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run, RunPage
from cubewatch.model.snapshot import Change, Snapshot, advance, changes
from cubewatch.model.timeline import Timeline
from cubewatch.runtime.clock import MAX_OFFSET, Timing
from cubewatch.runtime.memory import give_back
from cubewatch.runtime.threads import calculate_in_daemon_thread
from cubewatch.watch.cadence import MIN_GAP, REFUSAL_TIMEOUT, RUN, SUSPEND_THRESHOLD, Failures
from cubewatch.watch.updates import Fresh, NoRunError, Trouble, Unchanged, Update

MAX_LAG = 30.0
"""Seconds for which answers may be older than the last one, or about another run of the same
number, before they are believed."""
APPEAR_TIMEOUT = 30.0
"""Seconds that a run which surely exists may be 404: it was started a moment ago."""
LOOKUP_TIMEOUT = 3.0
"""The same for a run that a person named: a stray answer is retried, a typing error is not."""
BIG_ANSWER = 500_000
"""Bytes of an answer (about 1,200 cubes) that takes several times as many while it is read, and so
long that it is read in a thread."""
SAME_CLOCK = 2.0
"""Seconds that two clocks may differ, as `Date` is whole seconds and answers take their time."""
SAME_BIRTH = timedelta(seconds=20)
"""How much two answers may differ in when a run was created, as a server may compute it."""


class RunSource(Protocol):
    """The source of a run's bytes: `Client`, a recording, or a script in a test."""

    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer: ...
    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage: ...


class RunPoll:
    """The poll loop of one run, until it has ended. `wake` polls at once, at any time.

    `slug` is empty for the newest run of the repository until the first answer names it.
    `unconfirmed_since`: when the first request began that no answer has followed yet which
    confirms or renews the last state; None: there is none. Both clocks are that of `timing`.
    """

    def __init__(
        self,
        source: RunSource,
        repo: RepoSlug,
        slug: str,
        timing: Timing,
        interval: float | None = None,
        *,
        exists: bool = False,
    ) -> None:
        """`interval`: seconds between requests while something changes, None for the default.
        `exists`: the run was just started or listed, so that a 404 is only a delay."""
        self.slug = slug
        self.unconfirmed_since: float | None = None
        self._source = source
        self._repo = repo
        self._timing = timing
        self._cadence = RUN if interval is None else replace(RUN, moving=interval, first=None)
        self._exists = exists
        self._wake = asyncio.Event()
        self._digest = b""
        self._etag = ""
        self._snapshot: Snapshot | None = None
        self._began_at = self._news_at = timing.now()
        self._offset = 0.0
        self._failures = Failures()
        self._doubtful_since: float | None = None
        self._was_big = False

    def wake(self) -> None:
        """Polls at once, also when the run has ended or the polling was given up."""
        self._wake.set()

    async def updates(self) -> AsyncIterator[Update]:
        """An update for each answer and each failure. Never ends by itself."""
        slept = False
        while True:
            begun = self._timing.now()
            if self.unconfirmed_since is None:
                self.unconfirmed_since = begun
            update: Update | None
            try:
                update = await self._read(await self._request())
            except ApiError as error:
                slept = not slept and self._timing.now() - begun > SUSPEND_THRESHOLD
                if slept:
                    continue
                update = self._trouble(error)
            self._wake.clear()
            took = self._timing.now() - begun
            if update:
                yield update
            pause = self._pause(update, took)
            del update  # its changes are not kept until the next one
            if self._was_big:
                give_back()
            await self._timing.wait(self._wake, pause)
            await self._timing.sleep(begun + MIN_GAP - self._timing.now())

    async def _request(self) -> Answer:
        if not self.slug:
            page = await self._source.runs(self._repo, page_size=1)
            self.slug = next((run.slug for run in page.runs if run.slug), "")
            self._exists = True
        if not self.slug:
            raise NoRunError(f"{self._repo} has no run yet")
        return await self._source.run_answer(self._repo, self.slug, self._etag)

    async def _read(self, answer: Answer) -> Update | None:
        """The update of an answer; None for one that lags behind what is known."""
        now = self._timing.now()
        self._was_big = len(answer.body) > BIG_ANSWER
        digest = self._digest if answer.not_modified else sha256(answer.body).digest()
        if digest == self._digest:
            self._confirm(answer)
            return Unchanged(now, self._offset)
        before = self._snapshot
        if self._was_big:
            slug = self.slug
            state = await calculate_in_daemon_thread(lambda: _state_of(answer, slug, before))
        else:
            state = _state_of(answer, self.slug, before)
        if before and self._is_doubtful(state.snapshot.run, before.run, now):
            return None
        self._confirm(answer)
        self._digest = digest
        self._etag = answer.etag
        self._snapshot = state.snapshot
        if state.changes or before is None:
            self._news_at = now
        return Fresh(state.snapshot, state.changes, now, self._offset, state.line)

    def _confirm(self, answer: Answer) -> None:
        """Accepts an answer."""
        self._failures.clear()
        self._doubtful_since = self.unconfirmed_since = None
        self._set_offset(answer.server_time)

    def _is_doubtful(self, run: Run, last: Run, now: float) -> bool:
        """Whether the answer is passed over; not for longer than MAX_LAG."""
        if not contradicts(run, last):
            return False
        if self._doubtful_since is None:
            self._doubtful_since = now
        return now - self._doubtful_since < MAX_LAG

    def _set_offset(self, server_time: datetime | None) -> None:
        if server_time is None:
            return
        offset = (server_time - self._timing.utc()).total_seconds()
        if abs(offset) < SAME_CLOCK:
            self._offset = 0.0
        elif abs(offset - self._offset) > SAME_CLOCK and abs(offset) < MAX_OFFSET:
            self._offset = offset

    def _trouble(self, error: ApiError) -> Trouble:
        now = self._timing.now()
        self._failures.add(error, now)
        tries = self._failures.count
        if (self._snapshot and self._snapshot.is_final) or self._is_lasting(error, now):
            return Trouble(error, tries, None)
        wait = self._failures.wait(error, self._timing.chance())
        return Trouble(error, tries, now + wait)

    def _is_lasting(self, error: ApiError, now: float) -> bool:
        """Whether a refusal is final."""
        if isinstance(error, NoRunError):
            return True
        if not isinstance(error, Refused):
            return False
        if self._snapshot:
            timeout = REFUSAL_TIMEOUT
        elif error.status == HTTPStatus.NOT_FOUND:
            timeout = APPEAR_TIMEOUT if self._exists else LOOKUP_TIMEOUT
        else:
            timeout = 0.0
        return self._failures.seconds_of(Refused, now) >= timeout

    def _pause(self, update: Update | None, took: float) -> float | None:
        """The seconds to wait before the next request; None: wait until `wake` is called."""
        now = self._timing.now()
        if isinstance(update, Trouble):
            return None if update.retry_at is None else update.retry_at - now
        if self._snapshot and self._snapshot.is_final:
            return None
        return self._cadence.pause(now - self._news_at, took, now - self._began_at)


@dataclass(frozen=True, slots=True)
class _State:
    """A state of a run, what has changed in it, and its times if it is a gigantic one."""

    snapshot: Snapshot
    changes: list[Change]
    line: Timeline | None


def _state_of(answer: Answer, slug: str, before: Snapshot | None) -> _State:
    """The state that follows `before` (None: it is the first) by an answer about the run `slug`."""
    with uncollected():
        snapshot = advance(before, run_in(answer, slug))
        line = None
        if len(answer.body) > BIG_ANSWER:
            line = Timeline(snapshot)
            line.prepare()
        return _State(snapshot, changes(before, snapshot), line)


def contradicts(run: Run, last: Run) -> bool:
    """Whether an answer can't follow the `last` one about a run: it is older, as servers behind
    one address may lag behind each other, or is not about the same run."""
    updated, updated_before = run.dates.updated_at, last.dates.updated_at
    lags = bool(updated and updated_before and updated < updated_before)
    return lags or is_another(run, last)


def is_another(run: Run, last: Run) -> bool:
    """Whether an answer is about another run of the same number, as of another repository, or
    about something that only looks like a run and lacks what was known."""
    created, created_before = run.dates.created_at, last.dates.created_at
    differs = created and created_before and abs(created - created_before) > SAME_BIRTH
    return bool(differs) or bool(last.workflows and not run.workflows)
