"""`python -m tests.bench [ROUNDS]`: what cubewatch costs, measured with real processes.

Prints a line for each cost, with the aim where there is one: the first frame of the form beside
that of an empty Textual app; an answer about 10,000 cubes in time and memory; bytes written to a
terminal of 120×40 cells; requests; how well the end of a run is foreseen. Times are the least of
ROUNDS (8); compare the ratios, as the milliseconds are those of this machine. Bytes, requests and
what is foreseen are the same everywhere.
"""

import sys
import tempfile
from pathlib import Path

from tests.bench import answers, clocks, estimates, first_frame, logs, pour, soak, wire


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        for what, figure, aim in (
            *first_frame.rows(home, rounds),
            *answers.rows(home, rounds),
            *wire.rows(home),
            *logs.rows(home, rounds),
            *pour.rows(home),
            *estimates.rows(home),
            *clocks.rows(home),
            *soak.rows(home, 300),
        ):
            aimed = f"aim {aim}" if aim else ""
            sys.stdout.write(f"{what:<46}{figure:<32}{aimed}".rstrip() + "\n")


if __name__ == "__main__":
    main()
