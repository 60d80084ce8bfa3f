"""Whether programs still run: they hold a FIFO open, which the system closes when they end."""

import os
import select
from pathlib import Path

from tests.support.terminal import TIMEOUT


class Fifo:
    """A FIFO at `path`, for programs to write to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self._end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def has_news(self, within: float = 0.0) -> bool:
        """Whether a byte was written, or nobody is left who could write one."""
        return bool(select.select([self._end], [], [], within)[0])

    def next(self) -> bytes:
        """The next byte, waited for; b"" when all who held it have ended."""
        assert self.has_news(TIMEOUT)
        return os.read(self._end, 1)

    def close(self) -> None:
        os.close(self._end)
