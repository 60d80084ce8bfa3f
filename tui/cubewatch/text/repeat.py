"""Typed words as errors may repeat them: secrets get into the wrong place, too."""

from collections.abc import Sequence

MAX_REPEATED = 24
"""Characters of a word that is repeated whole. Tokens are longer."""
ELLIPSIS = "…"
_TOKEN_PARTS = ("pv1_", "eyJ", "y0_", "t1.", "ghp_", "glpat-")


def repeatable(word: str) -> str:
    """`word` as an error may repeat it: whole if it can be a name, else its first letters.

    Of `NAME=VALUE` never the value; of what looks like an option only a name that options have.
    """
    name, equals, _ = word.partition("=")
    if equals:
        return f"{_shortened(name)}={ELLIPSIS}"
    return _shortened(name)


def without_secrets(text: str, words: Sequence[str]) -> str:
    """`text` with those of `words`, and of their values, that may be secrets cut short in it."""
    for piece in sorted(secret_values(words), key=len, reverse=True):
        text = text.replace(piece, piece[:4] + ELLIPSIS)
    return text


def secret_values(words: Sequence[str]) -> set[str]:
    """The secrets among `words` and the values in them, as far as they look like some."""
    pieces = {piece for word in words for piece in (word, word.partition("=")[2])}
    return set(filter(looks_like_token, pieces))


def looks_like_token(word: str) -> bool:
    """Whether `word` can hardly be anything but a secret: it has the form of a known token, or is
    long, with digits and letters and without the gaps that names have."""
    if any(part in word for part in _TOKEN_PARTS):
        return True
    return (
        len(word) > MAX_REPEATED
        and "/" not in word
        and any(c.isdigit() for c in word)
        and any(c.isalpha() for c in word)
    )


def _shortened(word: str) -> str:
    if word.startswith("-") and not word.startswith("--"):
        return word if len(word) <= 2 else f"{word[:2]}{ELLIPSIS}"
    if len(word) <= MAX_REPEATED and not looks_like_token(word):
        return word
    return f"{word[:4]}{ELLIPSIS}"
