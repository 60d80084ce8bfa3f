"""Suggestions for a misspelled word: "did you mean …?"."""

from collections.abc import Iterable

CUTOFF = 0.75
"""How alike two words have to be, from 0 to 1 (the same)."""
MAX_COMPARED = 2000
"""Words; more are not looked through."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The suggestion `did you mean …?` with the one of `known` that is almost `word`; "" if none
    is. Of a path its end is enough, and its last part has to be alike."""
    from difflib import get_close_matches

    parts = word.count("/") + 1
    ends = {"/".join(name.split("/")[-parts:]): name for name in list(known)[:MAX_COMPARED]}
    for near in get_close_matches(word, ends, n=3, cutoff=CUTOFF):
        last = near.rpartition("/")[2]
        if get_close_matches(word.rpartition("/")[2], [last], cutoff=CUTOFF - 0.1):
            return f"did you mean {ends[near]}?"
    return ""
