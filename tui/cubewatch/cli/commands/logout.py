"""`cubewatch logout`: the token of login out of the system keyring."""

from cubewatch.cli.arguments import Arguments
from cubewatch.cli.commands import Command


def _run(arguments: Arguments) -> int:
    from cubewatch.cli.defaults import config_for, refuse_demo, sources_for
    from cubewatch.cli.sign_in import logout
    from cubewatch.cli.standard_output import write_line

    refuse_demo(arguments)
    return logout(sources_for(arguments, config_for(arguments)), write_line)


COMMAND = Command(
    usage="cubewatch logout [options]",
    description="Delete the token that login has put into the system keyring.",
    run=_run,
)
