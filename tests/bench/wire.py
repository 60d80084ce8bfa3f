"""What goes over the wire: bytes to the terminal, requests to the server."""

from functools import partial
from pathlib import Path

from tests.bench.runs import big_run, still_run
from tests.bench.scene import DOWN, END, PAGE_DOWN, PAGE_UP, Watched, watching
from tests.bench.table import Row


def _small(watched: Watched) -> list[Row]:
    found = [("nothing changed", watched.written(lambda: watched.asks(4)), "0")]
    counted = watched.written(partial(watched.answer, still_run(7)))
    found.append(("one cube, its bars, header, all counts", counted, ""))
    watched.moves_to(8)
    bars = watched.written(partial(watched.answer, still_run(8)))
    found.append(("one cube, its bars, header", bars, "400"))
    alone = watched.written(partial(watched.answer, still_run(8, changed=11)))
    found.append(("one cube alone", alone, "400"))
    found.append(("cursor down", watched.written_for(DOWN, "› cube-9"), ""))
    found.append(("page down", watched.written_for(PAGE_DOWN, "task-1 › cube-39"), ""))
    return [(f"bytes: {name}", f"{written:,}", aim) for name, written, aim in found]


def _big(watched: Watched) -> list[Row]:
    watched.terminal.send("+" + END)
    watched.terminal.wait_for("task-99 › cube-99")
    every = watched.written(partial(watched.answer, big_run(1)))
    page = watched.written_for(2 * PAGE_UP, "task-99 › cube-33")
    return [
        ("bytes: each of 10,000 cubes", f"{every:,}", ""),
        ("bytes: two pages up among 10,000", f"{page:,}", ""),
    ]


def _requests(watched: Watched) -> Row:
    """How many requests an end takes: the one that brings it, and none after it by itself."""
    before = watched.requests
    watched.server.body = still_run(40, finished=True)
    watched.terminal.wait_for("✓ success")
    return ("requests until the end is shown", str(watched.requests - before), "1")


def rows(home: Path) -> list[Row]:
    """Name, figure and aim of each line of the table."""
    with watching(still_run(6), home) as watched:
        found = [*_small(watched), _requests(watched)]
    with watching(big_run(0), home) as watched:
        return found + _big(watched)
