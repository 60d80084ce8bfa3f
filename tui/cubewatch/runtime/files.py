"""Files that are written whole or not at all, and folders that one process changes at a time."""

import errno
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LOCK_TIMEOUT = 2.0
"""Seconds to wait for another process, which needs a moment only unless it was stopped."""
_PAUSE = 0.01
_MAX_SET_ASIDE = 100

_FOLLOW_NOTHING: int = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_file(path: Path, most: int) -> bytes | None:
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


def private_folder(folder: Path) -> None:
    """Makes a folder that is closed to others, if there is none, or closes it. Raises OSError."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_mode & _OTHERS:
        folder.chmod(0o700)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Makes the folder if there is none, closes it to others, and keeps other processes that do
    the same out. Raises OSError; TimeoutError if another one stays in there."""
    private_folder(folder)
    with open(folder / ".lock", "ab", opener=_opener) as file:
        _lock(file.fileno())
        yield


def _lock(descriptor: int) -> None:
    """Locks a folder; goes on without a lock where the system or the disk has none."""
    if sys.platform == "win32":
        return
    give_up = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise TimeoutError(errno.ETIMEDOUT, "another cubewatch is writing there") from None
            time.sleep(_PAUSE)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            return
        else:
            return


@contextmanager
def new_file(
    path: Path, *, private: bool = True, overwrite: bool = True, set_aside: bool = False
) -> Iterator[int]:
    """A descriptor to write to; what was written gets the name `path` when the block ends, all of
    it or nothing. No link at its place is followed.

    `private`: for its owner alone (0600), else as the umask has it. Without `overwrite` raises
    FileExistsError where something has the name, also if it got it meanwhile. With `set_aside`
    what has the name gets one of its own first: `….broken`, `….broken-2`. Raises OSError.
    """
    if not overwrite and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name[:80]}.", dir=path.parent)
    try:
        try:
            yield descriptor
            if not private:
                os.fchmod(descriptor, 0o666 & ~_umask())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if set_aside:
            _set_aside(path)
        if overwrite:
            os.replace(beside, path)
        else:
            _name(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def write_all(descriptor: int, data: bytes) -> None:
    """Writes all of `data`. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _name(beside: str, path: Path) -> None:
    """Gives a file its name unless something else has just taken it."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # no links on this file system
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        os.rename(beside, path)
    else:
        os.unlink(beside)


def _umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _set_aside(path: Path) -> None:
    names = (f"{path.name}.broken{f'-{n}' if n > 1 else ''}" for n in range(1, _MAX_SET_ASIDE))
    for name in names:
        kept = path.with_name(name)
        if not os.path.lexists(kept):
            path.rename(kept)
            if stat.S_ISREG(kept.lstat().st_mode):
                kept.chmod(0o600)
            return
    raise FileExistsError(errno.EEXIST, "too many files were set aside")
