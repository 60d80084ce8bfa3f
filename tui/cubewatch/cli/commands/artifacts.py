"""`cubewatch artifacts`: what a run keeps, as a list or brought here."""

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.commands import Command, Parser, add_run


def _add_arguments(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument("paths", metavar="PATH", nargs="*", help="what to download")
    parser.add_argument("--all", dest="everything", action="store_true", help="download all")
    parser.add_argument("--dir", dest="folder", metavar="D", help="where to (here)")


def _run(arguments: Arguments) -> int:
    from cubewatch.cli.defaults import run_settings
    from cubewatch.headless.one_shot import run_one_shot
    from cubewatch.settings.one_shot import BringArtifacts

    folder, paths = arguments.folder, tuple(arguments.paths)
    if folder == "":
        raise UsageError("--dir takes a directory, not an empty name")
    if folder and not (paths or arguments.everything):
        raise UsageError("--dir is for downloads: name a PATH, or add --all")
    settings, slug = run_settings(arguments)
    return run_one_shot(settings, BringArtifacts(slug, paths, folder or "", arguments.everything))


COMMAND = Command(
    usage="cubewatch artifacts [options] RUN [PATH ...]",
    description="List what a run keeps, or download it.",
    run=_run,
    add_arguments=_add_arguments,
    epilog="""\
PATH is a workflow, task or cube (all it keeps), an artifact (dist/app.tar.gz),
or both in one (release/build/pack/dist/app.tar.gz). Without any: a list.
An interrupted download resumes when the same command is run again.

examples:
  cubewatch artifacts 142 -R acme/shop
  cubewatch artifacts acme/shop#142 release/build/pack --dir out
  cubewatch artifacts acme/shop#142 --all
""",
)
