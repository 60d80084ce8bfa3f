"""The completions of a command line."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Literal

from cubewatch.cli.commands import COMMANDS
from cubewatch.cli.completion import SHELLS
from cubewatch.cli.completion.place import (
    CompletionWord,
    WordAtCursor,
    find_place,
    parse_incomplete,
)
from cubewatch.cli.parser import command_parser, top_parser
from cubewatch.text.sanitize import inert

MAX_ABOUT = 72

FromDisk = Literal["files", "folders"]
"""What the shell knows better how to complete."""

_FROM_DISK: dict[str, FromDisk] = {"config": "files", "record": "files", "folder": "folders"}
_FIXED: dict[str, Sequence[str]] = {
    "shell": SHELLS,
    "until": ("approval",),
    "event": ("push", "pr_update", "manual", "restart", "schedule", "repository_event"),
}


def offers(words: Sequence[str], current: str) -> list[CompletionWord] | FromDisk:
    """The completions of the word `current` after `words` (both without quotes), each once.

    Every text begins with `current`, is inert, and is taken for what it stands for. Raises
    whatever goes wrong where things are looked up.
    """
    if current.startswith("-") and "=" not in current and "--" not in words:
        return _matching(_options(words), current)
    place = find_place(words, current)
    if place is None:
        return _matching(_commands(words), current)
    if place.field in _FROM_DISK:
        return _FROM_DISK[place.field]
    found = [offer._replace(text=place.option + offer.text) for offer in _values(place)]
    is_word = not place.option and "--" not in words
    return _matching([one for one in found if not (is_word and one.text[:1] == "-")], current)


def _matching(found: Iterable[CompletionWord], current: str) -> list[CompletionWord]:
    """The completions that begin with `current`, are not empty, and can be shown as they are."""
    once: dict[str, CompletionWord] = {}
    for offer in found:
        text = offer.text
        if text and text.startswith(current) and text == inert(text):
            first_line = offer.about.partition("\n")[0]
            once.setdefault(text, CompletionWord(text, inert(first_line[:MAX_ABOUT])))
    return list(once.values())


def _values(place: WordAtCursor) -> list[CompletionWord]:
    if fixed := _FIXED.get(place.field):
        return [CompletionWord(text) for text in fixed]
    import asyncio

    from cubewatch.cli.completion.lookup import look_up_offers

    # Unlike asyncio.run, this does not wait for threads that wait for a name server.
    with closing(asyncio.new_event_loop()) as loop:
        return loop.run_until_complete(look_up_offers(place))


def _commands(words: Sequence[str]) -> Iterator[CompletionWord]:
    arguments = parse_incomplete(words)
    if arguments and arguments.command is None:
        yield from (CompletionWord(name, about) for name, about in COMMANDS.items())


def _options(words: Sequence[str]) -> Iterator[CompletionWord]:
    """The options of the command that was named, or of all."""
    arguments = parse_incomplete(words)
    if arguments is None:
        return
    for action in command_parser(top_parser(), arguments.command)._actions:
        if action.help != argparse.SUPPRESS:
            yield from (
                CompletionWord(option, action.help or "") for option in action.option_strings
            )
