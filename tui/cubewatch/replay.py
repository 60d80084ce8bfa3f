"""ReplaySession: what the screens share where a recording is played instead of a run watched."""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from cubewatch.session import Session
from cubewatch.settings import Secret, Settings
from cubewatch.watch.replay import DEFAULT_SPEED, RecordedClient, ReplayClock, ReplayFeed

if TYPE_CHECKING:
    from collections.abc import Callable

    from cubewatch.api.client import Client
    from cubewatch.model.repository import RepoSlug
    from cubewatch.watch.earlier import EarlierRuns
    from cubewatch.watch.feed import RunFeed
    from cubewatch.watch.recording_file import Recording


class ReplaySession(Session):
    """Asks nothing of any server, and keeps nothing: a recording may come from anybody."""

    def __init__(self, settings: Settings, recording: "Recording", speed: float | None) -> None:
        self.clock = ReplayClock(recording.header.at, recording.seconds, speed or DEFAULT_SPEED)
        quiet = replace(settings.terminal, notify=False)
        super().__init__(
            replace(settings, repo=recording.header.repo, token=Secret(""), terminal=quiet),
            client=lambda _: cast("Client", RecordedClient()),
            timing=self.clock,
        )
        self.replay = ReplayFeed(recording, self.clock)

    def feed(self, repo: "RepoSlug", slug: str, *, exists: bool = False) -> "RunFeed":
        """The recording, for any run."""
        return self.replay

    def earlier_runs(self) -> "Callable[[], EarlierRuns]":
        """What is known here of earlier runs; the recording adds nothing to it."""
        folder = self._own_folder("durations")

        def make() -> "EarlierRuns":
            from cubewatch.history.durations import DurationStore
            from cubewatch.watch.earlier import EarlierRuns

            return EarlierRuns(self.client, DurationStore(folder), self.timing, keeps=False)

        return make
