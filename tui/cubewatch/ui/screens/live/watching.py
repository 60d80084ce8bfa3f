"""WatchingScreen: keeps up with one run, whatever shows it."""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from cubewatch.model.draft import check
from cubewatch.text.sanitize import inert
from cubewatch.ui.screens.base import BaseScreen

if TYPE_CHECKING:
    from cubewatch.api.client import Client
    from cubewatch.model.request import RunRequest
    from cubewatch.model.run import Run
    from cubewatch.session import Session
    from cubewatch.watch.poll import RunPoll
    from cubewatch.watch.updates import Update


class WatchingScreen(BaseScreen):
    """Runs the poll loop and posts what it tells. An empty `run_slug` is the newest run."""

    class Found(Message):
        """It is known which run is watched."""

    class Recalled(Message):
        """The run is one that was started from here, with `request`, and with values of the
        `forgotten` inputs (workflow, name)."""

        def __init__(self, request: "RunRequest", forgotten: tuple[tuple[str, str], ...]) -> None:
            super().__init__()
            self.request = request
            self.forgotten = forgotten

    class Told(Message):
        """The poll loop has something to tell."""

        def __init__(self, update: "Update") -> None:
            super().__init__()
            self.update = update

    class Broken(Message):
        """The watching ended without an answer of the server to blame."""

        def __init__(self, reason: str) -> None:
            super().__init__()
            self.reason = reason

    def __init__(self, session: "Session", run_slug: str) -> None:
        super().__init__()
        self.session = session
        self.run_slug = run_slug
        self.server_ahead = timedelta()
        self._poll: RunPoll | None = None

    @property
    def server_now(self) -> datetime:
        return self.session.timing.utc() + self.server_ahead

    @work(group="poll", exclusive=True, exit_on_error=False)
    async def keep_up(self) -> None:
        """Asks until the screen is closed; ends in `Broken` if it can't begin."""
        self._poll = None
        try:
            client = await self.session.client()
            await self._follow_run(client)
        except Exception as fault:  # nobody else would tell the person
            self.post_message(self.Broken(inert(f"{type(fault).__name__}: {fault}")))

    async def _follow_run(self, client: "Client") -> None:
        from cubewatch.watch.poll import RunPoll

        repo = self.session.repo
        if not self.run_slug:
            newest = await self._newest(client)
            if newest is None:
                return
            self.run_slug = newest.slug
            self.post_message(self.Found())
        session = self.session
        interval = session.settings.poll_interval
        self._poll = RunPoll(client, repo, self.run_slug, session.timing, interval)
        async for update in self._poll.updates():
            self.post_message(self.Told(update))

    async def _newest(self, client: "Client") -> "Run | None":
        """The newest run, however long it takes to learn of it; None if that is given up."""
        from cubewatch.watch.attempts import attempts
        from cubewatch.watch.newest import newest_run
        from cubewatch.watch.updates import Trouble

        repo = self.session.repo
        async for found in attempts(lambda: newest_run(client, repo), self.session.timing):
            if not isinstance(found, Trouble):
                if found is None:
                    self.post_message(self.Broken(f"{repo} has no run yet"))
                return found
            self.post_message(self.Told(found))
            if found.retry_at is None:
                break
        return None

    @work(group="recall", exclusive=True, exit_on_error=False)
    async def recall(self) -> None:
        """Looks whether the run was started from here."""
        session = self.session
        sent = await asyncio.to_thread(session.memory().of_run, session.repo, self.run_slug)
        request = check(sent.draft, config=None).so_far if sent else None
        if sent and request:
            self.post_message(self.Recalled(request, sent.forgotten))

    def ask_now(self) -> None:
        """Asks at once, also after the end or when the asking had stopped."""
        if self._poll:
            self._poll.wake()
        else:
            self.keep_up()
