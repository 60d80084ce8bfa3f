"""Sources: the places that the API's address and the token come from, in order of precedence."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from cubewatch.model.address import api_server
from cubewatch.model.repository import API_URL, GIT_URL, RAW_URL
from cubewatch.runtime.children import TOKEN_VARIABLES
from cubewatch.settings import (
    Secret,
    SettingsError,
    as_token,
    parse_api_url,
    parse_host_url,
)
from cubewatch.settings.config_file import ConfigFile
from cubewatch.text.sanitize import inert

API_URL_VARIABLE = "SOURCECRAFT_API_URL"
RAW_URL_VARIABLE = "SOURCECRAFT_RAW_URL"
GIT_URL_VARIABLE = "SOURCECRAFT_GIT_URL"

Write = Callable[[str], object]
"""Takes a line for a person who waits."""


class FoundToken(NamedTuple):
    """A token, and in words where it was."""

    token: Secret
    place: str


class Sources(NamedTuple):
    """All places that an address or a token may come from. `api_url` and `token_command` are those
    of the command line, None where it says nothing. `unattended`: a token command must not use the
    terminal."""

    environ: Mapping[str, str]
    config: ConfigFile
    api_url: str | None = None
    token_command: str | None = None
    unattended: bool = False

    def address(self) -> str:
        """The API's address: flag, environment, config file, the public API. Raises
        SettingsError if the token must not go there."""
        if self.api_url is not None:
            return parse_api_url(self.api_url)
        if address := self.environ.get(API_URL_VARIABLE, "").strip():
            return parse_api_url(address)
        return self.config.api_url or API_URL

    def raw_url(self) -> str:
        """The address of files of public repositories; "" if unknown. Raises SettingsError."""
        return self._beside_api(RAW_URL_VARIABLE, self.config.raw_url, RAW_URL)

    def git_url(self) -> str:
        """The address that repositories are fetched from; "" if unknown. Raises SettingsError."""
        return self._beside_api(GIT_URL_VARIABLE, self.config.git_url, GIT_URL)

    def _beside_api(self, variable: str, configured: str | None, public: str) -> str:
        """Environment, config file; else that of the public API, which no other API has."""
        if address := self.environ.get(variable, "").strip():
            return parse_host_url(variable, public, address)
        return configured or (public if self.address() == API_URL else "")

    def token(self, notify: Write) -> FoundToken:
        """The token for `address`: of the first of `places`, the system keyring, or src's file.

        `notify` gets a line about what is waited for. Raises SettingsError if there is none, or if
        the first place that should have one fails.
        """
        for place, get in self.places():
            return FoundToken(get(), place)
        from cubewatch.settings.src_config import src_file_token
        from cubewatch.settings.system_keyring import SystemKeyringError, kept_token

        server, trouble = api_server(self.address()), ""
        try:
            kept = kept_token(server, notify)
        except SystemKeyringError as error:
            kept, trouble = None, str(error)
        if kept is None and server == api_server(API_URL):
            kept = src_file_token()
        if kept is None:
            raise SettingsError(self._nothing(server, trouble))
        return FoundToken(*kept)

    def places(self) -> Iterator[tuple[str, Callable[[], Secret]]]:
        """The sources before the keyring that have a token for `address`, in order: each in words,
        and a function that returns it, which may raise SettingsError. Raises SettingsError as
        `address`."""
        if self.token_command is not None:
            yield (
                "--token-command",
                partial(self._of_command, self.token_command, "--token-command"),
            )
        for variable in TOKEN_VARIABLES:
            if text := self.environ.get(variable, "").strip():
                yield variable, partial(_of_text, Secret(text), variable)
        config = self.config
        if not self._config_is_for(self.address()):
            return
        if config.token_command is not None:
            place = inert(f"token_command in {config.path}")
            yield place, partial(self._of_command, config.token_command, place)
        if config.token is not None:
            place = inert(f"token in {config.path}")
            yield place, partial(_of_text, config.token, place)

    def _of_command(self, command: str, place: str) -> Secret:
        from cubewatch.settings.token_command import run_token_command

        return run_token_command(command, place, unattended=self.unattended)

    def _config_is_for(self, address: str) -> bool:
        """Whether the token of the config file belongs to the server: it is not shown to another
        one."""
        own = self.config.api_url or API_URL
        return api_server(own) == api_server(address)

    def _nothing(self, server: str, trouble: str) -> str:
        """The error where there is no token. `trouble`: why the system keyring can't have one."""
        reasons = [trouble] if trouble else []
        config = self.config
        has_one = config.token or config.token_command
        if has_one and not self._config_is_for(self.address()):
            own = api_server(config.api_url or API_URL)
            reasons.append(inert(f"the one in {config.path} is for {own}: set api_url there"))
        suffix = f" ({'; '.join(reasons)})" if reasons else ""
        login = "" if trouble else "run cubewatch login, "
        return (
            f"no token for {server} is known: {login}set {TOKEN_VARIABLES[0]}, "
            f"or try cubewatch --demo{suffix}"
        )


def _of_text(text: Secret, place: str) -> Secret:
    return as_token(text.reveal(), place)
