"""Events: what happens to a watched run, before it becomes a line."""

from dataclasses import dataclass
from typing import Literal

from cubewatch.api.errors import ApiError
from cubewatch.model.compare import Comparison
from cubewatch.model.estimate import NOTHING_EXPECTED, Expected
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run
from cubewatch.model.snapshot import Path

Reason = Literal[
    "final",
    "approval",
    "fail_fast",
    "gave_up",
    "refused",
    "interrupted",
    "not_started",
    "lost",
    "not_found",
    "wait_ran_out",
]
"""Why the watching ends. Only `final` means that the run itself has ended. `approval`: something
waits for a person, as was to be waited for; `lost`: the answer to the POST was lost, and no run has
shown up that can be it; `not_found`: there is no run at all; `wait_ran_out`: none came in time."""


@dataclass(frozen=True, slots=True)
class RunSeen:
    """The run that is watched is known; again when its workflows or its error messages become
    known."""

    run: Run
    repo: RepoSlug


@dataclass(frozen=True, slots=True)
class RunSought:
    """The result of a look for a run that was not known. `slugs` are the runs that fit, the newest
    first, which is watched; none if there are none yet. Not `exact`: it is a guess."""

    slugs: tuple[str, ...]
    note: str
    exact: bool


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A status of the run (path ()) or of a part of it. `before` is empty for a part that is new.

    `seconds`: how long it took, where it has ended and the server says so.
    """

    path: Path
    before: str
    after: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class ApprovalAwaited:
    """A part of the run waits for approval by a person, on the run's page."""

    path: Path


@dataclass(frozen=True, slots=True)
class TroubleBegan:
    """An outage begins: no news from now on; the next try is due in `retry_in` seconds (None: there
    is none)."""

    error: ApiError
    retry_in: float | None


@dataclass(frozen=True, slots=True)
class Recovered:
    """An outage is over: an answer came `seconds` after the first of so many failed `tries`."""

    seconds: float
    tries: int


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life after a while without news. `status` is empty before the first answer.

    `seconds`: since the run began. `current`: the cubes at work; `failures`: what has failed so
    far; `waiting`: what waits for a person. `trouble`: the error that keeps the news away,
    `silent`: since how many seconds; None and 0 if all is well, and a time alone while a request
    hangs. `is_searching`: the run of a request whose answer is lost is searched for. `added`: the
    cubes that have come to the run since `fraction` had to stay where it was. `expected`: how long
    it still takes by what earlier runs took.
    """

    status: str
    seconds: float | None
    fraction: float
    current: tuple[Path, ...]
    trouble: ApiError | None
    silent: float
    failures: tuple[Path, ...] = ()
    waiting: tuple[Path, ...] = ()
    is_searching: bool = False
    added: int = 0
    expected: Expected = NOTHING_EXPECTED


@dataclass(frozen=True, slots=True)
class Estimated:
    """The first estimate of how long the run still takes."""

    expected: Expected


@dataclass(frozen=True, slots=True)
class End:
    """The last event. `status` is the last one seen ("": none), `seconds` how long a final run
    took. `note` is one line that says what is not plain from the status. `candidates` are the
    slugs of the runs that a lost request may have started. `comparison`: what differs from the
    last good run, if one is known. `causes` are the likely causes of the first failures, each by
    its path, inert."""

    exit_status: int
    reason: Reason
    note: str = ""
    status: str = ""
    seconds: float | None = None
    failures: tuple[Path, ...] = ()
    error_messages: tuple[str, ...] = ()
    error: ApiError | None = None
    candidates: tuple[str, ...] = ()
    comparison: Comparison | None = None
    causes: tuple[tuple[Path, str], ...] = ()


Event = (
    RunSeen
    | RunSought
    | StatusChanged
    | ApprovalAwaited
    | TroubleBegan
    | Recovered
    | Heartbeat
    | Estimated
    | End
)


def path_text(path: Path) -> str:
    """`release/build/unit`; `?` stands for a slug that is empty."""
    return "/".join(slug or "?" for slug in path)
