"""`cubewatch report`: the hand-over of a run, for a person who was not there."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from cubewatch.api.errors import ApiError
from cubewatch.headless.compare import find_comparison
from cubewatch.headless.output import Output, Report
from cubewatch.logs.handover import Handover, diagnosed_cubes, differences_in_words
from cubewatch.runtime.exit_status import EXIT_NO_API
from cubewatch.settings.one_shot import CompareRuns, PrintReport

if TYPE_CHECKING:
    from cubewatch.model.run import Run
    from cubewatch.session import Session

COMPARE_SECONDS = 10.0


async def print_report(
    session: "Session", command: PrintReport, output: Output, report: Report
) -> int:
    """Prints the hand-over as Markdown. Returns the exit status: 0, or 3 if the API refuses us or
    does not answer. Raises OutputError."""
    try:
        client = await session.client()
        run = await client.run(session.repo, command.run_slug)
    except ApiError as error:
        report(error.in_full)
        return EXIT_NO_API
    text = (await handover(session, run)).markdown()
    output.write_text(text)
    return 0


async def handover(session: "Session", run: "Run") -> Handover:
    """A summary of a run for somebody else, in Markdown, with the causes in the logs of its failed
    cubes. Raises nothing: what can't be fetched is left out, or named where it is missing."""
    client = await session.client()
    return Handover(
        session.repo,
        run,
        session.timing.utc() + client.server_ahead,
        await diagnosed_cubes(session.logs(), run),
        differences=await _differences(session, run),
        secrets=(session.settings.token.reveal(),),
    )


async def _differences(session: "Session", run: "Run") -> list[str]:
    """The differences to the last good run, if one is found within a few seconds."""
    found = None
    with suppress(ApiError, TimeoutError):
        async with asyncio.timeout(COMPARE_SECONDS):
            found = await find_comparison(session, CompareRuns(run.slug, "", False))
    return differences_in_words(found) if found else []
