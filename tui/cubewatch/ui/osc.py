"""Control sequences for title, notification and progress.

Sources: xterm's ctlseqs (OSC 0 and 2, the title stack of CSI 22/23 t), iTerm2 (OSC 9), rxvt
(OSC 777), ConEmu (OSC 9;4), tmux(1) and screen(1) for passing sequences through.
"""

from collections.abc import Mapping
from typing import Literal

from cubewatch.text.sanitize import inert

BELL = "\a"
SAVE_TITLE = "\x1b[22;2t"
RESTORE_TITLE = "\x1b[23;2t"

MAX_TEXT = 120
_SHOW_PROGRESS = frozenset({"ghostty", "WezTerm"})

ProgressState = Literal["none", "running", "failed"]


def title(text: str) -> str:
    """Sets the window's title (in tmux: the pane's)."""
    return f"\x1b]2;{_short(text)}\a"


def notification(summary: str, body: str, environ: Mapping[str, str]) -> str:
    """A desktop notification, in both dialects; a terminal passes over what it doesn't know."""
    plain = f"\x1b]9;{_short(f'{summary}: {body}')}\a"
    parted = f"\x1b]777;notify;{_part(summary)};{_part(body)}\a"
    return _passed_through(plain, environ) + _passed_through(parted, environ)


def progress(state: ProgressState, percent: int, environ: Mapping[str, str]) -> str:
    """Progress at the window's icon or tab; nothing where it would be taken for a notification."""
    known = environ.get("TERM_PROGRAM") in _SHOW_PROGRESS
    if not known and not environ.keys() & {"WT_SESSION", "ConEmuANSI"}:
        return ""
    code = {"none": 0, "running": 1, "failed": 2}[state]
    return _passed_through(f"\x1b]9;4;{code};{percent}\a", environ)


def _passed_through(sequence: str, environ: Mapping[str, str]) -> str:
    """A sequence wrapped so that tmux or screen passes it on to the terminal around it."""
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("TERM", "").startswith("screen"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence


def _short(text: str) -> str:
    return inert(text)[:MAX_TEXT]


def _part(text: str) -> str:
    return _short(text).replace(";", ",")
