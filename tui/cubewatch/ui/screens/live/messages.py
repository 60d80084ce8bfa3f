"""The messages of the live screen to the app."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from cubewatch.model.repository import RepoSlug
    from cubewatch.model.snapshot import Snapshot
    from cubewatch.ui.screens.live.screen import LiveScreen


@dataclass
class AlsoWatched(Message):
    """More runs belong to what the person watches: `[` and `]` lead to them."""

    repo: "RepoSlug"
    slugs: tuple[str, ...]


@dataclass
class News(Message):
    """A new state of the run of `screen`, control sequences for the terminal that announce it, and
    what to leave of it in the scrollback by now."""

    screen: "LiveScreen"
    snapshot: "Snapshot"
    sequences: str
    summary: list[str]
