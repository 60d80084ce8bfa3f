"""The command line: which words mean what. Heavy imports wait until a command runs."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from tui import __version__
from tui.domain.inert import inert

if TYPE_CHECKING:
    from tui.domain.draft import Draft, RevisionDraft, WorkflowDraft
    from tui.domain.repository import RepoSlug
    from tui.domain.request import RevisionKind
    from tui.settings import Settings, Start

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

_EPILOG = """\
examples:
  cubewatch --demo                   look around: no account, no network
  cubewatch -R acme/shop             compose a run of acme/shop
  cubewatch -R acme/shop run release VERSION=1.5.0 --ref release/1.5
                                     the same form, already filled in
  cubewatch watch acme/shop#142      follow run 142 to its end

environment:
  SOURCECRAFT_TOKEN    the token that signs you in
  SOURCECRAFT_PAT      the same, if SOURCECRAFT_TOKEN is not set
  SOURCECRAFT_API_URL  the API's address, if --api-url is not given

exit status:
  0    left as usual
  2    wrong usage or configuration
  130  interrupted by Ctrl-C
"""

_RUN_EPILOG = """\
A word without = starts the next workflow; the values after it are its own.

examples:
  cubewatch run -R acme/shop release VERSION=1.5.0 --ref release/1.5
  cubewatch run -R acme/shop release VERSION=1.5.0 CHANNEL=beta nightly -y
"""

_WATCH_EPILOG = """\
examples:
  cubewatch watch 142 -R acme/shop
  cubewatch watch acme/shop#142
  cubewatch watch https://sourcecraft.dev/acme/shop/cicd/runs/142
"""


class UsageError(Exception):
    """The command can't start; `str()` of it is one line that says what to do."""


class Arguments(argparse.Namespace):
    """What the words of a command line say; these values stand where they say nothing."""

    command: str | None = None
    words: Sequence[str] = ()
    run: str = ""
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

    def describes_a_run(self) -> bool:
        """Whether something is said of what is to run."""
        names = (self.ref, self.tag, self.commit, self.cfg_ref, self.cfg_tag, self.cfg_commit)
        return self.shared or any(name is not None for name in names)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` (without the program's name) asks for.

    Returns the exit status: 0, 2 for wrong usage or configuration, 130 after Ctrl-C.
    `-h` and `--version` print and raise SystemExit(0), as argparse does.
    """
    try:
        settings, start = _plan(_parse(sys.argv[1:] if argv is None else argv))
        _require_terminal()
        from tui.app import run_app

        return run_app(settings, start)
    except UsageError as error:
        print(f"cubewatch: {inert(str(error))}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are one line, raised as UsageError."""

    def __init__(self, **options: Any) -> None:
        formatter = argparse.RawDescriptionHelpFormatter
        super().__init__(allow_abbrev=False, formatter_class=formatter, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} -h")


def _parse(argv: Sequence[str]) -> Arguments:
    for word in argv:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise UsageError(f"{word!a} holds bytes that are no text: write it in UTF-8") from None
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv, Arguments())
    # argparse takes only the words before the first option of `run`; later ones are left over.
    if rest and (arguments.command != "run" or any(word.startswith("-") for word in rest)):
        parser.error(f"unknown option or word: {' '.join(rest)}")
    arguments.words = [*arguments.words, *rest]
    return arguments


def _parser() -> _Parser:
    where, what = _where_options(), _what_options()
    parser = _Parser(
        prog="cubewatch",
        usage="cubewatch [options] [run ... | watch RUN]",
        description="Compose SourceCraft CI/CD runs and watch them live in a terminal.\n"
        "Without a command: compose a run.",
        epilog=_EPILOG,
        parents=[where, what],
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
        parents=[where, what],
    )
    run.add_argument("words", nargs="*", metavar="WORKFLOW [NAME=VALUE ...]")
    run.add_argument("-y", "--yes", action="store_true", help="start it at once")
    watch = commands.add_parser(
        "watch",
        help="follow a run to its end",
        usage="cubewatch watch [options] RUN",
        description="Follow a run to its end.",
        epilog=_WATCH_EPILOG,
        parents=[where],
    )
    watch.add_argument("run", metavar="RUN", help="its number, ORG/REPO#142 or its page's URL")
    return parser


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


def _plan(arguments: Arguments) -> "tuple[Settings, Start]":
    """What the arguments and the environment amount to. Raises UsageError."""
    from tui.settings import ComposeFirst, SettingsError, WatchFirst, parse_run

    try:
        if arguments.command != "watch":
            draft = _draft(arguments)
            return _settings(arguments), ComposeFirst(draft, send_at_once=arguments.yes)
        if arguments.describes_a_run():
            raise UsageError("watch starts no run: leave out what is to run (--ref, --shared, ...)")
        repo, slug = parse_run(arguments.run)
        return _settings(arguments, repo), WatchFirst(slug)
    except SettingsError as error:
        raise UsageError(str(error)) from None


def _settings(arguments: Arguments, run_repo: "RepoSlug | None" = None) -> "Settings":
    from tui.settings import api_settings, demo_settings, parse_repo

    repo = run_repo if arguments.repo is None else parse_repo(arguments.repo)
    if run_repo not in (None, repo):
        raise UsageError(f"the run is one of {run_repo}, -R says {repo}: leave out one of them")
    if not arguments.demo:
        if arguments.demo_speed is not None:
            raise UsageError("--demo-speed is for the demo: add --demo")
        return api_settings(repo, arguments.api_url, os.environ)
    if arguments.api_url is not None:
        raise UsageError("the demo has a server of its own: leave out --api-url or --demo")
    return demo_settings(repo, arguments.demo_speed)


def _draft(arguments: Arguments) -> "Draft":
    """The draft that the arguments fill in. Raises UsageError if it could never be sent, whatever
    the form adds to it."""
    from tui.domain.draft import WORKFLOWS, Draft, check

    draft = Draft(
        head=_revision(
            ("--ref", "branch", arguments.ref),
            ("--tag", "tag", arguments.tag),
            ("--commit", "commit", arguments.commit),
        ),
        config_revision=_revision(
            ("--cfg-ref", "branch", arguments.cfg_ref),
            ("--cfg-tag", "tag", arguments.cfg_tag),
            ("--cfg-commit", "commit", arguments.cfg_commit),
        ),
        workflows=_workflows(arguments.words),
        shared=arguments.shared,
    )
    if arguments.yes and not draft.workflows:
        raise UsageError("-y starts a run at once: name a workflow, as in cubewatch run release -y")
    for problem in check(draft, config=None).problems:
        if problem.field != WORKFLOWS:
            raise UsageError(problem.text)
    return draft


def _revision(*options: "tuple[str, RevisionKind, str | None]") -> "RevisionDraft":
    from tui.domain.draft import RevisionDraft

    given = [(option, kind, name) for option, kind, name in options if name is not None]
    if not given:
        return RevisionDraft()
    if len(given) > 1:
        raise UsageError(f"give only one of {', '.join(option for option, *_ in options)}")
    [(_, kind, name)] = given
    return RevisionDraft(kind, name)


def _workflows(words: Sequence[str]) -> "tuple[WorkflowDraft, ...]":
    from tui.domain.draft import WorkflowDraft

    workflows: list[WorkflowDraft] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            workflows.append(WorkflowDraft(name))
        elif not workflows:
            raise UsageError(f"{word!r} stands before any workflow: write WORKFLOW {word}")
        else:
            last = workflows[-1]
            workflows[-1] = WorkflowDraft(last.name, (*last.values, (name, value)))
    return tuple(workflows)


def _require_terminal() -> None:
    # Textual draws on standard error.
    if os.environ.get("TERM") == "dumb" or not all(os.isatty(stream) for stream in (0, 1, 2)):
        raise UsageError(
            "a terminal is needed to draw on: start it in one, without a pipe or a redirection"
        )
