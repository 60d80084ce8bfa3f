"""Waits without a screen for a run that is still to be found."""

import asyncio
from typing import TYPE_CHECKING

from cubewatch.headless.event_writer import EventWriter
from cubewatch.headless.events import End
from cubewatch.headless.waiting import Waiter, WatchEnded
from cubewatch.runtime.exit_status import EXIT_USAGE, EXIT_WAIT_RAN_OUT
from cubewatch.settings import AwaitedRun
from cubewatch.text.format import duration
from cubewatch.watch.attempts import attempts
from cubewatch.watch.awaited import LOOK_INTERVAL, NoCommitError, Sighting, look_for
from cubewatch.watch.updates import Trouble

if TYPE_CHECKING:
    from cubewatch.session import Session


async def find_run(
    session: "Session", awaited: AwaitedRun, writer: EventWriter, waiter: Waiter
) -> str:
    """The slug of the run. Raises WatchEnded if it is not found in time, the API refuses us, or
    there is no commit to find a run of."""
    try:
        commit = await session.checked_out() if awaited.head else None
        look = look_for(await session.client(), session.repo, awaited, commit)
    except NoCommitError as error:
        raise WatchEnded(End(EXIT_USAGE, "not_found", str(error))) from None
    last = Sighting((), "")

    def take(sighting: Sighting | Trouble) -> Sighting | None:
        nonlocal last
        if isinstance(sighting, Trouble) or sighting == last:
            return None
        last = sighting
        writer.write_sighting(sighting)
        return sighting if sighting.slugs else None

    timing = session.timing
    found = asyncio.ensure_future(
        waiter.result_of_attempts(attempts(look, timing, LOOK_INTERVAL), take)
    )
    limit = asyncio.ensure_future(timing.wait(asyncio.Event(), awaited.wait))
    try:
        await asyncio.wait({found, limit}, return_when=asyncio.FIRST_COMPLETED)
        if found.done():
            return found.result().slugs[0]
    finally:
        found.cancel()
        limit.cancel()
    note = f"no run within {duration(awaited.wait or 0)}: {last.note or 'no answer came'}"
    raise WatchEnded(End(EXIT_WAIT_RAN_OUT, "wait_ran_out", note))
