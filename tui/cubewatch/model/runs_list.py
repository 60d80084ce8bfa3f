"""The list of runs of one or several repositories: in groups, sorted, filtered. No I/O."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple

from cubewatch.model import status
from cubewatch.model.around import User
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run

ATTENTION_LASTS = timedelta(hours=24)
"""How long after its end a failure that was not looked at needs attention."""
RECENT = timedelta(hours=24)
"""How long after its end a run stays unfolded."""
MIN_UNFOLDED = 20
"""Runs that are over and stay unfolded however old they are."""

MAX_DIGITS = 20

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class RunKey(NamedTuple):
    """The key of a run among those of several repositories."""

    repo: RepoSlug
    slug: str

    def __str__(self) -> str:
        return f"{self.repo}#{self.slug}"


class Group(Enum):
    """A group of the list."""

    ATTENTION = "needs attention"
    RUNNING = "running"
    QUEUED = "queued"
    DONE = "done"


def run_phase(run: Run) -> status.Phase:
    """The phase of a run. It waits for a person if one of its workflows does: a list holds no
    tasks, and the status of the run may still say that it is processed."""
    own = status.phase(run.status)
    if own == "running" and any(
        workflow.status == status.AWAITING_APPROVAL for workflow in run.workflows
    ):
        return "waiting"
    return own


def created_at(run: Run) -> datetime:
    """The date at which a run was created, or the next best known; long ago where nothing is
    known."""
    dates = run.dates
    return dates.created_at or dates.started_at or dates.updated_at or _LONG_AGO


def ended_at(run: Run) -> datetime:
    """The date at which a run ended, or the next best known."""
    return run.dates.finished_at or run.dates.updated_at or created_at(run)


def group_of(run: Run, *, looked_at: bool, now: datetime) -> Group:
    """The group of a run. A failure needs attention until it was looked at, or for a
    day; `now` is the server's time."""
    phase = run_phase(run)
    if phase == "waiting":
        return Group.ATTENTION
    if run.status in status.FAILURES and not looked_at and now - ended_at(run) < ATTENTION_LASTS:
        return Group.ATTENTION
    return {"running": Group.RUNNING, "pending": Group.QUEUED}.get(phase, Group.DONE)


@dataclass(frozen=True, slots=True)
class RunFilter:
    """A filter for runs. `words` must each be found; a word is `field:text`, where the field is
    status, workflow, by, event or repo, or a text that may stand in any of them."""

    words: tuple[tuple[str, str], ...] = ()
    by: User | None = None

    @classmethod
    def parse(cls, text: str, by: User | None = None) -> "RunFilter":
        """Reads a filter from the text that a person types."""
        words = []
        for word in text.casefold().split():
            name, colon, wanted = word.partition(":")
            known = FIELDS.get(name, "") if colon else ""
            if known and not wanted:
                continue
            words.append((known, wanted if known else word))
        return cls(tuple(words), by)

    def matches(self, repo: RepoSlug, run: Run) -> bool:
        """Whether a run matches."""
        if self.by is not None and not self.by.started(run):
            return False
        return all(_holds(repo, run, name, wanted) for name, wanted in self.words)


FIELDS = {
    "status": "status",
    "is": "status",
    "workflow": "workflow",
    "w": "workflow",
    "by": "by",
    "who": "by",
    "user": "by",
    "event": "event",
    "repo": "repo",
}
"""Names of fields in a filter, and what they mean."""


def _holds(repo: RepoSlug, run: Run, name: str, wanted: str) -> bool:
    return any(wanted in text.casefold() for text in _texts(repo, run, name))


def _texts(repo: RepoSlug, run: Run, name: str) -> Iterable[str]:
    """The texts of a field; of all of them for an empty name."""
    if name in ("", "status"):
        yield run.status
        if run_phase(run) == "waiting":
            yield status.AWAITING_APPROVAL
    if name in ("", "workflow"):
        yield from (workflow.slug for workflow in run.workflows)
    if name in ("", "by"):
        yield run.user.slug
    if name in ("", "event"):
        yield run.event_type
    if name in ("", "repo"):
        yield str(repo)
    if not name:
        yield f"#{run.slug}"


class Heading(NamedTuple):
    """The title of a group, and how many runs it has, with those of its fold."""

    group: Group
    runs: int


class Fold(NamedTuple):
    """A row that stands for older runs that are over. `folded`: so many are not shown."""

    folded: int
    is_open: bool


Row = Heading | RunKey | Fold


@dataclass(slots=True)
class RunsList:
    """The runs that are known and the rows they make: headings with their runs below them.

    `looked_at` are runs whose failure needs no attention any more; `unfolded`: the older ones are
    shown, too.
    """

    runs: dict[RunKey, Run] = field(default_factory=dict)
    looked_at: set[RunKey] = field(default_factory=set)
    filter: RunFilter = RunFilter()
    unfolded: bool = False
    rows: list[Row] = field(default_factory=list)
    counts: dict[Group, int] = field(default_factory=dict)

    def arrange(self, now: datetime) -> None:
        """Computes `rows` and `counts` at the server's time `now`; O(n log n)."""
        grouped: dict[Group, list[tuple[RunKey, Run]]] = {group: [] for group in Group}
        for key, run in self.runs.items():
            if self.filter.matches(key.repo, run):
                group = group_of(run, looked_at=key in self.looked_at, now=now)
                grouped[group].append((key, run))
        self.counts = {group: len(members) for group, members in grouped.items()}
        self.rows = []
        for group, members in grouped.items():
            if not members:
                continue
            members.sort(key=_order(group), reverse=True)
            self.rows.append(Heading(group, len(members)))
            shown = len(members)
            if group is Group.DONE:
                shown = _recent(members, now)
            self.rows += [key for key, _ in members[: None if self.unfolded else shown]]
            if shown < len(members):
                self.rows.append(Fold(len(members) - shown, self.unfolded))


def _order(group: Group) -> Callable[[tuple[RunKey, Run]], tuple[bool, datetime, int, str]]:
    """The order within a group, the largest first: the newest; who waits before who has failed."""

    def key(member: tuple[RunKey, Run]) -> tuple[bool, datetime, int, str]:
        run_key, run = member
        waits = group is Group.ATTENTION and run_phase(run) == "waiting"
        slug = run_key.slug
        is_number = slug.isascii() and slug.isdigit() and len(slug) < MAX_DIGITS
        return waits, created_at(run), int(slug) if is_number else 0, str(run_key.repo)

    return key


def _recent(members: list[tuple[RunKey, Run]], now: datetime) -> int:
    """The number of ended runs, newest first, that stay unfolded."""
    recent = sum(now - ended_at(run) < RECENT for _, run in members)
    return min(len(members), max(MIN_UNFOLDED, recent))
