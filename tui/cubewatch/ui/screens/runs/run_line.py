"""One row of the list of runs: what changes stands left, names stand right.

` ◐ #142  ━━━━━━╸───  61 %   1m24s  release          olga  manual`
` ✗ #138  failed    3h ago   1m02s  release · e2e/checkout  ivan  manual`
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len

from cubewatch.model import status
from cubewatch.model.runs_list import Fold, Heading, ended_at, run_phase
from cubewatch.text.format import SAME_MOMENT, ago, coarse_duration, duration, elapsed
from cubewatch.ui.widgets.measured_text import Span, bar, fit, pad, percent

if TYPE_CHECKING:
    from cubewatch.model.repository import RepoSlug
    from cubewatch.model.run import Run
    from cubewatch.model.runs_list import RunKey
    from cubewatch.watch.runs_poll import RunDetail

PARTS = (*status.TONES, "rest", "title", "text", "note", "culprit", "mark")

BAR = 10
STATE = 17
TIME = 7
SHORT_STATE = 8
EVENT = 10
MAX_SLUG = 9
MAX_WHO = 12
SHORT_WHO = 9
MAX_REPO = 24
NARROW, WIDE = 60, 110
ENOUGH = 24
"""Cells for the names of the workflows and what failed, before there is room for events."""
MIN_WORKFLOWS = 5
MIN_NAMES = 7
"""Cells of the names of workflows that are left beside the time that a run still takes."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of a list's columns, in cells; 0: the column is left out."""

    width: int
    slug: int
    state: int
    time: int
    repo: int
    who: int
    event: int
    single_org: bool = True

    @property
    def workflows(self) -> int:
        """The cells that are left for the names of the workflows."""
        fixed = 3 + self.slug + 2 + self.state + 1
        for column in (self.time, self.repo, self.who, self.event):
            fixed += column + 2 if column else 0
        return max(0, self.width - fixed)


def columns(
    width: int, *, slugs: Iterable[str], users: Iterable[str], repositories: "Sequence[RepoSlug]"
) -> Columns:
    """Columns for runs with these slugs and users. Of an organization that all share only the
    names of its repositories are shown."""
    who = min(MAX_WHO, max(map(cell_len, users), default=0))
    single_org = len({repo.org for repo in repositories}) == 1
    repo = 0
    if len(repositories) > 1:
        names = [repo.repo if single_org else str(repo) for repo in repositories]
        most = MAX_REPO if width >= WIDE else 10 if width >= NARROW else 8
        repo = min(max(map(cell_len, names)), most)
    look = Columns(
        width,
        min(MAX_SLUG, max(map(cell_len, slugs), default=1)) + 1,
        state=STATE if width >= NARROW else SHORT_STATE,
        time=TIME if width >= NARROW else 0,
        repo=repo,
        who=min(who, MAX_WHO if width >= WIDE else SHORT_WHO) if width >= NARROW else 0,
        event=EVENT,
        single_org=single_org,
    )
    return look if look.workflows >= ENOUGH else replace(look, event=0)


def run_line(
    key: "RunKey",
    run: "Run",
    detail: "RunDetail | None",
    now: datetime,
    look: Columns,
    left: str = "",
) -> list[Span]:
    """The row of a run at the server's time `now`."""
    waiting = run_phase(run) == "waiting" or bool(detail and detail.waiting and not _over(run))
    shown = status.AWAITING_APPROVAL if waiting else run.status
    tone = status.tone(shown)
    names = ", ".join(workflow.slug for workflow in run.workflows) or _without_workflows(run)
    spans: list[Span] = [
        (f" {status.glyph(shown)} ", tone),
        (pad(f"#{key.slug}", look.slug), "title" if not _over(run) else "text"),
        ("  ", "text"),
        *_state(run, shown, detail, now, look.state, tone),
    ]
    if look.time:
        start = None if waiting else run.dates.started_at
        seconds = elapsed(start, run.dates.finished_at, now)
        spans.append((f" {duration(seconds) if seconds is not None else '':>{look.time}} ", "text"))
    spans.append((" ", "text"))
    if look.repo:
        repo = key.repo.repo if look.single_org else str(key.repo)
        spans.append((f"{pad(repo, look.repo)}  ", "note"))
    culprit = _culprit(detail, waiting, run, look.workflows)
    told = [(names, "text"), *culprit]
    spans += _padded([*told, *_left(left, told, look.workflows)], look.workflows)
    if look.who:
        spans.append((f"  {pad(run.user.slug, look.who)}", "note"))
    if look.event:
        event = run.event_type.replace("repository_", "repo ").replace("_", " ")
        spans.append((f"  {fit(event, look.event)}", "note"))
    return spans


def _over(run: "Run") -> bool:
    return run.status in status.FINAL


def _without_workflows(run: "Run") -> str:
    """The text in place of the names of the workflows."""
    if run.error_messages:
        return run.error_messages[0].partition("\n")[0]
    return "" if run.status == status.CREATED else "(no workflow)"


def _culprit(detail: "RunDetail | None", waiting: bool, run: "Run", width: int) -> list[Span]:
    """The part that failed or waits, after the names of the workflows."""
    if detail and waiting and detail.waiting:
        path, part = detail.waiting, "waiting"
    elif detail and detail.failed and (run.status in status.FAILURES or not _over(run)):
        path, part = detail.failed, "culprit"
    else:
        return []
    name = "/".join(path[1:] or path)
    return [(f" · {name if cell_len(name) < width - MIN_WORKFLOWS - 2 else path[-1]}", part)]


def _left(left: str, told: "Sequence[Span]", width: int) -> list[Span]:
    """The time left of the run, in as many words as there is room for."""
    names, *explained = (cell_len(part) for part, _ in told)
    room = width - sum(explained) - (names if explained else min(names, MIN_NAMES))
    for text in (f" · {left}", f" · {left.removesuffix(' left')}"):
        if left and cell_len(text) <= room:
            return [(text, "text")]
    return []


def _state(
    run: "Run", shown: str, detail: "RunDetail | None", now: datetime, width: int, tone: str
) -> list[Span]:
    if shown == status.PROCESSING:
        fraction = detail.fraction if detail else None
        if fraction is None:
            return [(pad("running", width), tone)]
        if width < STATE:
            return [(pad(percent(fraction), width), tone)]
        done, rest = bar(fraction, BAR)
        return [(done, tone), (rest, "rest"), (pad(f" {percent(fraction)}", width - BAR), tone)]
    if not _over(run):
        created = run.dates.created_at or run.dates.started_at
        since = elapsed(created, None, now)
        word = "waits" if shown == status.AWAITING_APPROVAL else _word(shown)
        if width < STATE or since is None:
            return [(pad(word, width), tone)]
        return [(pad(f"{word} · {coarse_duration(since)} old", width), tone)]
    when = _short_ago(ended_at(run), now)
    if width < STATE:
        return [(pad(when, width), tone)]
    return [(f"{pad(_word(run.status), 9)}{fit(when, width - 9):>{width - 9}}", tone)]


def _word(name: str) -> str:
    return name.replace("_", " ") or "no status"


def _short_ago(when: datetime, now: datetime) -> str:
    seconds = (now - when).total_seconds()
    if when.year < 1971 or seconds < -SAME_MOMENT:
        return ""
    return "now" if seconds < 10 else ago(seconds)


def _padded(spans: list[Span], width: int) -> list[Span]:
    """`spans` in exactly `width` cells: the last one, which explains the others, stays longest."""
    names, *rest = spans
    explained = sum(cell_len(text) for text, _ in rest)
    room = max(min(MIN_WORKFLOWS, width), width - explained)
    fitted: list[Span] = [(fit(names[0], room), names[1])]
    left = width - cell_len(fitted[0][0])
    for text, part in rest:
        shown = fit(text, left)
        fitted.append((shown, part))
        left -= cell_len(shown)
    return [*fitted, (" " * left, "text")]


def heading_line(heading: Heading) -> list[Span]:
    """The title of a group."""
    name = heading.group.value.capitalize()
    return [(f" {name} ", "title"), (str(heading.runs), "note")]


def fold_line(fold: Fold) -> list[Span]:
    """The row that folds and unfolds the older runs."""
    sign = "▾" if fold.is_open else "▸"
    return [(f" {sign} {fold.folded} older", "note")]
