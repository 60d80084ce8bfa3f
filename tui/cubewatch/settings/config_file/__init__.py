"""The config file: TOML in, one frozen value out, or one line that says where it is wrong."""

import os
import shlex
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cubewatch.model.repository import GIT_URL, RAW_URL, RepoSlug
from cubewatch.runtime.folders import config_folder
from cubewatch.settings import (
    Preset,
    Secret,
    SettingsError,
    as_token,
    parse_api_url,
    parse_host_url,
)
from cubewatch.settings.config_file.source import ConfigSource
from cubewatch.settings.config_file.table import Table, instead
from cubewatch.settings.values import parse_repo
from cubewatch.text.sanitize import inert

LIMIT = 256_000
"""Bytes; a larger file is refused."""
THEMES = (
    *("cubewatch", "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light"),
    *("catppuccin-frappe", "catppuccin-latte", "catppuccin-macchiato", "catppuccin-mocha"),
    *("dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine", "rose-pine-dawn"),
    *("rose-pine-moon", "solarized-dark", "solarized-light", "textual-dark", "textual-light"),
    "tokyo-night",
)
"""Ours and Textual's, named here because Textual is heavy to import."""
POLL_INTERVALS = (1, 60)
"""Seconds: the least and the most."""

_KEYS = (
    *("api_url", "token_command", "token", "theme", "ascii", "notifications", "mouse"),
    *("poll_interval", "presets", "repositories", "raw_url", "git_url"),
)
_FOR_OTHERS = 0o077


class ConfigFile(NamedTuple):
    """The values of a config file; None where it has none. `path` None: there is no file.

    `token` and `token_command` are for the server of `api_url`, or without it for the public API.
    `poll_interval` is in seconds.
    """

    path: Path | None = None
    api_url: str | None = None
    raw_url: str | None = None
    git_url: str | None = None
    token_command: str | None = None
    token: Secret | None = None
    theme: str | None = None
    ascii: bool | None = None
    notifications: bool | None = None
    mouse: bool | None = None
    poll_interval: float | None = None
    presets: tuple[Preset, ...] = ()
    repositories: tuple[RepoSlug, ...] = ()


def config_place() -> Path | None:
    """The path of the usual config file; None where no home is known."""
    folder = config_folder()
    return folder and folder / "config.toml"


def read_config_file(path: Path | None = None) -> ConfigFile:
    """Reads the config file `path`, which must exist, or that at `config_place`, which need not.

    Raises SettingsError: `FILE:LINE:COLUMN: what is wrong, what is allowed`.
    """
    place = path or config_place()
    if place is None:
        return ConfigFile()
    try:
        if path is None and place.exists() and not (place.is_file() or place.is_dir()):
            raise SettingsError(inert(f"{place}: not a file"))  # it could hang
        with place.open("rb") as file:
            data, about = file.read(LIMIT + 1), os.fstat(file.fileno())
    except OSError as error:
        if path is None and isinstance(error, FileNotFoundError | NotADirectoryError):
            return ConfigFile()
        raise SettingsError(inert(f"{place}: {error.strerror}")) from None
    if len(data) > LIMIT:
        raise SettingsError(inert(f"{place}: larger than {LIMIT // 1000} kB"))
    source = ConfigSource(str(place), data)
    top = Table(source, (), source.parsed(), _KEYS)
    if "token" in top and about.st_uid != os.getuid():
        raise top.wrong("token", "a token must stand in a file of your own")
    if "token" in top and about.st_mode & _FOR_OTHERS:
        raise top.wrong("token", f"others may read this token: chmod 600 {shlex.quote(str(place))}")
    return _config(place, top)


def _config(path: Path, top: Table) -> ConfigFile:
    return ConfigFile(
        path=path,
        api_url=top.made("api_url", parse_api_url),
        raw_url=top.made("raw_url", partial(parse_host_url, "raw_url", RAW_URL)),
        git_url=top.made("git_url", partial(parse_host_url, "git_url", GIT_URL)),
        token_command=top.made("token_command", _command),
        token=top.made("token", lambda text: as_token(text, "token")),
        theme=top.made("theme", _theme),
        ascii=top.switch("ascii"),
        notifications=top.switch("notifications"),
        mouse=top.switch("mouse"),
        poll_interval=top.number("poll_interval", *POLL_INTERVALS),
        presets=_presets(top),
        repositories=top.texts("repositories", parse_repo),
    )


def _command(text: str) -> str:
    if not text.strip():
        raise SettingsError("token_command is empty")
    return text


def _theme(text: str) -> str:
    if text not in THEMES:
        raise SettingsError(f"there is no theme {text!r}: {instead(text, THEMES)}")
    return text


def _presets(top: Table) -> tuple[Preset, ...]:
    if "presets" not in top:
        return ()
    from cubewatch.settings.config_file.presets import read_preset

    presets = top.table("presets")
    return tuple(read_preset(name, presets) for name in presets)
