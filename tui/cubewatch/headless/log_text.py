"""LogPrinter: prints what is new in a log, raw or as text that can't steer a terminal."""

import re
from zlib import crc32

from cubewatch.headless.output import Output
from cubewatch.logs.log_line import without_sequences
from cubewatch.logs.spool import LogSpool
from cubewatch.text.sanitize import inert

CHUNK = 1 << 18
"""Bytes that are read at once; more only for a line that is longer."""

# Sequences that go back to the beginning of a line, as progress bars do: column 1, erase it.
_BACK = re.compile(rb"\x1b\[(?:[01]?G|2K)")
_OVERWRITTEN = re.compile(rb"(?m)^[^\n]*\r(?=[^\r\n])")
_RETURNS = re.compile(rb"\r+(?=\n|\Z)")


def text_of(data: bytes) -> str:
    """Whole lines of a log as plain text: no escape sequence, of a progress bar what it left, and
    all else that could steer a terminal made visible. Tabs stay."""
    if b"\x1b" in data:
        data = without_sequences(_BACK.sub(b"\r", data))
    if b"\b" in data:
        data = b"\n".join(map(_without_backspaces, data.split(b"\n")))
    if b"\r" in data:
        data = _RETURNS.sub(b"", _OVERWRITTEN.sub(b"", data))
    lines = data.decode("utf-8", "replace").replace("\ufeff", "").split("\n")
    return "\n".join("\t".join(map(inert, line.split("\t"))) for line in lines)


def _without_backspaces(line: bytes) -> bytes:
    """A line as a spinner has left it."""
    if b"\b" not in line:
        return line
    kept: list[str] = []
    backs = 0
    for part in re.split("(\b+)", line.decode("utf-8", "surrogateescape")):
        if part[:1] == "\b":
            backs += len(part)
            continue
        while part and backs and kept:
            last = kept.pop()
            kept += [last[:-backs]] if len(last) > backs else []
            backs -= min(backs, len(last))
        backs = 0 if part else backs
        kept += [part] if part else []
    return "".join(kept).encode("utf-8", "surrogateescape")


class LogPrinter:
    """Prints one log as it comes. What was printed is not printed again when the server begins
    the log again, as far as it is still the same."""

    def __init__(self, spool: LogSpool, output: Output, *, raw: bool) -> None:
        self._spool = spool
        self._output = output
        self._raw = raw
        self._marks: list[tuple[int, int]] = []
        """Where each piece that was printed ends, and the checksum of all up to there."""
        self._sure = 0
        """How many of them are known to hold."""

    def restarted(self) -> None:
        """Notes that the server has begun the log again: what was printed may differ."""
        self._sure = 0

    def go_on(self, *, to_end: bool) -> bool:
        """Prints what is new; lines that are not whole only `to_end`.

        Returns whether some of what was printed is not so any more; all from there on follows.
        Raises OutputError.
        """
        differs = self._differs(to_end=to_end)
        if self._sure < len(self._marks):
            return False
        spool = self._spool
        end = spool.size if to_end or self._raw else spool.line_start(spool.newlines)
        start, crc = self._marks[-1] if self._marks else (0, 0)
        while start < end:
            data = self._piece(start, end)
            start, crc = start + len(data), crc32(data, crc)
            if self._raw:
                self._output.write_bytes(data)
            else:
                self._output.write_text(text_of(data))
            self._marks.append((start, crc))
            self._sure += 1
        return differs

    def end_line(self) -> None:
        """Ends the line that was begun, if one was."""
        if self._marks and self._spool.read(self._marks[-1][0] - 1, 1) != b"\n":
            self._output.write_bytes(b"\n")

    def _piece(self, start: int, end: int) -> bytes:
        """The next bytes to print up to `end`; whole lines, unless they are printed raw."""
        length = CHUNK
        while True:
            data = self._spool.read(start, min(length, end - start))
            if self._raw or start + len(data) == end:
                return data
            if cut := data.rfind(b"\n") + 1:
                return data[:cut]
            length *= 2

    def _differs(self, *, to_end: bool) -> bool:
        """Whether the log differs from what was printed, as far as it is there yet."""
        while self._sure < len(self._marks):
            start, crc = self._marks[self._sure - 1] if self._sure else (0, 0)
            end, expected = self._marks[self._sure]
            if end > self._spool.size and not to_end:
                return False
            if crc32(self._spool.read(start, end - start), crc) != expected:
                del self._marks[self._sure :]
                return True
            self._sure += 1
        return False
