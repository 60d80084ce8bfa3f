"""The words of a command line: which there are, and what `-h` says of them."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from tui import __version__

_EPILOG = """\
examples:
  cubewatch --demo                   look around: no account, no network
  cubewatch -R acme/shop             compose a run of acme/shop
  cubewatch -R acme/shop run release VERSION=1.5.0 --ref release/1.5
                                     the same form, already filled in
  cubewatch watch acme/shop#142      follow run 142 to its end
  cubewatch watch acme/shop#142 --plain
                                     the same without a screen: a line a change
  cubewatch log acme/shop#142 unit   the log of its cube unit, as text
  cubewatch artifacts acme/shop#142  a list of what it keeps

environment:
  SOURCECRAFT_TOKEN    the token that signs you in
  SOURCECRAFT_PAT      the same, if SOURCECRAFT_TOKEN is not set
  SOURCECRAFT_API_URL  the API's address, if --api-url is not given

exit status:
  0    left as usual; --plain: the run is a success, or was skipped
  1    --plain: the run failed, timed out, was canceled or rejected;
       artifacts: a file did not come
  2    wrong usage or configuration, or a request that is not accepted;
       log, artifacts: there is no such cube or artifact
  3    --plain, log, artifacts: the API refuses us, or an outage was given up
  130  interrupted by Ctrl-C
"""

_RUN_EPILOG = """\
A word without = starts the next workflow; the values after it are its own.

examples:
  cubewatch run -R acme/shop release VERSION=1.5.0 --ref release/1.5
  cubewatch run -R acme/shop release VERSION=1.5.0 CHANNEL=beta nightly -y
"""

_WATCH_EPILOG = """\
Without RUN it is the newest run of the repository. Where there is no terminal
(a pipe, TERM=dumb, CI is set) --plain goes without saying.

examples:
  cubewatch watch 142 -R acme/shop
  cubewatch watch acme/shop#142
  cubewatch watch https://sourcecraft.dev/acme/shop/cicd/runs/142
  cubewatch watch -R acme/shop --json --give-up 30m
"""

_LOG_EPILOG = """\
PATH is WORKFLOW/TASK/CUBE, or less of it where that names one cube alone.
Only the log goes to standard output, all else to standard error. Nothing in it
can steer the terminal, and of a progress bar only its last state is left;
--raw undoes that.

examples:
  cubewatch log 142 release/build/unit -R acme/shop
  cubewatch log acme/shop#142 unit --follow
  cubewatch log acme/shop#142 --failed | less
"""

_ARTIFACTS_EPILOG = """\
PATH is a workflow, task or cube (all it keeps), an artifact (dist/app.tar.gz),
or both in one (release/build/pack/dist/app.tar.gz). Without any: a list.
What was interrupted goes on where it was when the same is asked for again.

examples:
  cubewatch artifacts 142 -R acme/shop
  cubewatch artifacts acme/shop#142 release/build/pack --dir out
  cubewatch artifacts acme/shop#142 --all
"""

_RUN_HELP = "its number, ORG/REPO#142 or its page's URL"


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
        raise UsageError(f"{message}; see {self.prog} -h")


def parse(argv: Sequence[str]) -> Arguments:
    """What the words say. Raises UsageError; `-h` and `--version` print and raise SystemExit(0)."""
    for word in argv:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise UsageError(f"{word!a} holds bytes that are no text: write it in UTF-8") from None
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv, Arguments())
    if any(word.startswith("-") for word in rest) or not arguments.take(rest):
        parser.error(f"unknown option or word: {' '.join(rest)}")
    return arguments


def _parser() -> _Parser:
    where, what, plain = _where_options(), _what_options(), _plain_options()
    screen = _screen_options()
    parser = _Parser(
        prog="cubewatch",
        usage="cubewatch [options] [run ... | watch [RUN] | log RUN | artifacts RUN]",
        description="Compose SourceCraft CI/CD runs and watch them live in a terminal.\n"
        "Without a command: compose a run.",
        epilog=_EPILOG,
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
        epilog=_RUN_EPILOG,
        parents=[where, what, screen, plain],
    )
    run.add_argument("words", nargs="*", metavar="WORKFLOW [NAME=VALUE ...]")
    run.add_argument("-y", "--yes", action="store_true", help="start it at once")
    watch = commands.add_parser(
        "watch",
        help="follow a run to its end",
        usage="cubewatch watch [options] [RUN]",
        description="Follow a run to its end.",
        epilog=_WATCH_EPILOG,
        parents=[where, screen, plain],
    )
    watch.add_argument("run", metavar="RUN", nargs="?", help=_RUN_HELP)
    _fill_log(
        commands.add_parser(
            "log",
            help="print the log of a cube",
            usage="cubewatch log [options] RUN PATH | RUN --failed",
            description="Print the log of a cube: what there is of it by now.",
            epilog=_LOG_EPILOG,
            parents=[where],
        )
    )
    _fill_artifacts(
        commands.add_parser(
            "artifacts",
            help="list or download the artifacts of a run",
            usage="cubewatch artifacts [options] RUN [PATH ...]",
            description="List what a run keeps, or download it.",
            epilog=_ARTIFACTS_EPILOG,
            parents=[where],
        )
    )
    return parser


def _fill_log(log: argparse.ArgumentParser) -> None:
    log.add_argument("run", metavar="RUN", help=_RUN_HELP)
    log.add_argument("path", metavar="PATH", nargs="?", help="the cube")
    log.add_argument("--failed", action="store_true", help="all cubes that failed, one by one")
    log.add_argument("-f", "--follow", action="store_true", help="until no more will come")
    log.add_argument("--raw", action="store_true", help="byte for byte as the server has it")


def _fill_artifacts(artifacts: argparse.ArgumentParser) -> None:
    artifacts.add_argument("run", metavar="RUN", help=_RUN_HELP)
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
