"""Watching without a screen: a line for each change, and the exit status."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import FrameType

from cubewatch.headless.ending import handle_update
from cubewatch.headless.event_writer import EventWriter
from cubewatch.headless.events import End
from cubewatch.headless.finding import find_run
from cubewatch.headless.json_lines import JsonLines
from cubewatch.headless.output import Output, OutputError
from cubewatch.headless.starting import RunStarter
from cubewatch.headless.text import PlainLines
from cubewatch.headless.waiting import Waiter, WatchEnded
from cubewatch.history.memory import CannotRemember
from cubewatch.model.draft import check
from cubewatch.model.request import RunRequest
from cubewatch.model.snapshot import Snapshot
from cubewatch.runtime.exit_status import EXIT_BROKEN_PIPE, EXIT_USAGE, exit_status_of_signal
from cubewatch.session import Session
from cubewatch.settings import ComposeFirst, Plain, Settings, SettingsError, Start

CAUSE_SECONDS = 15.0
"""Seconds for the logs of what failed, at the end."""
COMPARE_TIMEOUT = 10.0
"""Seconds that the end is put off until it is known what was different: earlier runs that are
looked for the first time take a dozen requests."""


def run_plain(settings: Settings, start: Start, plain: Plain) -> int:
    """Watches a run, or starts one and watches it, with lines on standard output.

    Returns the exit status: 0 success (or skipped, or with `until_approval` a wait for a person),
    1 any other final status or, with `fail_fast`, a failure; 2 a request that is not accepted, no
    run at all, or output that can't be written; 3 a refusal, an outage that was given up, or a
    lost answer whose run is not known; 141 when the output's reader is gone, as for any
    program in a pipe. SIGINT, SIGTERM and SIGHUP end the process at once with 130, 143 and 129,
    unless they are ignored (nohup).
    Raises SettingsError if the environment has no usable way to the API.
    """
    try:
        output = Output.standard()
        session = Session(settings)
        style = JsonLines(session.repo) if plain.json else PlainLines(session.repo, output.arrow)
        writer = EventWriter(output, style, session.repo, session.timing)
        _end_at_signals(writer, output)
        return asyncio.run(watch_plain(session, start, plain, writer))
    except OutputError as error:
        if error.broken_pipe:
            return EXIT_BROKEN_PIPE
        print(f"cubewatch: {error}", file=sys.stderr)
        return EXIT_USAGE


async def watch_plain(session: Session, start: Start, plain: Plain, writer: EventWriter) -> int:
    """The same for a session and a writer. Raises OutputError and SettingsError."""
    try:
        client = await session.client()
    except ValueError as error:
        raise SettingsError(str(error)) from None
    timing = session.timing
    waiter = Waiter(writer, timing, plain)
    starter = RunStarter(client, writer, waiter, timing)
    try:
        if isinstance(start, ComposeFirst):
            request = check(start.draft, config=None).request
            if request is None:
                raise SettingsError("what is to run is not complete")
            sent_at = timing.utc()
            slug = await starter.start(request)
            await _remember(session, request, slug, sent_at)
        else:
            slug = start.run_slug
            if start.awaited:
                slug = await find_run(session, start.awaited, writer, waiter)
        writer.run_slug = slug
        exists = isinstance(start, ComposeFirst) or start.awaited is not None
        feed = session.feed(session.repo, slug, exists=exists)
        writer.feed = feed
        outlook = session.outlook(feed)
        writer.use_outlook(outlook)
        end = await waiter.result_of_feed(feed, lambda update: handle_update(update, writer, plain))
        if end.reason == "final":
            with suppress(TimeoutError):
                await asyncio.wait_for(outlook.settled(), COMPARE_TIMEOUT)
        outlook.close()
        if end.failures and feed.snapshot:
            end = await _with_causes(session, feed.snapshot, end)
    except WatchEnded as ended:
        end = ended.end
    finally:
        await session.close()
        if session.recording_trouble:
            print(f"cubewatch: {session.recording_trouble}", file=sys.stderr)
    return writer.write_end(end)


async def _with_causes(session: Session, snapshot: Snapshot, end: End) -> End:
    """The end with the likely causes of what failed, as far as they are found in a few seconds."""
    causes = session.failure_causes()
    causes.take(snapshot)
    await causes.settled(CAUSE_SECONDS)
    causes.close()
    return replace(end, causes=tuple(causes.known))


async def _remember(session: Session, request: RunRequest, slug: str, sent_at: datetime) -> None:
    try:
        memory = session.memory()
        await asyncio.to_thread(memory.remember, session.repo, request, slug, sent_at)
    except CannotRemember as error:
        print(f"cubewatch: {error}", file=sys.stderr)


def _end_at_signals(writer: EventWriter, output: Output) -> None:
    """Handlers that need no loop: it may be waiting for a reader, or for a name server."""

    def end(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        status = exit_status_of_signal(number)
        if output.is_ready and not writer.ended:
            with suppress(OutputError):
                writer.write_end(interrupted(writer, status))
        os._exit(status)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


def interrupted(writer: EventWriter, exit_status: int) -> End:
    """The last lines when a signal ends the watching."""
    if writer.sending:
        note = "interrupted before the answer came: a run may have been started"
    elif writer.run_slug:
        note = "interrupted, the run itself goes on"
    else:
        note = "interrupted before there was a run to watch"
    return End(exit_status, "interrupted", note, writer.status)
