"""`cubewatch watch`: a run on the live screen, or line by line."""

from cubewatch.cli.arguments import Arguments
from cubewatch.cli.commands import Command, Parser
from cubewatch.cli.options import PLAIN, SCREEN, WHERE
from cubewatch.cli.texts import RUN_HELP


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("run", metavar="RUN", nargs="?", help=RUN_HELP)


def _run(arguments: Arguments) -> int:
    from cubewatch.cli.defaults import run_settings
    from cubewatch.cli.launch import launch, plain_options
    from cubewatch.settings import WatchFirst

    plain = plain_options(arguments, needs_person=False)
    settings, slug = run_settings(arguments)
    return launch(settings, WatchFirst(slug), plain)


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
""",
)
