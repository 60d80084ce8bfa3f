"""How long a person waits for the form, beside an empty Textual app with a Footer."""

import os
import select
import subprocess
import sys
import termios
import time
from pathlib import Path
from statistics import median

from tests.bench.scene import COLUMNS, ROWS, environment
from tests.bench.table import Row
from tests.support.terminal import TIMEOUT

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
FORM = (sys.executable, "-m", "cubewatch", "-R", "acme/shop")


def first_frames(home: Path, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds from the start of a process to its first frame, of the empty app and of the form,
    started in turn so that both meet the same machine."""
    empty, form = [], []
    for _ in range(rounds):
        empty.append(_until(EMPTY, "palette", home))
        form.append(_until(FORM, "Repository", home))
    return empty, form


def _until(argv: tuple[str, ...], word: str, home: Path) -> float:
    """Seconds until `word`, which is in the first frame, has been written. Nothing draws what is
    written: the form writes more, and drawing would count against it."""
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (ROWS, COLUMNS))
    environ = environment(home, "http://127.0.0.1:9")
    begun = time.perf_counter()
    process = subprocess.Popen(
        argv, env=environ, cwd=home, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    )
    written = b""
    while word.encode() not in written:
        if not select.select([master], [], [], TIMEOUT)[0]:
            raise TimeoutError(f"no {word!r} in {written!r}")
        written += os.read(master, 65536)
    took = time.perf_counter() - begun
    process.kill()
    process.wait()
    os.close(master)
    os.close(slave)
    return took


def rows(home: Path, rounds: int) -> list[Row]:
    """Name, figure and aim of each line of the table."""
    empty, form = first_frames(home, rounds)
    least, middle = min(form) / min(empty), median(form) / median(empty)
    each = f"{min(form) * 1000:.0f} ms / {min(empty) * 1000:.0f} ms"
    return [
        ("first frame / an empty app's", f"{least:.2f} ({each})", "1.15"),
        ("first frame, by medians", f"{middle:.2f}", "1.15"),
    ]
