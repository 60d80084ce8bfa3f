"""`cubewatch login` and `cubewatch logout`: our own entry in the system keyring."""

import os
import sys
from warnings import catch_warnings, simplefilter

from cubewatch.model.address import api_server
from cubewatch.model.repository import RepoSlug
from cubewatch.runtime.children import TOKEN_VARIABLES
from cubewatch.runtime.exit_status import EXIT_NO_API, EXIT_USAGE
from cubewatch.settings import (
    Secret,
    SettingsError,
    as_token,
)
from cubewatch.settings.config_file import config_place
from cubewatch.settings.system_keyring import (
    SystemKeyringError,
    check_keyring,
    drop_token,
    keep_token,
    kept_token,
)
from cubewatch.settings.token_sources import Sources, Tell
from cubewatch.text.sanitize import inert

LIMIT = 64_000
"""Bytes of a line that is read from a pipe."""


def login(sources: Sources, repo: RepoSlug | None, tell: Tell) -> int:
    """Asks for a token, tries it with `repo` if there is one, and stores it for the API's server.

    `tell` gets what came of it, line by line. Returns the exit status: 0 stored, 2 nowhere to
    store it, 3 the API refuses the token, which is then not stored. Raises SettingsError for what
    is no token, and if the environment has no usable way to the API.
    """
    server = api_server(sources.address())
    try:
        check_keyring(tell)
    except SystemKeyringError as error:
        tell(f"a token can't be stored here: {error}")
        _tell_where_else(sources, tell)
        return EXIT_USAGE
    try:
        token = _asked_for(server)
    except KeyboardInterrupt:
        tell("")
        raise
    if repo is None:
        tell("the token could not be tried without a repository: add -R ORG/REPO to do that")
    elif not _is_good(sources.address(), token, repo, tell):
        return EXIT_NO_API
    try:
        ring = keep_token(server, token, tell)
    except SystemKeyringError as error:
        tell(f"the token is not stored: {error}")
        _tell_where_else(sources, tell)
        return EXIT_USAGE
    tell(f"stored for {server} in the system keyring ({inert(ring)})")
    for place, _ in sources.places():
        tell(f"but {place} comes first, and is used as long as it is there")
        break
    return 0


def logout(sources: Sources, tell: Tell) -> int:
    """Deletes our own entry for the API's server, and tells what still signs in.

    Returns the exit status: 0 it is not there any more, 2 the keyring can't be used. Raises
    SettingsError for a wrong address.
    """
    server = api_server(sources.address())
    try:
        dropped = drop_token(server, tell)
        done = f"the token for {server} is deleted"
        tell(done if dropped else f"no token for {server} was stored")
        left = kept_token(server, tell)
    except SystemKeyringError as error:
        tell(str(error))
        return EXIT_USAGE
    still = [place for place, _ in sources.places()] + ([left[1]] if left else [])
    for place in still:
        tell(f"there still is a token, which cubewatch did not store: {place}")
    return 0


def _asked_for(server: str) -> Secret:
    if not os.isatty(0):
        line = b"" if sys.stdin is None else sys.stdin.buffer.readline(LIMIT)
        return as_token(line.decode(errors="replace"), "standard input")
    from getpass import GetPassWarning, getpass

    try:
        with catch_warnings():
            simplefilter("error", GetPassWarning)
            return as_token(getpass(f"Token for {server} (it is not shown): "), "what was typed")
    except EOFError:
        raise SettingsError("no token was typed: nothing is stored") from None
    except UnicodeDecodeError:
        raise SettingsError("what was typed is no token: it is not even text") from None
    except GetPassWarning:
        raise SettingsError(
            "this terminal can't hide what is typed: pipe the token into cubewatch login"
        ) from None


def _is_good(address: str, token: Secret, repo: RepoSlug, tell: Tell) -> bool:
    """Whether there is no reason to throw the token away; told in a line."""
    from cubewatch.cli.token_trial import try_token

    trial = try_token(address, token, repo)
    if trial.refused:
        tell(f"{api_server(address)} does not accept this token: it is not stored")
        return False
    if trial.error is None:
        tell(f"the token is accepted: {repo} can be read")
    elif trial.reached:
        tell(f"the token is not refused, but {repo} can't be read with it: {trial.error}")
    else:
        tell(f"the token could not be tried: {trial.error}")
    return True


def _tell_where_else(sources: Sources, tell: Tell) -> None:
    place = inert(str(sources.config.path or config_place() or "the config file (set HOME)"))
    tell("instead, one of these will do:")
    tell(f"  export {TOKEN_VARIABLES[0]}=...")
    tell(f'  token_command = "pass show sourcecraft"  in {place}')
    tell('  token = "..."  in the same file, after chmod 600')
