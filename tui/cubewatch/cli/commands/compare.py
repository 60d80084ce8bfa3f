"""`cubewatch compare`: what differs in a run from an earlier one."""

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.commands import Command, Parser, add_run


def _add_arguments(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument(
        "baseline", metavar="EARLIER", nargs="?", help="the run to compare with (the last good one)"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object instead of lines")


def _run(arguments: Arguments) -> int:
    from cubewatch.cli.defaults import run_settings
    from cubewatch.headless.one_shot import run_one_shot
    from cubewatch.settings.one_shot import CompareRuns
    from cubewatch.settings.values import parse_run

    settings, slug = run_settings(arguments)
    repo, baseline = (None, "") if arguments.baseline is None else parse_run(arguments.baseline)
    if repo not in (None, settings.repo):
        raise UsageError(f"both runs must be of the same repository: EARLIER is one of {repo}")
    return run_one_shot(settings, CompareRuns(slug, baseline, arguments.json))


COMMAND = Command(
    usage="cubewatch compare [options] RUN [EARLIER]",
    description="Print what differs in a run: newly red, still red, fixed, newly skipped, new and\n"
    "gone cubes, and those that took at least a quarter and ten seconds more or less.",
    run=_run,
    add_arguments=_add_arguments,
    epilog="""\
Without EARLIER it is compared with the newest run before it in which the same
workflows went well; times are then those that the cubes usually take. With
EARLIER, times are those of that run.

examples:
  cubewatch compare 142 -R acme/shop
  cubewatch compare acme/shop#142 138 --json
""",
)
