"""Following one run to its end, and what the end means."""

from cubewatch.headless.events import End, path_text
from cubewatch.headless.report import Report, awaited, took
from cubewatch.model import status
from cubewatch.runtime.exit_status import EXIT_FAILED
from cubewatch.settings import Plain
from cubewatch.watch.updates import Fresh, Stopped, Update

EXIT_OF = {status.SUCCESS: 0, status.SKIPPED: 0}
"""Of the final statuses, those that are no failure. A run that was skipped had nothing to do."""


class Follow:
    """Takes the news of one run."""

    def __init__(self, report: Report, plain: Plain) -> None:
        self._report = report
        self._plain = plain

    def take(self, update: Update) -> End | None:
        """Tells what is new; the end, if this is it."""
        if isinstance(update, Stopped):
            raise update.fault
        if not isinstance(update, Fresh):
            return None
        self._report.fresh(update)
        snapshot = update.snapshot
        run = snapshot.run
        failures, messages = snapshot.failures, run.error_messages
        if snapshot.is_final:
            code, seconds = EXIT_OF.get(run.status, EXIT_FAILED), took(snapshot, ())
            return End(code, "final", "", run.status, seconds, failures, messages)
        if self._plain.until_approval and (waiting := awaited(snapshot)):
            note = f"{path_text(waiting[0]) or 'the run'} waits for approval"
            return End(0, "approval", note, run.status, None, failures, messages)
        if self._plain.fail_fast and failures:
            first = failures[0]
            note = f"{path_text(first)} {snapshot.status_of(first)}; the run itself goes on"
            return End(EXIT_FAILED, "fail_fast", note, run.status, None, failures, messages)
        return None
