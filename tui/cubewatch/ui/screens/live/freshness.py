"""How old what the screen shows is, and why, in words."""

from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.text.format import duration, elapsed
from cubewatch.ui.screens.live.details import slowest

if TYPE_CHECKING:
    from datetime import datetime

    from cubewatch.model.snapshot import Snapshot
    from cubewatch.watch.feed import RunFeed
    from cubewatch.watch.updates import Trouble

FRESH = 12.0
"""Seconds up to which an answer is news: the loop asks every ten when nothing happens."""
STEP = 5
"""Seconds by which an age grows, so that the clock writes little."""


def notice(feed: "RunFeed", now: float) -> str:
    """The line above the keys: why there is no news, or how the run ended."""
    freshness = feed.freshness
    if freshness.stopped:
        return f"watching has stopped · r tries again · {freshness.stopped}"
    if freshness.trouble:
        return trouble_line(freshness.trouble, now, freshness.answered_at)
    if feed.snapshot and feed.is_final:
        return end_line(feed.snapshot, feed.server_now())
    return ""


def age(feed: "RunFeed", now: float) -> str:
    """How old what is shown is, beside the keys."""
    freshness = feed.freshness
    if freshness.trouble:
        return ""
    if feed.is_final:
        return "ended"
    if freshness.answered_at is None:
        return "no answer yet" if freshness.unconfirmed_for(now) else ""
    seconds = now - freshness.answered_at
    if seconds >= FRESH or freshness.unconfirmed_for(now):
        return f"updated {duration(seconds // STEP * STEP)} ago"
    return "updated just now"


def classes(feed: "RunFeed", now: float) -> dict[str, bool]:
    """What the style sheet goes by; `-stale`: the age is worth a narrow window's room."""
    freshness = feed.freshness
    given_up = freshness.trouble is not None and freshness.trouble.retry_at is None
    return {
        "-trouble": bool(freshness.stopped or freshness.trouble),
        "-gave-up": given_up,
        "-final": feed.is_final,
        "-stale": age(feed, now).endswith(("ago", "yet")),
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
