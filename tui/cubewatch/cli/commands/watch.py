"""`cubewatch watch`: a run on the live screen, or line by line."""

from typing import TYPE_CHECKING

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.commands import Command, Parser
from cubewatch.cli.options import PLAIN, SCREEN, WHERE
from cubewatch.cli.texts import RUN_HELP

if TYPE_CHECKING:
    from pathlib import Path

    from cubewatch.settings import AwaitedRun


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", nargs="?", help=RUN_HELP)
    parser.add_argument("--record", metavar="FILE", help="record it into a new file, for replay")
    found = parser.add_argument_group("a run that is still to be found")
    found.add_argument("--head", action="store_true", help="that of the commit checked out here")
    found.add_argument("--next", action="store_true", help="the next one that begins")
    found.add_argument("--workflow", metavar="W", help="with --next: it runs this workflow")
    found.add_argument("--by", metavar="USER", help="with --next: started by this user, or me")
    found.add_argument("--event", metavar="E", help="with --next: push, pr_update, manual ...")
    found.add_argument(
        "--wait",
        metavar="DURATION",
        help="end with 124 if there is none by then",
    )


def _run(arguments: Arguments) -> int:

    from cubewatch.cli.defaults import run_settings
    from cubewatch.cli.launch import launch, plain_options
    from cubewatch.settings import WatchFirst

    awaited = _awaited(arguments)
    plain = plain_options(arguments, needs_person=False)
    record_to = None if arguments.record is None else _new_file(arguments.record)
    settings, slug = run_settings(arguments)
    return launch(settings._replace(record_to=record_to), WatchFirst(slug, awaited), plain)


def _new_file(name: str) -> "Path":
    """The path of the new recording. Raises UsageError for what can't be a new file."""
    import os

    from cubewatch.runtime.folders import expanded

    path = expanded(name)
    if os.path.lexists(path):
        raise UsageError(f"--record makes a new file, and {path} exists already")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"--record can't make a file in {path.parent}")
    return path


def _awaited(arguments: Arguments) -> "AwaitedRun | None":
    """The run to wait for, if one is. Raises UsageError for words that do not fit together."""
    from cubewatch.settings import AwaitedRun
    from cubewatch.settings.values import parse_duration

    given = {"RUN": arguments.run is not None, "--head": arguments.head, "--next": arguments.next}
    kinds = [flag for flag, is_given in given.items() if is_given]
    if len(kinds) > 1:
        raise UsageError(f"{kinds[0]} and {kinds[1]} name different runs: leave out one of them")
    if not arguments.next:
        for flag in ("workflow", "by", "event"):
            if getattr(arguments, flag) is not None:
                raise UsageError(f"--{flag} says which run to wait for: add --next")
    if not (arguments.head or arguments.next):
        if arguments.wait is not None:
            raise UsageError("--wait is for a run that is still to be found: add --head or --next")
        return None
    wait = DEFAULT_HEAD_WAIT if arguments.head else None
    return AwaitedRun(
        arguments.head,
        workflow=arguments.workflow or "",
        by=arguments.by or "",
        event=arguments.event or "",
        wait=wait if arguments.wait is None else parse_duration("--wait", arguments.wait),
    )


DEFAULT_HEAD_WAIT = 600.0
"""Seconds that a run of a commit is waited for where nothing else is said."""


COMMAND = Command(
    usage="cubewatch watch [options] [RUN]",
    description="Follow a run to its end.",
    run=_run,
    groups=(WHERE, SCREEN, PLAIN),
    add_arguments=_add_arguments,
    epilog="""\
Without RUN it is the newest run of the repository. --head finds the runs of a
commit by its pull request and waits 10m for them; without a pull request it is
a guess and is called one. --next waits for ever, unless --wait says else.
Where there is no terminal (a pipe, TERM=dumb, CI is set) it is --plain by
itself.

examples:
  cubewatch watch 142 -R acme/shop
  cubewatch watch acme/shop#142
  cubewatch watch https://sourcecraft.dev/acme/shop/cicd/runs/142
  cubewatch watch -R acme/shop --json --give-up 30m
  cubewatch watch 142 -R acme/shop --record run-142.gz
  git push && cubewatch watch --head --plain
  cubewatch watch --next --workflow release --by me
""",
)
