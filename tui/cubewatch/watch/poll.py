"""The one loop that asks about a run, and how long it waits in between.

bytes → (the same as last time? no news) → Run → Snapshot → what changed → one update.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Protocol

from cubewatch.api.client import Answer, run_in
from cubewatch.api.errors import ApiError, BadAnswer, Refused
from cubewatch.model.decode import uncollected
from cubewatch.model.repository import RepoSlug
from cubewatch.model.snapshot import Snapshot, advance, changes
from cubewatch.runtime.clock import Timing
from cubewatch.watch.updates import Fresh, Trouble, Unchanged, Update

MOVING = 2.0
"""Seconds from one request to the next while something changes."""
CALM = ((30.0, 5.0), (300.0, 10.0))
"""After so many seconds without news, so many seconds between requests."""
LEAST = 0.5
"""Seconds between two requests, whoever asks."""
LONGEST_BACK_OFF = 30.0
LONGEST_OBEYED = 300.0
"""Seconds of a `Retry-After` that are waited at most."""
ASLEEP = 32.0
"""Seconds: a call that failed after more than its deadline failed because the machine slept."""
MAY_LAG = 30.0
"""Seconds that answers may be older than the last one before they are believed."""
MAY_APPEAR = 30.0
"""Seconds that a 404 may last: a run was started a moment ago, or an answer went astray."""
SAME_CLOCK = 2.0
"""Seconds that two clocks may differ, as `Date` is whole seconds and answers take their time."""


class RunSource(Protocol):
    """Where the bytes of a run come from: `Client`, or a script in a test."""

    async def run_answer(self, repo: RepoSlug, slug: str) -> Answer: ...


class RunPoll:
    """Asks about one run until it has ended. `wake` asks at once, at any time."""

    def __init__(
        self,
        source: RunSource,
        repo: RepoSlug,
        slug: str,
        timing: Timing,
        interval: float | None = None,
    ) -> None:
        """`interval`: seconds between requests while something changes, None for MOVING."""
        self._source = source
        self._repo = repo
        self._slug = slug
        self._timing = timing
        self._interval = MOVING if interval is None else interval
        self._wake = asyncio.Event()
        self._digest = b""
        self._snapshot: Snapshot | None = None
        self._news_at = self._timing.now()
        self._offset = 0.0
        self._tries = 0
        self._kind: type[ApiError] = ApiError
        self._kind_since = 0.0

    def wake(self) -> None:
        """Asks at once, also when the run has ended or the asking was given up."""
        self._wake.set()

    async def updates(self) -> AsyncIterator[Update]:
        """What every answer, and every failure to get one, amounts to. Never ends by itself."""
        slept = False
        while True:
            begun = self._timing.now()
            try:
                answer = await self._source.run_answer(self._repo, self._slug)
                update = self._taken(answer)
            except ApiError as error:
                slept = not slept and self._timing.now() - begun > ASLEEP
                if slept:
                    continue
                update = self._trouble(error)
            self._wake.clear()
            took = self._timing.now() - begun
            yield update
            await self._timing.wait(self._wake, self._pause(update, took))
            await self._timing.sleep(begun + LEAST - self._timing.now())

    def _taken(self, answer: Answer) -> Update:
        now = self._timing.now()
        digest = sha256(answer.body).digest()
        if digest == self._digest:
            self._tries = 0
            return Unchanged(now)
        before = self._snapshot
        with uncollected():
            after = advance(before, run_in(answer))
            if before and self._is_older(after, before):
                raise BadAnswer("the answer is older than the one before")
            found = changes(before, after)
        self._tries = 0
        self._digest = digest
        self._snapshot = after
        self._news_at = now
        self._set_offset(answer.server_time)
        return Fresh(after, found, now, self._offset)

    def _is_older(self, after: Snapshot, before: Snapshot) -> bool:
        """Servers behind one address may lag behind each other, but not for long."""
        then, last = after.run.dates.updated_at, before.run.dates.updated_at
        return bool(then and last and then < last) and self._lasts(BadAnswer) < MAY_LAG

    def _set_offset(self, server_time: datetime | None) -> None:
        if server_time is None:
            return
        offset = (server_time - self._timing.utc()).total_seconds()
        if abs(offset) < SAME_CLOCK:
            self._offset = 0.0
        elif abs(offset - self._offset) > SAME_CLOCK:
            self._offset = offset

    def _trouble(self, error: ApiError) -> Trouble:
        now = self._timing.now()
        if self._tries == 0 or type(error) is not self._kind:
            self._kind, self._kind_since = type(error), now
        self._tries += 1
        lasting = isinstance(error, Refused) and (
            error.status != HTTPStatus.NOT_FOUND or self._lasts(Refused) >= MAY_APPEAR
        )
        if lasting or (self._snapshot and self._snapshot.is_final):
            return Trouble(error, self._tries, None)
        wait = back_off(error, self._tries, self._timing.chance())
        return Trouble(error, self._tries, now + wait)

    def _lasts(self, kind: type[ApiError]) -> float:
        """Seconds since the first of the failures in a row, if they are all of this kind."""
        same = self._tries and self._kind is kind
        return self._timing.now() - self._kind_since if same else 0.0

    def _pause(self, update: Update, took: float) -> float | None:
        """Seconds until the next request; None: not before somebody asks."""
        if isinstance(update, Trouble):
            return None if update.retry_at is None else update.retry_at - self._timing.now()
        if self._snapshot and self._snapshot.is_final:
            return None
        quiet = self._timing.now() - self._news_at
        calm = [seconds for after, seconds in CALM if quiet >= after]
        return max(self._interval, *calm, LEAST + 2 * took)


def back_off(error: ApiError, tries: int, chance: float) -> float:
    """Seconds until the next try after so many failures in a row; `chance` lies in [0, 1)."""
    longest = min(LONGEST_BACK_OFF, MOVING * 2.0 ** min(tries - 1, 8))
    wait = LEAST + chance * (longest - LEAST)
    return max(wait, min(error.retry_after or 0.0, LONGEST_OBEYED))
