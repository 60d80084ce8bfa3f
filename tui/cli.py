"""The command line: what its words amount to. Heavy imports wait until a command runs."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.arguments import Arguments, UsageError, parse
from tui.domain.inert import inert

if TYPE_CHECKING:
    from tui.domain.draft import Draft, RevisionDraft, WorkflowDraft
    from tui.domain.repository import RepoSlug
    from tui.domain.request import RevisionKind
    from tui.settings import Errand, Manners, Plain, Settings, Start

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` (without the program's name) asks for.

    Returns the exit status: 0, 2 for wrong usage or configuration, 130 after Ctrl-C; without a
    screen also those of `run_plain` and `run_errand`. `-h` and `--version` print and raise
    SystemExit(0).
    """
    try:
        arguments = parse(sys.argv[1:] if argv is None else argv)
        if arguments.command in ("log", "artifacts"):
            return _errand(*_errand_plan(arguments))
        plain = _plain(arguments)
        settings, start = _plan(arguments)
        return _on_screen(settings, start) if plain is None else _on_lines(settings, start, plain)
    except UsageError as error:
        print(f"cubewatch: {inert(str(error))}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _on_screen(settings: "Settings", start: "Start") -> int:
    gc.disable()  # nothing that is loaded for the first frame is garbage; the app enables it then
    try:
        from tui.app import run_app

        return run_app(settings, start)
    finally:
        gc.enable()


def _on_lines(settings: "Settings", start: "Start", plain: "Plain") -> int:
    from tui.plain import run_plain
    from tui.settings import SettingsError

    try:
        return run_plain(settings, start, plain)
    except SettingsError as error:
        raise UsageError(str(error)) from None


def _errand(settings: "Settings", errand: "Errand") -> int:
    from tui.plain.errand import run_errand
    from tui.settings import SettingsError

    try:
        return run_errand(settings, errand)
    except SettingsError as error:
        raise UsageError(str(error)) from None


def _errand_plan(arguments: Arguments) -> "tuple[Settings, Errand]":
    """What `log` or `artifacts` is to do. Raises UsageError."""
    from tui.settings import BringArtifacts, PrintLog, SettingsError

    if given := _plain_flags(arguments):
        raise UsageError(f"{given[0]} is for watch and for run -y")
    try:
        repo, slug = _named_run(arguments)
        settings = _settings(arguments, repo)
    except SettingsError as error:
        raise UsageError(str(error)) from None
    if arguments.command == "log":
        if arguments.failed and arguments.path is not None:
            raise UsageError("--failed is for all cubes that failed: leave out it or PATH")
        path, follow = arguments.path or "", arguments.follow
        return settings, PrintLog(slug, path, arguments.failed, follow, arguments.raw)
    if arguments.folder == "":
        raise UsageError("--dir takes a directory, not an empty name")
    if arguments.folder and not (arguments.paths or arguments.everything):
        raise UsageError("--dir is for downloads: name a PATH, or add --all")
    folder, paths = arguments.folder or "", tuple(arguments.paths)
    return settings, BringArtifacts(slug, paths, folder, arguments.everything)


def _plain(arguments: Arguments) -> "Plain | None":
    """How to watch without a screen; None if there is to be one. Raises UsageError if it can be
    neither, or is told what only the other can do."""
    from tui.settings import Plain, SettingsError, parse_duration, parse_heartbeat

    obstacle = _no_screen()
    needs_person = arguments.command != "watch" and not arguments.yes
    if needs_person and obstacle:
        raise UsageError(obstacle)
    given = _plain_flags(arguments)
    if needs_person and given:
        raise UsageError(f"{given[0]} is for watch and for run -y: a run is composed on a screen")
    if not (obstacle or arguments.plain or arguments.json):
        if given:
            raise UsageError(f"{given[0]} is for watching without a screen: add --plain")
        return None
    heartbeat, give_up = arguments.heartbeat, arguments.give_up
    try:
        return Plain(
            json=arguments.json,
            heartbeat=Plain().heartbeat if heartbeat is None else parse_heartbeat(heartbeat),
            give_up=None if give_up is None else parse_duration("--give-up", give_up),
            fail_fast=arguments.fail_fast,
        )
    except SettingsError as error:
        raise UsageError(str(error)) from None


def _plan(arguments: Arguments) -> "tuple[Settings, Start]":
    """What the arguments and the environment amount to. Raises UsageError."""
    from dataclasses import replace

    from tui.settings import ComposeFirst, SettingsError, WatchFirst

    try:
        manners = _manners(arguments)
        if arguments.command != "watch":
            draft = _draft(arguments)
            settings = replace(_settings(arguments), manners=manners)
            return settings, ComposeFirst(draft, send_at_once=arguments.yes)
        repo, slug = _named_run(arguments)
        return replace(_settings(arguments, repo), manners=manners), WatchFirst(slug)
    except SettingsError as error:
        raise UsageError(str(error)) from None


def _named_run(arguments: Arguments) -> "tuple[RepoSlug | None, str]":
    """The run of a command that starts none. Raises UsageError, SettingsError."""
    from tui.settings import parse_run

    if arguments.describes_a_run():
        raise UsageError(
            f"{arguments.command} starts no run: leave out what is to run (--ref, --shared, ...)"
        )
    return (None, "") if arguments.run is None else parse_run(arguments.run)


def _manners(arguments: Arguments) -> "Manners":
    """Over SSH every move of the mouse would go over the wire, so it is off unless asked for;
    where the terminal takes no Unicode, ASCII goes without saying."""
    from tui.settings import Manners

    over_ssh = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
    mouse = not over_ssh if arguments.mouse is None else arguments.mouse
    screen = sys.__stderr__
    knows_more = screen is None or screen.encoding.lower().startswith("utf")
    ascii_only = arguments.ascii or not knows_more
    return Manners(mouse=mouse, ascii_only=ascii_only, notify=arguments.notify)


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


def _no_screen() -> str | None:
    """Why there can be no screen, and what to do; None if there can be one."""
    # Textual draws on standard error.
    if os.environ.get("TERM") == "dumb" or not all(os.isatty(stream) for stream in (0, 1, 2)):
        return "a terminal is needed to draw on: start it in one, without a pipe or a redirection"
    if os.environ.get("CI"):
        return "nobody is there to press keys, as CI is set: add -y to start a run, or unset CI"
    return None


def _plain_flags(arguments: Arguments) -> list[str]:
    given = {
        "--plain": arguments.plain,
        "--json": arguments.json,
        "--heartbeat": arguments.heartbeat is not None,
        "--give-up": arguments.give_up is not None,
        "--fail-fast": arguments.fail_fast,
    }
    return [flag for flag, is_given in given.items() if is_given]
