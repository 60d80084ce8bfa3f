"""The texts of the runs screen, apart from its rows."""

from typing import TYPE_CHECKING

from cubewatch.model.runs_list import Group
from cubewatch.text.format import duration

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cubewatch.model.repository import RepoSlug
    from cubewatch.watch.runs_poll import RepositoryRuns

JUST_NOW = 15.0
"""Seconds during which an answer counts as current, and no age is shown."""
AGE_STEP = 10
"""Seconds by which an age grows on screen, so that it costs little."""

NO_REPOSITORIES = (
    "No repository is known here. Name them: cubewatch runs ORG/REPO …, "
    'or write repositories = ["ORG/REPO"] into the config file.'
)
LOADING_REPOSITORIES = "Looking for your repositories…"
LOADING = "Loading the runs…"
NO_RUNS = "There are no runs yet."
NOTHING_FITS = "No run fits the filter. esc shows all again."
FILTER_HINT = "status:failed workflow:release by:olga event:push, or any text"
NO_USER = "The server does not say who you are: m can't be used."
NOT_FROM_HERE = "This run was not started from here: the form opens with its workflows."


def title(repositories: "Collection[RepoSlug]") -> str:
    """The title of the list."""
    if len(repositories) == 1:
        return f" Runs of {next(iter(repositories))}"
    return f" Runs of {len(repositories)} repositories" if repositories else " Runs"


def counts(numbers: "Mapping[Group, int]") -> list[tuple[str, str]]:
    """The numbers of runs by group, as spans."""
    parts = (
        (Group.ATTENTION, "failure", "need attention", "needs attention"),
        (Group.RUNNING, "running", "running", "running"),
        (Group.QUEUED, "pending", "queued", "queued"),
        (Group.DONE, "muted", "done", "done"),
    )
    spans: list[tuple[str, str]] = []
    for group, part, many, one in parts:
        if number := numbers.get(group, 0):
            spans.append(("  " if spans else " ", "muted"))
            spans.append((f"{number} {one if number == 1 else many}", part))
    return spans


def more_troubles(count: int) -> str:
    """The line about troubles that the header has no room for."""
    return f" ! and {count} more, see below the runs"


def stopped(reason: str) -> str:
    """The line about a poll that was ended by a fault."""
    return f" ! {reason} · r tries again"


def age_text(seconds: float) -> str:
    """The age of an answer: `updated just now`, `updated 20s ago`."""
    if seconds < JUST_NOW:
        return "updated just now"
    return f"updated {duration(seconds - seconds % AGE_STEP)} ago"


def repository_text(state: "RepositoryRuns", now: float) -> str:
    """The state of a repository's list, without its trouble."""
    number = len(state.runs)
    known = f"{number} run{'' if number == 1 else 's'}"
    if not state.is_complete and number:
        known += ", older ones not loaded"
    if state.answered_at is None:
        return "no answer yet"
    return f"{known} · {age_text(now - state.answered_at)}"


def trouble_text(state: "RepositoryRuns", now: float) -> str:
    """The trouble with a repository's list, and when the next try is due."""
    trouble = state.trouble
    if trouble is None:
        return ""
    said = f"{state.repo}: {trouble.error}"
    if trouble.retry_at is not None:
        wait = trouble.retry_at - now
        said += f" · next try in {duration(wait + AGE_STEP - wait % AGE_STEP)}"
    if state.answered_at is not None:
        said += f" · {age_text(now - state.answered_at)}"
    return said
