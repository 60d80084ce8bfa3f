"""RunStarter: starts the run that is watched, with one POST."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from cubewatch.api.errors import ApiError, BadAnswer, Invalid
from cubewatch.headless.event_writer import EventWriter
from cubewatch.headless.events import End
from cubewatch.headless.waiting import Waiter, WatchEnded
from cubewatch.model.request import RunRequest
from cubewatch.model.run import Run
from cubewatch.runtime.clock import Timing
from cubewatch.runtime.exit_status import EXIT_NO_API, EXIT_USAGE
from cubewatch.watch.attempts import attempts
from cubewatch.watch.cadence import MIN_GAP
from cubewatch.watch.lost import Candidates, find_candidates
from cubewatch.watch.updates import Trouble

if TYPE_CHECKING:
    from cubewatch.api.client import Client

CANDIDATES_NAMED = 5
LOOK_INTERVAL = 5.0
LOOK_TIMEOUT = 30.0
"""Seconds after the first look; a run that has not shown up by then is not looked for any more."""


class RunStarter:
    """Starts a run, and searches for it if the answer is lost."""

    def __init__(
        self, client: "Client", writer: EventWriter, waiter: Waiter, timing: Timing
    ) -> None:
        self._client = client
        self._writer = writer
        self._waiter = waiter
        self._timing = timing
        self._repo = writer.repo
        self._looked_at: float | None = None

    async def start(self, request: RunRequest) -> str:
        """One POST, once. After a lost answer: the run that can be the one, if one shows up.

        Returns its slug, or raises WatchEnded.
        """
        sent_at = self._timing.utc()
        self._writer.sending = True
        try:
            run = await self._post(request)
        except ApiError as error:
            if not error.sent:
                raise WatchEnded(_not_started(error)) from None
            run = await self._search(request, sent_at, error)
        self._writer.sending = False
        return await self._announce(run)

    async def _post(self, request: RunRequest) -> Run:
        run = await self._client.run_workflows(self._repo, request)
        if not run.slug:
            raise BadAnswer("the answer names no run", status=200, sent=True)
        return run

    async def _announce(self, run: Run) -> str:
        """Writes which run it is, and leaves the API a moment before the next request."""
        self._writer.write_run(run)
        await self._timing.sleep(MIN_GAP)
        return run.slug

    async def _search(self, request: RunRequest, sent_at: datetime, error: ApiError) -> Run:
        self._writer.write_lost(error)
        looks = 0

        async def look() -> Candidates:
            await self._timing.sleep(MIN_GAP)
            return await find_candidates(self._client, self._repo, request, sent_at)

        def handle(found: Candidates | Trouble) -> Run | None:
            nonlocal looks
            if isinstance(found, Trouble) or found.ours:
                return found.ours if isinstance(found, Candidates) else None
            looks += 1
            now = self._timing.now()
            self._looked_at = now if self._looked_at is None else self._looked_at
            if (found.runs and looks > 1) or now - self._looked_at >= LOOK_TIMEOUT:
                raise WatchEnded(_not_found(error, str(self._repo), found.runs))
            return None

        try:
            return await self._waiter.result_of_attempts(
                attempts(look, self._timing, LOOK_INTERVAL), handle
            )
        except WatchEnded as ended:
            if ended.end.reason == "lost":
                raise
            note = f"a run may have been started, but {ended.end.note}"
            raise WatchEnded(replace(ended.end, note=note)) from None


def _not_started(error: ApiError) -> End:
    status = EXIT_USAGE if isinstance(error, Invalid) else EXIT_NO_API
    return End(status, "not_started", f"no run was started: {error}", error=error)


def _not_found(error: ApiError, repo: str, runs: tuple[Run, ...]) -> End:
    look = f"look with cubewatch watch -R {repo} before you start it again"
    if runs:
        named = ", ".join(_named(run) for run in runs[:CANDIDATES_NAMED])
        more = f" and {len(runs) - CANDIDATES_NAMED} more" if len(runs) > CANDIDATES_NAMED else ""
        note = f"a run may have been started, but it is not known which: {named}{more} ({error})"
    else:
        note = f"a run may have been started, but none that can be it has shown up ({error})"
    slugs = tuple(run.slug for run in runs)
    return End(EXIT_NO_API, "lost", f"{note}: {look}", error=error, candidates=slugs)


def _named(run: Run) -> str:
    created = run.dates.created_at
    when = f" at {created.astimezone():%H:%M:%S}" if created else ""
    return f"#{run.slug}{f' by {run.user.slug}' if run.user.slug else ''}{when}"
