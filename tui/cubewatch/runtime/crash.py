"""Crash reports: a file with the traceback of a bug, and a line that names it."""

import os
import platform
import re
import tempfile
import traceback
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cubewatch import __version__
from cubewatch.runtime.children import TOKEN_VARIABLES
from cubewatch.runtime.files import locked_folder, new_file, write_all
from cubewatch.runtime.folders import state_folder
from cubewatch.text.sanitize import inert, inert_block

MAX_KEPT = 10
MAX_CHARACTERS = 200_000
MASK = "***"
_SECRET = re.compile(r"(?i)(bearer\s+|://[^\s/@]*:)[^\s'\"@]+|\b(?:pv1_|y0_|t1\.|eyJ)[\w.=-]+")


def crash_report(error: BaseException | str, secrets: Iterable[str] = ()) -> str:
    """Writes a file about an unexpected error (or its traceback as text), and returns
    the line for the person. No local values are in it, and `secrets` and tokens are masked."""
    name = "an error" if isinstance(error, str) else type(error).__name__
    text = error if isinstance(error, str) else "".join(traceback.format_exception(error))
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    head = f"cubewatch {__version__}, Python {platform.python_version()}, {system}"
    at = datetime.now().astimezone()
    body = inert_block(_masked(text, secrets))
    report = f"{head}\n{at.isoformat(timespec='seconds')}\n\n{body}\n"
    line = f"cubewatch has stopped, because of a fault of its own ({name})"
    path = _written(f"crash-{at:%Y%m%d-%H%M%S}-{os.getpid()}.txt", report[:MAX_CHARACTERS])
    if path:
        line += f": {path} has the details"
    if suspects := sorted(name for name in os.environ if name.startswith("TEXTUAL")):
        line += f"; try again without {', '.join(suspects)}"
    return inert(line)


def _masked(text: str, secrets: Iterable[str]) -> str:
    known = [*secrets, *(os.environ.get(name, "").strip() for name in TOKEN_VARIABLES)]
    for secret in sorted(filter(None, known), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _SECRET.sub(lambda found: f"{found[1] or ''}{MASK}", text)


def _written(name: str, text: str) -> Path | None:
    """Writes the report and returns its path: in the state folder, else in the temporary one; None
    if neither can be written to."""
    state = state_folder()
    data = text.encode(errors="replace")
    if state is not None:
        with suppress(OSError), locked_folder(state / "crashes"):
            _make_room(state / "crashes")
            return _file(state / "crashes" / name, data)
    with suppress(OSError):
        return _file(Path(tempfile.gettempdir()) / f"cubewatch-{name}", data)
    return None


def _file(path: Path, data: bytes) -> Path:
    with new_file(path, overwrite=False) as descriptor:
        write_all(descriptor, data)
    return path


def _make_room(folder: Path) -> None:
    """Removes the oldest reports, until there is room for one more."""
    for old in sorted(folder.glob("crash-*.txt"))[: -MAX_KEPT + 1]:
        old.unlink()
