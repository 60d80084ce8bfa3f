"""Making foreign text harmless: nothing in it can steer a terminal or reorder a line."""

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Categories per Unicode 16: Cc, the bidirectional controls of Cf, line and paragraph
# separators, invisible fillers and tag characters, and lone surrogates.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u00ad\u180e\u200b\u2028\u2029\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
_TAGS = "\U000e0000-\U000e007f"
_SURROGATES = "\ud800-\udfff"
_UNSAFE = f"[\x00-\x1f\x7f-\x9f{_BIDI}{_INVISIBLE}{_TAGS}{_SURROGATES}]"


def _visible(match: re.Match[str]) -> str:
    """A visible one-cell character in place of one that is not."""
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else REPLACEMENT


def inert(text: str) -> str:
    """One line of `text` that is safe to show: every control, bidirectional, invisible or
    surrogate character becomes one visible character of one cell (`ESC` becomes `␛`)."""
    return text if text.isprintable() else re.sub(_UNSAFE, _visible, text)


def cut(text: str, length: int) -> str:
    """`text` in at most `length` characters; one that is longer ends in `…`."""
    return text if len(text) <= length else text[: length - 1] + "…"


def inert_block(text: str) -> str:
    """The same for text of several lines: line breaks stay, tabs become four spaces."""
    lines = text.expandtabs(4).splitlines() if not text.isprintable() else [text]
    return "\n".join(inert(line) for line in lines)
