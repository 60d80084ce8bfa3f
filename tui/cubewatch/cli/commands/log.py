"""`cubewatch log`: the log of a cube, or of all cubes that failed, as text."""

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.commands import Command, Parser, add_run


def _add_arguments(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument("path", metavar="PATH", nargs="?", help="the cube")
    parser.add_argument("--failed", action="store_true", help="all cubes that failed, one by one")
    parser.add_argument("-f", "--follow", action="store_true", help="until no more will come")
    parser.add_argument(
        "--brief", action="store_true", help="only the likely causes and the lines around them"
    )
    parser.add_argument("--raw", action="store_true", help="byte for byte as the server has it")


def _run(arguments: Arguments) -> int:
    from cubewatch.cli.defaults import run_settings
    from cubewatch.headless.one_shot import run_one_shot
    from cubewatch.settings.one_shot import PrintLog

    if arguments.failed and arguments.path is not None:
        raise UsageError("--failed is for all cubes that failed: leave out it or PATH")
    if arguments.brief and (arguments.follow or arguments.raw):
        raise UsageError("--brief goes with neither --follow nor --raw")
    settings, slug = run_settings(arguments)
    command = PrintLog(
        slug,
        arguments.path or "",
        failed=arguments.failed,
        follow=arguments.follow,
        raw=arguments.raw,
        brief=arguments.brief,
    )
    return run_one_shot(settings, command)


COMMAND = Command(
    usage="cubewatch log [options] RUN PATH | RUN --failed",
    description="Print the log of a cube: what there is of it by now.",
    run=_run,
    add_arguments=_add_arguments,
    epilog="""\
PATH is WORKFLOW/TASK/CUBE, or less of it where that names one cube alone.
Only the log goes to standard output, all else to standard error. Nothing in it
can steer the terminal, and of a progress bar only its last state is left;
--raw undoes that.
--brief prints at most 8 kB: the likely causes and the lines around them.

examples:
  cubewatch log 142 release/build/unit -R acme/shop
  cubewatch log acme/shop#142 unit --follow
  cubewatch log acme/shop#142 --failed | less
  cubewatch log acme/shop#142 --failed --brief
""",
)
