"""What a log of 100 MB costs: to its end, in memory, and searched, beside `grep` on the same."""

import json
import resource
import subprocess
import sys
from pathlib import Path

from tests.bench.big_log import EVERY, FREQUENT, RARE, write_big_log
from tests.bench.table import Row
from tests.conftest import ROOT

WORDS = (
    (RARE, "a rare word", "3"),
    (FREQUENT, "in a tenth of the lines", "3"),
    (EVERY, "in all", ""),
)


def _grep(word: str, file: Path, rounds: int) -> float:
    """Seconds of the processor for counting the lines with a word of any case."""
    took = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["grep", "-ciF", word, file], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(took)


def _figures(file: Path, rounds: int) -> dict[str, float]:
    """The least of each figure."""
    argv = [sys.executable, "-m", "tests.bench.big_log", str(file)]
    found: list[dict[str, float]] = []
    for _ in range(rounds):
        done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
        found.append(json.loads(done.stdout))
    return {name: min(one[name] for one in found) for name in found[0]}


def rows(home: Path, rounds: int) -> list[Row]:
    """Name, figure and aim of each line of the table."""
    file = home / "big.log"
    write_big_log(file)
    figures = _figures(file, max(1, rounds // 2))
    table = [
        ("log of 100 MB: taken in", f"{figures['end'] * 1000:.0f} ms", ""),
        ("log of 100 MB: memory", f"{figures['memory']:.0f} MB", "25 MB"),
        ("… after three searches and the causes", f"{figures['memory_searched']:.0f} MB", "25 MB"),
    ]
    for word, name, aim in WORDS:
        ours, grep = figures[word], _grep(word, file, rounds)
        each = f"{ours * 1000:.0f} / {grep * 1000:.0f} ms"
        table.append((f"search / grep: {name}", f"{ours / grep:.1f} ({each})", aim))
    table.append(("likely causes in all of it", f"{figures['errors'] * 1000:.0f} ms", ""))
    stop = max(figure for name, figure in figures.items() if name.endswith("_stop"))
    return [*table, ("longest stop meanwhile", f"{stop * 1000:.0f} ms", "100 ms")]
