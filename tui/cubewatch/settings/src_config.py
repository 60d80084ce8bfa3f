"""The token that the command `src` keeps in its own config file instead of the system keyring."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cubewatch.settings import Secret, SettingsError, as_token
from cubewatch.text.sanitize import inert

MAX_BYTES = 256_000
FOLDERS = ("src", "sourcecraft", "sourcecraft-cli")
NAMES = ("config.yaml", "config.yml")
TOKEN_KEYS = ("token", "pat", "access_token", "oauth_token", "iam_token")


def src_file_token() -> tuple[Secret, str] | None:
    """The token of `auth:` with `storage: filesystem`, and in words where it stands; None where
    there is none, or no file that can be read."""
    for path in _places():
        if token := _token_in(path):
            return token, inert(f"{path}, where src keeps it")
    return None


def _places() -> Iterator[Path]:
    """The paths at which that file may be, which differ between systems."""
    home = os.path.expanduser("~")
    folders = [os.environ.get("XDG_CONFIG_HOME", "")]
    if os.path.isabs(home):
        folders += [f"{home}/.config", f"{home}/Library/Application Support"]
        yield from (Path(home) / f".{folder}" / name for folder in FOLDERS for name in NAMES)
    for folder in dict.fromkeys(folders):
        if os.path.isabs(folder):
            yield from (Path(folder) / below / name for below in FOLDERS for name in NAMES)


def _token_in(path: Path) -> Secret | None:
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        return None
    if b"auth:" not in data or len(data) > MAX_BYTES:
        return None
    import yaml

    try:
        settings: Any = yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    auth = settings.get("auth") if isinstance(settings, dict) else None
    if not isinstance(auth, dict) or auth.get("storage") != "filesystem":
        return None
    for key in TOKEN_KEYS:
        if isinstance(text := auth.get(key), str):
            try:
                return as_token(text, str(path))
            except SettingsError:
                continue
    return None
