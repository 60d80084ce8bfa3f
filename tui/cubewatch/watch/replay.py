"""ReplayFeed: a recording that plays as if its run were watched now, at any speed."""

import asyncio
import json
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Never

from cubewatch.api.errors import Refused, Unreachable
from cubewatch.model.decode import UnreadableError, read_run
from cubewatch.model.snapshot import Snapshot, advance, changes
from cubewatch.runtime.clock import Timing
from cubewatch.watch.feed import Freshness, RunFeed
from cubewatch.watch.poll import RunSource
from cubewatch.watch.recording_file import Recording, RecordingEntry, RecordingError, changed
from cubewatch.watch.updates import Fresh, Trouble

SPEEDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1000.0)
DEFAULT_SPEED = 10.0
MAX_STEPS, ANSWER_STEPS = 150_000, 10
"""Nodes times answers that are gone through one by one for a jump (beyond, they are skipped), and
what an answer costs besides, in nodes."""
MIN_PAUSE = 0.05
"""Seconds between two updates, however fast it plays."""


class NotRecordedError(Refused):
    """A recording has nothing but the states of a run."""

    @property
    def meaning(self) -> str:
        return "A recording holds the states of a run, neither logs nor artifacts."

    @property
    def advice(self) -> str:
        return "Watch the run itself to see them."


class ReplayClock(Timing):
    """The time within a recording: it can stand still, run faster, and be set."""

    def __init__(self, begin: datetime, length: float, speed: float = DEFAULT_SPEED) -> None:
        self.length = length
        self._begin = begin
        self._speed = speed
        self._plays = True
        self._position = 0.0
        self._since = time.monotonic()

    @property
    def speed(self) -> float:
        """The speed: how many times faster than in reality."""
        return self._speed

    @property
    def plays(self) -> bool:
        """Whether it moves: it was not stopped, and is not at the end."""
        return self._plays and self.now() < self.length

    def now(self) -> float:
        """Seconds since the beginning of the recording."""
        passed = (time.monotonic() - self._since) * self._speed if self._plays else 0.0
        return min(self.length, self._position + passed)

    def utc(self) -> datetime:
        """The date and time of the server then."""
        with suppress(OverflowError):
            return self._begin + timedelta(seconds=self.now())
        return datetime.max.replace(tzinfo=UTC)

    def set(
        self,
        *,
        position: float | None = None,
        speed: float | None = None,
        plays: bool | None = None,
    ) -> None:
        """Sets the position, the speed, or whether it plays."""
        now = self.now() if position is None else max(0.0, min(position, self.length))
        self._position, self._since = now, time.monotonic()
        self._speed = self._speed if speed is None else speed
        self._plays = self._plays if plays is None else plays

    async def wait(self, wake: asyncio.Event, seconds: float | None) -> None:
        """Waits until `wake` is set, or for real seconds, not for recorded ones."""
        with suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), seconds)


class ReplayFeed(RunFeed):
    """The states of a recording, one after the other. Jumps go either way."""

    def __init__(self, recording: Recording, clock: ReplayClock) -> None:
        header = recording.header
        super().__init__(_no_source, header.repo, header.slug, clock)
        self.clock = clock
        self.is_whole = recording.is_whole
        self._entries = recording.entries
        self._moments = [entry.seconds for entry in self._entries]
        self._answers = [n for n, entry in enumerate(self._entries) if not entry.is_silent]
        self._values: list[Any] = []
        self._shown = 0
        self._silent_since: float | None = None
        self._wake = asyncio.Event()

    @property
    def label(self) -> str:
        """The label of a recording, at its end with the key that plays it again."""
        is_over = self.clock.now() >= self.clock.length
        return "replay (p plays it again)" if is_over else "replay"

    @property
    def freshness(self) -> Freshness:
        """The freshness of what is shown: current while the recording had answers."""
        if self._silent_since is None and self._shown:
            self._freshness.answered_at = self.clock.now()
        self._freshness.unconfirmed_since = self._silent_since
        return self._freshness

    def start(self) -> None:
        """Plays."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._play())

    def wake(self) -> None:
        """Shows the state at the clock's time at once."""
        self._wake.set()
        self.start()

    def toggle(self) -> None:
        """Pauses or resumes; at the end it restarts from the beginning."""
        at_end = self.clock.now() >= self.clock.length
        self.clock.set(position=0.0 if at_end else None, plays=at_end or not self.clock.plays)
        self.wake()

    def change_speed(self, step: int) -> None:
        """The next speed up or down."""
        place = bisect_left(SPEEDS, self.clock.speed) + step
        self.clock.set(speed=SPEEDS[max(0, min(place, len(SPEEDS) - 1))])
        self.wake()

    def seek(self, seconds: float) -> None:
        """Goes to a moment of the recording."""
        self.clock.set(position=seconds)
        self.wake()

    def jump(self, step: int, *, failure: bool = False) -> bool:
        """Goes to the next or the previous change of a status, or failure; whether there is one.
        A jump back goes beyond what was shown a moment ago, so that it can be repeated."""
        wanted = [
            entry.seconds for entry in self._entries if (entry.fails if failure else entry.statuses)
        ]
        now = self.clock.now()
        if step > 0:
            found = wanted[bisect_right(wanted, now) :][:1]
        else:
            found = wanted[: bisect_left(wanted, now - min(1.0, self.clock.speed))][-1:]
        for seconds in found:
            self.seek(seconds)
        return bool(found)

    async def _play(self) -> None:
        while True:
            self._wake.clear()
            self._show(bisect_right(self._moments, self.clock.now()))
            await self.clock.wait(self._wake, self._pause())

    def _pause(self) -> float | None:
        """The real seconds until the next entry is due; None: it does not come by itself."""
        if not self.clock.plays or self._shown >= len(self._moments):
            return None
        left = self._moments[self._shown] - self.clock.now()
        return max(MIN_PAUSE, left / self.clock.speed)

    def _show(self, count: int) -> None:
        """Publishes the state after the first `count` entries."""
        if count == self._shown:
            return
        before = self.snapshot
        after = self._snapshot_after(count)
        is_silent = count > 0 and self._entries[count - 1].is_silent
        self._shown = count
        self._silent_since = self._moments[count - 1] if is_silent else None
        if after is not None and after is not before:
            at = self._moments[self._answers_in(0, count)[-1]]
            self._publish(Fresh(after, changes(before, after), at, 0.0))
        if is_silent:
            self._freshness.answered_at = self._silent_since
            self._publish(Trouble(Unreachable("no answer came at that time"), 1, None))

    def _answers_in(self, first: int, end: int) -> Sequence[int]:
        """The places of answers among the entries from `first` up to `end`."""
        places = self._answers
        return places[bisect_left(places, first) : bisect_left(places, end)]

    def _snapshot_after(self, count: int) -> Snapshot | None:
        """The state after so many entries: step by step, as it was seen, unless that is far."""
        is_forward = count > self._shown
        snapshot = self.snapshot if is_forward else None
        answers = self._answers_in(self._shown if is_forward else 0, count)
        nodes = len(self.snapshot.items) if self.snapshot else 1
        if len(answers) * (nodes + ANSWER_STEPS) > MAX_STEPS:
            answers = answers[-1:]
        for place in answers:
            snapshot = self._advanced(snapshot, self._value(place))
        return snapshot

    def _value(self, place: int) -> Any:
        """The answer after an entry. Answers share what did not change."""
        while len(self._values) <= place:
            before = self._values[-1] if self._values else None
            self._values.append(_answer(before, self._entries[len(self._values)]))
        return self._values[place]

    def _advanced(self, before: Snapshot | None, value: Any) -> Snapshot | None:
        try:
            return advance(before, read_run(json.dumps(value).encode()))
        except (UnreadableError, RecursionError, ValueError):
            return before


def _answer(before: Any, entry: RecordingEntry) -> Any:
    if entry.is_silent:
        return before
    try:
        return changed(before, entry.change)
    except RecordingError:
        return before


async def _no_source() -> RunSource:
    raise NotRecordedError("a recording is played")


class RecordedClient:
    """A source that makes no requests, in place of the API while a recording is played."""

    def __getattr__(self, name: str) -> Any:
        async def refuse(*_: object, **__: object) -> Never:
            raise NotRecordedError("this was not recorded")

        return refuse

    async def close(self) -> None:
        """Nothing is open."""
