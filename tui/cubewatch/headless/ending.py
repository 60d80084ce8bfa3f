"""The end of watching: when it comes, and with which exit status."""

from cubewatch.headless.event_writer import EventWriter, seconds_of
from cubewatch.headless.events import End, path_text
from cubewatch.model import status
from cubewatch.runtime.exit_status import EXIT_FAILED
from cubewatch.settings import Plain
from cubewatch.watch.updates import Fresh, Stopped, Update

EXIT_OF = {status.SUCCESS: 0, status.SKIPPED: 0}
"""Of the final statuses, those that are no failure. A run that was skipped had nothing to do."""


def handle_update(update: Update, writer: EventWriter, plain: Plain) -> End | None:
    """Writes the news of an update; returns the end if watching ends with it."""
    if isinstance(update, Stopped):
        raise update.fault
    if not isinstance(update, Fresh):
        return None
    writer.write_changes(update)
    snapshot = update.snapshot
    run = snapshot.run
    failures, messages = snapshot.failures, run.error_messages
    if snapshot.is_final:
        code, seconds = EXIT_OF.get(run.status, EXIT_FAILED), seconds_of(snapshot, ())
        return End(code, "final", "", run.status, seconds, failures, error_messages=messages)
    if plain.until_approval and (waiting := snapshot.waiting):
        note = f"{path_text(waiting[0]) or 'the run'} waits for approval"
        return End(0, "approval", note, run.status, None, failures, error_messages=messages)
    if plain.fail_fast and failures:
        first = failures[0]
        note = f"{path_text(first)} {snapshot.status_of(first)}; the run itself goes on"
        return End(
            EXIT_FAILED, "fail_fast", note, run.status, None, failures, error_messages=messages
        )
    return None
