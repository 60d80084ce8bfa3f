"""A server of logs that does as it is told, and those who read from it."""

from itertools import pairwise

from cubewatch.api.errors import ApiError, Refused
from cubewatch.logs.cause import Cause
from cubewatch.logs.causes import CauseSearch
from cubewatch.logs.reader import CubePath, LogReader
from cubewatch.logs.search import LogText
from cubewatch.logs.spool import LogSpool, SpoolPool
from cubewatch.logs.state import LogState
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import LogPage
from cubewatch.runtime.clock import Timing
from tests.support.polling import REPO, HandTiming

CUBE: CubePath = ("142", "release", "build", "unit")
MISSING = Refused("not found", status=404)
HABITS = ("missing", "empty", "repeat")
"""What a page past the end may be."""


def spool_of(*pieces: bytes) -> LogSpool:
    spool = LogSpool()
    for piece in pieces:
        spool.append(piece)
    return spool


def causes_in(log: LogText) -> list[Cause]:
    """The likely causes in all of a log, the likeliest first."""
    search = CauseSearch(log)
    while search.step():
        pass
    return search.causes


def content(spool: LogSpool) -> bytes:
    return spool.read(0, spool.size)


class LogServer:
    """A log of `text` in pages of `size` characters. It begins `start` seconds after the clock's
    beginning, and so many characters a second (`rate`) come to it. `requests`: when, and which
    page.

    `closes_last`: the last page says that it is complete when the cube has finished.
    """

    def __init__(
        self,
        timing: Timing,
        text: str,
        size: int,
        *,
        habit: str = "missing",
        start: float = 0.0,
        rate: float = 1e9,
        closes_last: bool = True,
    ) -> None:
        self.timing = timing
        self.text = text
        self.size = size
        self.habit = habit
        self.begin = timing.now() + start
        self.rate = rate
        self.closes_last = closes_last
        self.requests: list[tuple[float, int]] = []

    @property
    def gaps(self) -> list[float]:
        moments = [moment for moment, _ in self.requests]
        return [later - sooner for sooner, later in pairwise(moments)]

    @property
    def pages(self) -> list[int]:
        return [page for _, page in self.requests]

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> LogPage:
        assert (repo, cube) == (REPO, CUBE)
        now = self.timing.now()
        self.requests.append((now, page))
        if now < self.begin:
            raise MISSING
        length = min(len(self.text), int((now - self.begin) * self.rate) + 1)
        done = length == len(self.text)
        starts = range(0, max(1, length), self.size)
        if page > len(starts):
            if self.habit == "missing":
                raise MISSING
            if self.habit == "blank":
                return LogPage("", page_complete=True, done=done)
            if self.habit == "empty":
                return LogPage("", page_complete=False, done=done)
            page = len(starts)
        start = starts[page - 1]
        text = self.text[start : min(start + self.size, length)]
        complete = len(text) == self.size or (done and self.closes_last)
        return LogPage(text, complete, done)


Step = LogPage | ApiError


class LogScript:
    """Answers in turn with what it is given, the last for ever."""

    def __init__(self, timing: HandTiming, *steps: Step) -> None:
        self.timing = timing
        self.steps = list(steps)
        self.requests: list[tuple[float, int]] = []

    async def cube_log(self, repo: RepoSlug, cube: CubePath, page: int) -> LogPage:
        self.requests.append((self.timing.now(), page))
        step = self.steps[min(len(self.requests), len(self.steps)) - 1]
        if isinstance(step, ApiError):
            raise step
        return step


def reader_of(source: LogServer | LogScript, pool: SpoolPool | None = None) -> LogReader:
    async def sourced() -> LogServer | LogScript:
        return source

    return LogReader(sourced, REPO, CUBE, source.timing, pool or SpoolPool())


async def read_all(
    reader: LogReader, most: int = 3000, *, end_first: bool = False
) -> list[LogState]:
    """All states until it is over, or the first `most`."""
    states: list[LogState] = []
    async for state in reader.updates(end_first=end_first):
        states.append(state)
        if len(states) >= most:
            break
    return states
