"""Announcer: tells the app about news of a run, for title, bell, notification and scrollback."""

import os
from typing import TYPE_CHECKING

from cubewatch.ui.screens.live.messages import News
from cubewatch.ui.screens.live.notifier import Notifier
from cubewatch.ui.screens.live.summary import summary
from cubewatch.ui.textual_internals import FrameApp

if TYPE_CHECKING:
    from cubewatch.model.snapshot import Snapshot
    from cubewatch.ui.screens.live.known_run import KnownRun
    from cubewatch.ui.screens.live.screen import LiveScreen


class Announcer:
    """Hands the app what is said beside the live screen, and stays in the scrollback."""

    def __init__(self, screen: "LiveScreen", known: "KnownRun", notify: bool) -> None:
        """`notify`: bell and notifications are wanted."""
        self._screen = screen
        self._known = known
        self._notifier = Notifier(os.environ, notify)

    def announce(self, snapshot: "Snapshot") -> None:
        """Says what is new in a state of the run, each thing once. A recording that is played has
        no news: neither for the title nor for the scrollback."""
        screen, known = self._screen, self._known
        if screen.session.replay:
            return
        app = screen.app
        sequences = self._notifier.sequences(
            snapshot,
            has_focus=isinstance(app, FrameApp) and app.terminal_has_focus,
            cause=known.first_cause(snapshot),
            in_front=self._is_in_front,
        )
        repo, slug = screen.session.repo, screen.run_slug
        lines = summary(repo, slug, snapshot, known.now, known.cause)
        screen.post_message(News(screen, snapshot, sequences, lines))

    def announce_what_is_owed(self) -> bool:
        """Says that something failed, when its cause has been waited for long enough; whether it
        still waits."""
        if self._notifier.owes_failure and self._known.snapshot:
            self.announce(self._known.snapshot)
        return self._notifier.owes_failure

    @property
    def _is_in_front(self) -> bool:
        """Whether this is the run that the person looks at, maybe by its log."""
        screen = self._screen
        live = [one for one in screen.app.screen_stack if isinstance(one, type(screen))]
        return bool(live) and live[-1] is screen
