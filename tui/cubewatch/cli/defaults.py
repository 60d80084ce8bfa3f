"""Where a command works and as whom: what its words, the environment, the config file and the
clone around us say."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cubewatch.cli.parser import Arguments, UsageError
from cubewatch.model.draft import Draft, Problem, RevisionDraft, as_revision, check, input_field
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision
from cubewatch.settings import DEMO_REPO, Settings, TerminalOptions
from cubewatch.settings.config_file import ConfigFile, read_config_file
from cubewatch.settings.token_sources import Sources
from cubewatch.settings.values import parse_repo, parse_speed
from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from cubewatch.cli.doctor import DoctorContext
    from cubewatch.git.clone import Clone
    from cubewatch.git.surroundings import ConfigFound, Surroundings

NO_REPO = "no repository is named: add -R ORG/REPO, or try cubewatch --demo"
MOST_PROBLEMS = 5
"""So many are told in the line of a refusal."""


def named_repo(arguments: Arguments, run_repo: RepoSlug | None = None) -> RepoSlug | None:
    """The repository that the words name, by -R or with a run, or that of the demo. Raises
    UsageError if that can't be, and SettingsError for a name that is none."""
    repo = run_repo if arguments.repo is None else parse_repo(arguments.repo)
    if run_repo not in (None, repo):
        raise UsageError(f"the run is one of {run_repo}, -R says {repo}: leave out one of them")
    if arguments.demo and repo not in (None, DEMO_REPO):
        raise UsageError(f"the demo has only the repository {DEMO_REPO}: leave out -R")
    return DEMO_REPO if arguments.demo else repo


def clone_here() -> "Clone":
    """The clone we stand in. Raises UsageError if there is none."""
    from cubewatch.git.clone import find_clone
    from cubewatch.git.git import GitError

    try:
        clone = find_clone(Path.cwd())
    except (GitError, OSError, ValueError) as error:
        raise UsageError(f"{NO_REPO} ({error})") from None
    if clone is None:
        raise UsageError(NO_REPO)
    return clone


def repo_of(clone: "Clone") -> RepoSlug:
    """The repository of a clone. Raises UsageError if it has none, or several."""
    if clone.remote is None:
        found = ", ".join(str(remote.repo) for remote in clone.remotes)
        raise UsageError(
            f"the clone has several repositories: add -R with one of {found}" if found else NO_REPO
        )
    return clone.remote.repo


def check_against_clone(clone: "Clone", repo: RepoSlug, draft: Draft) -> None:
    """Says what a form would, as far as the clone knows, of a run that is started without one.
    Raises UsageError if a form would not send it."""
    from cubewatch.git.git import GitError
    from cubewatch.git.surroundings import ConfigFound, Surroundings

    around, found = Surroundings(Path.cwd(), repo, clone), ConfigFound()
    try:
        default = as_revision(RevisionDraft("branch", around.default_branch()))
        found = around.config(as_revision(draft.config_revision) or default)
        notices = list(_notices(around, draft, default, found))
    except (GitError, OSError) as error:
        notices = [str(error)]
    checked = check(draft, found.config)
    if checked.problems:
        raise UsageError(_refusal(checked.problems, draft, found))
    for notice in (*notices, *(warning.text for warning in checked.warnings)):
        tell(notice)


def check_against_clone_here(repo: RepoSlug, draft: Draft) -> None:
    """The same where the repository is named and we may stand in a clone of it, or in none."""
    try:
        clone = clone_here()
    except UsageError:
        return
    if clone.remote_of(repo):
        check_against_clone(clone, repo, draft)


def _notices(
    around: "Surroundings", draft: Draft, default: GitRevision | None, found: "ConfigFound"
) -> Iterator[str]:
    """What to mind about the revisions. Raises GitError and OSError."""
    from cubewatch.model.wording import config_differs, standing_notice

    if found.trouble and (found.blob or found.missing):
        yield found.trouble
    head = as_revision(draft.head)
    if head is None:
        return
    ref, standing = around.look_up(head)
    if ref is None:
        yield inert(f"{head.kind} {head} is not in the clone here: nothing is known of it")
    if notice := standing_notice(head, standing):
        yield notice
    if draft.config_revision.kind is None and found.blob and head != default:
        of_head = around.config(head)
        if of_head.source and of_head.blob != found.blob:
            yield config_differs(found.source, str(head))


def _refusal(problems: Sequence[Problem], draft: Draft, found: "ConfigFound") -> str:
    """What is wrong, and what to write: one line."""
    missing = {
        input_field(workflow.name, wanted.name): inert(
            f": add {wanted.name}=... behind {workflow.name}"
        )
        for workflow in draft.workflows
        if (spec := found.config and found.config.workflow(workflow.name))
        for wanted in spec.inputs
    }
    told = [problem.text + missing.get(problem.field, "") for problem in problems[:MOST_PROBLEMS]]
    if more := len(problems) - len(told):
        told.append(f"and {more} more")
    config = f" (config from {found.source}; git fetch may bring a newer one)"
    return "; ".join(told) + (config if found.config else "")


def repo_here(arguments: Arguments) -> tuple[RepoSlug | None, str]:
    """The repository, named or of the clone, and in words where it is from; or None and why.
    Raises SettingsError for a name that is none."""
    if repo := named_repo(arguments):
        return repo, "named by -R"
    try:
        clone = clone_here()
        repo = repo_of(clone)
    except UsageError as error:
        return None, str(error)
    name = clone.remote.name if clone.remote else ""
    return repo, f"the remote {name} of the clone here"


def settings_for(arguments: Arguments, repo: RepoSlug | None) -> Settings:
    """All that is left to be told; the token is looked for last. Raises UsageError and
    SettingsError."""
    _check_demo(arguments)
    config = config_for(arguments)
    settings = Settings(
        repo,
        terminal=terminal_options_for(arguments, config),
        theme=config.theme,
        poll_interval=config.poll_interval,
        presets=config.presets,
    )
    if arguments.demo:
        speed = arguments.demo_speed
        return replace(settings, demo_speed=1.0 if speed is None else parse_speed(speed))
    sources = sources_for(arguments, config)
    return replace(settings, api_url=sources.address(), token=sources.token(tell).token)


def config_for(arguments: Arguments) -> ConfigFile:
    """The config file that --config names (a shell leaves the `~` of `--config=~/x` as it is), or
    the usual one. Raises SettingsError."""
    return read_config_file(
        None if arguments.config is None else Path(os.path.expanduser(arguments.config))
    )


def sources_for(arguments: Arguments, config: ConfigFile) -> Sources:
    return Sources(os.environ, config, arguments.api_url, arguments.token_command)


def doctor_context(arguments: Arguments) -> "DoctorContext":
    """What doctor is to look at. Raises SettingsError for a repository that is none."""
    from cubewatch.cli.doctor import DoctorContext

    return DoctorContext(
        lambda: config_for(arguments),
        lambda config: sources_for(arguments, config),
        lambda config: terminal_options_for(arguments, config),
        *repo_here(arguments),
    )


def tell(line: str) -> None:
    """Says to a person what is waited for."""
    if sys.stderr is not None:
        sys.stderr.write(f"cubewatch: {line}\n")


def _check_demo(arguments: Arguments) -> None:
    if not arguments.demo:
        if arguments.demo_speed is not None:
            raise UsageError("--demo-speed is for the demo: add --demo")
    elif arguments.api_url is not None:
        raise UsageError("the demo has a server of its own: leave out --api-url or --demo")
    elif arguments.token_command is not None:
        raise UsageError("the demo needs no token: leave out --token-command or --demo")


def terminal_options_for(arguments: Arguments, config: ConfigFile) -> TerminalOptions:
    """Over SSH every move of the mouse would go over the wire, so it is off unless asked for;
    where the terminal takes no Unicode, ASCII goes without saying."""
    over_ssh = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
    asked = [wish for wish in (arguments.mouse, config.mouse) if wish is not None]
    screen = sys.__stderr__
    knows_more = screen is None or screen.encoding.lower().startswith("utf")
    return TerminalOptions(
        mouse=asked[0] if asked else not over_ssh,
        ascii_only=arguments.ascii or bool(config.ascii) or not knows_more,
        notify=arguments.notify and config.notifications is not False,
    )
