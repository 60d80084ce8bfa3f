"""The commands: a module for each, and the table that names them.

A new command is a module here with a `COMMAND`, and a line in COMMANDS. Its module is imported
when the command is named, for its `-h` too, so what is heavy is imported when it runs.
"""

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from cubewatch.cli.arguments import Arguments
from cubewatch.cli.options import WHERE, OptionGroup
from cubewatch.cli.texts import RUN_HELP

COMMANDS = {
    "run": "compose a run with its workflows filled in",
    "watch": "follow a run to its end",
    "runs": "show what goes on in repositories",
    "log": "print the log of a cube",
    "artifacts": "list or download the artifacts of a run",
    "compare": "print what differs in a run from an earlier one",
    "report": "print a hand-over of a run as Markdown",
    "replay": "play a recorded run on the live screen",
    "trace": "print a run as a trace for ui.perfetto.dev",
    "login": "keep a token in the system keyring",
    "logout": "forget that token",
    "doctor": "say what works here, and what does not",
    "completion": "let a shell complete what you type",
}
"""Each command, which is a module of this package, and what `-h` says of it in a line."""

DEFAULT = "run"
"""What is done where no command is named."""

Parser = argparse.ArgumentParser


def _no_words(parser: Parser) -> None:
    """For a command that takes options alone."""


def add_run(parser: Parser) -> None:
    """For a command about one run, whose first word names it."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)


class Command(NamedTuple):
    """A command: what `-h` says of it, which options it shares with others, words and options of
    its own, and what it does. `run` returns the exit status and raises UsageError and
    SettingsError."""

    usage: str
    description: str
    run: Callable[[Arguments], int]
    groups: tuple[OptionGroup, ...] = (WHERE,)
    add_arguments: Callable[[Parser], None] = _no_words
    epilog: str = ""


def load_command(name: str) -> Command:
    """The command that is called `name` in COMMANDS."""
    command: Command = import_module(f"{__name__}.{name}").COMMAND
    return command
