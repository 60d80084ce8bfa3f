"""An independent terminal to say what a painter's output looks like, cell by cell."""

import re
from functools import lru_cache

import pyte
from pyte.screens import Char
from textual._compositor import Compositor
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Resize
from textual.geometry import Size

_LINK = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\")
_MODE = re.compile(r"\x1b\[\?[0-9;]*[hl]")

Cell = tuple[str, ...]


class Emulator:
    """pyte, with autowrap off as Textual has it, and attributes as a set of words."""

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.screen.reset_mode(7, private=True)
        self._stream = pyte.Stream(self.screen)

    def feed(self, written: str) -> None:
        self._stream.feed(_MODE.sub("", _LINK.sub("", written)))

    @property
    def cells(self) -> list[list[Cell]]:
        """What is seen in each cell."""
        return [self.line(y) for y in range(self.screen.lines)]

    def line(self, y: int) -> list[Cell]:
        """What is seen in each cell of a line: its text, colours, and attributes. Of a blank only
        what a person can tell."""
        line = self.screen.buffer[y]
        return [seen(line[x]) for x in range(self.screen.columns)]

    @property
    def cursor(self) -> tuple[int, int]:
        return self.screen.cursor.x, self.screen.cursor.y


@lru_cache(100_000)
def seen(char: Char) -> Cell:
    lines = [name for name in ("underscore", "strikethrough", "reverse") if getattr(char, name)]
    if char.data == " " and not lines:
        return (" ", "", char.bg)
    ink = [name for name in ("bold", "italics", "blink") if getattr(char, name)]
    return (char.data, char.fg, char.bg, *ink, *lines)


class EmulatedDriver(HeadlessDriver):
    """A terminal without a device: what the app writes to it is drawn by an Emulator."""

    emulator: Emulator
    written = 0

    @property
    def is_headless(self) -> bool:
        return False

    def start_application_mode(self) -> None:
        self.emulator = Emulator(*self._get_terminal_size())
        super().start_application_mode()

    def write(self, data: str) -> None:
        self.written += len(data)
        self.emulator.feed(data)

    def resize(self, columns: int, rows: int) -> None:
        """Gives the terminal another size, of which the app is told."""
        self._size = columns, rows
        self.emulator.screen.resize(rows, columns)
        size = Size(columns, rows)
        self.send_message(Resize(size, size))


def stock_cells(app: App[None]) -> list[list[Cell]]:
    """What the terminal would show if Textual wrote the whole screen as it does by itself."""
    emulator = Emulator(*app.size)
    update = Compositor.render_full_update(app.screen._compositor)
    emulator.feed(update.render_segments(app.console).replace("\n", ""))
    return emulator.cells
