"""The texts of the artifacts screen."""

from pathlib import Path
from typing import TYPE_CHECKING

from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cubewatch.api.client import CubePath
    from cubewatch.ui.screens.artifacts.artifact_rows import ArtifactRows


SAVE_TO = "save to "
NO_HOME = "There is no such home directory."


def title(run_slug: str, cubes: "Sequence[CubePath]", model: "ArtifactRows") -> str:
    """The title: whose artifacts they are, how many, and how many are saved."""
    of = " › ".join(cubes[0][1:]) if len(cubes) == 1 else f"{len(cubes)} cubes"
    parts = [f" Artifacts of #{run_slug}", of]
    if model.artifacts:
        saved = sum(
            1
            for key, transfer in model.transfers.items()
            if key in model.artifacts and transfer.state == "saved"
        )
        parts.append(f"{saved} of {len(model.artifacts)} saved")
    if model.marked:
        parts.append(f"{len(model.marked)} selected")
    return " · ".join(parts)


def saved_to(folder: Path, *, several: bool) -> str:
    """The line that says where artifacts are saved, in folders of their own if `several` cubes
    have some."""
    return f" saved to {shown(folder)}{'/…' if several else ''}"


def going_on(count: int) -> str:
    """The notice about downloads when the screen is left."""
    return "1 download goes on." if count == 1 else f"{count} downloads go on."


def shown(folder: Path) -> str:
    """A folder as people write it, with `~` for home."""
    try:
        below = folder.relative_to(Path.home())
    except (ValueError, RuntimeError):
        return inert(str(folder))
    return inert(str("~" / below))


def news(model: "ArtifactRows", progress: tuple[int, int] | None, broken: str) -> tuple[str, bool]:
    """The news about the row under the cursor, or of the list, and whether it is trouble.
    `progress`: how many cubes of how many have answered, while requests are running."""
    if broken:
        return f"loading has stopped, r tries again: {broken}", True
    current = model.current
    if current in model.troubles and isinstance(current, tuple):
        error = model.troubles[current]
        return f"{error} · {error.advice}", True
    if current is not None and not isinstance(current, tuple):
        transfer = model.transfers.get(current)
        if transfer and transfer.error:
            return f"{transfer.error} · {transfer.error.advice}", True
        if transfer and transfer.saved:
            return f"saved {shown(transfer.saved)}", False
    if progress:
        done, cubes = progress
        return "loading …" if cubes == 1 else f"loaded {done} of {cubes} cubes …", False
    if not model.rows:
        return "No artifacts: nothing here keeps a file, or not yet. r asks again.", False
    return "", False
