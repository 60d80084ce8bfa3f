"""`cubewatch watch`: a run on the live screen, or line by line."""

from typing import TYPE_CHECKING

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.commands import Command, Parser
from cubewatch.cli.options import PLAIN, SCREEN, WHERE
from cubewatch.cli.texts import RUN_HELP

if TYPE_CHECKING:
    from pathlib import Path


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", nargs="?", help=RUN_HELP)
    parser.add_argument("--record", metavar="FILE", help="record it into a new file, for replay")


def _run(arguments: Arguments) -> int:
    from dataclasses import replace

    from cubewatch.cli.defaults import run_settings
    from cubewatch.cli.launch import launch, plain_options
    from cubewatch.settings import WatchFirst

    plain = plain_options(arguments, needs_person=False)
    record_to = None if arguments.record is None else _new_file(arguments.record)
    settings, slug = run_settings(arguments)
    return launch(replace(settings, record_to=record_to), WatchFirst(slug), plain)


def _new_file(name: str) -> "Path":
    """Where to record to. Raises UsageError for what can't be a new file."""
    import os

    from cubewatch.runtime.folders import expanded

    path = expanded(name)
    if os.path.lexists(path):
        raise UsageError(f"--record makes a new file, and {path} exists already")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"--record can't make a file in {path.parent}")
    return path


COMMAND = Command(
    usage="cubewatch watch [options] [RUN]",
    description="Follow a run to its end.",
    run=_run,
    groups=(WHERE, SCREEN, PLAIN),
    add_arguments=_add_arguments,
    epilog="""\
Without RUN it is the newest run of the repository. Where there is no terminal
(a pipe, TERM=dumb, CI is set) it is --plain by itself.

examples:
  cubewatch watch 142 -R acme/shop
  cubewatch watch acme/shop#142
  cubewatch watch https://sourcecraft.dev/acme/shop/cicd/runs/142
  cubewatch watch -R acme/shop --json --give-up 30m
  cubewatch watch 142 -R acme/shop --record run-142.gz
""",
)
