"""A command of the person's own that prints the token, such as `pass show sourcecraft`."""

import os
import signal
import subprocess
from contextlib import suppress
from threading import Event, Timer

from cubewatch.settings import Secret, SettingsError, as_token

UNATTENDED_TIMEOUT = 30.0
"""Seconds that a command may take where no passphrase can be typed."""
MAX_OUTPUT = 64_000
"""Bytes that it may print."""


def run_token_command(command: str, place: str, *, unattended: bool = False) -> Secret:
    """The first line that `command` prints, without the space around it.

    It runs in the shell (`sh -c`), as Git runs its credential helpers: pipes, quotes, `~` and
    variables work. It has our terminal, may ask for a passphrase there and take its time for it,
    and what it writes to standard error is seen. Without a terminal, or `unattended` because a
    screen is in the way, it has no input, UNATTENDED_TIMEOUT seconds, and its output is dropped.

    Raises SettingsError, which names the `place` that the command is from, but neither the
    command nor what it printed.
    """
    has_input = os.isatty(0) and not unattended
    attended = (has_input or os.isatty(2)) and not unattended
    try:
        process = subprocess.Popen(  # noqa: S602, the command is the person's own
            command,
            shell=True,
            stdin=None if has_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if unattended else None,
            start_new_session=not attended,
        )
    except (OSError, ValueError):
        raise SettingsError(f"{place} can't be run: it takes a command of the shell") from None
    with process:
        output, late = _output(process, None if attended else UNATTENDED_TIMEOUT)
    if late:
        raise SettingsError(f"{place} gave no token within {UNATTENDED_TIMEOUT:g} s")
    if len(output) > MAX_OUTPUT:
        raise SettingsError(f"{place} prints more than a token: only its first line counts")
    if process.returncode:
        how = f"exit status {process.returncode}" if process.returncode > 0 else "a signal"
        raise SettingsError(f"{place} ended with {how}: try the command by itself")
    return as_token(output.partition(b"\n")[0].decode(errors="replace"), place)


def _output(process: "subprocess.Popen[bytes]", seconds: float | None) -> tuple[bytes, bool]:
    """The output of the command, up to a little more than MAX_OUTPUT, and whether it took too
    long."""
    if process.stdout is None:
        raise ValueError("standard output must be a pipe")
    late = Event()

    def stop() -> None:
        """What it has started may live on without it, and keep the pipe open."""
        late.set()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = Timer(seconds, stop) if seconds is not None else None
    if timer:
        timer.start()
    try:
        output = process.stdout.read(MAX_OUTPUT + 1)
        if len(output) > MAX_OUTPUT:
            process.kill()
        process.wait()
    finally:
        if timer:
            timer.cancel()
    return output, late.is_set()
