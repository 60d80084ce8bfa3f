"""The exit statuses of the command. Imports nothing, so that `--help` stays light."""

EXIT_FAILED = 1
"""The run failed, timed out, was canceled or rejected; or a file could not be downloaded."""
EXIT_USAGE = 2
"""Wrong usage or configuration, or a request that the API does not accept."""
EXIT_NO_API = 3
"""The API refuses us, or can't be reached."""
EXIT_FAULT = 70
"""A fault of our own: sysexits calls it EX_SOFTWARE."""
EXIT_WAIT_RAN_OUT = 124
"""Nothing came within the time of `--wait`."""


def exit_status_of_signal(number: int) -> int:
    """The exit status that a shell expects of a program that signal `number` ended."""
    return 128 + number


EXIT_HANGUP = exit_status_of_signal(1)
EXIT_INTERRUPTED = exit_status_of_signal(2)
EXIT_BROKEN_PIPE = exit_status_of_signal(13)
