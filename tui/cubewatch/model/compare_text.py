"""A comparison in words: lines for a person, and an object for a program."""

from collections.abc import Iterator, Sequence
from typing import Any

from cubewatch.model.compare import Comparison, TimeChange
from cubewatch.model.snapshot import Path
from cubewatch.text.format import duration

MAX_LISTED = 200
"""Cubes under one heading; there may be 10,000 that were skipped together."""


def title(comparison: Comparison) -> str:
    """Which runs are compared, and how long they worked."""
    words = f"#{comparison.run} against #{comparison.baseline}"
    if comparison.seconds is None or comparison.baseline_seconds is None:
        return words
    now, then = duration(comparison.seconds), duration(comparison.baseline_seconds)
    share = comparison.share or 0.0
    return f"{words}: {now}, was {then} ({round(share * 100):+} %)"


def sections(comparison: Comparison) -> Iterator[tuple[str, str, list[str]]]:
    """What differs: a heading, the tone of it, and a line for each cube."""
    counts = comparison.failure_counts

    def failures(paths: Sequence[Path]) -> list[str]:
        return [
            f"{name(path)}{_failed_before(counts[path].failed, counts[path].known)}"
            for path in paths
        ]

    every: tuple[tuple[str, str, list[str]], ...] = (
        ("newly red", "failure", failures(comparison.newly_failed)),
        ("still red", "failure", failures(comparison.still_failed)),
        ("fixed", "success", _names(comparison.fixed)),
        ("newly skipped", "muted", _names(comparison.newly_skipped)),
        ("slower", "waiting", [_time(change) for change in comparison.slower]),
        ("longer in the queue", "waiting", [_time(one) for one in comparison.longer_queued]),
        ("faster", "success", [_time(change) for change in comparison.faster]),
        ("new", "text", _names(comparison.new)),
        ("gone", "text", _names(comparison.gone)),
    )
    for heading, tone, lines in every:
        more = len(lines) - MAX_LISTED
        shown = [*lines[:MAX_LISTED], f"and {more} more"] if more > 0 else lines
        if shown:
            yield heading, tone, shown


def as_object(comparison: Comparison) -> dict[str, Any]:
    """The same for a program. Paths are `workflow/task/cube`, times are seconds."""
    share = comparison.share
    return {
        "run": comparison.run,
        "baseline": comparison.baseline,
        "seconds": comparison.seconds,
        "baseline_seconds": comparison.baseline_seconds,
        "change": None if share is None else round(share, 4),
        "newly_red": _names(comparison.newly_failed),
        "still_red": _names(comparison.still_failed),
        "fixed": _names(comparison.fixed),
        "newly_skipped": _names(comparison.newly_skipped),
        "new": _names(comparison.new),
        "gone": _names(comparison.gone),
        "slower": [_time_object(change) for change in comparison.slower],
        "faster": [_time_object(change) for change in comparison.faster],
        "longer_queued": [_time_object(change) for change in comparison.longer_queued],
        "failed_before": {
            name(path): {"failed": count.failed, "of": count.known}
            for path, count in comparison.failure_counts.items()
        },
    }


def name(path: Path) -> str:
    """`release/build/unit`; `?` stands for a slug that is empty."""
    return "/".join(slug or "?" for slug in path)


def _names(paths: Sequence[Path]) -> list[str]:
    return [name(path) for path in paths]


def _failed_before(failed: int, known: int) -> str:
    return f"  failed in {failed} of the last {known}" if known > 1 else ""


def _time(change: TimeChange) -> str:
    in_a_row = f", {change.in_a_row} runs in a row" if change.in_a_row > 1 else ""
    now, usual = duration(change.seconds), duration(change.usual)
    return f"{name(change.path)}  {now} (usually {usual}{in_a_row})"


def _time_object(change: TimeChange) -> dict[str, Any]:
    return {
        "path": name(change.path),
        "seconds": round(change.seconds, 3),
        "usual_seconds": round(change.usual, 3),
        "runs_in_a_row": change.in_a_row,
    }
