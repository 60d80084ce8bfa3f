"""The leanest way to watch a run, to measure against: `python peer_curses.py URL`.

Asks every three seconds, and draws the tree of the run with its clocks every second, with nothing
but the standard library, whose `curses` writes the cells that differ. It has neither logs nor
history nor help, and waits for each answer. `q` quits.
"""

import curses
import json
import locale
import sys
import time
import urllib.request
from datetime import UTC, datetime
from typing import Any

POLL_SECONDS, TICK_SECONDS = 3.0, 1.0
GLYPHS = {"created": "○", "processing": "◐", "success": "✓", "failed": "✗"}
COLOURS = {
    "processing": curses.COLOR_CYAN,
    "success": curses.COLOR_GREEN,
    "failed": curses.COLOR_RED,
}
BAR = 10


def _ask(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310, of this machine
        found: dict[str, Any] = json.load(answer)
        return found


def _clock(item: dict[str, Any]) -> str:
    dates = item.get("dates") or {}
    if not dates.get("started_at"):
        return ""
    start = datetime.fromisoformat(dates["started_at"])
    end = dates.get("finished_at")
    until = datetime.fromisoformat(end) if end else datetime.now(UTC)
    minutes, seconds = divmod(int((until - start).total_seconds()), 60)
    return f"{minutes}m{seconds:02}s" if minutes else f"{seconds}s"


def _share(item: dict[str, Any]) -> str:
    percent = (item.get("progress") or {}).get("percent")
    if percent is None:
        return ""
    done = round(percent * BAR)
    return f"{'━' * done}{'─' * (BAR - done)} {percent:4.0%}"


def _rows(run: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Status, text at the left and text at the right of each line."""
    found = []
    for workflow in run["workflows"]:
        found.append((workflow, ""))
        for task in workflow["tasks"]:
            found.append((task, "  "))
            found += [(cube, "    ") for cube in task["cubes"]]
    return [
        (
            one["status"],
            f" {GLYPHS.get(one['status'], '?')} {_clock(one):>6} {indent}{one['slug']}",
            _share(one),
        )
        for one, indent in found
    ]


def _draw(screen: curses.window, run: dict[str, Any]) -> None:
    height, width = screen.getmaxyx()
    screen.erase()
    counts = [cube["status"] for w in run["workflows"] for t in w["tasks"] for cube in t["cubes"]]
    done = sum(status == "success" for status in counts)
    header = f" #{run['slug']} {run['status']} {_clock(run)}  {done}/{len(counts)}"
    screen.addnstr(0, 0, header, width - 1, curses.A_BOLD)
    for y, (status, left, right) in enumerate(_rows(run)[: height - 3], 1):
        look = curses.color_pair(COLOURS.get(status, 0))
        screen.addnstr(y, 0, left, width - 1, look)
        if right:
            screen.addnstr(y, width - len(right) - 1, right, len(right), look)
    screen.addnstr(height - 1, 0, " q quit", width - 1)
    screen.refresh()


def _watch(screen: curses.window) -> None:
    curses.use_default_colors()
    for colour in COLOURS.values():
        curses.init_pair(colour, colour, -1)
    curses.curs_set(0)
    screen.timeout(int(TICK_SECONDS * 1000))
    asked, run = -POLL_SECONDS, {}
    key = -1
    while key != ord("q"):
        if time.monotonic() - asked >= POLL_SECONDS:
            asked, run = time.monotonic(), _ask(sys.argv[1])
        _draw(screen, run)
        key = screen.getch()


if __name__ == "__main__":
    locale.setlocale(locale.LC_ALL, "")
    curses.wrapper(_watch)
