"""A comparison in words: lines for a person, and an object for a program."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cubewatch.model.compare import Comparison, FailureCount, TimeChange
from cubewatch.model.snapshot import Path
from cubewatch.text.format import duration

MAX_LISTED = 200
"""Cubes under one heading; there may be 10,000 that were skipped together."""


def title(comparison: Comparison) -> str:
    """The title: which runs are compared, and how long they worked."""
    which = (
        f" · #{comparison.baseline} is the last good run" if comparison.is_with_last_good else ""
    )
    words = f"#{comparison.run} against #{comparison.baseline}"
    if comparison.seconds is None or comparison.baseline_seconds is None:
        return f"{words}{which}"
    now, then = duration(comparison.seconds), duration(comparison.baseline_seconds)
    share = comparison.share or 0.0
    return f"{words}: {now}, was {then} ({round(share * 100):+} %){which}"


class CubeLine(NamedTuple):
    """A line about a cube; `path` is () for a line about none."""

    path: Path
    text: str


class Section(NamedTuple):
    """Cubes that differ in the same way, the tone of that, and what the heading means if it does
    not speak for itself."""

    heading: str
    tone: str
    cubes: list[CubeLine]
    meaning: str = ""


def sections(comparison: Comparison) -> Iterator[Section]:
    """The sections of a comparison, the most important first."""
    counts = comparison.failure_counts
    last_good = comparison.is_with_last_good
    failed_before = (
        "failed when it ran before" if last_good else f"failed in #{comparison.baseline}"
    )
    for heading, tone, cubes, meaning in (
        ("newly red", "failure", [_failure(path, counts) for path in comparison.newly_failed], ""),
        (
            "still red",
            "failure",
            [_failure(path, counts) for path in comparison.still_failed],
            f"{failed_before}, too",
        ),
        ("fixed", "success", _cubes(comparison.fixed), failed_before),
        ("newly skipped", "muted", _cubes(comparison.newly_skipped), ""),
        ("slower", "waiting", [_time(change) for change in comparison.slower], ""),
        ("longer in the queue", "waiting", [_time(one) for one in comparison.longer_queued], ""),
        ("faster", "success", [_time(change) for change in comparison.faster], ""),
        ("new", "text", _cubes(comparison.new), ""),
        ("gone", "text", _cubes(comparison.gone), ""),
    ):
        if more := len(cubes) - MAX_LISTED:
            cubes = [*cubes[:MAX_LISTED], CubeLine((), f"and {more} more")] if more > 0 else cubes
        if cubes:
            yield Section(heading, tone, cubes, meaning)


def as_object(comparison: Comparison) -> dict[str, Any]:
    """A comparison as a JSON object. Paths are `workflow/task/cube`, times are seconds."""
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


def _cubes(paths: Sequence[Path]) -> list[CubeLine]:
    return [CubeLine(path, name(path)) for path in paths]


def _failure(path: Path, counts: Mapping[Path, FailureCount]) -> CubeLine:
    count = counts[path]
    often = f"  failed in {count.failed} of the last {count.known}" if count.known > 1 else ""
    return CubeLine(path, f"{name(path)}{often}")


def _time(change: TimeChange) -> CubeLine:
    in_a_row = f", {change.in_a_row} runs in a row" if change.in_a_row > 1 else ""
    now, usual = duration(change.seconds), duration(change.usual)
    return CubeLine(change.path, f"{name(change.path)}  {now} (usually {usual}{in_a_row})")


def _time_object(change: TimeChange) -> dict[str, Any]:
    return {
        "path": name(change.path),
        "seconds": round(change.seconds, 3),
        "usual_seconds": round(change.usual, 3),
        "runs_in_a_row": change.in_a_row,
    }
