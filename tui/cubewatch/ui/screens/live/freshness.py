"""How old what the screen shows is, and why, in words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.text.format import duration, elapsed
from cubewatch.ui.screens.live.details import slowest

if TYPE_CHECKING:
    from datetime import datetime

    from cubewatch.model.snapshot import Snapshot
    from cubewatch.watch.updates import Trouble

FRESH = 12.0
"""Seconds up to which an answer is news: the loop asks every ten when nothing happens."""
STEP = 5
"""Seconds by which an age is told, so that the clock writes little."""


@dataclass(slots=True)
class Freshness:
    """How the watching stands. `answered_at` is when the last answer came, in seconds of the
    loop's clock; `broken` is why the watching itself ended, "" if it did not."""

    snapshot: "Snapshot | None" = None
    trouble: "Trouble | None" = None
    broken: str = ""
    answered_at: float | None = None

    @property
    def is_final(self) -> bool:
        return self.snapshot is not None and self.snapshot.is_final

    def notice(self, now: float, server_now: "datetime") -> str:
        """The line above the keys: why there is no news, or how the run ended."""
        if self.broken:
            return f"watching has stopped · r tries again · {self.broken}"
        if self.trouble:
            return trouble_line(self.trouble, now, self.answered_at)
        return end_line(self.snapshot, server_now) if self.snapshot and self.is_final else ""

    def age(self, now: float) -> str:
        """How old what is shown is, beside the keys."""
        if self.trouble or self.answered_at is None:
            return ""
        if self.is_final:
            return "ended"
        seconds = now - self.answered_at
        if seconds < FRESH:
            return "updated just now"
        return f"updated {duration(seconds // STEP * STEP)} ago"

    def classes(self, now: float) -> dict[str, bool]:
        """What the style sheet goes by; `-stale`: the age is worth a narrow window's room."""
        given_up = self.trouble is not None and self.trouble.retry_at is None
        return {
            "-trouble": bool(self.broken or self.trouble),
            "-gave-up": given_up,
            "-final": self.is_final,
            "-stale": self.age(now).endswith("ago"),
        }


def trouble_line(trouble: "Trouble", now: float, answered_at: float | None) -> str:
    """Why there is no news and when the next try is due; all in seconds of the loop's clock."""
    if answered_at is None:
        since = "no answer yet"
    else:
        since = f"no answer for {duration(now - answered_at)}"
    if trouble.retry_at is None:
        return f"{since} · r asks again · {trouble.error}"
    left = max(0, round(trouble.retry_at - now))
    when = f"trying again in {left}s" if left else "trying again now"
    return f"{since} · {when} · {trouble.error}"


def end_line(snapshot: "Snapshot", now: "datetime") -> str:
    """How a run ended, how long it took, and its slowest cubes."""
    run = snapshot.run
    seconds = elapsed(run.dates.started_at or run.dates.created_at, run.dates.finished_at, now)
    took = f" in {duration(seconds)}" if seconds is not None and run.dates.finished_at else ""
    slow = ", ".join(
        f"{'/'.join(path[1:])} {duration(s)}" for s, path in slowest(snapshot, (), now)[:2]
    )
    ending = f"{status.glyph(run.status)} {run.status}{took}"
    return f"{ending} · slowest {slow}" if slow else ending
