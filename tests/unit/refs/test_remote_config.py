"""Workflows of a repository that we have no clone of."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from cubewatch.api.errors import Refused, Unreachable
from cubewatch.api.raw import RawHost
from cubewatch.git.git import GitError
from cubewatch.git.shallow import ShallowConfig
from cubewatch.model.git_ref import GitRef
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision
from cubewatch.refs.remote_config import RemoteConfig
from cubewatch.settings import Secret

if TYPE_CHECKING:
    from cubewatch.refs.ref_search import RefSearch

SHOP = RepoSlug("acme", "shop")
COMMIT = "3f2a91c8" * 5
MAIN = GitRevision("branch", "main")
CONFIG = "workflows: {release: {}}"


class Refs:
    """What the server's branches point at."""

    async def exists(self, kind: str, name: str) -> bool:
        return name == "main"

    def ref(self, kind: str, name: str) -> GitRef | None:
        return GitRef("branch", "main", COMMIT) if name == "main" else None


REFS = cast("RefSearch", Refs())


class Raw:
    """A raw host that answers with a text, or an error."""

    def __init__(self, answer: str | Exception) -> None:
        self.answer = answer
        self.commits: list[str] = []

    async def text(self, repo: RepoSlug, commit: str, path: str) -> str:
        self.commits.append(commit)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def factory(self) -> Callable[[], Awaitable[RawHost]]:
        async def make() -> RawHost:
            return cast("RawHost", self)

        return make


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, GitRevision]]:
    """What git was told to fetch; it has the config of every revision."""
    requests: list[tuple[str, str, GitRevision]] = []

    def fetch(url: str, password: str, revision: GitRevision) -> ShallowConfig:
        requests.append((url, password, revision))
        return ShallowConfig(COMMIT, CONFIG)

    monkeypatch.setattr("cubewatch.refs.remote_config.fetch_config", fetch)
    return requests


def remote(raw: Raw | None, cache: Path | None = None, git_url: str = "https://git.x") -> Any:
    return RemoteConfig(raw.factory() if raw else None, git_url, Secret("pv1_x"), cache)


async def test_a_public_config_is_read_by_its_commit(
    fetched: list[tuple[str, str, GitRevision]],
) -> None:
    raw = Raw(CONFIG)
    found = await remote(raw).at(SHOP, MAIN, REFS)
    assert found.config.workflows[0].name == "release"
    assert (found.source, found.trouble) == ("main", "")
    assert raw.commits == [COMMIT]
    assert fetched == []


async def test_a_private_config_is_fetched_with_the_token(
    fetched: list[tuple[str, str, GitRevision]],
) -> None:
    found = await remote(Raw(Refused("404", status=404))).at(SHOP, MAIN, REFS)
    assert found.config.workflows[0].name == "release"
    assert fetched == [("https://git.x/acme/shop.git", "pv1_x", MAIN)]


async def test_a_config_is_cached_by_its_commit(
    tmp_path: Path, fetched: list[tuple[str, str, GitRevision]]
) -> None:
    raw = Raw(CONFIG)
    folder = tmp_path / "config"
    await remote(raw, folder).at(SHOP, MAIN, REFS)
    await remote(raw, folder).at(SHOP, MAIN, REFS)
    assert raw.commits == [COMMIT]
    [kept] = folder.iterdir()
    assert kept.stat().st_mode & 0o077 == 0


async def test_a_name_the_server_lacks_is_not_asked_for() -> None:
    raw = Raw(CONFIG)
    found = await remote(raw).at(SHOP, GitRevision("branch", "nowhere"), REFS)
    assert found.trouble == "the server has no branch nowhere"
    found = await remote(raw).at(SHOP, GitRevision("commit", "3f2a91c"), REFS)
    assert "write out its hash" in found.trouble
    assert raw.commits == []


async def test_what_went_wrong_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> ShallowConfig:
        raise GitError("git fetch failed: no such host")

    monkeypatch.setattr("cubewatch.refs.remote_config.fetch_config", fail)
    found = await remote(Raw(Unreachable("no connection"))).at(SHOP, MAIN, REFS)
    assert found.config is None
    assert "no connection; git fetch failed: no such host" in found.trouble


async def test_a_broken_config_is_said_where(fetched: list[Any]) -> None:
    found = await remote(Raw("workflows: [")).at(SHOP, MAIN, REFS)
    assert "line 1" in found.trouble
