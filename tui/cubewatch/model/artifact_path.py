"""The place below a chosen folder where an artifact is saved. The config's author chose its path.

Refused, because what was meant cannot be known: an empty path, an absolute path (`/x`, `\\x`,
UNC), a drive (`C:x`), a home (`~/x`), a name of nothing but dots and blanks where that is not
the `.` of `./x` (so every kind of `..`), more than 32 names or 1000 bytes.

Mended, the same on every system, since a folder may lie on any kind of disk: `\\` is `/`, `.` and
empty names are left out, what can't be shown becomes what is shown in its place (`inert`),
`<>:"|?*` become `_`, so does a dot or a blank at a name's end, `_` is put before a device's name
(`nul.txt`) and before what looks like one of our own unfinished files (`.x.part`), a long name is
cut and made unique by a digest, and what is taken already gets a number: `app (2).tar.gz`.
"""

import re
import unicodedata
from hashlib import sha256

from cubewatch.text.sanitize import inert

Parts = tuple[str, ...]
"""The names of directories and, at the end, of a file."""

MAX_NAMES = 32
MAX_BYTES = 1000
MAX_NAME = 180
"""Bytes, of the 255 that file systems take: room for a number and for a part file's name."""
MAX_SUFFIX = 20

_DRIVE = re.compile(r"[A-Za-z]:")
_NO_NAME = re.compile(r"[.\s]*")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*/\\]')
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE
)
_OWN = re.compile(r"\..*\.part(?:\.info)?", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:\.[A-Za-z0-9_]{1,8}){1,2}")


class UnsafePathError(ValueError):
    """An artifact path that is refused; `str()` of it says why, in one line."""


class Taken:
    """The paths given out below one folder: none twice, no file where a directory has to be, also
    where a disk takes capitals or ways to write an accent for the same."""

    def __init__(self) -> None:
        self._files: set[Parts] = set()
        self._folders: set[Parts] = set()

    def place(self, local_path: str, under: Parts = ()) -> Parts:
        """A path for an artifact, which is taken from now on. Raises UnsafePathError.

        `under`: names of directories that it is put below, each as hostile as the path itself.
        """
        names = [_name(each) for each in under] + _names(local_path)
        if len(names) > MAX_NAMES or sum(len(name.encode()) + 1 for name in names) > MAX_BYTES:
            raise UnsafePathError("the path is too long")
        placed: list[str] = []
        for name in names[:-1]:
            placed.append(_free(placed, name, (self._files,)))
            self._folders.add(_key(placed))
        placed.append(_free(placed, names[-1], (self._files, self._folders)))
        self._files.add(_key(placed))
        return tuple(placed)


def numbered(name: str, number: int) -> str:
    """`app.tar.gz` as `app (2).tar.gz`; the first is the name itself."""
    if number == 1:
        return name
    stem, suffix = _split(name)
    return f"{stem} ({number}){suffix}"


def _names(local_path: str) -> list[str]:
    path = local_path.replace("\\", "/")
    if path.startswith("/"):
        raise UnsafePathError("the path is absolute")
    if _DRIVE.match(path):
        raise UnsafePathError("the path names a drive")
    names = [name for name in path.split("/") if name not in ("", ".")]
    if not names or path.endswith("/"):
        raise UnsafePathError("the path names no file")
    if names[0].startswith("~") and len(names) > 1:
        raise UnsafePathError("the path names a home directory")
    return [_name(name) for name in names]


def _name(text: str) -> str:
    """One name, fit for any disk. Raises UnsafePathError."""
    name = inert(text)
    if _NO_NAME.fullmatch(unicodedata.normalize("NFKC", name)):
        raise UnsafePathError("the path leads out of its folder, or has a name of mere dots")
    name = _NOT_IN_NAMES.sub("_", name)
    if name[-1] == "." or name[-1].isspace():
        name = f"{name[:-1]}_"
    if _DEVICE.fullmatch(name) or _OWN.fullmatch(name):
        name = f"_{name}"
    return _short(name)


def _short(name: str) -> str:
    encoded = name.encode()
    if len(encoded) <= MAX_NAME:
        return name
    mark = f"~{sha256(encoded).hexdigest()[:8]}"
    suffix = _split(name)[1]
    room = MAX_NAME - len(mark) - len(suffix)
    return f"{encoded[:room].decode(errors='ignore')}{mark}{suffix}"


def _split(name: str) -> tuple[str, str]:
    """A name without its suffix, and that: `app` and `.tar.gz`."""
    for dot in (at for at, sign in enumerate(name) if sign == "." and at > 0):
        if len(name) - dot <= MAX_SUFFIX and _SUFFIX.fullmatch(name, dot):
            return name[:dot], name[dot:]
    return name, ""


def _free(above: list[str], name: str, taken: tuple[set[Parts], ...]) -> str:
    number = 1
    while any(_key([*above, numbered(name, number)]) in names for names in taken):
        number += 1
    return numbered(name, number)


def _key(names: list[str]) -> Parts:
    """The same for all that some disk takes for the same."""
    return tuple(_folded(name) for name in names)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", name).casefold())
