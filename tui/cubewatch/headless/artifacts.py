"""`cubewatch artifacts`: lists the artifacts of a run, or downloads them, in plain lines."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cubewatch.runtime.exit_status import EXIT_FAILED, EXIT_NO_API, EXIT_USAGE
from cubewatch.runtime.folders import current_folder
from cubewatch.text.format import duration
from cubewatch.text.near_miss import did_you_mean
from cubewatch.text.sanitize import inert
from cubewatch.text.size import size_text

if TYPE_CHECKING:
    from cubewatch.api.client import CubePath
    from cubewatch.api.errors import ApiError
    from cubewatch.artifacts.downloads import Downloads
    from cubewatch.artifacts.list import ArtifactKey
    from cubewatch.artifacts.transfer import Transfer
    from cubewatch.model.run import Artifact
    from cubewatch.session import Session

STATUS = 10
PROGRESS_EVERY = 5.0
"""Seconds between two lines about a file."""

Write = Callable[[str], object]
"""Takes a line without its end."""
Known = dict["ArtifactKey", "Artifact"]


async def artifacts(
    session: "Session",
    run_slug: str,
    paths: Sequence[str] = (),
    *,
    folder: Path | None = None,
    everything: bool = False,
    write: Write,
    report: Write,
) -> int:
    """Lists the artifacts of a run, or downloads those that `paths` name, or `everything`.

    A path is that of a workflow, task or cube (`release/build/unit`: all it keeps), an artifact's
    own (`dist/app.tar.gz`: of whichever cube) or both in one. What comes is saved below `folder`
    (None: the current directory); where it comes of several cubes, in directories named as these.
    `write` takes the output (a line for each artifact: its status, its cube and path; for
    each saved file where it stands), `report` takes progress and trouble. Both are inert.

    Returns the exit status: 0; 1 if a file did not come; 2 if a path names nothing; 3 if the API
    refuses us or does not answer. Canceled, it leaves part files, which the next call continues.
    """
    from cubewatch.api.errors import ApiError
    from cubewatch.artifacts.list import cubes_with_artifacts

    try:
        client = await session.client()
        run = await client.run(session.repo, run_slug)
        downloads = await session.downloads()
        found, lost = await _list_artifacts(
            downloads, _named_cubes(cubes_with_artifacts(run), paths), report
        )
    except ApiError as error:
        report(error.in_full)
        return EXIT_NO_API
    if not paths and not everything:
        for key, artifact in found.items():
            write(f"{artifact.status or 'no status':<{STATUS}}  {_path(key)}")
        return EXIT_NO_API if lost else 0
    wanted = {key for key, one in found.items() if everything and one.download_url}
    for path in paths:
        named = [key for key in found if _matches(path, key)]
        if not named:
            near = did_you_mean(
                path,
                [name for key in found for name in (_path(key), "/".join(key.cube[1:]))],
            )
            reason = near or "this run keeps no such artifact, and no cube of it is called so"
            report(f"{inert(path)}: {reason}")
            return EXIT_NO_API if lost else EXIT_USAGE
        wanted.update(named)
    chosen = {key: artifact for key, artifact in found.items() if key in wanted}
    come = await _download(downloads, chosen, folder or current_folder(), write, report)
    return (EXIT_NO_API if lost else 0) if come else EXIT_FAILED


def _named_cubes(cubes: "list[CubePath]", paths: Sequence[str]) -> "list[CubePath]":
    """Only the cubes that are named, if every path names some."""
    named = [[cube for cube in cubes if _is_below(path, cube)] for path in paths]
    if not named or not all(named):
        return cubes
    return [cube for cube in cubes if any(cube in some for some in named)]


async def _list_artifacts(
    downloads: "Downloads", cubes: "Iterable[CubePath]", report: Write
) -> "tuple[Known, list[ApiError]]":
    """The artifacts of the cubes, and the errors of failed requests."""
    found: Known = {}
    lost: list[ApiError] = []
    async for cube, answer in downloads.artifacts.each(cubes):
        if isinstance(answer, dict):
            found |= answer
        else:
            report(f"{'/'.join(cube[1:])}: {answer}")
            lost.append(answer)
    return found, lost


def _path(key: "ArtifactKey") -> str:
    return "/".join((*key.cube[1:], key.local_path))


def _is_below(path: str, cube: "CubePath") -> bool:
    """Whether a path names the cube, a workflow or task above it, or an artifact below it."""
    names = "/".join(cube[1:])
    path = path.rstrip("/")
    return f"{names}/".startswith(f"{path}/") or path.startswith(f"{names}/")


def _matches(path: str, key: "ArtifactKey") -> bool:
    whole, path = _path(key), path.rstrip("/")
    return path in (key.local_path, whole) or f"{'/'.join(key.cube[1:])}/".startswith(f"{path}/")


async def _download(
    downloads: "Downloads", chosen: Known, folder: Path, write: Write, report: Write
) -> bool:
    """Downloads the chosen artifacts, prints the progress, and returns whether all were saved."""
    from cubewatch.artifacts.downloads import until_done

    several = len({key.cube for key in chosen}) > 1
    for key, artifact in chosen.items():
        downloads.add(key, artifact.download_url, folder, key.cube[1:] if several else ())
    said: dict[ArtifactKey, float] = {}
    over: set[ArtifactKey] = set()
    transfers: dict[ArtifactKey, Transfer] = {}
    now = downloads.now
    async for transfers in until_done(downloads):
        for key, transfer in transfers.items():
            if transfer.state == "running":
                if now() - said.setdefault(key, now()) >= PROGRESS_EVERY:
                    said[key] = now()
                    report(f"{_path(key)}  {_progress(transfer)}")
            elif transfer.state == "saved" and key not in over:
                over.add(key)
                write(inert(str(transfer.saved)))
            elif transfer.error and key not in over:
                over.add(key)
                report(f"{_path(key)}: {transfer.error}. {transfer.error.advice}")
    return all(transfer.state == "saved" for transfer in transfers.values())


def _progress(transfer: "Transfer") -> str:
    parts = [size_text(transfer.done)]
    if transfer.total:
        parts = [f"{parts[0]} of {size_text(transfer.total)}", f"{transfer.fraction or 0:.0%}"]
    if transfer.speed is not None:
        parts.append(f"{size_text(transfer.speed)}/s")
    if transfer.left is not None:
        parts.append(f"{duration(transfer.left)} left")
    return "  ".join(parts)
