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
from cubewatch.settings.token_sources import Sources, Write
from cubewatch.text.sanitize import inert

MAX_LINE = 64_000
"""Bytes of a line that is read from a pipe."""


def login(sources: Sources, repo: RepoSlug | None, write: Write) -> int:
    """Asks for a token, tries it with `repo` if there is one, and stores it for the API's server.

    `write` prints a line. Returns the exit status: 0 stored, 2 nowhere to
    store it, 3 the API refuses the token, which is then not stored. Raises SettingsError for what
    is no token, and if the environment has no usable way to the API.
    """
    server = api_server(sources.address())
    try:
        check_keyring(write)
    except SystemKeyringError as error:
        write(f"a token can't be stored here: {error}")
        _print_alternatives(sources, write)
        return EXIT_USAGE
    try:
        token = _read_token(server)
    except KeyboardInterrupt:
        write("")
        raise
    if repo is None:
        write("the token could not be tried without a repository: add -R ORG/REPO to do that")
    elif not _is_accepted(sources.address(), token, repo, write):
        return EXIT_NO_API
    try:
        ring = keep_token(server, token, write)
    except SystemKeyringError as error:
        write(f"the token is not stored: {error}")
        _print_alternatives(sources, write)
        return EXIT_USAGE
    write(f"stored for {server} in the system keyring ({inert(ring)})")
    for place, _ in sources.places():
        write(f"but {place} comes first, and is used as long as it is there")
        break
    return 0


def logout(sources: Sources, write: Write) -> int:
    """Deletes our own entry for the API's server, and says what still signs in.

    Returns the exit status: 0 it is not there any more, 2 the keyring can't be used. Raises
    SettingsError for a wrong address.
    """
    server = api_server(sources.address())
    try:
        dropped = drop_token(server, write)
        done = f"the token for {server} is deleted"
        write(done if dropped else f"no token for {server} was stored")
        left = kept_token(server, write)
    except SystemKeyringError as error:
        write(str(error))
        return EXIT_USAGE
    still = [place for place, _ in sources.places()] + ([left[1]] if left else [])
    for place in still:
        write(f"there still is a token, which cubewatch did not store: {place}")
    return 0


def _read_token(server: str) -> Secret:
    if not os.isatty(0):
        line = b"" if sys.stdin is None else sys.stdin.buffer.readline(MAX_LINE)
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


def _is_accepted(address: str, token: Secret, repo: RepoSlug, write: Write) -> bool:
    """Whether the token may be stored; prints a line about it."""
    from cubewatch.cli.token_trial import try_token

    trial = try_token(address, token, repo)
    if trial.refused:
        write(f"{api_server(address)} does not accept this token: it is not stored")
        return False
    if trial.error is None:
        write(f"the token is accepted: {repo} can be read")
    elif trial.reached:
        write(f"the token is not refused, but {repo} can't be read with it: {trial.error}")
    else:
        write(f"the token could not be tried: {trial.error}")
    return True


def _print_alternatives(sources: Sources, write: Write) -> None:
    place = inert(str(sources.config.path or config_place() or "the config file (set HOME)"))
    write("instead, one of these will do:")
    write(f"  export {TOKEN_VARIABLES[0]}=...")
    write(f'  token_command = "pass show sourcecraft"  in {place}')
    write('  token = "..."  in the same file, after chmod 600')
