"""RawHost: files of public repositories, from a host that never gets a token."""

import re

import httpx

from cubewatch.api.errors import NotJson
from cubewatch.api.exchange import Exchange, Limits
from cubewatch.model.repository import RepoSlug, segment
from cubewatch.runtime.clock import Timing
from cubewatch.settings import Secret

LIMITS = Limits(deadline=15.0, body=1_000_000)
_HASH = re.compile(r"[0-9a-f]{40,64}")


class RawHost:
    """A client for `/raw/ORG/REPO/COMMIT/PATH`. Raises ValueError for an address that is neither
    https nor this machine."""

    def __init__(self, url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._exchange = Exchange(url, Secret(""), transport, LIMITS, Timing())

    async def text(self, repo: RepoSlug, commit: str, path: str) -> str:
        """A file at a commit, by its full hash. Raises ApiError: `Refused` where there is none, or
        the repository is private."""
        if not _HASH.fullmatch(commit):
            raise ValueError(f"{commit} is no full hash")
        parts = (repo.org, repo.repo, commit, *path.split("/"))
        target = f"/raw/{'/'.join(map(segment, parts))}"
        answer = await self._exchange.once("GET", target, seconds=LIMITS.deadline)
        if answer.web_page:
            raise NotJson("a web page came instead of the file", status=200, web_page=True)
        return answer.body.decode("utf-8-sig", "replace")

    async def close(self) -> None:
        """Close the connections."""
        await self._exchange.close()
