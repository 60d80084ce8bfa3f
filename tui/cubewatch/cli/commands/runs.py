"""`cubewatch runs`: the runs of one or several repositories, live or as text."""

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.commands import Command, Parser
from cubewatch.cli.options import SCREEN, WHERE

MAX_LIMIT = 5000


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("repositories", metavar="ORG/REPO", nargs="*", help="whose runs")
    parser.add_argument("--plain", action="store_true", help="print the newest runs, a line each")
    parser.add_argument("--json", action="store_true", help="the same, a JSON object each")
    parser.add_argument("-L", "--limit", metavar="N", help="so many of each repository (30)")
    parser.add_argument("--filter", metavar="TEXT", help="only runs that fit, as / does")
    parser.add_argument("--mine", action="store_true", help="only runs that you started")


def _run(arguments: Arguments) -> int:
    from cubewatch.cli.defaults import clone_here, named_repo, repo_of, settings_for
    from cubewatch.cli.launch import no_screen, show
    from cubewatch.settings import ShowRuns
    from cubewatch.settings.one_shot import PrintRuns
    from cubewatch.settings.values import parse_repo

    given = tuple(dict.fromkeys(map(parse_repo, arguments.repositories)))
    repo = named_repo(arguments)
    if repo is None and not given:
        try:
            repo = repo_of(clone_here())
        except UsageError:
            repo = None
    settings = settings_for(arguments, given[0] if given else repo)
    limit, text = _limit(arguments.limit), arguments.filter or ""
    if arguments.plain or arguments.json or no_screen():
        from cubewatch.headless.one_shot import run_one_shot

        command = PrintRuns(
            given, arguments.json, 30 if limit is None else limit, text, arguments.mine
        )
        return run_one_shot(settings, command)
    if limit is not None:
        raise UsageError("--limit is for printing runs: add --plain or --json")
    return show(settings, ShowRuns(given, text, arguments.mine))


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_LIMIT):
        raise UsageError(f"--limit takes a number from 1 to {MAX_LIMIT}")
    return int(text)


COMMAND = Command(
    usage="cubewatch runs [options] [ORG/REPO ...]",
    description="Show what goes on in one or several repositories.",
    run=_run,
    groups=(WHERE, SCREEN),
    add_arguments=_add_arguments,
    epilog="""\
Without ORG/REPO: the repository of the clone you stand in and those that the
config file lists (repositories = ["acme/shop", …]); without any of them those
you used before and those that are yours on the server.
A filter is words that must all be found, alone or as FIELD:TEXT with one of
status, workflow, by, event, repo. A ! before a printed run: it needs attention.

examples:
  cubewatch runs
  cubewatch runs acme/shop acme/search
  cubewatch runs acme/shop --plain --filter "status:failed by:olga"
  cubewatch runs --json --mine -L 100
""",
)
