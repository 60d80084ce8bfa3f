"""`cubewatch report`: the hand-over of a run as Markdown."""

from cubewatch.cli.arguments import Arguments
from cubewatch.cli.commands import Command, add_run


def _run(arguments: Arguments) -> int:
    from cubewatch.cli.defaults import run_settings
    from cubewatch.headless.one_shot import run_one_shot
    from cubewatch.settings.one_shot import PrintReport

    settings, slug = run_settings(arguments)
    return run_one_shot(settings, PrintReport(slug))


COMMAND = Command(
    usage="cubewatch report [options] RUN",
    description="Print a hand-over of a run as Markdown, at most 8 kB: result, failed cubes with\n"
    "their likely causes and the lines around them, what is new, address.",
    run=_run,
    add_arguments=add_run,
    epilog="""\
What looks like a secret is masked, and nothing from a log can become markup.

examples:
  cubewatch report acme/shop#142 | pbcopy
  cubewatch report 142 -R acme/shop > report.md
""",
)
