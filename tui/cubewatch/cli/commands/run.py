"""`cubewatch run`, and `cubewatch` alone: a run is composed on a screen, or with -y started."""

from cubewatch.cli.arguments import Arguments
from cubewatch.cli.commands import Command, Parser
from cubewatch.cli.options import PLAIN, SCREEN, WHAT, WHERE


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("words", nargs="*", metavar="WORKFLOW [NAME=VALUE ...]")
    parser.add_argument("-y", "--yes", action="store_true", help="start it at once")


def _run(arguments: Arguments) -> int:

    from cubewatch.cli.defaults import clone_here, named_repo, repo_of, settings_for
    from cubewatch.cli.draft_arguments import draft_of
    from cubewatch.cli.launch import launch, plain_options
    from cubewatch.settings import ComposeFirst

    plain = plain_options(arguments, needs_person=not arguments.yes)
    draft, repo = draft_of(arguments), named_repo(arguments)
    if plain and not arguments.demo:
        from cubewatch.cli.clone_check import check_against_clone, check_against_clone_here

        if repo is None:
            clone = clone_here()
            repo = repo_of(clone)
            if draft.head.kind is None:
                draft = draft._replace(head=clone.head.revision)
            check_against_clone(clone, repo, draft)
        else:
            check_against_clone_here(repo, draft)
    settings = settings_for(arguments, repo)
    return launch(settings, ComposeFirst(draft, send_at_once=arguments.yes), plain)


COMMAND = Command(
    usage="cubewatch run [options] [WORKFLOW [NAME=VALUE ...] ...]",
    description="Compose a run with workflows and inputs already filled in.",
    run=_run,
    groups=(WHERE, WHAT, SCREEN, PLAIN),
    add_arguments=_add_arguments,
    epilog="""\
A word without = starts the next workflow; the values after it are its own.

examples:
  cubewatch run -R acme/shop release VERSION=1.5.0 --ref release/1.5
  cubewatch run -R acme/shop release VERSION=1.5.0 CHANNEL=beta nightly -y
""",
)
