"""Comparison: the differences between a run and an earlier run of the same workflows.

Cubes alone are compared: their parents only repeat them. What was skipped or canceled says
nothing about results or times; a failure says nothing about times.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from cubewatch.model import status
from cubewatch.model.depth import CUBE_DEPTH
from cubewatch.model.past import NodeTimes, RunTimes
from cubewatch.model.snapshot import Path

FACTOR = 1.25
SECONDS = 10.0
"""A difference in time is reported from this factor and this many seconds on."""
MAX_RUNS = 20
"""Runs that a count of failures goes back."""
RESULTS = status.FAILURES | {status.SUCCESS}


@dataclass(frozen=True, slots=True)
class TimeChange:
    """A cube's seconds now, those it usually took, and in how many runs in a row it is like that,
    this one included."""

    path: Path
    seconds: float
    usual: float
    in_a_row: int = 1


@dataclass(frozen=True, slots=True)
class FailureCount:
    """In how many of so many known runs with a result a cube failed, this one included."""

    failed: int
    known: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences, each in the order of the tree; `seconds` and `baseline_seconds` are how
    long both runs worked, None unless both went well. `longer_queued` are cubes that waited
    longer after all they need had ended. `is_with_last_good`: the baseline is the last good run;
    what failed before then is what did in the newest earlier run in which it had a result, else
    what did in the baseline."""

    run: str
    baseline: str
    is_with_last_good: bool = False
    seconds: float | None = None
    baseline_seconds: float | None = None
    newly_failed: tuple[Path, ...] = ()
    still_failed: tuple[Path, ...] = ()
    fixed: tuple[Path, ...] = ()
    newly_skipped: tuple[Path, ...] = ()
    new: tuple[Path, ...] = ()
    gone: tuple[Path, ...] = ()
    slower: tuple[TimeChange, ...] = ()
    faster: tuple[TimeChange, ...] = ()
    longer_queued: tuple[TimeChange, ...] = ()
    failure_counts: Mapping[Path, FailureCount] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """The relative change of the run's duration, 0.04 for 4 % longer; None where it is
        unknown."""
        if self.seconds is None or not self.baseline_seconds:
            return None
        return self.seconds / self.baseline_seconds - 1


def last_good(run: RunTimes, history: Iterable[RunTimes]) -> RunTimes | None:
    """The newest run before `run` in which all workflows of it went well."""
    wanted = [(workflow,) for workflow in run.workflows]
    for earlier in history:
        nodes = [earlier.nodes.get(path) for path in wanted]
        if wanted and all(node and node.status == status.SUCCESS for node in nodes):
            return earlier
    return None


def compare_with_last_good(run: RunTimes, history: Sequence[RunTimes]) -> Comparison | None:
    """The differences to the last good run; None if none is known. `history` has earlier runs of
    the same workflows, the newest first: what was red before this run is not newly red."""
    baseline = last_good(run, history)
    if baseline is None:
        return None
    before = {
        path: node
        for earlier in reversed(history)
        for path, node in earlier.nodes.items()
        if node.status in RESULTS
    }
    found = _compare(run, baseline, history, before, lambda path, of: _usual(history, path, of))
    return replace(found, is_with_last_good=True)


def compare_with(run: RunTimes, baseline: RunTimes, history: Sequence[RunTimes] = ()) -> Comparison:
    """The differences to one certain run; times are compared with that run's."""

    def usual(path: Path, of: "_Seconds") -> float | None:
        node = baseline.nodes.get(path)
        return of(node) if node else None

    return _compare(run, baseline, history, baseline.nodes, usual)


_Seconds = Callable[[NodeTimes], float | None]


def _compare(
    run: RunTimes,
    baseline: RunTimes,
    history: Sequence[RunTimes],
    before: Mapping[Path, NodeTimes],
    usual: Callable[[Path, _Seconds], float | None],
) -> Comparison:
    shared = run.workflows & baseline.workflows
    now, then = _cubes(run, shared), _cubes(baseline, shared)
    failed = [path for path, node in now.items() if node.status in status.FAILURES]
    failed_before = {path for path, node in before.items() if node.status in status.FAILURES}
    both_good = run.status == baseline.status == status.SUCCESS
    slower, faster = _time_changes(now, history, usual)
    return Comparison(
        run=run.slug,
        baseline=baseline.slug,
        seconds=run.worked if both_good else None,
        baseline_seconds=baseline.worked if both_good else None,
        newly_failed=tuple(path for path in failed if path not in failed_before),
        still_failed=tuple(path for path in failed if path in failed_before),
        fixed=tuple(path for path in _with(now, status.SUCCESS) if path in failed_before),
        newly_skipped=tuple(
            path
            for path in _with(now, status.SKIPPED)
            if path in then and then[path].status in RESULTS
        ),
        new=tuple(path for path in now if path not in then),
        gone=tuple(path for path in then if path not in now),
        slower=tuple(slower),
        faster=tuple(faster),
        longer_queued=tuple(_longer_queued(now, usual)),
        failure_counts={path: _failure_count(run, history, path) for path in failed},
    )


def _cubes(run: RunTimes, workflows: frozenset[str]) -> dict[Path, NodeTimes]:
    return {
        path: node
        for path, node in run.nodes.items()
        if len(path) == CUBE_DEPTH and path[0] in workflows
    }


def _with(nodes: Mapping[Path, NodeTimes], node_status: str) -> list[Path]:
    return [path for path, node in nodes.items() if node.status == node_status]


def _worked(node: NodeTimes) -> float | None:
    return node.worked if node.status == status.SUCCESS else None


def _queued(node: NodeTimes) -> float | None:
    return node.queued if node.status in RESULTS else None


def _usual(history: Sequence[RunTimes], path: Path, of: _Seconds) -> float | None:
    nodes = [run.nodes[path] for run in history if path in run.nodes]
    known = [seconds for node in nodes if (seconds := of(node)) is not None]
    return median(known) if known else None


def _time_changes(
    now: Mapping[Path, NodeTimes],
    history: Sequence[RunTimes],
    usual: Callable[[Path, _Seconds], float | None],
) -> tuple[list[TimeChange], list[TimeChange]]:
    """The slower and the faster ones."""
    slower, faster = [], []
    for path, node in now.items():
        seconds, other = _worked(node), usual(path, _worked)
        if seconds is None or other is None:
            continue
        if is_longer(seconds, other):
            slower.append(_time_change(path, seconds, other, history, is_longer))
        elif is_longer(other, seconds):
            faster.append(
                _time_change(path, seconds, other, history, lambda one, than: is_longer(than, one))
            )
    return slower, faster


def _time_change(
    path: Path,
    seconds: float,
    usual: float,
    history: Sequence[RunTimes],
    is_like_that: Callable[[float, float], bool],
) -> TimeChange:
    """With the number of runs in a row, back from this one, that differ like that."""
    in_a_row = 1
    for run in history:
        node = run.nodes.get(path)
        before = _worked(node) if node else None
        if before is None:
            continue
        if not is_like_that(before, usual):
            break
        in_a_row += 1
    return TimeChange(path, seconds, usual, in_a_row)


def _longer_queued(
    now: Mapping[Path, NodeTimes], usual: Callable[[Path, _Seconds], float | None]
) -> Iterable[TimeChange]:
    for path, node in now.items():
        seconds, other = _queued(node), usual(path, _queued)
        if seconds is not None and other is not None and is_longer(seconds, other):
            yield TimeChange(path, seconds, other)


def is_longer(seconds: float, than: float) -> bool:
    """Whether a time is notably longer than another."""
    return seconds >= than * FACTOR and seconds - than >= SECONDS


def _failure_count(run: RunTimes, history: Sequence[RunTimes], path: Path) -> FailureCount:
    nodes = [one.nodes[path] for one in (run, *history[: MAX_RUNS - 1]) if path in one.nodes]
    results = [node.status for node in nodes if node.status in RESULTS]
    return FailureCount(sum(one in status.FAILURES for one in results), len(results))


def brief(comparison: Comparison) -> str:
    """The differences in one line: `+4 %, newly red: checkout`. What a failure keeps from
    beginning goes without saying."""
    is_red = comparison.newly_failed or comparison.still_failed
    parts = []
    if (share := comparison.share) is not None:
        percent = round(share * 100)
        parts.append(f"{percent:+} %" if percent else "same time")
    for words, paths in (
        ("newly red", comparison.newly_failed),
        ("still red", comparison.still_failed),
        ("fixed since", comparison.fixed),
        ("newly skipped", () if is_red else comparison.newly_skipped),
        ("slower", tuple(change.path for change in comparison.slower)),
        ("new", comparison.new),
        ("gone", comparison.gone),
    ):
        if paths:
            parts.append(f"{words}: {_names(paths)}")
    return ", ".join(parts) or "no difference"


def _names(paths: Sequence[Path], most: int = 2) -> str:
    names = [path[-1] for path in paths[:most]]
    more = len(paths) - len(names)
    return f"{', '.join(names)}{f' and {more} more' if more else ''}"
