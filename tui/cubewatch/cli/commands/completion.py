"""`cubewatch completion`: a script that lets a shell complete what is typed."""

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.commands import Command, Parser


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("shell", metavar="SHELL", help="bash, zsh or fish")


def _run(arguments: Arguments) -> int:
    import os

    from cubewatch.cli.completion import SHELLS, script
    from cubewatch.text.repeat import repeatable

    shell = arguments.shell or ""
    if shell not in SHELLS:
        raise UsageError(f"completion is for one of {', '.join(SHELLS)}, not {repeatable(shell)!r}")
    try:
        os.write(1, script(shell).encode())
    except OSError as error:
        raise UsageError(f"standard output takes nothing: {error.strerror}") from None
    return 0


COMMAND = Command(
    usage="cubewatch completion bash|zsh|fish",
    description="Print a script that lets a shell complete commands, options, runs, branches,\n"
    "tags, workflows and their inputs.",
    run=_run,
    groups=(),
    add_arguments=_add_arguments,
    epilog="""\
What the shell has to read when it starts:
  bash  in ~/.bashrc: eval "$(cubewatch completion bash)"
  zsh   in ~/.zshrc, below compinit: eval "$(cubewatch completion zsh)"
  fish  in ~/.config/fish/config.fish: cubewatch completion fish | source

Branches, tags, workflows and inputs are those of the clone you stand in. For
runs and cubes the API is asked once, for 1.5 s at most, with a token from the
environment or the config file: no command is run for it, no keyring opened.
""",
)
