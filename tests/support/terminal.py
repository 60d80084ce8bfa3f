"""A real pseudo-terminal with a program in it, and pyte to say what a person would see."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

TIMEOUT = 60.0
"""Seconds until a wait gives up: far more than a slow machine needs."""

# Of control sequences that pyte does not know it would draw the last characters.
_PRIVATE = re.compile(rb"\x1b\[[<=>][0-9;]*[A-Za-z]")
_UNFINISHED = re.compile(rb"\x1b(?:\[[<=>0-9;]*)?\Z")

Condition = str | Callable[["Terminal"], object]


class Terminal:
    """Runs `argv` in a terminal of its own, with nothing but `env` as its environment.

    `raw` holds every byte that was written so far. Waits pump the terminal and end as soon as
    their condition holds; AssertionError, with the screen, after TIMEOUT seconds.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self.raw = bytearray()
        self._pending = b""
        self._given_back: list[int] = []
        self._screen = pyte.Screen(max(1, columns), max(1, rows))
        self._stream = pyte.ByteStream(self._screen)
        self._master, self._slave = os.openpty()
        self._set_size(columns, rows)
        self.modes_before = self.modes()
        self._process = subprocess.Popen(
            argv,
            env=env,
            cwd=cwd,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
            preexec_fn=_control_terminal,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def screen(self) -> list[str]:
        """The rows as they are seen, without spaces at their ends."""
        return [row.rstrip() for row in self._screen.display]

    @property
    def text(self) -> str:
        """The rows as one text."""
        return "\n".join(self.screen)

    @property
    def title(self) -> str:
        """The title of the terminal's window."""
        return str(self._screen.title)

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """The program's exit status, None while it runs, -N if signal N ended it."""
        return self._process.poll()

    def modes(self) -> list[object]:
        """The line discipline as termios has it, to compare before and after."""
        return termios.tcgetattr(self._slave)

    def send(self, keys: str) -> None:
        """Type `keys`; those without a character as the terminal sends them (`\\x12`: ctrl+r)."""
        os.write(self._master, keys.encode())

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self._process.send_signal(number)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, which may be 0; the program gets SIGWINCH."""
        self._screen.resize(max(1, rows), max(1, columns))
        self._set_size(columns, rows)

    def wait_for(self, condition: Condition) -> None:
        """Until a text is on the screen or a predicate of the terminal is true."""
        wanted = (lambda _: condition in self.text) if isinstance(condition, str) else condition
        deadline = time.monotonic() + TIMEOUT
        while not wanted(self) and time.monotonic() < deadline:
            ended = self.exit_status is not None
            if not self._pump(0.05) and ended:
                break
        assert wanted(self), f"{condition!r} did not come; exit {self.exit_status}\n{self.text}"

    def wait_for_exit(self) -> int:
        """Until the program ends and all it wrote is read; its exit status."""
        self.wait_for(lambda _: self.exit_status is not None)
        while self._pump(0):
            pass
        assert self.exit_status is not None
        return self.exit_status

    @property
    def is_stopped(self) -> bool:
        """Whether the program was sent to the background (by ctrl+z)."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8")
        return stat.rpartition(")")[2].split()[0] == "T"

    @property
    def thread_count(self) -> int:
        """How many threads the program has."""
        return len(list(Path(f"/proc/{self._process.pid}/task").iterdir()))

    def hang_up(self) -> int:
        """Close the terminal under the program, as an SSH link does that breaks off; the
        program's exit status."""
        self._give_back()
        return self._process.wait(TIMEOUT)

    def close(self) -> None:
        """End the program if it still runs, and give the terminal back."""
        if self.exit_status is None:
            self._process.kill()
        self._process.wait()
        self._give_back()

    def _give_back(self) -> None:
        for end in (self._slave, self._master):
            if end not in self._given_back:
                self._given_back.append(end)
                os.close(end)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _pump(self, seconds: float) -> bool:
        """Take in what is written within `seconds`, if anything: whether something was."""
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        written = os.read(self._master, 65536)
        self.raw += written
        readable = self._pending + written
        cut = unfinished.start() if (unfinished := _UNFINISHED.search(readable)) else None
        self._pending = b"" if cut is None else readable[cut:]
        self._stream.feed(_PRIVATE.sub(b"", readable[:cut]))
        return bool(written)


def _control_terminal() -> None:
    """As a login does: the terminal is the program's, and ctrl+c reaches it even where the tests
    run in the background, where shells have it ignored."""
    for ignored in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(ignored, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
