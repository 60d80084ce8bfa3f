"""The messages that open a log or artifacts from a run."""

from typing import TYPE_CHECKING

from cubewatch.model import status
from cubewatch.runtime.folders import current_folder
from cubewatch.ui.screens.live.where import slugs
from cubewatch.ui.screens.registry import OpenScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from cubewatch.model.snapshot import Path, Snapshot
    from cubewatch.session import Session
    from cubewatch.ui.screens.log.cube_log import LogOpener


def log_of_cube(
    session: "Session",
    run_slug: str,
    snapshot: "Snapshot",
    cube: "Path",
    opener_of: "Callable[[tuple[str, ...]], LogOpener]",
) -> OpenScreen:
    """The log of a cube on the whole screen, at its likely cause if it failed."""
    path, cube_status = slugs(snapshot, cube), snapshot.status_of(cube)
    return OpenScreen(
        "log",
        repo=session.repo,
        timing=session.timing,
        opener=opener_of(path),
        run_slug=run_slug,
        cube=path,
        cube_status=cube_status,
        at_cause=cube_status in status.FAILURES,
    )


def artifacts_under(
    session: "Session", run_slug: str, snapshot: "Snapshot", node: "Path"
) -> OpenScreen:
    """The artifacts of a node and of those below it."""
    from cubewatch.artifacts.list import cubes_with_artifacts

    under = slugs(snapshot, node)
    cubes = [path[1:] for path in cubes_with_artifacts(snapshot.run, under)]
    return OpenScreen(
        "artifacts", repo=session.repo, run_slug=run_slug, cubes=cubes, folder=current_folder()
    )
