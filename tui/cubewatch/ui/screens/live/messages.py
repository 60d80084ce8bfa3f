"""What the live screen tells the app, which knows the terminal."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from cubewatch.model.snapshot import Snapshot


@dataclass
class News(Message):
    """A new state, control sequences for the terminal that announce it, and what to leave in the
    scrollback by now."""

    snapshot: "Snapshot"
    sequences: str
    summary: list[str]
