"""QuietStream: a stream to a terminal that may go away while it is written to."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper


class QuietStream(TextIOWrapper):
    """A stream whose writes end quietly when there is no reader left."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


@contextmanager
def unbroken_terminal() -> Iterator[None]:
    """A context in which standard error, which the screen is drawn on, is a QuietStream.

    The thread that draws would die of a failed write, and a thread that then waits for room in its
    queue would wait for ever: the program would outlive its terminal.
    """
    before = sys.__stderr__
    if not isinstance(before, TextIOWrapper):
        yield
        return
    stream = QuietStream(
        before.buffer, before.encoding, before.errors, line_buffering=before.line_buffering
    )
    sys.__stderr__ = stream  # type: ignore[misc]
    try:
        yield
    finally:
        sys.__stderr__ = before  # type: ignore[misc]
        stream.flush()
        stream.detach()
