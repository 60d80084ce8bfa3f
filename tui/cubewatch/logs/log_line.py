"""Lines of a log as a terminal would show them in the end, without anything that steers it.

Kept are the colours and styles of SGR (ECMA-48 8.3.117, xterm's 256 and direct colours), tabs,
and what a progress bar left: the text after the last return to the line's beginning. All other
sequences are taken out, whole or unfinished; all other control and bidirectional characters
become visible ones.

A style goes on over the ends of lines, as in a terminal. As lines are read at random, it is looked
for in the `LOOK_BACK` bytes before a line, and taken to be plain before those.
"""

import re
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from cubewatch.logs.group_marks import group_mark
from cubewatch.text.format import grouped
from cubewatch.text.sanitize import inert

LOOK_BACK = 32_768
MAX_RAW = 65_536
"""Bytes of a line that are looked at."""
MAX_SHOWN = 8_192
"""Characters of a line that are shown."""
TAB = 8
DIRECT = 0x1000000
"""Added to 0xRRGGBB, tells a direct colour from the numbers 0 to 255 of the palette."""

BOLD, DIM, ITALIC, UNDERLINE, REVERSE, STRIKE = (1 << bit for bit in range(6))


class SgrState(NamedTuple):
    """The look of a piece of text. Colours: None (the terminal's own), 0 to 255, or direct."""

    colour: int | None = None
    ground: int | None = None
    flags: int = 0


Span = tuple[str, SgrState]

PLAIN = SgrState()
_ON = {1: BOLD, 2: DIM, 3: ITALIC, 4: UNDERLINE, 7: REVERSE, 9: STRIKE, 21: UNDERLINE}
_OFF = {22: BOLD | DIM, 23: ITALIC, 24: UNDERLINE, 27: REVERSE, 29: STRIKE}

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|\Z)?"
    r"|\x1b[ -/]*[0-~]?"
    r"|\x08+|[\r\t]"
)
_STRIPPED = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?"
)
_BACK = re.compile(rb"\x1b\[(?:[01]?G|2K)")
_ERASED = re.compile(rb"\x1b\[0?K")
_SGR = re.compile(rb"\x1b\[([0-9:;]*)m")


def without_sequences(data: bytes) -> bytes:
    """Bytes of a log without escape sequences, line by line: what a search looks at."""
    return _STRIPPED.sub(b"", data) if b"\x1b" in data else data


def last_written(raw: bytes) -> bytes:
    """The text that is left of a line after all carriage returns, as progress bars write them."""
    if b"\x1b[" in raw:
        raw = _BACK.sub(b"\r", raw)
    while b"\r" in raw:
        before, _, raw = raw.rpartition(b"\r")
        if without_sequences(raw).strip() or _ERASED.match(raw):
            return raw
        raw = before
    return raw


def carried(before: bytes) -> SgrState:
    """The SGR state at the end of the bytes that stand before a line."""
    reset = max(before.rfind(b"\x1b[0m"), before.rfind(b"\x1b[m"), 0)
    sgr = PLAIN
    for sequence in _SGR.finditer(before, reset):
        sgr = drawn(sgr, sequence[1].decode("ascii"))
    return sgr


def spans(raw: bytes, length: int, sgr: SgrState = PLAIN, hidden: int = 0) -> list[Span]:
    """A line of `length` bytes as pieces of text that may be shown.

    `raw` is the line, or where it is longer than MAX_RAW its first so many bytes. `sgr` is how
    text looks where the line begins. `hidden`: so many lines are folded away below it. What is
    left out at the end is said in the last piece.
    """
    line = _Line(sgr)
    text = raw.decode("utf-8", "replace").lstrip("\ufeff").rstrip("\r")
    if mark := group_mark(text):
        sign = "▸ " if hidden else "▾ "
        text = f"{mark.time}{sign if mark.begins else ''}{mark.text}"
        text = "" if text == mark.time else text
    at = 0
    for found in _SEQUENCE.finditer(text):
        line.write(text[at : found.start()])
        line.obey(found)
        at = found.end()
    line.write(text[at:])
    if hidden:
        line.write(f" · {grouped(hidden)} lines")
    return line.shown(length - len(raw))


def plain(raw: bytes, length: int) -> str:
    """The same without styles."""
    return "".join(text for text, _ in spans(raw, length))


class _Line:
    """The content of a line so far."""

    def __init__(self, sgr: SgrState) -> None:
        self._sgr = sgr
        self._spans: list[Span] = []
        self._back = False
        self._backspaces = 0
        self._column = 0

    def write(self, text: str) -> None:
        if not text:
            return
        if self._back:
            self._spans.clear()
            self._back, self._backspaces, self._column = False, 0, 0
        while self._backspaces and self._spans:
            self._take_back()
        self._backspaces = 0
        text = inert(text)
        self._column += _cells(text)
        self._spans.append((text, self._sgr))

    def obey(self, found: re.Match[str]) -> None:
        written, final = found[0], found["final"]
        if written == "\t":
            self.write(" " * (TAB - self._column % TAB if not self._back else TAB))
        elif written[0] == "\b":
            self._backspaces += len(written)
        elif final == "K" and self._back and found["parameters"] in ("", "0"):
            self._spans.clear()
        elif written == "\r" or _goes_back(final, found["parameters"]):
            self._back = True
        elif final == "m":
            self._sgr = drawn(self._sgr, found["parameters"])

    def _take_back(self) -> None:
        """Removes what a spinner overwrites of the last piece."""
        text, sgr = self._spans.pop()
        kept = text[: -self._backspaces]
        self._backspaces -= len(text) - len(kept)
        if kept:
            self._spans.append((kept, sgr))

    def shown(self, missing: int) -> list[Span]:
        """The pieces, those of one look joined, as far as they are shown."""
        joined: list[tuple[list[str], SgrState]] = []
        left = MAX_SHOWN
        for text, sgr in self._spans:
            if joined and joined[-1][1] == sgr:
                joined[-1][0].append(text[:left])
            elif left:
                joined.append(([text[:left]], sgr))
            missing += len(text) - len(text[:left])
            left -= len(text[:left])
        result = [("".join(texts), sgr) for texts, sgr in joined]
        if missing > 0:
            result.append(
                (f" … {missing:,} more not shown".replace(",", " "), SgrState(flags=REVERSE))
            )
        return result


def _cells(text: str) -> int:
    """The cells that a text takes, roughly: for tabs."""
    if text.isascii():
        return len(text)
    wide = sum(east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(combining(char) > 0 for char in text)


def _goes_back(final: str | None, parameters: str | None) -> bool:
    """Whether a sequence goes back to column 1, or erases the line, as progress bars do it."""
    return (final == "G" and parameters in ("", "0", "1")) or (final == "K" and parameters == "2")


def drawn(sgr: SgrState, parameters: str) -> SgrState:
    """The SGR state after `CSI parameters m`."""
    if parameters[:1] in ("<", "=", ">", "?"):
        return sgr  # a private sequence that only ends alike
    codes = parameters.split(";")
    colour, ground, flags = sgr
    at = 0
    while at < len(codes):
        first, *parts = codes[at].split(":")
        code = _number(first)
        at += 1
        if code in (38, 48, 58):
            value, used = _extended(parts) if parts else _extended(codes[at:])
            at += 0 if parts else used
            colour = value if code == 38 and value is not None else colour
            ground = value if code == 48 and value is not None else ground
        elif code == 0:
            colour, ground, flags = PLAIN
        elif code == 4 and parts[:1] == ["0"]:
            flags &= ~UNDERLINE
        elif code in _ON:
            flags |= _ON[code]
        elif code in _OFF:
            flags &= ~_OFF[code]
        else:
            colour = _basic(code, 30, colour)
            ground = _basic(code, 40, ground)
    return SgrState(colour, ground, flags)


def _basic(code: int, base: int, before: int | None) -> int | None:
    """One of the sixteen colours, or the terminal's own; `before` for a code of something else."""
    if base <= code < base + 8:
        return code - base
    if base + 60 <= code < base + 68:
        return code - base - 60 + 8
    return None if code == base + 9 else before


def _extended(parts: list[str]) -> tuple[int | None, int]:
    """The colour that follows 38 or 48, and how many parameters it takes."""
    kind = _number(parts[0]) if parts else 0
    if kind == 5 and len(parts) > 1:
        return min(255, _number(parts[1])), 2
    if kind == 2 and len(parts) > 3:
        # With colons a colour space may stand first, mostly an empty one: 38:2::R:G:B.
        channels = parts[2:5] if len(parts) == 5 and not parts[1] else parts[1:4]
        red, green, blue = (min(255, _number(part)) for part in channels)
        return DIRECT + (red << 16) + (green << 8) + blue, 4
    return None, len(parts)


def _number(text: str) -> int:
    """A parameter; 0 if it is left out, or absurd."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 6 else 0
