"""The messages of the live screen to the app."""

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from cubewatch.model.repository import RepoSlug
    from cubewatch.model.snapshot import Snapshot
    from cubewatch.ui.screens.live.screen import LiveScreen


class AlsoWatched(Message):
    """More runs belong to what the person watches: `[` and `]` lead to them."""

    def __init__(self, repo: "RepoSlug", slugs: tuple[str, ...]) -> None:
        super().__init__()
        self.repo = repo
        self.slugs = slugs


class News(Message):
    """A new state of the run of `screen`, control sequences for the terminal that announce it, and
    what to leave of it in the scrollback by now."""

    def __init__(
        self, screen: "LiveScreen", snapshot: "Snapshot", sequences: str, summary: list[str]
    ) -> None:
        super().__init__()
        self.screen = screen
        self.snapshot = snapshot
        self.sequences = sequences
        self.summary = summary
