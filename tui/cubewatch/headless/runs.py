"""`cubewatch runs --plain` and `--json`: the newest runs of some repositories, once."""

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cubewatch.api.errors import ApiError
from cubewatch.headless.output import Output, Report
from cubewatch.model import status
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import Run
from cubewatch.model.runs_list import Group, RunFilter, RunKey, created_at, group_of, run_phase
from cubewatch.runtime.exit_status import EXIT_NO_API, EXIT_USAGE
from cubewatch.settings.one_shot import PrintRuns
from cubewatch.text.format import duration, elapsed
from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from cubewatch.api.client import Client
    from cubewatch.model.around import User
    from cubewatch.session import Session

PAGE_SIZE = 100
MAX_PAGES = 50
"""Pages that are read of one repository, however few of its runs fit the filter."""


async def print_runs(session: "Session", command: PrintRuns, output: Output, report: Report) -> int:
    """Prints a line for each run, the newest first, and lines of trouble by `report`.

    Returns the exit status: 0; 2 if no repository is known; 3 if the API refuses us or does not
    answer for one of them, after the runs of the others. Raises OutputError.
    """
    client = await session.client()
    by: User | None = None
    try:
        repositories = command.repositories or await session.repositories()
        if command.mine:
            by = await client.user()
    except ApiError as error:
        report(inert(str(error)))
        return EXIT_NO_API
    if not repositories:
        report("no repository is named: cubewatch runs ORG/REPO")
        return EXIT_USAGE
    run_filter = RunFilter.parse(command.filter, by)
    found: dict[RunKey, Run] = {}
    exit_status = 0

    async def read(repo: RepoSlug) -> None:
        nonlocal exit_status
        try:
            found.update(await _newest(client, repo, run_filter, command.limit))
        except ApiError as error:
            report(f"{repo}: {inert(str(error))}")
            exit_status = EXIT_NO_API

    await asyncio.gather(*map(read, repositories))
    newest = sorted(found.items(), key=lambda item: created_at(item[1]), reverse=True)
    now = session.timing.utc() + client.server_ahead
    if command.json:
        output.write([json_line(key, run, now) for key, run in newest])
    else:
        output.write(list(plain_lines(newest, now)))
    return exit_status


async def _newest(
    client: "Client", repo: RepoSlug, run_filter: RunFilter, limit: int
) -> dict[RunKey, Run]:
    """The newest runs that fit, at most `limit`. Raises ApiError."""
    found: dict[RunKey, Run] = {}
    token = ""
    unfiltered = run_filter == RunFilter()
    for _ in range(MAX_PAGES):
        size = min(PAGE_SIZE, limit) if unfiltered else PAGE_SIZE
        page = await client.runs(repo, page_size=size, page_token=token)
        for run in page.runs:
            if run.slug and run_filter.matches(repo, run):
                found.setdefault(RunKey(repo, run.slug), run)
            if len(found) >= limit:
                return found
        token = page.next_page_token
        if not token or not page.runs:
            break
    return found


def json_line(key: RunKey, run: Run, now: datetime) -> str:
    """A run as one JSON object."""
    shown = {
        "repo": str(key.repo),
        "run": key.slug,
        "status": run.status,
        "group": group_of(run, looked_at=False, now=now).value.replace(" ", "_"),
        "event": run.event_type,
        "user": run.user.slug,
        "pull": run.pull.slug if run.pull else None,
        "workflows": {workflow.slug: workflow.status for workflow in run.workflows},
        "errors": list(run.error_messages),
        "created_at": _iso(run.dates.created_at),
        "started_at": _iso(run.dates.started_at),
        "finished_at": _iso(run.dates.finished_at),
        "url": key.repo.run_url(key.slug),
    }
    return json.dumps(shown, ensure_ascii=False)


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def plain_lines(runs: Iterable[tuple[RunKey, Run]], now: datetime) -> Iterable[str]:
    """A line for each run, in columns."""
    rows = [_columns(key, run, now) for key, run in runs]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _columns(key: RunKey, run: Run, now: datetime) -> tuple[str, ...]:
    seconds = elapsed(run.dates.started_at, run.dates.finished_at, now)
    waits = run_phase(run) == "waiting"
    attention = group_of(run, looked_at=False, now=now) is Group.ATTENTION
    moment = created_at(run)
    return (
        "!" if attention else " ",
        str(key),
        status.AWAITING_APPROVAL if waits else run.status or "-",
        duration(seconds) if seconds is not None else "-",
        f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment.year > 1970 else "-",
        run.user.slug or "-",
        run.event_type or "-",
        ",".join(workflow.slug for workflow in run.workflows) or "-",
    )
