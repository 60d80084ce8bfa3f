"""The freshness of the screen, in words: its age, and why there is no news."""

from typing import TYPE_CHECKING

from cubewatch.text.format import duration

if TYPE_CHECKING:
    from cubewatch.watch.feed import RunFeed
    from cubewatch.watch.updates import Trouble

FRESH = 12.0
"""Seconds up to which an answer is news: the loop asks every ten when nothing happens."""
JUST_NOW = "updated just now"
STEP = 5
"""Seconds by which an age grows, so that the clock writes little."""


def notice(feed: "RunFeed", now: float) -> str:
    """The line above the keys: why there is no news."""
    freshness = feed.freshness
    if freshness.stopped:
        return f"watching has stopped · r tries again · {freshness.stopped}"
    if freshness.trouble:
        return trouble_line(freshness.trouble, now, freshness.answered_at)
    return ""


def age(feed: "RunFeed", now: float) -> str:
    """The age of what is shown, after what it is shown of if that is not the run itself."""
    shown = _age(feed, now)
    if feed.label and shown == JUST_NOW:
        return feed.label
    return " · ".join(part for part in (feed.label, shown) if part)


def _age(feed: "RunFeed", now: float) -> str:
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
    return JUST_NOW


def classes(feed: "RunFeed", now: float) -> dict[str, bool]:
    """The CSS classes for the freshness."""
    freshness = feed.freshness
    given_up = freshness.trouble is not None and freshness.trouble.retry_at is None
    return {
        "-trouble": bool(freshness.stopped or freshness.trouble),
        "-gave-up": given_up,
        "-final": feed.is_final,
    }


def trouble_line(trouble: "Trouble", now: float, answered_at: float | None) -> str:
    """The line about an outage: why there is no news and when the next try is due; all in seconds
    of the loop's clock."""
    if answered_at is None:
        since = "no answer yet"
    else:
        since = f"no answer for {duration(now - answered_at)}"
    if trouble.retry_at is None:
        return f"{since} · r asks again · {trouble.error}"
    left = max(0, round(trouble.retry_at - now))
    when = f"trying again in {left}s" if left else "trying again now"
    return f"{since} · {when} · {trouble.error}"
