"""The system keyring: entries of ours and of `src`, and all the ways in which it fails."""

import logging
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any, ClassVar

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.credentials import SimpleCredential
from keyring.errors import InitError, KeyringLocked

from cubewatch.settings import Secret, system_keyring
from cubewatch.settings.system_keyring import (
    SystemKeyringError,
    drop_token,
    keep_token,
    kept_token,
)
from tests.support.keyrings import MemoryKeyring

PUBLIC = "api.sourcecraft.tech"
OTHER = "ci.example.com"
TOKEN = Secret("pv1_top-secret")
BASE64 = b64encode(b"pv1_top-secret").decode()

Use = Callable[[KeyringBackend | None], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Makes this the system's keyring; None: whichever the library finds."""
    monkeypatch.setattr("sys.platform", "linux")
    return lambda ring: monkeypatch.setattr("keyring.core._keyring_backend", ring)


def made(kind: Any) -> KeyringBackend:
    """One of the library's own, which it has no types for."""
    ring: KeyringBackend = kind()
    return ring


def trouble(server: str = PUBLIC) -> str:
    told: list[str] = []
    with pytest.raises(SystemKeyringError) as caught:
        kept_token(server, told.append)
    assert "secret" not in str(caught.value)
    return str(caught.value)


def src(text: str) -> MemoryKeyring:
    return MemoryKeyring({("sourcecraft-cli", "name-that-nobody-knows"): text})


def test_what_is_kept_is_found_and_dropped(use: Use) -> None:
    ring = MemoryKeyring()
    use(ring)
    assert kept_token(OTHER, len) is None
    assert keep_token(OTHER, TOKEN, len) == ring.name
    assert kept_token(OTHER, len) == (TOKEN, "the system keyring")
    assert kept_token(PUBLIC, len) is None
    assert drop_token(OTHER, len)
    assert not drop_token(OTHER, len)
    assert ring.entries == {}


@pytest.mark.parametrize(
    "text",
    [
        "pv1_top-secret",
        "pv1_top-secret\n",
        f"go-keyring-base64:{BASE64}",
        f"go-keyring-base64:{BASE64}\n",
        f"go-keyring-encoded:{b'pv1_top-secret'.hex()}",
    ],
)
def test_the_entry_of_src_is_read_whatever_its_user_name(use: Use, text: str) -> None:
    use(src(text))
    assert kept_token(PUBLIC, len) == (TOKEN, "the system keyring, where src keeps it")
    assert kept_token(OTHER, len) is None


@pytest.mark.parametrize(
    "text",
    [
        "go-keyring-base64:secret!",
        "go-keyring-base64://///w==",
        "go-keyring-encoded:secret",
        "top secret",
    ],
)
def test_an_entry_of_src_that_is_no_token(use: Use, text: str) -> None:
    use(src(text))
    assert trouble().startswith("the system keyring")


class Locked(MemoryKeyring):
    """Raises whatever it is asked."""

    error: ClassVar[type[Exception]] = KeyringLocked

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error("top-secret")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error(password)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyringLocked, "the system keyring is locked"),
        (InitError, "the system keyring can't be opened"),
        (OSError, "the system keyring fails: OSError"),
        (ZeroDivisionError, "the system keyring fails: ZeroDivisionError"),
    ],
)
def test_a_keyring_that_fails(
    use: Use, monkeypatch: pytest.MonkeyPatch, error: type[Exception], told: str
) -> None:
    monkeypatch.setattr(Locked, "error", error)
    use(Locked())
    assert trouble() == trouble(OTHER) == told
    for call in (lambda: keep_token(OTHER, TOKEN, len), lambda: drop_token(OTHER, len)):
        with pytest.raises(SystemKeyringError) as caught:
            call()
        assert str(caught.value) == told


def test_src_may_have_what_our_own_entry_can_not_give(use: Use) -> None:
    entries = {("cubewatch", PUBLIC): "top secret", ("sourcecraft-cli", "x"): "pv1_top-secret"}
    use(MemoryKeyring(entries))
    assert kept_token(PUBLIC, len) == (TOKEN, "the system keyring, where src keeps it")


def test_a_locked_keyring_is_asked_once(use: Use) -> None:
    requests: list[str] = []

    class Counting(Locked):
        def get_password(self, service: str, username: str) -> str | None:
            requests.append(service)
            return super().get_password(service, username)

        def get_credential(self, service: str, username: str | None) -> SimpleCredential | None:
            requests.append(service)
            return super().get_credential(service, username)

    use(Counting())
    assert trouble() == "the system keyring is locked"
    assert requests == ["cubewatch"]


def test_where_there_is_no_keyring(use: Use) -> None:
    use(made(fail.Keyring))
    assert trouble() == "there is no system keyring here"


def test_a_keyring_that_keeps_nothing(use: Use) -> None:
    use(made(null.Keyring))
    assert kept_token(PUBLIC, len) is None
    with pytest.raises(SystemKeyringError, match="keeps nothing"):
        keep_token(PUBLIC, TOKEN, len)


def test_several_keyrings_in_a_row(use: Use) -> None:
    rings = [MemoryKeyring(), src("pv1_top-secret")]

    class Chain(ChainerBackend):
        backends = rings

    use(made(Chain))
    assert kept_token(PUBLIC, len) == (TOKEN, "the system keyring, where src keeps it")
    keep_token(PUBLIC, Secret("pv1_own"), len)
    assert rings[0].entries == {("cubewatch", PUBLIC): "pv1_own"}
    assert kept_token(PUBLIC, len) == (Secret("pv1_own"), "the system keyring")


def test_the_library_need_not_be_installed(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    use(MemoryKeyring())
    monkeypatch.setattr(system_keyring, "find_spec", lambda _: None)
    assert trouble().startswith("the system keyring needs one more package: ")


def test_a_keyring_that_is_set_up_wrongly(
    use: Use, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    use(None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "nothing.of.the.kind")
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    assert trouble() == "the system keyring fails: ModuleNotFoundError"
    assert capfd.readouterr().err == ""


@pytest.fixture
def hanging(use: Use) -> Iterator[Event]:
    """A keyring that answers when the event is set."""
    free = Event()

    class Hanging(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            free.wait()
            return "pv1_top-secret"

    use(Hanging())
    yield free
    free.set()


def test_a_keyring_that_hangs_where_nobody_can_help(
    hanging: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.isatty", lambda _: False)
    monkeypatch.setattr(system_keyring, "UNATTENDED_TIMEOUT", 0.05)
    assert trouble() == "the system keyring did not answer within 0.05 s"


def test_a_person_is_told_and_has_time_to_unlock_it(
    hanging: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.isatty", lambda fd: fd == 2)
    monkeypatch.setattr(system_keyring, "NOTICE_AFTER", 0.05)
    told: list[str] = []

    def unlock(line: str) -> None:
        told.append(line)
        hanging.set()

    assert kept_token(PUBLIC, unlock) == (TOKEN, "the system keyring")
    assert told == ["waiting for the system keyring: a window may ask for its password"]


@pytest.fixture
def security(use: Use, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, str], None]:
    """A Mac whose command for the keychain ends with a status and prints a text."""
    use(MemoryKeyring())
    monkeypatch.setattr("sys.platform", "darwin")

    def answers(status: int, text: str) -> None:
        def run(words: list[str], **_: object) -> "subprocess.CompletedProcess[bytes]":
            assert words[:2] == ["/usr/bin/security", "find-generic-password"]
            assert words[2:] == ["-s", "sourcecraft-cli", "-w"]
            return subprocess.CompletedProcess(words, status, text.encode(), b"secret")

        monkeypatch.setattr("subprocess.run", run)

    return answers


@pytest.mark.parametrize("installed", [True, False])
def test_on_a_mac_the_system_has_a_command_for_it(
    security: Callable[[int, str], None], monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    if not installed:
        monkeypatch.setattr(system_keyring, "find_spec", lambda _: None)
    security(0, f"go-keyring-base64:{BASE64}\n")
    assert kept_token(PUBLIC, len) == (TOKEN, "the system keyring, where src keeps it")
    security(36, "")
    assert trouble() == "the keychain refuses the entry of src (status 36)"


def test_on_a_mac_without_src(security: Callable[[int, str], None]) -> None:
    security(44, "")
    assert kept_token(PUBLIC, len) is None
