"""WatchedScreens: the live screens of all runs that are watched, also those not in front.

A run that was opened once stays watched until it ends: its screen stays as it was left, and its
failure, its wait for approval and its end are announced wherever the person is.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cubewatch.model import status
from cubewatch.model.runs_list import RunKey
from cubewatch.ui.screens.registry import make_screen

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from textual.app import App
    from textual.screen import Screen

    from cubewatch.model.repository import RepoSlug
    from cubewatch.model.request import RunRequest
    from cubewatch.model.run import Run
    from cubewatch.model.snapshot import Snapshot
    from cubewatch.session import Session
    from cubewatch.ui.screens.live.screen import LiveScreen

MAX_WATCHED = 12
"""Runs whose screens are kept; of more, those that ended and were opened first are let go."""
MAX_SUMMARY = 15
"""Lines that stay in the scrollback."""
SUCCESSOR_LOOKS = (5.0, 20.0, 60.0, 180.0, 600.0)
"""Seconds after the end of a run at which a restart of it is looked for."""


class WatchedScreens:
    """Opens live screens, switches between them, and collects the lines printed at exit."""

    def __init__(self, app: "App[int]", session: "Session") -> None:
        self._app = app
        self._session = session
        self._screens: dict[RunKey, Screen[Any] | None] = {}
        self._summaries: dict[RunKey, list[str]] = {}
        self._noted: dict[RunKey, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, session: "Session", run_slug: str, request: "RunRequest | None" = None) -> None:
        """Puts the screen of a run in front: the one there is already, or a new one."""
        app, screen = self._app, self._screen_of(session, run_slug, request)
        if screen in app.screen_stack:
            while app.screen is not screen:
                app.pop_screen()
        else:
            app.push_screen(screen)

    def _screen_of(
        self, session: "Session", run_slug: str, request: "RunRequest | None" = None
    ) -> "Screen[Any]":
        """The screen of a run, a new one if there is none."""
        key = RunKey(session.repo, run_slug)
        screen = self._screens.get(key)
        if screen is None:
            screen = make_screen("live", session, run_slug=run_slug, request=request)
            self._app.install_screen(screen, str(key))
            self._screens[key] = screen
            self._let_go()
        return screen

    def add(self, repo: "RepoSlug", slugs: Iterable[str]) -> None:
        """Adds runs whose screens are made when the person goes to them."""
        for slug in slugs:
            self._screens.setdefault(RunKey(repo, slug), None)

    def switch(self, front: "Screen[Any]", step: int) -> bool:
        """Puts the next or the previous run in front of another or of the list; whether there is
        another one."""
        keys = list(self._screens)
        current = next((key for key in keys if self._screens[key] is front), None)
        others = [key for key in keys if key != current]
        if not others:
            return False
        place = keys.index(current) if current else (-1 if step > 0 else 0)
        target = keys[(place + step) % len(keys)]
        session = self._session.about(target.repo)
        screen = self._screen_of(session, target.slug)
        stack = self._app.screen_stack
        if current and len(stack) > 1 and screen not in stack:
            self._app.switch_screen(screen)  # what is below is not come back to meanwhile
        else:
            self.open(session, target.slug)
        return True

    def take(self, screen: "LiveScreen", snapshot: "Snapshot", summary: list[str]) -> None:
        """Takes a new state of a run."""
        key = RunKey(screen.session.repo, screen.run_slug)
        self._screens.setdefault(key, screen)
        self._summaries[key] = summary
        run_status = snapshot.run.status
        if self._noted.get(key) == run_status:
            return
        self._noted[key] = run_status
        self._start(self._note(key, run_status))
        if snapshot.is_final and run_status != status.SUCCESS:
            self._start(self._find_successor(key, snapshot.run))

    @property
    def summary(self) -> list[str]:
        """The summary of all runs, at most MAX_SUMMARY lines."""
        return shortened(list(self._summaries.values()), MAX_SUMMARY)

    def _let_go(self) -> None:
        """Forgets the oldest screens of runs that have ended."""
        ended = [
            (key, screen)
            for key, screen in self._screens.items()
            if screen
            and screen not in self._app.screen_stack
            and self._noted.get(key) in status.FINAL
        ]
        for key, screen in ended[: max(0, len(self._screens) - MAX_WATCHED)]:
            del self._screens[key]
            self._app.uninstall_screen(screen)
            screen.remove()

    def close(self) -> None:
        """Ends what is being looked for."""
        for task in self._tasks:
            task.cancel()

    def _start(self, work: "Coroutine[object, object, None]") -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _note(self, key: RunKey, run_status: str) -> None:
        """Records that the run was looked at."""
        from cubewatch.history.watched_runs import WatchedRun

        session = self._session
        watched = WatchedRun(key.repo, key.slug, session.timing.utc(), run_status)
        await asyncio.to_thread(session.watched_runs().add, [watched])

    async def _find_successor(self, key: RunKey, run: "Run") -> None:
        """Looks for a restart of a run that ended badly, and offers it."""
        from cubewatch.api.errors import ApiError
        from cubewatch.watch.awaited import find_successor

        before = 0.0
        for after in SUCCESSOR_LOOKS:
            await self._session.timing.sleep(after - before)
            before = after
            try:
                client = await self._session.client()
                successor = await find_successor(client, key.repo, run)
            except ApiError:
                continue
            if successor:
                self._offer(key, successor)
                return

    def _offer(self, key: RunKey, successor: "Run") -> None:
        from cubewatch.ui.screens.live.screen import LiveScreen

        screen = self._screens.get(key)
        if isinstance(screen, LiveScreen):
            screen.show_successor(successor.slug)
        found = RunKey(key.repo, successor.slug)
        if found not in self._screens:
            self._screens[found] = None
            said = f"#{successor.slug} restarts #{key.slug}: ] shows it"
            self._app.notify(said, timeout=20, markup=False)


def shortened(summaries: list[list[str]], most: int) -> list[str]:
    """At most so many lines: each run with its result and its address, and what failed, as far as
    there is room; without the addresses if there is not; and how much is left out."""
    if sum(map(len, summaries)) <= most:
        return [line for lines in summaries for line in lines]
    room = most - 2 * len(summaries)
    if room < 0:
        firsts = [lines[0] for lines in summaries]
        left_out = len(firsts) - (most - 1)
        return firsts if len(firsts) <= most else [*firsts[-most + 1 :], f"… and {left_out} more"]
    shown: list[str] = []
    for lines in summaries:
        details = lines[1:-1]
        if len(details) > room:
            kept = details[: max(0, room - 1)]
            details = [*kept, f"  … and {len(details) - len(kept)} more"] if room else []
        room -= len(details)
        shown += [lines[0], *details, lines[-1]]
    return shown
