"""Finding nodes in a snapshot."""

from typing import TYPE_CHECKING

from cubewatch.model.depth import CUBE_DEPTH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cubewatch.model.snapshot import Path, Snapshot


def first_in_tree(items: "Iterable[Path]", wanted: "Collection[Path]") -> "Path":
    """The first of `items`, from the top of the tree, that is wanted."""
    return next(path for path in items if path in wanted)


def most_relevant_cube(snapshot: "Snapshot", path: "Path") -> "Path | None":
    """The cube at `path`; of what is above cubes, the first that failed or works, else the first;
    None if there is none."""
    below = [p for p in snapshot.items if len(p) == CUBE_DEPTH and p[: len(path)] == path]
    telling = [p for p in below if p in snapshot.failed or p in snapshot.current]
    return next(iter(telling or below), None)


def slugs(snapshot: "Snapshot", path: "Path") -> tuple[str, ...]:
    """The slugs of the nodes of a path, whose keys may differ from them for twins."""
    return tuple(snapshot.items[path[: depth + 1]].slug for depth in range(len(path)))
