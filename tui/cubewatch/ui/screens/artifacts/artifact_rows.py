"""ArtifactRows: the cubes with artifacts, and these, as rows from the top."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cubewatch.api.client import CubePath
    from cubewatch.api.errors import ApiError
    from cubewatch.artifacts.list import ArtifactKey
    from cubewatch.artifacts.transfer import Transfer
    from cubewatch.model.run import Artifact


class ArtifactRows:
    """`rows` holds the path of a cube, then the keys of its artifacts. `cursor` is an index into
    it, `marked` what the person has chosen."""

    def __init__(self) -> None:
        self.rows: list[CubePath | ArtifactKey] = []
        self.cursor = 0
        self.marked: set[ArtifactKey] = set()
        self.artifacts: dict[ArtifactKey, Artifact] = {}
        self.transfers: dict[ArtifactKey, Transfer] = {}
        self.troubles: dict[CubePath, ApiError] = {}
        self._cubes: dict[CubePath, list[ArtifactKey]] = {}

    @property
    def current(self) -> "CubePath | ArtifactKey | None":
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def take(self, cube: "CubePath", found: "dict[ArtifactKey, Artifact] | ApiError") -> None:
        """Takes the artifacts of a cube; one whose request failed keeps those it had."""
        current = self.current
        if isinstance(found, dict):
            for key in self._cubes.get(cube, ()):
                del self.artifacts[key]
            self._cubes[cube] = list(found)
            self.artifacts.update(found)
            self.troubles.pop(cube, None)
        else:
            self._cubes.setdefault(cube, [])
            self.troubles[cube] = found
        self.marked &= self.artifacts.keys()
        self.rows = list(self._visible())
        if current in self.rows:
            self.cursor = self.rows.index(current)
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))

    def _visible(self) -> "Iterator[CubePath | ArtifactKey]":
        for cube, keys in self._cubes.items():
            if keys or cube in self.troubles:
                yield cube
                yield from keys

    def chosen(self) -> "list[ArtifactKey]":
        """The marked artifacts; without any those under the cursor: one, or all of a cube."""
        if self.marked:
            return [key for key in self.artifacts if key in self.marked]
        return self.under_cursor()

    def under_cursor(self) -> "list[ArtifactKey]":
        current = self.current
        if current is None:
            return []
        return list(self._cubes[current]) if isinstance(current, tuple) else [current]

    def open(self, keys: "Iterable[ArtifactKey]") -> "list[ArtifactKey]":
        """The artifacts that can be downloaded and are not saved yet."""
        saved = {key for key, transfer in self.transfers.items() if transfer.state == "saved"}
        return [key for key in keys if self.artifacts[key].download_url and key not in saved]

    def toggle(self) -> None:
        """Marks what the cursor is on, or takes the marks away if all of it is marked."""
        keys = set(self.under_cursor())
        self.marked = self.marked - keys if keys <= self.marked else self.marked | keys
