"""What the live screen asks of the app, which knows the other screens and the terminal."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from cubewatch.model.draft import Draft
    from cubewatch.model.repository import RepoSlug
    from cubewatch.model.run import Run
    from cubewatch.model.snapshot import Snapshot
    from cubewatch.ui.screens.log.cube_log import LogOpener


@dataclass
class News(Message):
    """A new state, control sequences for the terminal that tell of it, and what to leave in the
    scrollback by now."""

    snapshot: "Snapshot"
    sequences: str
    summary: list[str]


@dataclass
class ComposeAgain(Message):
    """The person wants the form, filled with what the run was started with. `repo`: that of the
    run, if it is not that of the app's session."""

    draft: "Draft"
    forgotten: tuple[tuple[str, str], ...]
    repo: "RepoSlug | None" = None


@dataclass
class OpenLog(Message):
    """The person wants the log of a cube (its slugs from the workflow down) to be all there is."""

    run_slug: str
    opener: "LogOpener"
    cube: tuple[str, ...]
    cube_status: str


@dataclass
class OpenArtifacts(Message):
    """The person wants the artifacts of these cubes (their slugs from the workflow down)."""

    run_slug: str
    cubes: list[tuple[str, str, str]]


@dataclass
class OpenSearch(Message):
    """The person wants to search the logs of the run, which `run` gives as it is known then."""

    run_slug: str
    run: "Callable[[], Run | None]"
