"""Earlier runs of a repository, and an API that lists and gives them."""

import json
from datetime import timedelta

from cubewatch.api.client import Answer
from cubewatch.api.errors import Unreachable
from cubewatch.model.decode import read
from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import RunPage
from tests.support.polling import WALL
from tests.support.runs import Json, cube, run, task, workflow


def made(slug: int, *workflows: str, status: str = "success", seconds: float = 40) -> Json:
    """A run that began `slug` minutes after the day before the clock's begin."""
    begin = WALL - timedelta(days=1) + timedelta(minutes=slug)
    dates = {
        "created_at": begin.isoformat(),
        "started_at": (begin + timedelta(seconds=2)).isoformat(),
        "finished_at": (begin + timedelta(seconds=2 + seconds)).isoformat(),
    }
    built = task("t", status, cube("c", status, dates=dates), dates=dates)
    names = workflows or ("release",)
    parts = [workflow(name, status, built, dates=dates) for name in names]
    return {**run(status, *parts, dates=dates), "slug": str(slug)}


class PastApi:
    """Lists and gives runs; counts the requests."""

    def __init__(self, *newest_first: Json, page_size: int = 50) -> None:
        self.runs_there = list(newest_first)
        self.page_size = page_size
        self.requests: list[str] = []
        self.fails_after = 1000

    async def source(self) -> "PastApi":
        return self

    def _count(self, what: str) -> None:
        if len(self.requests) >= self.fails_after:
            raise Unreachable("no answer")
        self.requests.append(what)

    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage:
        self._count("list")
        start = int(page_token or 0)
        shown = self.runs_there[start : start + self.page_size]
        bare = [
            {**one, "workflows": [{**each, "tasks": []} for each in one["workflows"]]}
            for one in shown
        ]
        end = start + self.page_size
        token = str(end) if end < len(self.runs_there) else ""
        return read(RunPage, json.dumps({"runs": bare, "next_page_token": token}).encode())

    async def run_answer(self, repo: RepoSlug, slug: str) -> Answer:
        self._count(slug)
        [found] = [one for one in self.runs_there if one["slug"] == slug]
        return Answer(json.dumps(found).encode(), None)
