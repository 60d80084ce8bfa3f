"""Suggestions for a repository that is almost right: that of the local clone, and those used
before."""

from collections.abc import Iterator
from contextlib import suppress

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.defaults import clone_here, config_for, named_run, sources_for
from cubewatch.history.memory import Memory
from cubewatch.model.address import api_server
from cubewatch.model.repository import RepoSlug
from cubewatch.runtime.folders import state_folder
from cubewatch.settings import SettingsError
from cubewatch.text.near_miss import did_you_mean


def repository_meant(arguments: Arguments) -> str:
    """`did you mean …?` where the repository that the words name is not known here, but almost
    one that is; else nothing."""
    with suppress(UsageError, SettingsError):
        repo, _ = named_run(arguments)
        known = [str(one) for one in _known(arguments)]
        if repo and str(repo) not in known:
            return did_you_mean(str(repo), known)
    return ""


def _known(arguments: Arguments) -> Iterator[RepoSlug]:
    """Raises SettingsError."""
    with suppress(UsageError):
        yield from (remote.repo for remote in clone_here().remotes)
    if state := state_folder():
        server = api_server(sources_for(arguments, config_for(arguments)).address())
        yield from Memory(state / "sent" / server).repositories()
