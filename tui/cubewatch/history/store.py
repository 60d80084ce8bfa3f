"""Files that are their owner's alone, replaced whole, by one process at a time.

No link is followed at a file's place. Nothing that could not be read is ever lost: it is set aside.
"""

import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PATIENCE = 2.0
"""Seconds to wait for another process, which needs a moment only unless it was stopped."""
_PAUSE = 0.01
_MOST_ASIDE = 100

_FOLLOW_NOTHING: int = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read(path: Path, most: int) -> bytes | None:
    """The first `most` bytes of a file; empty where there is none, None for what can't be read or
    is no file."""
    try:
        with open(path, "rb", opener=_opener) as file:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return file.read(most)
    except FileNotFoundError:
        return b""
    except OSError:
        return None
    return None


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | _FOLLOW_NOTHING, 0o600)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Makes the folder if there is none, closes it to others, and keeps other processes that do
    the same out. Raises OSError; TimeoutError if another one stays in there."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_mode & _OTHERS:
        folder.chmod(0o700)
    with open(folder / ".lock", "ab", opener=_opener) as file:
        _lock(file.fileno())
        yield


def _lock(descriptor: int) -> None:
    """Goes on without a lock where the system or the disk has none."""
    if sys.platform == "win32":
        return
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise TimeoutError(errno.ETIMEDOUT, "another cubewatch is at it") from None
            time.sleep(_PAUSE)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            return
        else:
            return


def replace(path: Path, data: bytes, *, set_aside: bool) -> None:
    """Puts a file there (0600) that holds `data`, all of it or not at all. With `set_aside`,
    whatever stands there gets a name of its own: `….broken`, `….broken-2`. Raises OSError. To be
    called by who has locked the folder."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    try:
        with open(beside, "xb", opener=_opener) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if set_aside:
            _set_aside(path)
        os.replace(beside, path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _set_aside(path: Path) -> None:
    names = (f"{path.name}.broken{f'-{n}' if n > 1 else ''}" for n in range(1, _MOST_ASIDE))
    for name in names:
        aside = path.with_name(name)
        if not os.path.lexists(aside):
            path.rename(aside)
            if stat.S_ISREG(aside.lstat().st_mode):
                aside.chmod(0o600)
            return
    raise FileExistsError(errno.EEXIST, "too many files were set aside")
