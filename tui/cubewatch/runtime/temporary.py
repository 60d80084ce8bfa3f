"""TemporaryFolder: a folder that is removed with the process, or later if that was killed."""

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "cubewatch-"
_LOCK = ".lock"
_UNLOCKED_FOR = 86400.0
"""Seconds after which a folder or file of ours without a lock is taken to be left behind."""


class TemporaryFolder:
    """A folder of this process alone, below the system's temporary one. Raises OSError.

    A lock in it says that the process lives, so that the next start can remove what a killed one
    left. `close` removes it.
    """

    def __init__(self, name: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{name}-"))
        unnamed = self.path / f"{_LOCK}.new"
        self._lock = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with suppress(OSError):  # some file systems have no locks
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unnamed.rename(self.path / _LOCK)

    def close(self) -> None:
        """Removes the folder with all that is in it."""
        if self._lock >= 0:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)
            self._lock = -1


def sweep() -> None:
    """Removes what processes of this user that are gone have left in the temporary folder."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX):
                with suppress(OSError):
                    _sweep(Path(entry.path))


def _sweep(path: Path) -> None:
    """Raises OSError for what is gone by now, or can't be removed."""
    about = path.lstat()
    if about.st_uid != os.getuid():
        return
    if not path.is_dir() or path.is_symlink():
        if time.time() - about.st_mtime > _UNLOCKED_FOR:
            path.unlink()
        return
    try:
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        if time.time() - about.st_mtime > _UNLOCKED_FOR:
            shutil.rmtree(path, ignore_errors=True)
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises while its process lives
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(lock)
