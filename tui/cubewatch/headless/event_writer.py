"""EventWriter: writes what happens to a run, as it happens."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from cubewatch.api.errors import ApiError
from cubewatch.headless import events
from cubewatch.headless.json_lines import JsonLines
from cubewatch.headless.text import PlainLines
from cubewatch.model import status
from cubewatch.model.estimate import NOTHING_EXPECTED, Expected, left_text
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run
from cubewatch.model.snapshot import Path, Snapshot
from cubewatch.runtime.clock import Timing
from cubewatch.text.format import elapsed
from cubewatch.watch.awaited import Sighting
from cubewatch.watch.outlook import Outlook
from cubewatch.watch.updates import Fresh, Trouble

if TYPE_CHECKING:
    from cubewatch.watch.feed import RunFeed


class LineWriter(Protocol):
    """A target of lines: `Output`, or a list in a test. May raise OutputError."""

    def write(self, lines: Sequence[str]) -> None: ...


class EventWriter:
    """Turns updates into events, and writes the lines of events.

    `written_at` is when it last wrote one, and `silent_since` when the outage began (None: all is
    well), in seconds of the clock.
    `sending`: a POST is under way, so that an unknown run may have been started.
    `ended`: the last event was written.
    """

    def __init__(
        self, lines: LineWriter, style: PlainLines | JsonLines, repo: RepoSlug, timing: Timing
    ) -> None:
        self.repo = repo
        self.run_slug = ""
        self.sending = False
        self._is_searching = False
        self.ended = False
        self.silent_since: float | None = None
        self.written_at = timing.now()
        self._lines = lines
        self._style = style
        self._timing = timing
        self._seen: tuple[object, ...] = ()
        self._snapshot: Snapshot | None = None
        self._offset = timedelta()
        self._trouble: Trouble | None = None
        self._outlook: Outlook | None = None
        self._is_estimated = False
        self.feed: RunFeed | None = None
        """What is watched, as soon as it is known."""

    def use_outlook(self, outlook: Outlook) -> None:
        """Sets the outlook, so that estimates are written from now on."""
        self._outlook = outlook
        outlook.on_change(self._estimate)

    def _estimate(self) -> None:
        """Writes the first estimate of the time left."""
        expected = self._expected()
        if left_text(expected) and not (self._is_estimated or self.ended):
            self._is_estimated = True
            self._write(events.Estimated(expected))

    def _expected(self) -> Expected:
        if self._outlook is None or self.silent_since is not None:
            return NOTHING_EXPECTED
        return self._outlook.estimate(self._timing.utc() + self._offset).run

    def write_run(self, run: Run) -> None:
        """Writes which run it is, if that is more than was written already."""
        self.run_slug = run.slug or self.run_slug
        workflows = tuple(workflow.slug for workflow in run.workflows)
        facts = (run.slug, workflows, run.error_messages, run.event_type, run.user)
        if facts != self._seen:
            self._seen = facts
            self._write(events.RunSeen(run, self.repo))

    def write_changes(self, update: Fresh) -> None:
        """Writes all that has changed."""
        known = set(self._snapshot.waiting) if self._snapshot else set()
        self._snapshot = update.snapshot
        self._offset = timedelta(seconds=update.offset)
        self.write_run(update.snapshot.run)
        found: list[events.Event] = [
            events.StatusChanged(
                change.path, change.before, change.after, seconds_of(update.snapshot, change.path)
            )
            for change in update.changes
        ]
        waiting = update.snapshot.waiting
        found += [events.ApprovalAwaited(path) for path in waiting if path not in known]
        self._write(*found)
        self._estimate()

    def write_sighting(self, sighting: Sighting) -> None:
        """Writes the result of a look for the run."""
        self._write(events.RunSought(sighting.slugs, sighting.note, sighting.exact))

    def write_trouble(self, update: Trouble) -> None:
        """Writes that an outage begins; nothing if it goes on, or is no outage but a refusal."""
        self._trouble = update
        if update.retry_at is None or self.silent_since is not None:
            return
        self.silent_since = self._timing.now()
        self._write(events.TroubleBegan(update.error, update.retry_at - self.silent_since))

    def write_lost(self, error: ApiError) -> None:
        """Writes that the answer to the POST is lost, and that its run is searched for."""
        self._is_searching = True
        self._write(events.TroubleBegan(error, None))

    def write_recovery(self) -> None:
        """Writes that an outage is over, if there was one."""
        if self.silent_since is not None and self._trouble:
            self._write(events.Recovered(self._silent, self._trouble.tries))
        self.silent_since = None
        self._trouble = None

    def write_heartbeat(self) -> None:
        """Writes a heartbeat: nothing has happened, and the state of the run."""
        snapshot = self._snapshot
        dates = snapshot.run.dates if snapshot else None
        began = (dates.started_at or dates.created_at) if dates else None
        self._write(
            events.Heartbeat(
                status=snapshot.run.status if snapshot else "",
                seconds=elapsed(began, None, self._timing.utc() + self._offset),
                fraction=snapshot.fractions[()] if snapshot else 0.0,
                added=snapshot.added if snapshot else 0,
                current=tuple(sorted(snapshot.current)) if snapshot else (),
                trouble=self.last_error,
                silent=self._silent,
                failures=snapshot.failures if snapshot else (),
                waiting=snapshot.waiting if snapshot else (),
                is_searching=self._is_searching,
                expected=self._expected(),
            )
        )

    def write_end(self, end: events.End) -> int:
        """Writes the last event. Returns the exit status."""
        self.ended = True
        comparison = self._outlook.comparison if self._outlook else None
        self._write(replace(end, comparison=comparison))
        return end.exit_status

    @property
    def status(self) -> str:
        """The status of the run that was last seen; empty before the first answer."""
        return self._snapshot.run.status if self._snapshot else ""

    @property
    def last_error(self) -> ApiError | None:
        """The error of the last request; None if it was answered."""
        return self._trouble.error if self._trouble else None

    @property
    def unanswered_since(self) -> float | None:
        """The time at which the outage began, or the request that is still without an answer; None:
        neither."""
        if self.silent_since is not None:
            return self.silent_since
        return (
            self.feed.freshness.unconfirmed_since if self.feed and not self.feed.is_final else None
        )

    @property
    def _silent(self) -> float:
        """Seconds of the outage, or of an answer that is overdue."""
        now = self._timing.now()
        if self.silent_since is None and self.feed and not self.feed.freshness.unconfirmed_for(now):
            return 0.0
        since = self.unanswered_since
        return 0.0 if since is None else now - since

    def _write(self, *happened: events.Event) -> None:
        at = self._timing.utc().astimezone()
        self._lines.write(self._style.lines(happened, self.run_slug, at))
        self.written_at = self._timing.now()


def seconds_of(snapshot: Snapshot, path: Path) -> float | None:
    """Seconds that the run or a part of it took; None if it has not ended or that is unknown."""
    dates = snapshot.items[path].dates if path else snapshot.run.dates
    if dates.finished_at is None or snapshot.status_of(path) not in status.FINAL:
        return None
    begun = dates.started_at or (None if path else dates.created_at)
    return elapsed(begun, dates.finished_at, dates.finished_at)
