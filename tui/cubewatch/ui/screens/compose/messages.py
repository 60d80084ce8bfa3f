"""The messages of the form to the app, which follows the run and knows the terminal."""

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from datetime import datetime

    from cubewatch.model.request import RunRequest
    from cubewatch.model.run import Run
    from cubewatch.session import Session


class Started(Message):
    """The server that `session` talks to has taken `request`, sent at `sent_at` (UTC), and
    answered with `run`."""

    def __init__(
        self, session: "Session", run: "Run", request: "RunRequest", sent_at: "datetime"
    ) -> None:
        super().__init__()
        self.session = session
        self.run = run
        self.request = request
        self.sent_at = sent_at


class UnderWay(Message):
    """A request is being sent; `summary` is printed if the person leaves before the answer."""

    def __init__(self, summary: list[str]) -> None:
        super().__init__()
        self.summary = summary
