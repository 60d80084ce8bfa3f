"""The checks of doctor for the terminal and the state folder."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from cubewatch.cli.checks import Check
from cubewatch.runtime.children import child_environment
from cubewatch.settings import TerminalOptions

MIN_SIZE = (40, 12)
"""Columns and rows that every screen fits in."""
TMUX_TIMEOUT = 2.0
_TMUX_FORMAT = "#{version} #{set-clipboard} #{allow-passthrough}"


def terminal_checks(environ: Mapping[str, str], options: TerminalOptions) -> Iterator[Check]:
    """The terminal of this process, as what `environ` says of it has it."""
    yield _screen(environ, options)
    if environ.get("TMUX"):
        yield from _tmux()
    else:
        text = "copying goes through OSC 52; a terminal does not say whether it takes that"
        yield Check("good", "clipboard", text)
    if options.mouse:
        yield Check("good", "mouse", "on")
    else:
        yield Check("good", "mouse", "off, as is usual over SSH: --mouse turns it on")


def state_check(folder: Path | None) -> Check:
    """The check of the state folder: whether it, or what is there of the way to it, can be written
    to; None: there is no home."""
    if folder is None:
        text = "none: no home folder is known (HOME is not set), what was sent is forgotten"
        return Check("note", "state folder", text)
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Check("good", "state folder", str(folder))
    return Check("note", "state folder", f"{there} can't be written to: what was sent is forgotten")


def _screen(environ: Mapping[str, str], options: TerminalOptions) -> Check:
    term = environ.get("TERM", "")
    streams = {0: "standard input", 1: "standard output", 2: "standard error"}
    if away := [name for stream, name in streams.items() if not os.isatty(stream)]:
        text = f"none at {', '.join(away)}: no screen, only what prints works"
        return Check("note", "terminal", text)
    if term in ("", "dumb"):
        text = f"TERM={term}: no screen, only what prints works"
        return Check("note", "terminal", text)
    size = os.get_terminal_size(2)
    signs = "ASCII alone" if options.ascii_only else "Unicode"
    about = f"{term}, {size.columns}x{size.lines}, {_colours(environ, term)}, {signs}"
    least = f"{MIN_SIZE[0]}x{MIN_SIZE[1]}"
    if size.columns < MIN_SIZE[0] or size.lines < MIN_SIZE[1]:
        return Check("note", "terminal", f"{about}: too small, make it {least} or larger")
    return Check("good", "terminal", about)


def _colours(environ: Mapping[str, str], term: str) -> str:
    if environ.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "24-bit colours"
    return "256 colours" if "256color" in term else "16 colours"


def _tmux() -> Iterator[Check]:
    """The check of tmux, which passes notifications on only if it is configured to."""
    try:
        done = subprocess.run(  # noqa: S603, all of its words stand here
            ["tmux", "display-message", "-p", _TMUX_FORMAT],  # noqa: S607, where the person has it
            stdin=subprocess.DEVNULL,
            env=child_environment(),
            capture_output=True,
            check=True,
            timeout=TMUX_TIMEOUT,
        )
        version, clipboard, passing = done.stdout.decode(errors="replace").split()
    except (OSError, subprocess.SubprocessError, ValueError):
        yield Check("note", "tmux", "it does not answer: what it lets through is not known")
        return
    advice = []
    if clipboard == "off":
        advice.append("to copy: tmux set -s set-clipboard external")
    if passing in ("0", "off"):
        advice.append("for notifications: tmux set -g allow-passthrough on")
    if advice:
        yield Check("note", "tmux", f"{version}; {'; '.join(advice)}")
    else:
        yield Check("good", "tmux", f"{version}, copying and notifications pass through")
