"""How long a person waits for the form, beside an empty Textual app with a Footer."""

import sys
import time
from pathlib import Path
from statistics import median

from tests.bench.scene import COLUMNS, ROWS, environment
from tests.support.terminal import Terminal

EMPTY_APP = """
from textual.app import App
from textual.widgets import Footer
class Empty(App):
    BINDINGS = [("q", "quit", "Quit")]
    def compose(self):
        yield Footer()
Empty().run()
"""
EMPTY = (sys.executable, "-c", EMPTY_APP)
FORM = (sys.executable, "-m", "tui", "-R", "acme/shop")


def first_frames(home: Path, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds from the start of a process to its first frame, of the empty app and of the form,
    started in turn so that both meet the same machine."""
    empty, form = [], []
    for _ in range(rounds):
        empty.append(_until(EMPTY, "palette", home))
        form.append(_until(FORM, "Repository", home))
    return empty, form


def _until(argv: tuple[str, ...], word: str, home: Path) -> float:
    """Seconds until `word`, which is in the first frame, has been written."""
    environ = environment(home, "http://127.0.0.1:9")
    begun = time.perf_counter()
    with Terminal(argv, environ, home, columns=COLUMNS, rows=ROWS) as terminal:
        terminal.wait_for(lambda terminal: word.encode() in terminal.raw)
        return time.perf_counter() - begun


def rows(home: Path, rounds: int) -> list[tuple[str, str, str]]:
    """Name, figure and aim of each line of the table."""
    empty, form = first_frames(home, rounds)
    least, middle = min(form) / min(empty), median(form) / median(empty)
    each = f"{min(form) * 1000:.0f} / {min(empty) * 1000:.0f} ms"
    return [("first frame / an empty app's", f"{least:.2f} ({each}), median {middle:.2f}", "1.3")]
