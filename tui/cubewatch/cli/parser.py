"""The words of a command line: which there are, and what `-h` says of them."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from cubewatch import __version__
from cubewatch.cli import texts

LONGEST_REPEATED = 24
"""Characters of a word that may be a name. Tokens are longer."""
TOKENS_START = "pv1_"


class UsageError(Exception):
    """The command can't start; `str()` of it is one line that says what to do."""


class Arguments(argparse.Namespace):
    """What the words of a command line say; these values stand where they say nothing."""

    command: str | None = None
    words: Sequence[str] = ()
    run: str | None = None
    yes: bool = False
    repo: str | None = None
    api_url: str | None = None
    config: str | None = None
    token_command: str | None = None
    demo: bool = False
    demo_speed: str | None = None
    ref: str | None = None
    tag: str | None = None
    commit: str | None = None
    cfg_ref: str | None = None
    cfg_tag: str | None = None
    cfg_commit: str | None = None
    shared: bool = False
    mouse: bool | None = None
    ascii: bool = False
    notify: bool = True
    plain: bool = False
    json: bool = False
    heartbeat: str | None = None
    give_up: str | None = None
    fail_fast: bool = False
    path: str | None = None
    failed: bool = False
    follow: bool = False
    raw: bool = False
    paths: Sequence[str] = ()
    folder: str | None = None
    everything: bool = False
    shell: str | None = None

    def take(self, words: Sequence[str]) -> bool:
        """Takes the words that argparse leaves over, as it takes only those before the first
        option. Whether they have a place in the command."""
        if self.command == "run":
            self.words = [*self.words, *words]
        elif self.command == "artifacts":
            self.paths = [*self.paths, *words]
        elif self.command == "log" and self.path is None and len(words) == 1:
            [self.path] = words
        else:
            return not words
        return True

    def describes_a_run(self) -> bool:
        """Whether something is said of what is to run."""
        names = (self.ref, self.tag, self.commit, self.cfg_ref, self.cfg_tag, self.cfg_commit)
        return self.shared or any(name is not None for name in names)


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are one line, raised as UsageError."""

    def __init__(self, **options: Any) -> None:
        formatter = argparse.RawDescriptionHelpFormatter
        super().__init__(allow_abbrev=False, formatter_class=formatter, **options)

    def error(self, message: str) -> NoReturn:
        said, ignored, _ = message.partition(": ignored explicit argument ")
        raise UsageError(f"{said}{': it takes no value' if ignored else ''}; see {self.prog} -h")

    def _check_value(self, action: argparse.Action, value: str) -> None:
        """Says what to do where argparse would repeat a word that may be secret."""
        if action.choices is not None and value not in action.choices:
            word, known = discreet(value), ", ".join(map(str, action.choices))
            self.error(
                f"there is no command {word}, only {known}; a workflow is started by cubewatch run"
            )


def parse(argv: Sequence[str]) -> Arguments:
    """What the words say. Raises UsageError; `-h` and `--version` print and raise SystemExit(0)."""
    for word in argv:
        try:
            word.encode()
        except UnicodeEncodeError:
            name = f"the value of {word.partition('=')[0]!a}" if "=" in word else "a word"
            raise UsageError(f"{name} holds bytes that are no text: write it in UTF-8") from None
    parser = command_line()
    arguments, rest = parser.parse_known_args(argv, Arguments())
    if any(word.startswith("-") for word in rest) or not arguments.take(rest):
        parser.error(f"unknown option or word: {' '.join(map(discreet, rest))}")
    return arguments


def discreet(word: str) -> str:
    """A word that has no place, as it may be repeated: tokens and secrets are misplaced too."""
    name, equals, value = word.partition("=")
    if not equals:
        return _unless_a_token(word)
    from cubewatch.model.secrecy import MASK, looks_secret

    is_secret = name.startswith("-") or looks_secret(name)
    return f"{_unless_a_token(name)}={MASK if is_secret else _unless_a_token(value)}"


def _unless_a_token(word: str) -> str:
    is_short = len(word) <= LONGEST_REPEATED and not word.startswith(TOKENS_START)
    return word if is_short else f"{word[:4]}…"


def command_line() -> argparse.ArgumentParser:
    """All commands, options and what is said of them."""
    where, what, plain = _where_options(), _what_options(), _plain_options()
    screen = _screen_options()
    parser = _Parser(
        prog="cubewatch",
        usage="cubewatch [options] [COMMAND ...]",
        description="Compose SourceCraft CI/CD runs and watch them live in a terminal.\n"
        "Without a command: compose a run.",
        epilog=texts.EPILOG,
        parents=[where, what, screen, _plain_options(shown=False)],
    )
    parser.add_argument("--version", action="version", version=f"cubewatch {__version__}")
    commands = parser.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", prog="cubewatch"
    )
    run = commands.add_parser(
        "run",
        help="compose a run with its workflows filled in",
        usage="cubewatch run [options] [WORKFLOW [NAME=VALUE ...] ...]",
        description="Compose a run with workflows and inputs already filled in.",
        epilog=texts.RUN_EPILOG,
        parents=[where, what, screen, plain],
    )
    run.add_argument("words", nargs="*", metavar="WORKFLOW [NAME=VALUE ...]")
    run.add_argument("-y", "--yes", action="store_true", help="start it at once")
    watch = commands.add_parser(
        "watch",
        help="follow a run to its end",
        usage="cubewatch watch [options] [RUN]",
        description="Follow a run to its end.",
        epilog=texts.WATCH_EPILOG,
        parents=[where, screen, plain],
    )
    watch.add_argument("run", metavar="RUN", nargs="?", help=texts.RUN_HELP)
    _fill_log(
        commands.add_parser(
            "log",
            help="print the log of a cube",
            usage="cubewatch log [options] RUN PATH | RUN --failed",
            description="Print the log of a cube: what there is of it by now.",
            epilog=texts.LOG_EPILOG,
            parents=[where],
        )
    )
    _fill_artifacts(
        commands.add_parser(
            "artifacts",
            help="list or download the artifacts of a run",
            usage="cubewatch artifacts [options] RUN [PATH ...]",
            description="List what a run keeps, or download it.",
            epilog=texts.ARTIFACTS_EPILOG,
            parents=[where],
        )
    )
    commands.add_parser(
        "login",
        help="keep a token in the system keyring",
        usage="cubewatch login [options]",
        description="Ask for a token, try it, and keep it in the system keyring.",
        epilog=texts.LOGIN_EPILOG,
        parents=[where],
    )
    commands.add_parser(
        "logout",
        help="forget that token",
        usage="cubewatch logout [options]",
        description="Delete the token that login has put into the system keyring.",
        parents=[where],
    )
    commands.add_parser(
        "doctor",
        help="tell what works here, and what does not",
        usage="cubewatch doctor [options]",
        description="Tell what is found where, whether the API takes the token, and what the\n"
        "terminal can do. The token itself is not shown.",
        parents=[where],
    )
    completion = commands.add_parser(
        "completion",
        help="let a shell complete what you type",
        usage="cubewatch completion bash|zsh|fish",
        description="Print a script that lets a shell complete commands, options, runs, branches,\n"
        "tags, workflows and their inputs.",
        epilog=texts.COMPLETION_EPILOG,
    )
    completion.add_argument("shell", metavar="SHELL", help="bash, zsh or fish")
    return parser


def _fill_log(log: argparse.ArgumentParser) -> None:
    log.add_argument("run", metavar="RUN", help=texts.RUN_HELP)
    log.add_argument("path", metavar="PATH", nargs="?", help="the cube")
    log.add_argument("--failed", action="store_true", help="all cubes that failed, one by one")
    log.add_argument("-f", "--follow", action="store_true", help="until no more will come")
    log.add_argument("--raw", action="store_true", help="byte for byte as the server has it")


def _fill_artifacts(artifacts: argparse.ArgumentParser) -> None:
    artifacts.add_argument("run", metavar="RUN", help=texts.RUN_HELP)
    artifacts.add_argument("paths", metavar="PATH", nargs="*", help="what to download")
    artifacts.add_argument("--all", dest="everything", action="store_true", help="download all")
    artifacts.add_argument("--dir", dest="folder", metavar="D", help="where to (here)")


def _where_options() -> _Parser:
    """Options of every command. They are left out when not given, so that one given before the
    command is not undone by its absence after it."""
    parser = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("where")
    group.add_argument("-R", "--repo", metavar="ORG/REPO", help="the repository")
    group.add_argument("--api-url", metavar="URL", help="the API's address")
    group.add_argument(
        "--token-command", metavar="CMD", help="a shell command that prints the token"
    )
    group.add_argument("--config", metavar="FILE", help="read this config file, not the usual one")
    group.add_argument("--demo", action="store_true", help="use a built-in server instead")
    group.add_argument("--demo-speed", metavar="N", help="let time in the demo pass N times faster")
    return parser


def _what_options() -> _Parser:
    parser = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("what to run (without any: the default branch)")
    group.add_argument("--ref", metavar="BRANCH", help="a branch")
    group.add_argument("--tag", metavar="TAG", help="a tag")
    group.add_argument("--commit", metavar="HASH", help="a commit")
    group.add_argument("--cfg-ref", metavar="BRANCH", help="take the config from a branch")
    group.add_argument("--cfg-tag", metavar="TAG", help="take the config from a tag")
    group.add_argument("--cfg-commit", metavar="HASH", help="take the config from a commit")
    group.add_argument("--shared", action="store_true", help="run workflows shared with you")
    return parser


def _screen_options() -> _Parser:
    parser = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("on a screen (NO_COLOR: no colour at all)")
    group.add_argument("--ascii", action="store_true", help="draw with ASCII alone")
    group.add_argument("--mouse", action="store_true", help="use the mouse over SSH too")
    group.add_argument("--no-mouse", dest="mouse", action="store_false", help="leave it alone")
    group.add_argument(
        "--no-notify", dest="notify", action="store_false", help="no bell, no notification"
    )
    return parser


def _plain_options(*, shown: bool = True) -> _Parser:
    """They belong to `watch` and `run -y`, but may stand before them."""
    parser = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("without a screen") if shown else parser

    def add(*words: str, text: str, **options: Any) -> None:
        group.add_argument(*words, help=text if shown else argparse.SUPPRESS, **options)

    add("--plain", action="store_true", text="a line for each change, then the exit status")
    add("--json", action="store_true", text="a JSON object for each change instead")
    add("--heartbeat", metavar="SECONDS", text="a line after so long without one (60; 0: none)")
    add("--give-up", metavar="DURATION", text="end with 3 after such an outage: 90s, 30m, 1h30m")
    add("--fail-fast", action="store_true", text="end with 1 at the first failure")
    return parser
