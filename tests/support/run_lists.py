"""Lists of runs as a server gives them: several repositories, page by page."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from cubewatch.api.client import Answer
from cubewatch.api.errors import ApiError, ServerTrouble
from cubewatch.model.around import RepositoryPage, User
from cubewatch.model.repository import RepoSlug
from tests.support.runs import Json, dates, progress, workflow


def listed(slug: int, status: str = "success") -> Json:
    """A run as a list has it."""
    return {
        "slug": str(slug),
        "status": status,
        "dates": dates(1),
        "workflows": [workflow("checks", status, progress=progress(0.5))],
    }


class Lists:
    """Repositories with their runs, newest first, in pages; counts what was requested."""

    server_ahead = timedelta()

    def __init__(self, **repositories: list[Json]) -> None:
        self.runs = {RepoSlug("acme", name): list(runs) for name, runs in repositories.items()}
        self.whole: dict[str, Json] = {}
        self.troubles: dict[RepoSlug, ApiError] = {}
        self.lists: list[tuple[RepoSlug, str]] = []
        self.details: list[str] = []
        self.gives_etags = False

    async def runs_answer(
        self, repo: RepoSlug, *, page_size: int, page_token: str = "", etag: str = ""
    ) -> Answer:
        self.lists.append((repo, page_token))
        await asyncio.sleep(0)
        if repo in self.troubles:
            raise self.troubles[repo]
        start = int(page_token or 0)
        page = self.runs[repo][start : start + page_size]
        token = str(start + len(page)) if page else ""
        body = json.dumps({"runs": page, "next_page_token": token}).encode()
        named = str(hash(body)) if self.gives_etags else ""
        if named and named == etag:
            return Answer(b"", None, etag=named, not_modified=True)
        return Answer(body, None, etag=named)

    async def run_answer(self, repo: RepoSlug, slug: str, etag: str = "") -> Answer:
        self.details.append(slug)
        if slug not in self.whole:
            raise ServerTrouble("the server has trouble (500)", status=500)
        return Answer(json.dumps(self.whole[slug]).encode(), None)

    def requests_of(self, repo: RepoSlug) -> int:
        return sum(listed == repo for listed, _ in self.lists)

    async def user(self) -> User:
        return User(username="ivan")

    async def my_repositories(self, **_: Any) -> RepositoryPage:
        return RepositoryPage()

    async def close(self) -> None:
        pass
