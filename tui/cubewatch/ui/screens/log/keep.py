"""A log on the person's disk: complete under its name, or not there at all."""

import os
import tempfile
from pathlib import Path

from cubewatch.logs.search import LogText

PIECE = 1_000_000


def write_log(log: LogText, size: int, descriptor: int) -> None:
    """Writes the first `size` bytes of a log to an open file, as they came. Raises OSError."""
    done = 0
    while done < size and (data := log.read(done, min(PIECE, size - done))):
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        done += len(data)


def save_log(log: LogText, size: int, target: Path, *, overwrite: bool = False) -> None:
    """Writes a log beside `target` and gives it that name when it is complete.

    Raises FileExistsError if there is such a file and `overwrite` is not set, OSError for all else
    that a disk may say; nothing is left behind then.
    """
    if not overwrite and os.path.lexists(target):
        raise FileExistsError(target)
    descriptor, beside = tempfile.mkstemp(prefix=f".{target.name[:80]}.", dir=target.parent)
    try:
        try:
            write_log(log, size, descriptor)
            os.fchmod(descriptor, 0o666 & ~_umask())
        finally:
            os.close(descriptor)
        if overwrite:
            os.replace(beside, target)
        else:
            _name(beside, target)
    except BaseException:
        os.unlink(beside)
        raise


def _name(beside: str, target: Path) -> None:
    """Gives a file its name unless somebody else has just taken it."""
    try:
        os.link(beside, target)
    except FileExistsError:
        raise
    except OSError:  # no links on this file system
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        os.rename(beside, target)
    else:
        os.unlink(beside)


def _umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
