"""Completion: scripts that let a shell ask what can stand at the cursor, and the answers.

A script sets `_CUBEWATCH_COMPLETE` to the shell's name and gives the words up to the cursor; in
bash these are the line up to there, and what readline takes for the last word. An answer is a line
for each word, or one that begins with a tab and leaves it to the shell.
"""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from cubewatch.cli.completion.place import CompletionWord

SHELLS = ("bash", "zsh", "fish")
TIMEOUT = 10.0
"""Seconds that a shell waits at most, whatever hangs."""


def script(shell: str) -> str:
    """The script for one of SHELLS, in ASCII."""
    from pathlib import Path

    return (Path(__file__).parent / "scripts" / f"cubewatch.{shell}").read_text("ascii")


def leave_with_answer(shell: str, words: Sequence[str]) -> NoReturn:
    """Write the answer to standard output, or nothing if there is any trouble, and end the process:
    not even a name server that does not answer is waited for."""
    signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
    signal.setitimer(signal.ITIMER_REAL, TIMEOUT)
    with suppress(Exception, KeyboardInterrupt):
        lines = "\n".join(answer(shell, words))
        sys.stdout.write(lines)
        sys.stdout.flush()
    os._exit(0)


def answer(shell: str, words: Sequence[str]) -> list[str]:
    """The lines of the answer. Raises whatever goes wrong."""
    from cubewatch.cli.completion.bash_line import split
    from cubewatch.cli.completion.offers import offers

    if shell == "bash":
        line, readline_word = words
        parts = split(line)
        found = offers(parts.words[1:], parts.current)
        if not isinstance(found, str):
            replies = (parts.reply(offer.text, readline_word) for offer in found)
            return [reply for reply in replies if reply is not None]
    else:
        *before, current = words
        found = offers(before, current)
        if not isinstance(found, str):
            return [_LINES[shell](offer) for offer in found]
    return [f"\t{found}"]


def _zsh_line(offer: "CompletionWord") -> str:
    """As _describe of zshcompsys(1) takes it."""
    text, about = (
        part.replace("\\", "\\\\").replace(":", "\\:") for part in (offer.text, offer.about)
    )
    return f"{text}:{about}" if about else text


def _fish_line(offer: "CompletionWord") -> str:
    return f"{offer.text}\t{offer.about}"


_LINES = {"zsh": _zsh_line, "fish": _fish_line}
