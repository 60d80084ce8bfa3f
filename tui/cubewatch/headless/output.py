"""Standard streams without Python's buffers, so that a signal finds no line half written."""

import os
import select
import sys
from collections.abc import Callable, Sequence

Report = Callable[[str], object]
"""Takes a line about trouble, for standard error."""


class OutputError(Exception):
    """An output that takes nothing any more; `broken_pipe`: because the reader is gone."""

    def __init__(self, reason: str, *, broken_pipe: bool) -> None:
        super().__init__(reason)
        self.broken_pipe = broken_pipe


class Output:
    """Lines, text and bytes to a file descriptor, all of it at once."""

    def __init__(self, fd: int, encoding: str) -> None:
        self._fd = fd
        self._encoding = encoding

    @classmethod
    def standard(cls) -> "Output":
        """Raises OutputError if standard output is closed."""
        if sys.stdout is None:
            raise OutputError("standard output is closed", broken_pipe=False)
        return cls(sys.stdout.fileno(), sys.stdout.encoding)

    @property
    def arrow(self) -> str:
        """The arrow between two statuses, as the encoding allows."""
        try:
            "→".encode(self._encoding)
        except UnicodeEncodeError:
            return "->"
        return "→"

    @property
    def is_ready(self) -> bool:
        """Whether a short line can be written without waiting for a reader."""
        return bool(select.select([], [self._fd], [], 0)[1])

    def write(self, lines: Sequence[str]) -> None:
        """Each of `lines` with a line break. Raises OutputError."""
        self.write_text("".join(f"{line}\n" for line in lines))

    def write_text(self, text: str) -> None:
        """Text as the encoding allows. Raises OutputError."""
        self.write_bytes(text.encode(self._encoding, errors="backslashreplace"))

    def write_bytes(self, data: bytes) -> None:
        """Raises OutputError."""
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._fd, left) :]
            except BlockingIOError:
                select.select([], [self._fd], [])
            except OSError as error:
                broken = isinstance(error, BrokenPipeError)
                raise OutputError(
                    f"standard output takes nothing: {error.strerror}", broken_pipe=broken
                ) from None
