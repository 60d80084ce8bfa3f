"""`cubewatch login`: a token into the system keyring."""

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.commands import Command


def _run(arguments: Arguments) -> int:
    from cubewatch.cli.defaults import config_for, refuse_demo, repo_here, sources_for
    from cubewatch.cli.sign_in import login
    from cubewatch.cli.standard_output import write_line

    refuse_demo(arguments)
    if arguments.token_command is not None:
        raise UsageError("login asks for a token: leave out --token-command, or pipe it in")
    repo, _ = repo_here(arguments)
    return login(sources_for(arguments, config_for(arguments)), repo, write_line)


COMMAND = Command(
    usage="cubewatch login [options]",
    description="Ask for a token, try it, and keep it in the system keyring.",
    run=_run,
    epilog="""\
The token is asked for without an echo, or read from a pipe, and tried with the
repository (-R, or the clone you stand in). It is kept for this API alone.

A token is looked for in this order: --token-command, SOURCECRAFT_TOKEN,
SOURCECRAFT_PAT, token_command and token of the config file, the entry of
login in the system keyring, that of src there (only for the public API).

examples:
  cubewatch login -R acme/shop
  pass show sourcecraft | cubewatch login
""",
)
