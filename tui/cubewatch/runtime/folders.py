"""The folders of this user, and the one we stand in, where there may be none."""

import os
from collections.abc import Callable
from pathlib import Path


def config_folder() -> Path | None:
    """Where cubewatch's config file is looked for; None where no home is known."""
    from platformdirs import user_config_dir

    return _own(user_config_dir)


def state_folder() -> Path | None:
    """Where cubewatch keeps what it remembers; None where no home is known."""
    from platformdirs import user_state_dir

    return _own(user_state_dir)


def cache_folder() -> Path | None:
    """Where cubewatch keeps what it can load again; None where no home is known."""
    from platformdirs import user_cache_dir

    return _own(user_cache_dir)


def _own(place: Callable[[str], str]) -> Path | None:
    """Without HOME and without an entry for our user (as in many containers) platformdirs raises,
    or in older releases gives a relative path, which would make a folder named `~` here."""
    try:
        folder = Path(place("cubewatch"))
    except (RuntimeError, KeyError):
        return None
    return folder if folder.is_absolute() else None


def current_folder() -> Path:
    """The folder we stand in; `Path()` if it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def expanded(text: str) -> Path:
    """A path that a person typed: `~` is their home, as far as that is known."""
    return Path(os.path.expanduser(text))
