"""The folders for config, state and cache of this user, and the current folder."""

import os
from collections.abc import Callable
from pathlib import Path


def config_folder() -> Path | None:
    """The folder of the config file; None where no home is known."""
    from platformdirs import user_config_dir

    return _own(user_config_dir)


def state_folder() -> Path | None:
    """The folder of the history; None where no home is known."""
    from platformdirs import user_state_dir

    return _own(user_state_dir)


def cache_folder() -> Path | None:
    """The folder of what can be loaded again; None where no home is known."""
    from platformdirs import user_cache_dir

    return _own(user_cache_dir)


def _own(place: Callable[[str], str]) -> Path | None:
    """The folder that platformdirs names. Without HOME and without an entry for our user (as in
    many containers) it raises, or in older releases gives a relative path, which would make a
    folder named `~` here."""
    try:
        folder = Path(place("cubewatch"))
    except (RuntimeError, KeyError):
        return None
    return folder if folder.is_absolute() else None


def current_folder() -> Path:
    """The current folder; `Path()` if it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def expanded(text: str) -> Path:
    """A path that a person typed: `~` is their home, as far as that is known."""
    return Path(os.path.expanduser(text))
