"""The theme that the person chose last, in a file of the state folder."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from cubewatch.runtime.files import read_file
from cubewatch.runtime.folders import state_folder

MAX_NAME = 100


def kept_theme(known: Collection[str]) -> str | None:
    """The name of the theme that was chosen last, if there is such a theme."""
    path = _path()
    content = read_file(path, MAX_NAME) if path else None
    name = content.decode(errors="replace").strip() if content else ""
    return name if name in known else None


def keep_theme(name: str) -> None:
    """Remembers a theme, as far as that is possible."""
    path = _path()
    if path:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{name}\n", encoding="utf-8")


def _path() -> Path | None:
    folder = state_folder()
    return folder / "theme" if folder else None
