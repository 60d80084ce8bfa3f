"""The place of the cursor on a command line, as the parser sees it."""

from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from io import StringIO
from typing import NamedTuple

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.cli.parser import parse

_MARK = "\0"
"""Stands for the word at the cursor. No word of a real command line can hold it."""
_MISSING = "0"
"""Stands for a word that the command needs and that may follow."""


class CompletionWord(NamedTuple):
    """A completion: a word, and a few words about it. After `=` more has to follow."""

    text: str
    about: str = ""


class WordAtCursor(NamedTuple):
    """The word at the cursor fills `field` of `arguments`, which has nothing of it.

    `typed` is what stands there by now, `option` what stands before that in the same word:
    `--ref=`, or nothing.
    """

    arguments: Arguments
    field: str
    typed: str
    option: str = ""


def parse_incomplete(words: Sequence[str]) -> Arguments | None:
    """The arguments of a command line that may lack a word; None if it is wrong or asks for
    help."""
    for tried in (words, [*words, _MISSING]):
        with suppress(UsageError, SystemExit), redirect_stdout(StringIO()):
            return parse(tried)
    return None


def find_place(words: Sequence[str], current: str) -> WordAtCursor | None:
    """The place of the word `current` after `words`; None if no value is expected there."""
    option, equals, typed = current.partition("=")
    if not (equals and current.startswith("--")):
        option, equals, typed = "", "", current
    arguments = parse_incomplete([*words, option + equals + _MARK])
    if arguments is None:
        return None
    for field, value in vars(arguments).items():
        if value == _MARK:
            delattr(arguments, field)
            return WordAtCursor(arguments, field, typed, option + equals)
        if isinstance(value, list) and _MARK in value:
            setattr(arguments, field, value[:-1])
            return WordAtCursor(arguments, field, typed)
    return None
