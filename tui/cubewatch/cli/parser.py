"""The parser of the command line: argparse, with our words where it would repeat a secret."""

import argparse
import os
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from cubewatch import __version__
from cubewatch.cli import texts
from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.commands import COMMANDS, load_command
from cubewatch.cli.options import GROUPS, PLAIN, SCREEN, WHAT, WHERE
from cubewatch.text.near_miss import did_you_mean
from cubewatch.text.repeat import repeatable

_ABOUT = r"argument (?P<name>[^:]+): (?P<what>expected|ignored explicit|not allowed)"
_REQUIRED = r"the following arguments are required: (?P<names>.*)"


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """The stock formatter for a width that is known. For one that is not it loads `shutil`, with
    three libraries to compress files, also to check an option."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_terminal_columns() - 2)


class LineParser(argparse.ArgumentParser):
    """An argparse parser whose errors are one line, raised as UsageError. What is not given sets
    nothing, so that an option before the command is not undone by its absence behind it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            allow_abbrev=False,
            argument_default=argparse.SUPPRESS,
            formatter_class=HelpFormatter,
            **options,
        )

    def error(self, message: str) -> NoReturn:
        """Raises UsageError. The words of `message` differ from one Python to the next and may
        repeat what was typed: only the kind of error and names of ours are taken from it."""
        raise UsageError(f"{self._error_for(message)}; see {self.prog} -h")

    def _error_for(self, message: str) -> str:
        names = {"/".join(action.option_strings) or str(action.metavar) for action in self._actions}
        if (found := re.match(_REQUIRED, message)) and set(found["names"].split(", ")) <= names:
            return f"{found['names'].partition(', ')[0]} is missing"
        found = re.match(_ABOUT, message)
        if found is None or found["name"] not in names:
            return "these words do not fit together"
        return f"{found['name']} takes {'a' if found['what'] == 'expected' else 'no'} value"

    def _check_value(self, action: argparse.Action, value: str) -> None:
        """Says what to do about an unknown command."""
        if action.choices is not None and value not in action.choices:
            said = f"there is no command {repeatable(value)}"
            if advice := did_you_mean(value, tuple(COMMANDS)):
                raise UsageError(f"{said}: {advice}")
            start = f"a workflow is started with cubewatch run {repeatable(value)}"
            raise UsageError(f"{said} (see cubewatch -h); {start}")


def _terminal_columns() -> int:
    """What COLUMNS says, or the terminal that is written to; 80 if neither does."""
    try:
        columns = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size(1).columns
    except (ValueError, OSError):
        return 80
    return columns if columns > 0 else 80


class CommandParser(LineParser):
    """The parser of one command, which is set up and loads the command when it is first used:
    argparse needs longer to set up the parsers of all commands than to parse a line."""

    command = ""
    _is_filled = False

    def __init__(self, **options: Any) -> None:
        self._options = options

    def fill(self) -> None:
        """Sets it up with what the command's module says of it."""
        if self._is_filled:
            return
        self._is_filled = True
        super().__init__(**self._options)
        command = load_command(self.command)
        self.usage, self.description = command.usage, command.description
        self.epilog = command.epilog
        for group in command.groups:
            group.add_to(self)
        command.add_arguments(self)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self.fill()
        return super().parse_known_args(args, namespace)


def parse(argv: Sequence[str]) -> Arguments:
    """The parsed command line. Raises UsageError; `-h` and `--version` print and raise
    SystemExit(0)."""
    for word in argv:
        try:
            word.encode()
        except UnicodeEncodeError:
            name = f"the value of {word.partition('=')[0]!a}" if "=" in word else "a word"
            raise UsageError(f"{name} holds bytes that are not text: write it in UTF-8") from None
    parser = top_parser()
    if unknown := _unknown_before_command(parser, argv):
        raise UsageError(_unknown(parser, None, [unknown]))
    arguments, rest = parser.parse_known_args(argv, Arguments())
    used = command_parser(parser, arguments.command)
    if any(word.startswith("-") for word in rest) or (rest := _placed(used, arguments, rest)):
        raise UsageError(_unknown(used, arguments.command, rest))
    _refuse_misplaced(used, arguments)
    return arguments


def top_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = LineParser(
        prog="cubewatch",
        usage="cubewatch [options] [COMMAND ...]",
        description="Compose SourceCraft CI/CD runs and watch them live in a terminal.\n"
        "Without a command: compose a run.",
        epilog=texts.EPILOG,
    )
    for group in (WHERE, WHAT, SCREEN):
        group.add_to(parser)
    PLAIN.add_to(parser, shown=False)
    parser.add_argument("--version", action="version", version=f"cubewatch {__version__}")
    commands = parser.add_subparsers(
        title="commands",
        dest="command",
        metavar="COMMAND",
        prog="cubewatch",
        parser_class=CommandParser,
    )
    for name, about in COMMANDS.items():
        commands.add_parser(name, help=about).command = name
    return parser


def command_parser(parser: argparse.ArgumentParser, name: str | None) -> argparse.ArgumentParser:
    """The parser of the command `name` below `parser`; without a name `parser` itself."""
    if name is None:
        return parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found = action.choices[name]
            if isinstance(found, CommandParser):
                found.fill()
                return found
    return parser


def _unknown_before_command(parser: argparse.ArgumentParser, argv: Sequence[str]) -> str:
    """The first unknown option before the command. argparse would take the word behind it for the
    command, and complain of that."""
    known = {flag for action in parser._actions for flag in action.option_strings}
    for word in argv:
        if word in COMMANDS or word == "--":
            break
        if word.startswith("--") and word.partition("=")[0] not in known:
            return word
    return ""


def _placed(parser: argparse.ArgumentParser, arguments: Arguments, rest: list[str]) -> list[str]:
    """Assigns words to the command's positional arguments that are still free, as argparse only
    takes those before the first option. Returns the words that are left."""
    for action in parser._actions if arguments.command else ():
        value = getattr(arguments, action.dest, None)
        if action.option_strings or not rest:
            continue
        if action.nargs == "*":
            setattr(arguments, action.dest, [*(value or ()), *rest])
            rest = []
        elif value is None:
            setattr(arguments, action.dest, rest.pop(0))
    return rest


def _unknown(parser: argparse.ArgumentParser, command: str | None, rest: Sequence[str]) -> str:
    """The error for words that have no place: of options their names alone, as what follows an
    unknown option may be its value."""
    name = next((word.partition("=")[0] for word in rest if word.startswith("-")), "")
    for group in GROUPS if name else ():
        if any(name in option.flags for option in group.options):
            return group.misplaced.format(flag=name, command=command)
    if name:
        known = [flag for action in parser._actions for flag in action.option_strings]
        advice = did_you_mean(name, known) if name.startswith("--") else ""
        return f"unknown option {repeatable(name)}: {advice or f'see {parser.prog} -h'}"
    if command in ("login", "logout"):
        return f"{command} takes no words: the token is asked for, or read from a pipe"
    return f"unknown word {' '.join(map(repeatable, rest))}: see {parser.prog} -h"


def _refuse_misplaced(parser: argparse.ArgumentParser, arguments: Arguments) -> None:
    """Raises UsageError for an option before a command that it is not for."""
    known = {action.dest for action in parser._actions}
    given = set(vars(arguments)) - known
    for group in GROUPS if arguments.command else ():
        for flag in group.flags_of(given):
            raise UsageError(group.misplaced.format(flag=flag, command=arguments.command))
