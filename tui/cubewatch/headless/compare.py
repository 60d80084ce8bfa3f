"""`cubewatch compare` and `cubewatch trace`: a run beside another one, and as Trace Event JSON."""

import json
from typing import TYPE_CHECKING

from cubewatch.api.errors import ApiError
from cubewatch.headless.output import Output, Report
from cubewatch.model.compare import Comparison, compare_with, compare_with_last_good
from cubewatch.model.compare_text import as_object, sections, title
from cubewatch.model.past import RunTimes, times_of_run
from cubewatch.model.snapshot import Snapshot, advance
from cubewatch.model.timeline import critical_path
from cubewatch.model.trace import trace
from cubewatch.runtime.exit_status import EXIT_NO_API, EXIT_USAGE
from cubewatch.settings.one_shot import CompareRuns, PrintTrace

if TYPE_CHECKING:
    from cubewatch.session import Session


async def print_comparison(
    session: "Session", command: CompareRuns, output: Output, report: Report
) -> int:
    """Prints what differs. Returns the exit status: 0; 2 if there is no run to compare with; 3 if
    the API refuses us or does not answer. Raises OutputError."""
    try:
        found = await find_comparison(session, command)
    except ApiError as error:
        report(error.in_full)
        return EXIT_NO_API
    if found is None:
        report(_nothing_to_compare(command))
        return EXIT_USAGE
    if command.json:
        output.write([json.dumps(as_object(found), ensure_ascii=False)])
    else:
        output.write(list(_lines(found)))
    return 0


def _nothing_to_compare(command: CompareRuns) -> str:
    slug, baseline = command.run_slug, command.baseline_slug
    if baseline:
        return f"#{slug} and #{baseline} have no workflow in common: there is nothing to compare"
    return (
        f"no run before #{slug} is known in which its workflows went well: "
        "name one to compare it with, as in cubewatch compare 142 138"
    )


async def find_comparison(session: "Session", command: CompareRuns) -> Comparison | None:
    """The differences to another run; None if there is nothing to compare with. Raises ApiError."""
    client = await session.client()
    run = await client.run(session.repo, command.run_slug)
    times = times_of_run(run)
    baseline = None
    if command.baseline_slug:
        baseline = times_of_run(await client.run(session.repo, command.baseline_slug))
    history: list[RunTimes] = []
    async for known in session.earlier_runs()().before(session.repo, run):
        history = known
    if baseline:
        if not times.workflows & baseline.workflows:
            return None
        return compare_with(times, baseline, history)
    return compare_with_last_good(times, history)


def _lines(comparison: Comparison) -> list[str]:
    lines = [title(comparison)]
    for section in sections(comparison):
        meaning = f" ({section.meaning})" if section.meaning else ""
        lines += ["", f"{section.heading}{meaning}:", *(f"  {cube.text}" for cube in section.cubes)]
    return lines if len(lines) > 1 else [*lines, "no difference"]


async def print_trace(
    session: "Session", command: PrintTrace, output: Output, report: Report
) -> int:
    """Prints a run as Trace Event JSON. Returns the exit status: 0, or 3 if the API refuses us or
    does not answer. Raises OutputError."""
    try:
        client = await session.client()
        run = await client.run(session.repo, command.run_slug)
    except ApiError as error:
        report(error.in_full)
        return EXIT_NO_API
    snapshot: Snapshot = advance(None, run)
    now = session.timing.utc() + client.server_ahead
    name = f"{session.repo}#{command.run_slug}"
    found = trace(snapshot, now, critical_path(snapshot), name)
    output.write([json.dumps(found, ensure_ascii=False)])
    return 0
