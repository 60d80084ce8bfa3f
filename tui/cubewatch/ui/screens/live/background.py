"""Background: the request that a run was started with, and the pull request that it checks."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest
    from cubewatch.model.run import Run
    from cubewatch.ui.screens.live.screen import LiveScreen
    from cubewatch.watch.origin import RunOrigin


class Background:
    """What is known of a run beside the API's answer about it. `request` is known for a run that
    was started from here; values of its `forgotten` inputs (workflow, name) were not stored."""

    def __init__(
        self, screen: "LiveScreen", request: "RunRequest | None", on_change: Callable[[], object]
    ) -> None:
        self.request = request
        self.forgotten: tuple[tuple[str, str], ...] = ()
        self.origin: RunOrigin | None = None
        self._screen = screen
        self._on_change = on_change
        self._looked_up = ""
        """The run whose pull request has been looked for."""

    def look_up_request(self) -> None:
        """Looks for the request in the history, if it is not known."""
        if self.request is None:
            work = self._find_request()
            self._screen.run_worker(work, group="request", exclusive=True, exit_on_error=False)

    def look_up_origin(self, run: "Run") -> None:
        """Looks for the branch and the title of a run that checks a pull request, once."""
        if run.pull and self._looked_up != run.slug:
            self._looked_up = run.slug
            work = self._find_origin(run)
            self._screen.run_worker(work, group="origin", exclusive=True, exit_on_error=False)

    async def _find_request(self) -> None:
        sent = await asyncio.to_thread(self._screen.session.sent_as, self._screen.run_slug)
        if sent is None:
            return
        from cubewatch.model.draft import check

        if request := check(sent.draft, config=None).so_far:
            self.request, self.forgotten = request, sent.forgotten
            self._on_change()

    async def _find_origin(self, run: "Run") -> None:
        from cubewatch.watch.origin import find_origin

        session = self._screen.session
        self.origin = await find_origin(await session.client(), session.repo, run)
        self._on_change()
