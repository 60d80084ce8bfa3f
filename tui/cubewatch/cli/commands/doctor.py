"""`cubewatch doctor`: what works here, and what does not."""

from cubewatch.cli.arguments import Arguments
from cubewatch.cli.commands import Command


def _run(arguments: Arguments) -> int:
    import sys

    from cubewatch.cli.defaults import doctor_context, print_notice, refuse_demo
    from cubewatch.cli.diagnose import diagnose
    from cubewatch.cli.standard_output import write_line

    refuse_demo(arguments)
    encoding = sys.stdout.encoding if sys.stdout else "ascii"
    return diagnose(doctor_context(arguments), encoding, write_line, print_notice)


COMMAND = Command(
    usage="cubewatch doctor [options]",
    description="Say what is found where, whether the API takes the token, and what the\n"
    "terminal can do. The token itself is not shown.",
    run=_run,
)
