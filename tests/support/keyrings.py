"""Keyrings for tests: one in memory, one in a file for programs in a process of their own."""

import json
import os
from pathlib import Path
from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential
from keyring.errors import PasswordDeleteError

PLACE = "KEYRING_FILE"


class MemoryKeyring(KeyringBackend):
    """Finds an entry without its user name too, as the Secret Service does."""

    priority: ClassVar[float] = -1  # nothing but a test should choose it

    def __init__(self, entries: dict[tuple[str, str], str] | None = None) -> None:
        self.entries = {} if entries is None else entries

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise PasswordDeleteError("no such entry")
        del self.entries[service, username]

    def get_credential(self, service: str, username: str | None) -> SimpleCredential | None:
        for (found, user), password in self.entries.items():
            if found == service and username in (None, user):
                return SimpleCredential(user, password)
        return None


class FileKeyring(MemoryKeyring):
    """What the environment's KEYRING_FILE names: a list of (service, user name, password)."""

    def __init__(self) -> None:
        super().__init__(read_entries(Path(os.environ.get(PLACE, os.devnull))))

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password)
        write_entries(Path(os.environ[PLACE]), self.entries)

    def delete_password(self, service: str, username: str) -> None:
        super().delete_password(service, username)
        write_entries(Path(os.environ[PLACE]), self.entries)


def read_entries(path: Path) -> dict[tuple[str, str], str]:
    """What a FileKeyring keeps."""
    entries = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return {(service, user): password for service, user, password in entries}


def write_entries(path: Path, entries: dict[tuple[str, str], str]) -> None:
    """What a FileKeyring is to keep."""
    rows = [(*names, password) for names, password in entries.items()]
    path.write_text(json.dumps(rows), encoding="utf-8")
