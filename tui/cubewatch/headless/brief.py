"""`cubewatch log --brief`: the likely causes in the logs of failed cubes, in at most 8 kB."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from cubewatch.headless.output import Output, Report
from cubewatch.logs.diagnosis import Diagnosis, diagnose
from cubewatch.logs.excerpt import BRIEF
from cubewatch.logs.handover import excerpt_title
from cubewatch.logs.masking import masked_line
from cubewatch.logs.reader import CubePath
from cubewatch.model import status
from cubewatch.runtime.exit_status import EXIT_NO_API

if TYPE_CHECKING:
    from cubewatch.session import Session

MAX_IN_FULL = 4
"""Cubes that share the room; of the others one line is printed."""


class CubeStatus(NamedTuple):
    """A cube of a run and its status."""

    path: CubePath
    status: str


Cubes = dict[str, CubeStatus]
"""The cubes of a run by their names (`release/build/unit`)."""


async def print_briefs(session: "Session", cubes: Cubes, output: Output, report: Report) -> int:
    """Prints a brief for each cube. Returns the exit status: 0, or 3 if a log could not be read.
    Raises OutputError."""
    room = BRIEF // max(1, min(len(cubes), MAX_IN_FULL))
    secrets = (session.settings.token.reveal(),)
    exit_status = 0
    for number, (name, cube) in enumerate(cubes.items()):
        log = session.logs().log(cube.path)
        log.cube_is(cube.status)
        found = await diagnose(log, room, thorough=True)
        if found.trouble:
            report(f"{name}: {found.trouble}")
            exit_status = EXIT_NO_API if log.state.error else exit_status
        elif len(cubes) > 1 and number >= MAX_IN_FULL:
            output.write([f"==> {name} <== {masked_line(found.cause, secrets)}"])
        else:
            head = [f"==> {name} <=="] if len(cubes) > 1 else []
            lines = _lines(found, cube.status)
            output.write([*head, *(masked_line(line, secrets) for line in lines)])
        log.spool.drop()
    return exit_status


def _lines(found: Diagnosis, cube_status: str) -> Iterator[str]:
    """The excerpts, each with a title. For a cube that has not failed nothing is called a cause."""
    for number, excerpt in enumerate(found.excerpts):
        yield from [""] if number else []
        if cube_status in status.FAILURES:
            yield f"--- {excerpt_title(found, excerpt, number)}"
        else:
            yield f"--- It has not failed ({cube_status or 'no status'}); the last lines of its log"
        yield from excerpt.lines
