"""`cubewatch trace`: a run as Trace Event JSON."""

from cubewatch.cli.arguments import Arguments
from cubewatch.cli.commands import Command, add_run


def _run(arguments: Arguments) -> int:
    from cubewatch.cli.defaults import run_settings
    from cubewatch.headless.one_shot import run_one_shot
    from cubewatch.settings.one_shot import PrintTrace

    settings, slug = run_settings(arguments)
    return run_one_shot(settings, PrintTrace(slug))


COMMAND = Command(
    usage="cubewatch trace [options] RUN > run.json",
    description="Print a run as Trace Event JSON, which https://ui.perfetto.dev opens: workflows,\n"
    "tasks, cubes, queues, waits for approval and the critical path.",
    run=_run,
    add_arguments=add_run,
    epilog="""\
example:
  cubewatch trace acme/shop#142 > run.json
""",
)
