"""The system's keyring: our own entry for each server, and that of the command `src`.

The library behind it is optional, and it may hang, ask in a window or fail in ways of its own.
Whatever it does ends within a deadline: as a token, as nothing, or as SystemKeyringError.
"""

import logging
import os
import shlex
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from importlib.util import find_spec
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from cubewatch.model.address import api_server
from cubewatch.model.repository import API_URL
from cubewatch.runtime.children import child_environment
from cubewatch.settings import Secret, SettingsError, as_token

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "cubewatch"
SRC_SERVICE = "sourcecraft-cli"
"""Where `src` keeps its token (seen on macOS), under a user name that is not known."""
NOTICE_AFTER = 2.0
"""Seconds until a person reads what is waited for."""
UNLOCK_TIMEOUT = 30.0
"""Seconds that they then have to unlock the keyring."""
UNATTENDED_TIMEOUT = 5.0
"""Seconds that the keyring may take without a terminal."""

OWN_PLACE = "the system keyring"
SRC_PLACE = "the system keyring, where src keeps it"

_PREFIXES: dict[str, Callable[[str], bytes]] = {
    "go-keyring-base64:": partial(b64decode, validate=True),
    "go-keyring-encoded:": bytes.fromhex,
}
"""How zalando/go-keyring, which `src` uses, marks what it has encoded."""
_TROUBLES = {
    "NoKeyringError": "there is no system keyring here",
    "KeyringLocked": "the system keyring is locked",
    "LockedException": "the system keyring is locked",
    "PromptDismissedException": "the system keyring is locked",
    "InitError": "the system keyring can't be opened",
}
_MAC_NOT_FOUND = 44
"""What `security` ends with when there is no such entry (errSecItemNotFound)."""


class SystemKeyringError(Exception):
    """The keyring can't be used; `str()` of it is one inert line without a secret."""


def kept_token(server: str, notify: Callable[[str], object]) -> tuple[Secret, str] | None:
    """The token for `server` (as of `api_server`) and in words where it was: our own entry, or
    for the public API that of `src`. None if there is neither.

    `notify` gets a line when a person should look for a window. Raises SystemKeyringError.
    """
    return _in_time(partial(_kept, server), notify)


def check_keyring(notify: Callable[[str], object]) -> None:
    """Checks that a token could be stored, as far as that can be known before there is one. Raises
    SystemKeyringError."""
    _in_time(_usable, notify)


def keep_token(server: str, token: Secret, notify: Callable[[str], object]) -> str:
    """Stores our own entry for `server`; the keyring's name. Raises SystemKeyringError if it is not
    there afterwards."""
    return _in_time(partial(_keep, server, token), notify)


def drop_token(server: str, notify: Callable[[str], object]) -> bool:
    """Deletes our own entry for `server`: whether there was one. Raises SystemKeyringError."""
    return _in_time(partial(_drop, server), notify)


def _in_time(work: Callable[[], T], notify: Callable[[str], object]) -> T:
    """The result of `work`, run in a thread that is abandoned at the deadline."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        except SystemKeyringError as error:
            answer.set_exception(error)
        except Exception as error:
            name = type(error).__name__
            trouble = _TROUBLES.get(name, f"the system keyring fails: {name}")
            answer.set_exception(SystemKeyringError(trouble))

    Thread(target=run, name="keyring", daemon=True).start()
    seconds = UNATTENDED_TIMEOUT
    if os.isatty(0) or os.isatty(2):
        seconds = UNLOCK_TIMEOUT
        if not wait([answer], NOTICE_AFTER).done:
            notify("waiting for the system keyring: a window may ask for its password")
    try:
        return answer.result(seconds)
    except TimeoutError:
        late = f"the system keyring did not answer within {seconds:g} s"
        raise SystemKeyringError(late) from None


def _ring() -> "KeyringBackend":
    logging.getLogger("keyring").addHandler(logging.NullHandler())  # or it prints tracebacks
    if find_spec("keyring") is None:
        install = f"{shlex.quote(sys.executable)} -m pip install keyring"
        raise SystemKeyringError(f"the system keyring needs one more package: {install}")
    import keyring

    return keyring.get_keyring()


def _usable() -> None:
    ring = _ring()
    from keyring.backends import fail, null

    if isinstance(ring, fail.Keyring):
        raise SystemKeyringError(_TROUBLES["NoKeyringError"])
    if isinstance(ring, null.Keyring):
        raise SystemKeyringError("the keyring that is set up here keeps nothing")


def _kept(server: str) -> tuple[Secret, str] | None:
    places: list[tuple[str, Callable[[], str | None]]] = [(OWN_PLACE, partial(_own_text, server))]
    if server == api_server(API_URL):
        places.append((SRC_PLACE, _src_text))
    trouble: Exception | None = None
    for place, get in places:
        try:
            if text := get():
                return as_token(_decoded(text), place), place
        except SettingsError as error:
            trouble = SystemKeyringError(str(error))
        except Exception as error:
            if sys.platform != "darwin":
                raise  # the same keyring would ask for its password again
            trouble = error
    if trouble:
        raise trouble
    return None


def _own_text(server: str) -> str | None:
    return _ring().get_password(SERVICE, server)


def _src_text() -> str | None:
    """The text in the entry of `src`. Where the library finds an entry without its user name
    (Secret Service, KWallet) that does; on macOS it can't, and `security`, which go-keyring writes
    the entry with, may read it without a question."""
    if sys.platform != "darwin":
        credential = _ring().get_credential(SRC_SERVICE, None)
        return credential.password if credential else None
    done = subprocess.run(  # noqa: S603, all of its words stand here
        ["/usr/bin/security", "find-generic-password", "-s", SRC_SERVICE, "-w"],
        stdin=subprocess.DEVNULL,
        env=child_environment(),
        capture_output=True,
        check=False,
    )
    if done.returncode == _MAC_NOT_FOUND:
        return None
    if done.returncode:
        raise SystemKeyringError(
            f"the keychain refuses the entry of src (status {done.returncode})"
        )
    return done.stdout.decode()


def _decoded(text: str) -> str:
    text = text.strip()
    for prefix, decode in _PREFIXES.items():
        if text.startswith(prefix):
            return decode(text.removeprefix(prefix)).decode()
    return text


def _keep(server: str, token: Secret) -> str:
    ring = _ring()
    ring.set_password(SERVICE, server, token.reveal())
    if ring.get_password(SERVICE, server) != token.reveal():
        raise SystemKeyringError("the keyring that is set up here keeps nothing")
    return str(ring.name)


def _drop(server: str) -> bool:
    ring = _ring()
    if ring.get_password(SERVICE, server) is None:
        return False
    ring.delete_password(SERVICE, server)
    return True
