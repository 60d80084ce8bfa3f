"""The command line: runs what its words ask for. Heavy imports wait until a command runs."""

import gc
import os
import sys
from collections.abc import Sequence

from cubewatch.cli.parser import Arguments, UsageError, parse
from cubewatch.runtime.exit_status import EXIT_BROKEN_PIPE, EXIT_INTERRUPTED, EXIT_USAGE
from cubewatch.text.sanitize import inert


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` (without the program's name) asks for.

    Returns the exit status: 0, 2 for wrong usage or configuration, 130 after Ctrl-C; without a
    screen also those of `run_plain`, `run_errand`, `login`, `logout` and `doctor`. `-h` and
    `--version` print and raise SystemExit(0). Where a shell asks what can stand at the cursor, it
    is answered, and the process ends.
    """
    words = sys.argv[1:] if argv is None else argv
    if shell := os.environ.get("_CUBEWATCH_COMPLETE"):
        from cubewatch.cli.completion import leave_with_answer

        leave_with_answer(shell, words)
    try:
        return _run(parse(words))
    except UsageError as error:
        print(f"cubewatch: {inert(str(error))}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _run(arguments: Arguments) -> int:
    """Raises UsageError."""
    from cubewatch.settings import SettingsError

    try:
        if arguments.command in ("log", "artifacts"):
            return _errand(arguments)
        if arguments.command in ("login", "logout", "doctor"):
            return _signing(arguments)
        if arguments.command == "completion":
            return _completion(arguments)
        return _screen_or_lines(arguments)
    except SettingsError as error:
        raise UsageError(str(error)) from None


def _screen_or_lines(arguments: Arguments) -> int:
    from cubewatch.cli.start import plain_plan, start_plan

    plain = plain_plan(arguments)
    settings, start = start_plan(arguments, on_screen=plain is None)
    if plain:
        from cubewatch.headless import run_plain

        return run_plain(settings, start, plain)
    gc.disable()  # nothing that is loaded for the first frame is garbage; the app enables it then
    try:
        from cubewatch.ui.app import run_app

        return run_app(settings, start)
    finally:
        gc.enable()


def _errand(arguments: Arguments) -> int:
    from cubewatch.cli.start import errand_plan
    from cubewatch.headless.errand import run_errand

    return run_errand(*errand_plan(arguments))


def _signing(arguments: Arguments) -> int:
    from cubewatch.cli.defaults import config_for, doctor_context, repo_here, sources_for, tell
    from cubewatch.cli.start import signing_plan

    signing_plan(arguments)
    if arguments.command == "doctor":
        from cubewatch.cli.doctor import doctor

        encoding = sys.stdout.encoding if sys.stdout else "ascii"
        return doctor(doctor_context(arguments), encoding, _say, tell)
    from cubewatch.cli.login import login, logout

    sources = sources_for(arguments, config_for(arguments))
    if arguments.command == "logout":
        return logout(sources, _say)
    repo, _ = repo_here(arguments)
    return login(sources, repo, _say)


def _completion(arguments: Arguments) -> int:
    from cubewatch.cli.completion import SHELLS, script

    if vars(arguments).keys() - {"command", "shell"}:
        raise UsageError("completion takes no options: see cubewatch completion -h")
    if arguments.shell not in SHELLS:
        raise UsageError(f"completion is for one of {', '.join(SHELLS)}, not {arguments.shell!r}")
    try:
        os.write(1, script(arguments.shell).encode())
    except OSError as error:
        raise UsageError(f"standard output takes nothing: {error.strerror}") from None
    return 0


def _say(line: str) -> None:
    """Writes a line to standard output. Raises UsageError if it takes none."""
    from cubewatch.headless.output import Output, OutputError

    try:
        Output.standard().write([line])
    except OutputError as error:
        if error.broken_pipe:
            raise SystemExit(EXIT_BROKEN_PIPE) from None
        raise UsageError(str(error)) from None
