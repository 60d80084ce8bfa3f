"""OpeningScreen: what the keys of the live screen open beside it."""

from typing import TYPE_CHECKING

from cubewatch.model.draft import Draft
from cubewatch.ui.screens.live.freshness import Freshness
from cubewatch.ui.screens.live.messages import ComposeAgain, OpenArtifacts, OpenLog, OpenSearch
from cubewatch.ui.screens.live.side import Side
from cubewatch.ui.screens.live.watching import WatchingScreen
from cubewatch.ui.screens.live.where import slugs, telling_cube
from cubewatch.ui.widgets.run_tree import RunTree

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest
    from cubewatch.model.run import Run
    from cubewatch.model.snapshot import Snapshot
    from cubewatch.session import Session


class OpeningScreen(WatchingScreen):
    """A watched run with a tree to choose in. `request` is what it was started with, if we know;
    `forgotten` inputs (workflow, name) had a value that was kept nowhere."""

    def __init__(self, session: "Session", run_slug: str) -> None:
        super().__init__(session, run_slug)
        self.request: RunRequest | None = None
        self.forgotten: tuple[tuple[str, str], ...] = ()
        self._freshness = Freshness()
        self._tree = RunTree()
        self._side = Side(session, lambda: self.run_slug)

    @property
    def _snapshot(self) -> "Snapshot | None":
        return self._freshness.snapshot

    def action_log(self) -> None:
        """The log of the selected cube on the whole screen; of a task or workflow, that of the
        cube that failed or works."""
        cube = telling_cube(self._snapshot, self._tree.selected) if self._snapshot else None
        if self._snapshot is None or cube is None:
            self.notify("There is no cube here to show a log of.", markup=False)
            return
        self._tree.reveal(cube)
        path = slugs(self._snapshot, cube)
        cube_status = self._snapshot.status_of(cube)
        self.post_message(OpenLog(self.run_slug, self._side.opener(path), path, cube_status))

    def action_artifacts(self) -> None:
        """The artifacts of the selected node, to be downloaded."""
        from cubewatch.artifacts.list import cubes_with_artifacts

        if self._snapshot is None:
            return
        under = slugs(self._snapshot, self._tree.selected)
        cubes = [path[1:] for path in cubes_with_artifacts(self._snapshot.run, under)]
        self.post_message(OpenArtifacts(self.run_slug, cubes))

    def action_search(self) -> None:
        """Looks for a text in the logs of all cubes that have run."""
        if self._snapshot:
            self.post_message(OpenSearch(self.run_slug, self._known_run))

    def _known_run(self) -> "Run | None":
        return self._snapshot.run if self._snapshot else None

    def action_copy_url(self) -> None:
        """Puts the run's web address on the clipboard."""
        url = self.session.repo.run_url(self.run_slug)
        self.app.copy_to_clipboard(url)
        self.notify(f"Copied {url}", markup=False)

    def action_again(self) -> None:
        """Fills the form with what this run was started with."""
        if self.request:
            self.post_message(ComposeAgain(Draft.of(self.request), self.forgotten))
        else:
            self.notify("Only a run that was started from here can be run again.", markup=False)
