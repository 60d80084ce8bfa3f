"""A line as bash has it: its words without their quotes, and words with the quotes they need."""

import re
from typing import NamedTuple

_PART = re.compile(
    r"""
    (?P<gap>[ \t\n]+)
  | '(?P<single>[^']*)(?P<single_end>'?)
  | "(?P<double>(?:[^"\\]|\\.?)*)(?P<double_end>"?)
  | \\(?P<escaped>.?)
  | (?P<plain>[^ \t\n'"\\]+)
    """,
    re.DOTALL | re.VERBOSE,
)
_ESCAPED_IN_DOUBLE = re.compile(r'\\([$`"\\])')
_SPECIAL_IN_DOUBLE = re.compile(r'[$`"\\]')
_SPECIAL = re.compile(r"[^\w./:,+@%=\x80-\U0010ffff-]")


class BashLine(NamedTuple):
    """The words before the one at the cursor and that one (`current`), none of them quoted.

    `raw` is the last one as it is written, `quote` the one that it has opened and not closed.
    """

    words: tuple[str, ...]
    current: str
    raw: str
    quote: str = ""

    def reply(self, text: str, readline_word: str) -> str | None:
        """The text that bash puts in the place of `readline_word`, which is where readline thinks
        that the word at the cursor begins, to make it `text`, which begins as `current` does. None
        if that can't be written there."""
        before = len(self.raw) - len(readline_word)
        rest = text[len(split(self.raw[:before]).current) :]
        if self.quote == "'":
            return rest.replace("'", r"'\''")
        if self.quote == '"':
            return None if "!" in rest else _SPECIAL_IN_DOUBLE.sub(r"\\\g<0>", rest)
        return _SPECIAL.sub(r"\\\g<0>", rest) + ("" if text.endswith("=") else " ")


def split(line: str) -> BashLine:
    """Splits the beginning of a command into words. Nothing is expanded."""
    words, current, start, quote = [], "", 0, ""
    for part in _PART.finditer(line):
        quote = ""
        if part["gap"] is not None:
            words.append(current)
            current, start = "", part.end()
        elif part["single"] is not None:
            current += part["single"]
            quote = "" if part["single_end"] else "'"
        elif part["double"] is not None:
            current += _ESCAPED_IN_DOUBLE.sub(r"\1", part["double"])
            quote = "" if part["double_end"] else '"'
        else:
            current += part["plain"] or part["escaped"] or ""
    return BashLine(tuple(words), current, line[start:], quote)
