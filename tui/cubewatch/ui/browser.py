"""Opens web pages in a browser."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cubewatch.runtime.children import child_environment

if TYPE_CHECKING:
    from textual.screen import Screen


def opener(environ: Mapping[str, str], platform: str = sys.platform) -> str | None:
    """The program that opens a page on this machine's desktop; None over SSH, and where there is
    none."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return None
    if platform == "darwin":
        return "open"
    if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        return "xdg-open"
    return "wslview" if environ.get("WSL_DISTRO_NAME") else None


def open_page(screen: "Screen[None]", url: str) -> None:
    """Opens a page where there is a browser, else shows its address and copies it."""
    program = opener(os.environ)
    found = shutil.which(program) if program else None
    try:
        if found is None:
            raise FileNotFoundError
        subprocess.Popen(  # noqa: S603, an address of our own
            [found, url],
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        screen.app.copy_to_clipboard(url)
        screen.notify(f"No browser here. Copied {url}", markup=False)
    else:
        screen.notify(f"Opening {url}", markup=False)
