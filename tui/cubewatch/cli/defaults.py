"""The settings of a command, from its words, the environment, the config file and the local
clone."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.model.repository import RepoSlug
from cubewatch.runtime.folders import current_folder, expanded
from cubewatch.settings import DEMO_REPO, DEMO_REPOS, Secret, Settings, TerminalOptions
from cubewatch.settings.config_file import ConfigFile, read_config_file
from cubewatch.settings.token_sources import Sources
from cubewatch.settings.values import parse_repo, parse_run, parse_speed
from cubewatch.text.near_miss import did_you_mean

if TYPE_CHECKING:
    from cubewatch.cli.diagnose import DoctorContext
    from cubewatch.git.clone import Clone

NO_REPO = "no repository is named: add -R ORG/REPO, or try cubewatch --demo"


def named_repo(arguments: Arguments, run_repo: RepoSlug | None = None) -> RepoSlug | None:
    """The repository that the words name, by -R or with a run, or that of the demo. Raises
    UsageError if that can't be, and SettingsError for a name that is none."""
    repo = run_repo if arguments.repo is None else parse_repo(arguments.repo)
    if run_repo not in (None, repo):
        raise UsageError(f"the run is one of {run_repo}, -R says {repo}: leave out one of them")
    if arguments.demo and repo not in (None, *DEMO_REPOS):
        known = [str(one) for one in DEMO_REPOS]
        advice = did_you_mean(str(repo), known) or "name one of them"
        raise UsageError(f"the demo has only {', '.join(known)}: {advice}")
    return DEMO_REPO if arguments.demo and repo is None else repo


def named_run(arguments: Arguments) -> tuple[RepoSlug | None, str]:
    """The run that the words name ("" for the newest), and its repository if that is named. Raises
    UsageError and SettingsError."""
    repo, slug = (None, "") if arguments.run is None else parse_run(arguments.run)
    return named_repo(arguments, repo), slug


def run_settings(arguments: Arguments) -> tuple[Settings, str]:
    """The settings of a command about a run that exists, and that run ("" for the newest). Raises
    UsageError and SettingsError."""
    repo, slug = named_run(arguments)
    return settings_for(arguments, repo or repo_of(clone_here())), slug


def clone_here() -> "Clone":
    """The clone we stand in. Raises UsageError if there is none."""
    from cubewatch.git.clone import find_clone
    from cubewatch.git.git import GitError

    folder = current_folder()
    if folder == Path():
        raise UsageError(f"{NO_REPO} (the folder you stand in was deleted)")
    try:
        clone = find_clone(folder)
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
    """The settings of a command; the token is looked for last. Raises UsageError and
    SettingsError."""
    _check_demo(arguments)
    config = config_for(arguments)
    settings = Settings(
        repo,
        terminal=terminal_options_for(arguments, config),
        theme=config.theme,
        poll_interval=config.poll_interval,
        presets=config.presets,
        repositories=config.repositories,
    )
    if arguments.demo:
        speed = arguments.demo_speed
        return settings._replace(demo_speed=1.0 if speed is None else parse_speed(speed))
    sources = sources_for(arguments, config)

    def renew_token() -> Secret:
        again = sources_for(arguments, config_for(arguments))
        return again._replace(unattended=True).token(len).token

    return settings._replace(
        api_url=sources.address(),
        raw_url=sources.raw_url(),
        git_url=sources.git_url(),
        token=sources.token(print_notice).token,
        renew_token=renew_token,
    )


def settings_without_token(arguments: Arguments, repo: RepoSlug | None) -> Settings:
    """The settings of a command that only shows what lies on this machine. Raises SettingsError."""
    config = config_for(arguments)
    return Settings(
        repo,
        api_url=sources_for(arguments, config).address(),
        terminal=terminal_options_for(arguments, config),
        theme=config.theme,
    )


def config_for(arguments: Arguments) -> ConfigFile:
    """The config file that --config names (a shell leaves the `~` of `--config=~/x` as it is), or
    the usual one. Raises SettingsError."""
    return read_config_file(None if arguments.config is None else expanded(arguments.config))


def sources_for(arguments: Arguments, config: ConfigFile) -> Sources:
    return Sources(os.environ, config, arguments.api_url, arguments.token_command)


def doctor_context(arguments: Arguments) -> "DoctorContext":
    """The context for doctor. Raises SettingsError for a repository that is none."""
    from cubewatch.cli.diagnose import DoctorContext

    return DoctorContext(
        lambda: config_for(arguments),
        lambda config: sources_for(arguments, config),
        lambda config: terminal_options_for(arguments, config),
        *repo_here(arguments),
    )


def refuse_demo(arguments: Arguments) -> None:
    """Raises UsageError for a command that does not support the demo."""
    if arguments.demo or arguments.demo_speed is not None:
        raise UsageError(f"{arguments.command} is for the real API: the demo needs no token")


def print_notice(line: str) -> None:
    """Prints a line for a person, such as what is waited for, to standard error."""
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
    """The terminal options. The mouse is off over SSH unless it is asked for, as every move would
    go over the wire; ASCII is on where the terminal takes no Unicode."""
    over_ssh = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
    given = [value for value in (arguments.mouse, config.mouse) if value is not None]
    screen = sys.__stderr__
    knows_more = screen is None or screen.encoding.lower().startswith("utf")
    return TerminalOptions(
        mouse=given[0] if given else not over_ssh,
        ascii_only=arguments.ascii or bool(config.ascii) or not knows_more,
        notify=arguments.notify and config.notifications is not False,
    )
