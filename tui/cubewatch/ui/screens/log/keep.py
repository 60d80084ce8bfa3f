"""Saves logs: complete under their names, or not at all."""

from pathlib import Path

from cubewatch.logs.search import LogText
from cubewatch.runtime.files import new_file, write_all

PIECE = 1_000_000


def write_log(log: LogText, size: int, descriptor: int) -> None:
    """Writes the first `size` bytes of a log to an open file, as they came. Raises OSError."""
    done = 0
    while done < size and (data := log.read(done, min(PIECE, size - done))):
        write_all(descriptor, data)
        done += len(data)


def save_log(log: LogText, size: int, target: Path, *, overwrite: bool = False) -> None:
    """Writes a log beside `target` and gives it that name when it is complete.

    Raises FileExistsError if there is such a file and `overwrite` is not set, OSError for all else
    that a disk may say; nothing is left behind then.
    """
    with new_file(target, private=False, overwrite=overwrite) as descriptor:
        write_log(log, size, descriptor)
