"""`cubewatch doctor`: checks of the settings, of the API and of the terminal."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from cubewatch import __version__
from cubewatch.cli.checks import Check
from cubewatch.cli.terminal_checks import state_check, terminal_checks
from cubewatch.model.address import api_server
from cubewatch.model.repository import RepoSlug
from cubewatch.runtime.exit_status import EXIT_NO_API, EXIT_USAGE
from cubewatch.runtime.folders import state_folder
from cubewatch.settings import SettingsError, TerminalOptions
from cubewatch.settings.config_file import ConfigFile, config_place
from cubewatch.settings.token_sources import Sources, Write


@dataclass(frozen=True, slots=True)
class DoctorContext:
    """What doctor looks at: the config file, which raises SettingsError if it is wrong; what
    follows from it; the repository with how it was found, or None and why."""

    config: Callable[[], ConfigFile]
    sources: Callable[[ConfigFile], Sources]
    terminal: Callable[[ConfigFile], TerminalOptions]
    repo: RepoSlug | None
    repo_source: str


def diagnose(context: DoctorContext, encoding: str, write: Write, wait: Write) -> int:
    """Writes about ten lines that a terminal of `encoding` can show, none with a token; `wait`
    takes a line about what takes its time.

    Returns the exit status: 0; 2 if the configuration is wrong or has no token; 3 if the API
    can't be reached or refuses us.
    """
    statuses = {0}
    for check in _checks(context, wait):
        write(check.line(encoding))
        statuses.add(check.status)
    return EXIT_USAGE if EXIT_USAGE in statuses else max(statuses)


def _checks(context: DoctorContext, wait: Write) -> Iterator[Check]:
    yield Check("good", "cubewatch", _versions())
    config = ConfigFile()
    try:
        config = context.config()
        if config.path or (place := config_place()):
            where = f"{config.path}" if config.path else f"none, which is fine: {place}"
            yield Check("good", "config file", where)
        else:
            yield Check("note", "config file", "none: no home folder is known (HOME is not set)")
    except SettingsError as error:
        yield Check("bad", "config file", str(error), EXIT_USAGE)
    if context.repo:
        yield Check("good", "repository", f"{context.repo}, {context.repo_source}")
    else:
        yield Check("note", "repository", context.repo_source)
    sources = context.sources(config)
    try:
        yield from _access(sources, context.repo, wait)
    except SettingsError as error:
        yield Check("bad", "API", str(error), EXIT_USAGE)
    yield from terminal_checks(sources.environ, context.terminal(config))
    yield state_check(state_folder())


def _versions() -> str:
    try:
        textual = version("textual")
    except PackageNotFoundError:
        textual = "missing"
    system = f"{platform.system()} {platform.machine()}"
    return f"{__version__}, Python {platform.python_version()}, textual {textual}, {system}"


def _access(sources: Sources, repo: RepoSlug | None, wait: Write) -> Iterator[Check]:
    """Token, API, and the one at the other. Raises SettingsError if the API's address is wrong or
    the environment has no usable way to it."""
    from cubewatch.cli.api_report import api_report, report_checks
    from cubewatch.cli.network_checks import network_checks
    from cubewatch.cli.token_trial import try_address, try_token

    address = sources.address()
    found = None
    try:
        found = sources.token(wait)
        yield Check("good", "token", f"from {found.place}")
    except SettingsError as error:
        yield Check("bad", "token", str(error), EXIT_USAGE)
    try:
        yield from network_checks(address)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    trial = try_token(address, found.token, repo) if found and repo else try_address(address)
    problem = trial.error
    if problem and not trial.reached:
        yield Check("bad", "API", f"{problem}. {problem.advice}", EXIT_NO_API)
        return
    answer = f"{api_server(address)} answers within {trial.seconds * 1000:.0f} ms"
    yield Check("good", "API", answer)
    if not found:
        return
    if not repo:
        yield Check("note", "signed in", "not known without a repository: add -R ORG/REPO")
    elif not problem:
        yield Check("good", "signed in", f"the token is accepted: {repo} can be read")
        yield from report_checks(api_report(address, found.token, repo))
    else:
        text = f"{repo} can't be read with this token: {problem}. {problem.advice}"
        yield Check("bad", "signed in", text, EXIT_NO_API)
