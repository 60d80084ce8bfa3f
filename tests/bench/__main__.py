"""`python -m tests.bench [ROUNDS]`: what cubewatch costs, measured with real processes.

Prints a line for each cost, with the aim where there is one: the first frame of the form beside
that of an empty Textual app; an answer about 10,000 cubes in time and memory; how long a key has to
wait then; bytes written to a terminal of 120×40 cells; requests; how well the end of a run is
foreseen; a minute of clocks beside what other programs take for the same. Times are the least of
ROUNDS (8); compare the ratios, as the milliseconds are those of this machine. Bytes, requests and
what is foreseen are the same everywhere.

`python -m tests.bench soak [POLLS]`: nothing but a long day before the live screen, of which the
other form has a short one. 15,000 polls, the length of eight hours, take some five minutes.
"""

import sys
import tempfile
from pathlib import Path

from tests.bench import answers, clocks, estimates, first_frame, logs, pour, quickness, soak, wire
from tests.bench.table import write

SHORT_SOAK = 900


def _every(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        write(first_frame.rows(home, rounds))
        write(answers.rows(home, rounds))
        write(quickness.rows(rounds))
        write(wire.rows(home))
        write(logs.rows(home, rounds))
        write(pour.rows(home))
        write(estimates.rows(home))
        write(clocks.rows(home))
        write(soak.rows(SHORT_SOAK))


def _soak(polls: int) -> None:
    """Says on the terminal how far it is, unless that is a file."""
    terminal = sys.__stderr__

    def report(done: int) -> None:
        if terminal and terminal.isatty():
            terminal.write(f"\r{done:,} of {polls:,} polls" + ("\r\x1b[K" if done == polls else ""))
            terminal.flush()

    write(soak.rows(polls, report))


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["soak"]:
        _soak(max(2 * soak.WARM, int(arguments[1])) if arguments[1:] else soak.WHOLE)
    else:
        _every(int(arguments[0]) if arguments else 8)


if __name__ == "__main__":
    main()
