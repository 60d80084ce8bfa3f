"""What the words of a command line amount to, with what they leave open."""

import os
from collections.abc import Sequence
from dataclasses import replace

from cubewatch.cli.defaults import (
    check_against_clone,
    check_against_clone_here,
    clone_here,
    named_repo,
    repo_of,
    settings_for,
)
from cubewatch.cli.parser import Arguments, UsageError, discreet
from cubewatch.model.draft import WORKFLOWS, Draft, RevisionDraft, WorkflowDraft, check
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RevisionKind
from cubewatch.settings import (
    BringArtifacts,
    ComposeFirst,
    Errand,
    Plain,
    PrintLog,
    Settings,
    Start,
    WatchFirst,
)
from cubewatch.settings.values import parse_duration, parse_heartbeat, parse_run


def errand_plan(arguments: Arguments) -> tuple[Settings, Errand]:
    """What `log` or `artifacts` is to do. Raises UsageError and SettingsError."""
    if given := _plain_flags(arguments):
        raise UsageError(f"{given[0]} is for watch and for run -y")
    repo, slug = _named_run(arguments)
    errand = _print_log(arguments, slug) if arguments.command == "log" else _bring(arguments, slug)
    return settings_for(arguments, repo or repo_of(clone_here())), errand


def _print_log(arguments: Arguments, slug: str) -> PrintLog:
    if arguments.failed and arguments.path is not None:
        raise UsageError("--failed is for all cubes that failed: leave out it or PATH")
    path, follow = arguments.path or "", arguments.follow
    return PrintLog(slug, path, arguments.failed, follow, arguments.raw)


def _bring(arguments: Arguments, slug: str) -> BringArtifacts:
    if arguments.folder == "":
        raise UsageError("--dir takes a directory, not an empty name")
    if arguments.folder and not (arguments.paths or arguments.everything):
        raise UsageError("--dir is for downloads: name a PATH, or add --all")
    folder, paths = arguments.folder or "", tuple(arguments.paths)
    return BringArtifacts(slug, paths, folder, arguments.everything)


def plain_plan(arguments: Arguments) -> Plain | None:
    """How to watch without a screen; None if there is to be one. Raises UsageError if it can be
    neither, or is told what only the other can do, and SettingsError."""
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
    return Plain(
        json=arguments.json,
        heartbeat=Plain().heartbeat if heartbeat is None else parse_heartbeat(heartbeat),
        give_up=None if give_up is None else parse_duration("--give-up", give_up),
        fail_fast=arguments.fail_fast,
    )


def start_plan(arguments: Arguments, *, on_screen: bool) -> tuple[Settings, Start]:
    """What is composed or watched, and where. Only the form may look for its repository later.

    Raises UsageError and SettingsError.
    """
    if arguments.command == "watch":
        repo, slug = _named_run(arguments)
        return settings_for(arguments, repo or repo_of(clone_here())), WatchFirst(slug)
    draft, repo = _draft(arguments), named_repo(arguments)
    if repo is None and not on_screen:
        clone = clone_here()
        repo = repo_of(clone)
        if draft.head.kind is None:
            draft = replace(draft, head=clone.head.revision)
        check_against_clone(clone, repo, draft)
    elif repo is not None and not on_screen and not arguments.demo:
        check_against_clone_here(repo, draft)
    return settings_for(arguments, repo), ComposeFirst(draft, send_at_once=arguments.yes)


def signing_plan(arguments: Arguments) -> None:
    """That `login`, `logout` and `doctor` are told nothing that is for other commands. Raises
    UsageError."""
    command = arguments.command
    if arguments.describes_a_run():
        raise UsageError(
            f"{command} starts no run: leave out what is to run (--ref, --shared, ...)"
        )
    if arguments.demo or arguments.demo_speed is not None:
        raise UsageError(f"{command} is for the real API: the demo needs no token")
    if given := _plain_flags(arguments):
        raise UsageError(f"{given[0]} is for watch and for run -y")
    if command == "login" and arguments.token_command is not None:
        raise UsageError("login asks for a token: leave out --token-command, or pipe it in")


def _named_run(arguments: Arguments) -> tuple[RepoSlug | None, str]:
    """The run of a command that starts none, and its repository if that is named. Raises
    UsageError and SettingsError."""
    if arguments.describes_a_run():
        raise UsageError(
            f"{arguments.command} starts no run: leave out what is to run (--ref, --shared, ...)"
        )
    repo, slug = (None, "") if arguments.run is None else parse_run(arguments.run)
    return named_repo(arguments, repo), slug


def _draft(arguments: Arguments) -> Draft:
    """The draft that the arguments fill in. Raises UsageError if it could never be sent, whatever
    the form adds to it."""
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


def _revision(*options: tuple[str, RevisionKind, str | None]) -> RevisionDraft:
    given = [(option, kind, name) for option, kind, name in options if name is not None]
    if not given:
        return RevisionDraft()
    if len(given) > 1:
        raise UsageError(f"give only one of {', '.join(option for option, *_ in options)}")
    [(_, kind, name)] = given
    return RevisionDraft(kind, name)


def _workflows(words: Sequence[str]) -> tuple[WorkflowDraft, ...]:
    workflows: list[WorkflowDraft] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            workflows.append(WorkflowDraft(name))
        elif not workflows:
            said = discreet(word)
            raise UsageError(f"{said!r} stands before any workflow: write WORKFLOW {said}")
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
