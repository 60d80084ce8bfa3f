"""The command line: runs what its words ask for. Heavy imports wait until a command runs."""

import os
import sys
from collections.abc import Sequence

from cubewatch.cli.arguments import UsageError
from cubewatch.cli.commands import DEFAULT, load_command
from cubewatch.cli.parser import parse
from cubewatch.runtime.exit_status import EXIT_FAULT, EXIT_INTERRUPTED, EXIT_NO_API, EXIT_USAGE
from cubewatch.text.repeat import secret_values, without_secrets
from cubewatch.text.sanitize import inert


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` (without the program's name) asks for.

    Returns the exit status: that of the command, 2 for wrong usage or configuration, 130 after
    Ctrl-C, 70 for a fault of our own, which is reported in a file. `-h` and `--version` print and
    raise SystemExit(0). A shell that asks what can stand at the cursor is answered, and the
    process ends.
    """
    words = sys.argv[1:] if argv is None else argv
    if shell := os.environ.get("_CUBEWATCH_COMPLETE"):
        from cubewatch.cli.completion import leave_with_answer

        leave_with_answer(shell, words)
    try:
        return _run(words)
    except UsageError as error:
        line = inert(without_secrets(str(error), words))
        print(f"cubewatch: {line}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:
        from cubewatch.runtime.crash import crash_report

        print(crash_report(error, secret_values(words)), file=sys.stderr)
        return EXIT_FAULT


def _run(words: Sequence[str]) -> int:
    """Raises UsageError."""
    arguments = parse(words)
    command = load_command(arguments.command or DEFAULT)
    from cubewatch.settings import SettingsError

    try:
        status = command.run(arguments)
    except SettingsError as error:
        raise UsageError(str(error)) from None
    if status == EXIT_NO_API:
        from cubewatch.cli.known_repositories import repository_meant

        if meant := repository_meant(arguments):
            print(f"cubewatch: {meant}", file=sys.stderr)
    return status
