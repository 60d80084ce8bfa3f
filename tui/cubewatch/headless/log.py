"""`cubewatch log`: the log of a cube, or of all that failed, printed as it grows."""

import sys
from contextlib import aclosing
from typing import TYPE_CHECKING

from cubewatch.api.errors import ApiError
from cubewatch.headless.brief import Cubes, CubeStatus, print_briefs
from cubewatch.headless.log_text import LogPrinter
from cubewatch.headless.output import Output, Report
from cubewatch.headless.text import NOT_BEGUN
from cubewatch.logs.reader import CubePath, LogReader
from cubewatch.logs.spool import SpoolPool
from cubewatch.model import status
from cubewatch.runtime.exit_status import EXIT_NO_API, EXIT_USAGE
from cubewatch.settings.one_shot import PrintLog
from cubewatch.text.near_miss import did_you_mean
from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from cubewatch.logs.state import LogState
    from cubewatch.model.run import Run
    from cubewatch.session import Session

TRIES = 3
"""Failed readings in a row, each of up to three requests, until it is given up."""
LOOK_EVERY = 10.0
"""Seconds: how often the run is requested to see if a silent cube has ended."""
MAX_LISTED = 100
UNBEGUN = (*NOT_BEGUN, status.AWAITING_APPROVAL)


async def print_log(session: "Session", command: PrintLog, output: Output, report: Report) -> int:
    """Prints the logs of a command to `output`, and lines of trouble by `report`.

    Without `follow` an outage is given up after a few tries, with it after the first answer never.
    Returns the exit status: 0; 2 if no cube, or more than one, is called so, or there is no room
    for the log on the disk; 3 if the API refuses us or does not answer. Raises OutputError.
    """
    try:
        client = await session.client()
        run = await client.run(session.repo, command.run_slug)
    except ApiError as error:
        report(error.in_full)
        return EXIT_NO_API
    cubes = _cubes(run, command.run_slug)
    if command.failed:
        names = [name for name, cube in cubes.items() if cube.status in status.FAILURES]
        if not names:
            report(f"no cube of run #{command.run_slug} has failed")
    else:
        names = _matching_cubes(command.path, cubes)
        if len(names) != 1:
            report("\n".join(_no_match_lines(command, names, cubes)))
            return EXIT_USAGE
    if command.brief:
        return await print_briefs(session, {name: cubes[name] for name in names}, output, report)
    statuses = [0]
    for name in names:
        if command.failed:
            output.write([f"==> {name} <=="])
        reading = _LogCopy(session, command, name, cubes[name].path, output, report)
        statuses.append(await reading.read(run))
    return max(statuses)


def _cubes(run: "Run", slug: str) -> Cubes:
    return {
        f"{workflow.slug}/{task.slug}/{cube.slug}": CubeStatus(
            (slug, workflow.slug, task.slug, cube.slug), cube.status
        )
        for workflow in run.workflows
        for task in workflow.tasks
        for cube in task.cubes
    }


def _matching_cubes(path: str, cubes: Cubes) -> list[str]:
    """The cubes that match a path: by all of it, else by its end, else by any part of it."""
    if path in cubes:
        return [path]
    part = f"/{path.strip('/')}"
    at_end = [name for name in cubes if f"/{name}".endswith(part)]
    return at_end or [name for name in cubes if f"{part}/" in f"/{name}/"]


def _no_match_lines(command: PrintLog, names: list[str], cubes: Cubes) -> list[str]:
    """The error for a path that matches no cube, or several, with what would match."""
    slug = command.run_slug
    if not cubes:
        return [f"run #{slug} has no cubes, or none yet"]
    if not command.path:
        first, names = f"whose log? add a PATH, or --failed; run #{slug} has these cubes:", []
    elif names:
        first = f"{inert(command.path)} names {len(names)} cubes of run #{slug}, say more:"
    else:
        near = did_you_mean(command.path, cubes)
        first = f"no cube of run #{slug} is called {inert(command.path)}; {near or 'there are:'}"
    names = names or list(cubes)
    more = [f"  and {len(names) - MAX_LISTED} more"] if len(names) > MAX_LISTED else []
    return [first, *(f"  {name}  {cubes[name].status}" for name in names[:MAX_LISTED]), *more]


class _LogCopy:
    """Prints one log while it is loaded."""

    def __init__(
        self,
        session: "Session",
        command: PrintLog,
        name: str,
        path: CubePath,
        output: Output,
        report: Report,
    ) -> None:
        pool = SpoolPool(limit=sys.maxsize)  # it goes out as it comes: the disk is the limit
        self._session = session
        self._repo, self._timing = session.repo, session.timing
        self._command = command
        self._name = name
        self._report_line = report
        self._log = LogReader(session.client, self._repo, path, self._timing, pool)
        self._printer = LogPrinter(self._log.spool, output, raw=command.raw)
        self._status = ""
        self._look_at = self._timing.now() + LOOK_EVERY
        self._tries = 0
        self._waits = False

    async def read(self, run: "Run") -> int:
        """Prints the log to its end. Returns the exit status; raises OutputError."""
        self._take_run(run)
        try:
            async with aclosing(self._log.updates()) as updates:
                async for state in updates:
                    await self._take(state)
                    if self._is_over(state):
                        break
            if self._command.failed:
                self._printer.end_line()
            return self._end(self._log.state)
        finally:
            self._log.spool.drop()

    async def _take(self, state: "LogState") -> None:
        self._report_state(state)
        if state.restarted:
            self._printer.restarted()
        if self._printer.go_on(to_end=self._is_over(state)):
            self._report("the log has changed: it follows from there on")
        if state.phase in ("waiting", "quiet") and self._command.follow:
            await self._check_run()

    def _is_over(self, state: "LogState") -> bool:
        if self._log.is_over or state.phase == "refused":
            return True
        if self._command.follow:
            return False
        if state.phase == "trouble":
            return self._tries >= TRIES
        return self._log.is_read

    def _report_state(self, state: "LogState") -> None:
        """Reports trouble while the log goes on: once for each outage, and once that it waits."""
        if state.phase == "trouble":
            self._tries += 1
            if self._tries == 1:
                self._report(f"{state.error}; trying again")
        elif state.phase != "refused":
            if self._tries:
                self._report("an answer again")
            self._tries = 0
        if state.phase == "waiting" and self._command.follow and not self._waits:
            self._waits = True
            self._report(f"{self._why_empty()}, waiting")

    def _end(self, state: "LogState") -> int:
        """Reports the end, and returns the exit status."""
        if state.phase == "full":
            reason = state.error.strerror if isinstance(state.error, OSError) else None
            self._report(f"no room for more of it on the disk: {reason or 'full'}")
            return EXIT_USAGE
        if isinstance(state.error, ApiError):
            self._report(state.error.in_full)
            return EXIT_NO_API
        if state.phase == "gone":
            self._report(f"there is no log; the cube is {self._status or 'over'}")
        elif not self._log.spool.size:
            self._report(self._why_empty())
        return 0

    def _why_empty(self) -> str:
        words = "has not begun" if self._status in UNBEGUN else "has written nothing"
        return f"{words} ({self._status})" if self._status else words

    async def _check_run(self) -> None:
        """Checks now and then whether a silent cube has ended, which its log does not say."""
        if self._timing.now() < self._look_at:
            return
        self._look_at = self._timing.now() + LOOK_EVERY
        client = await self._session.client()
        try:
            run = await client.run(self._repo, self._command.run_slug)
        except ApiError:
            return  # the log's own requests tell of it
        self._take_run(run)

    def _take_run(self, run: "Run") -> None:
        if cube := _cubes(run, self._command.run_slug).get(self._name):
            self._status = cube.status
        is_over = self._status not in status.FINAL and run.status in status.FINAL
        self._log.cube_is(run.status if is_over else self._status)

    def _report(self, words: str) -> None:
        self._report_line(f"{self._name}: {words}")
