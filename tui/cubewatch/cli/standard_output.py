"""Lines on standard output, from a command that only prints."""

from cubewatch.cli.arguments import UsageError
from cubewatch.headless.output import Output, OutputError
from cubewatch.runtime.exit_status import EXIT_BROKEN_PIPE


def write_line(line: str) -> None:
    """Writes a line. Raises UsageError if standard output takes none, and SystemExit if its
    reader is gone."""
    try:
        Output.standard().write([line])
    except OutputError as error:
        if error.broken_pipe:
            raise SystemExit(EXIT_BROKEN_PIPE) from None
        raise UsageError(str(error)) from None
