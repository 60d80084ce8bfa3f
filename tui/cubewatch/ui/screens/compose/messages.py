"""The messages of the form to the app, which follows the run and knows the terminal."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from cubewatch.model.request import RunRequest
    from cubewatch.model.run import Run
    from cubewatch.session import Session


@dataclass
class Started(Message):
    """The server that `session` talks to has taken `request`, sent at `sent_at` (UTC), and
    answered with `run`."""

    session: "Session"
    run: "Run"
    request: "RunRequest"
    sent_at: datetime


@dataclass
class UnderWay(Message):
    """A request is being sent; `summary` is printed if the person leaves before the answer."""

    summary: list[str]
