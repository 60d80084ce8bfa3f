"""PartFile: a file that is being downloaded, stored beside its place as `.name.part`, under its
name when it is complete.

Below the chosen folder no link is followed: each directory is opened from the one above it, and
the file by its name in there, whatever is renamed meanwhile.
"""

import errno
import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from cubewatch.api.download_errors import SaveError
from cubewatch.model.artifact_path import Parts, numbered
from cubewatch.text.sanitize import inert

MAX_INFO = 8192
MAX_NUMBERS = 10_000
_FOLLOW_NOTHING = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | _FOLLOW_NOTHING
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}
_PROBLEMS = {
    errno.EEXIST: "a file stands where the folder has to be",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of the disk is used up",
    errno.EFBIG: "the file is too large for this disk",
    errno.EACCES: "writing is not allowed there",
    errno.EPERM: "writing is not allowed there",
    errno.EROFS: "the disk is read-only",
    errno.ELOOP: "a link stands in the way, and none is followed",
    errno.ENOTDIR: "a link or a file stands where a directory has to be",
    errno.EISDIR: "a directory stands where the file has to be",
    errno.ENAMETOOLONG: "the name is too long for this disk",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """The file that a part file is the beginning of, identified by what the server says
    (`validator` is a strong ETag or a date), and its whole length in bytes where that is known."""

    source: str
    validator: str
    total: int | None


class PartFile:
    """`source` says which artifact it is, so that no other one's beginning is taken for it.

    Its methods wait for the disk: call them in a thread. After `close`, which may come from
    another thread, they do nothing. All raise SaveError.
    """

    def __init__(self, folder: Path, parts: Parts, source: str) -> None:
        self._folder = folder
        self._parts = parts
        self.source = source
        self.size = 0
        self.kept: Kept | None = None
        self._part = f".{parts[-1]}.part"
        self._directory = -1
        self._file = -1
        self._closed = False
        self._lock = Lock()

    @property
    def offset(self) -> int:
        """The number of bytes that need not come again, if the server still has the same file.
        Never all of them: what comes shows that it is the same."""
        if self.kept is None or not self.kept.validator:
            return 0
        return min(self.size, max(0, (self.kept.total or self.size + 1) - 1))

    def open(self) -> None:
        """Opens the part file, made if there is none, with the directories above it."""
        with self._at_work() as may:
            if may:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._directory = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
                for name in self._parts[:-1]:
                    self._step_into(name)
                self._open_part()
                self.size = os.fstat(self._file).st_size
                self.kept = self._read_info()

    def restart(self, kept: Kept) -> None:
        """Empties the part file and starts it as the beginning of `kept`."""
        with self._at_work() as may:
            if may:
                os.ftruncate(self._file, 0)
                self.size = 0
                self.kept = kept
                self._write_info(kept)

    def cut(self, size: int) -> None:
        """Truncates the file to so many bytes."""
        with self._at_work() as may:
            if may:
                os.ftruncate(self._file, size)
                self.size = size

    def append(self, data: bytes) -> None:
        with self._at_work() as may:
            rest = memoryview(data)
            while may and rest:
                written = os.pwrite(self._file, rest, self.size)
                self.size += written
                rest = rest[written:]

    def finish(self) -> Path:
        """Renames the complete file to its name, or that with a number where something has the name
        already: nothing is ever overwritten. Returns its path."""
        with self._at_work() as may:
            if not may:
                raise SaveError("the download was ended")
            os.fsync(self._file)
            name = self._take_name()
            self._remove(self._part)
            self._remove(f"{self._part}.info")
            return self._folder.joinpath(*self._parts[:-1], name)

    def close(self) -> None:
        """Closes the file; an unfinished one stays to be continued."""
        with self._lock:
            self._closed = True
            for descriptor in (self._file, self._directory):
                if descriptor >= 0:
                    os.close(descriptor)
            self._file = self._directory = -1

    @contextmanager
    def _at_work(self) -> Iterator[bool]:
        """One thread at a time; False after the end. Turns the system's errors into ours."""
        with self._lock:
            try:
                yield not self._closed
            except OSError as error:
                said = _PROBLEMS.get(error.errno or 0) or os.strerror(error.errno or errno.EIO)
                place = inert(str(self._folder.joinpath(*self._parts)))
                raise SaveError(f"{said}: can't save {place}") from None

    def _step_into(self, name: str) -> None:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=self._directory)
        below = os.open(
            name, os.O_RDONLY | os.O_DIRECTORY | _FOLLOW_NOTHING, dir_fd=self._directory
        )
        os.close(self._directory)
        self._directory = below

    def _open_part(self) -> None:
        """Takes over a part file only if it is a file of ours alone; else makes a new one."""
        for _ in range(3):
            try:
                flags = os.O_RDWR | _FOLLOW_NOTHING
                self._file = os.open(self._part, flags, dir_fd=self._directory)
            except FileNotFoundError:
                with suppress(FileExistsError):
                    self._file = os.open(self._part, _CREATE, 0o600, dir_fd=self._directory)
            except OSError as error:
                if error.errno not in (errno.ELOOP, errno.ENXIO):
                    raise
                self._remove(self._part)
            if self._file >= 0:
                self._lock_file()
                found = os.fstat(self._file)
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and _is_ours(found):
                    os.fchmod(self._file, 0o600)
                    return
                os.close(self._file)
                self._file = -1
                self._remove(self._part)
        raise SaveError(f"the part file of {inert(self._parts[-1])} changes all the time")

    def _lock_file(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            name = inert(self._parts[-1])
            raise SaveError(f"{name} is being downloaded already, by another cubewatch") from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise

    def _take_name(self) -> str:
        for number in range(1, MAX_NUMBERS):
            name = numbered(self._parts[-1], number)
            with suppress(FileExistsError):
                self._give_name(name)
                return name
        raise SaveError(f"too many files are called {inert(self._parts[-1])}")

    def _give_name(self, name: str) -> None:
        """Raises FileExistsError rather than overwrite, as renaming would."""
        here = self._directory
        try:
            os.link(self._part, name, src_dir_fd=here, dst_dir_fd=here, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
        else:
            return
        os.close(os.open(name, _CREATE, 0o600, dir_fd=here))
        try:
            os.rename(self._part, name, src_dir_fd=here, dst_dir_fd=here)
        except OSError:
            self._remove(name)
            raise

    def _remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._directory)

    def _read_info(self) -> Kept | None:
        """None too for what another artifact left here, or what can't be read."""
        try:
            descriptor = os.open(
                f"{self._part}.info", os.O_RDONLY | _FOLLOW_NOTHING, dir_fd=self._directory
            )
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            try:
                said = json.loads(file.read(MAX_INFO))
                kept = Kept(str(said["source"]), str(said["validator"]), said["total"])
            except (OSError, ValueError, TypeError, KeyError):
                return None
        whole = kept.total is None or (type(kept.total) is int and kept.total > 0)
        return (
            kept if whole and kept.source == self.source and kept.validator.isprintable() else None
        )

    def _write_info(self, kept: Kept) -> None:
        name = f"{self._part}.info"
        self._remove(name)
        descriptor = os.open(name, _CREATE, 0o600, dir_fd=self._directory)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(asdict(kept)).encode())


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid()
