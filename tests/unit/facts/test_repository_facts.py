"""What is known of a repository, loaded without a screen."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import pytest

from cubewatch.api.errors import ApiError, Refused, Unreachable
from cubewatch.facts import Facts, RepositoryFacts
from cubewatch.git.surroundings import ConfigFound
from cubewatch.model.around import Quota, Quotas
from cubewatch.model.config import CiConfig, WorkflowSpec
from cubewatch.model.draft import HEAD, RevisionDraft
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision
from cubewatch.model.run import Run, Workflow
from cubewatch.session import Session
from cubewatch.settings import Settings
from cubewatch.ui.screens.compose.texts import quotas
from tests.support.compose import Recorder

if TYPE_CHECKING:
    from cubewatch.api.client import Client
    from cubewatch.refs.remote_config import RemoteConfig

SHOP, SITE = RepoSlug("acme", "shop"), RepoSlug("acme", "site")
DEFAULT = RevisionDraft()
CONFIG = ConfigFound(CiConfig((WorkflowSpec("release"),)), "main", "blob")


class Place:
    """A place without a clone, whose configs are those of `configs`, by branch. `remote`: configs
    can also be read from the server, as `remote BRANCH`."""

    def __init__(self, *, remote: bool = False) -> None:
        self.recorder = Recorder(())
        self.configs: dict[str, ConfigFound] = {"main": CONFIG}
        self.read: list[str] = []
        self.session = Session(
            Settings(SHOP),
            client=lambda _: cast("Client", self.recorder),
            find_clone=lambda: None,
            read_config=self.read_config,
            remote_config=cast("RemoteConfig", self) if remote else None,
        )

    async def read_config(self, revision: GitRevision | None) -> ConfigFound:
        return self._read(revision.name if revision else "")

    async def at(self, repo: RepoSlug, revision: GitRevision, refs: object) -> ConfigFound:
        """As `RemoteConfig` has it."""
        return self._read(f"remote {revision.name}")

    def _read(self, name: str) -> ConfigFound:
        self.read.append(name)
        return self.configs.get(name, ConfigFound())


@asynccontextmanager
async def facts_of(place: Place) -> AsyncIterator[RepositoryFacts]:
    facts = RepositoryFacts(place.session)
    try:
        yield facts
    finally:
        facts.close()


async def becomes(facts: RepositoryFacts, true: Callable[[Facts], object]) -> None:
    """Wait until the facts are so, woken by nothing but the calls of subscribers."""
    changed = asyncio.Event()
    facts.subscribe(changed.set)
    async with asyncio.timeout(30):
        while not true(facts.now):
            changed.clear()
            await changed.wait()


async def test_the_config_of_the_default_branch_is_read() -> None:
    place = Place()
    async with facts_of(place) as facts:
        facts.locate()
        await becomes(facts, lambda now: now.is_located)
        facts.choose(SHOP)
        assert facts.now.is_reading
        facts.follow(DEFAULT, DEFAULT)
        await becomes(facts, lambda now: now.config is CONFIG)
        assert not facts.now.is_reading
        assert (facts.now.default_branch, facts.now.api_state) == ("main", "signed in")


async def test_the_config_of_a_named_branch_is_read_in_its_place() -> None:
    place = Place()
    other = place.configs["ci/new"] = ConfigFound(CiConfig((WorkflowSpec("b"),)), "ci/new")
    async with facts_of(place) as facts:
        facts.choose(SHOP)
        facts.follow(DEFAULT, DEFAULT)
        await becomes(facts, lambda now: now.config is CONFIG)
        facts.follow(DEFAULT, RevisionDraft("branch", "ci/new"))
        assert facts.now.is_reading
        await becomes(facts, lambda now: now.config is other)


async def test_a_config_without_a_name_is_not_read() -> None:
    place = Place()
    async with facts_of(place) as facts:
        facts.choose(SHOP)
        facts.follow(DEFAULT, RevisionDraft("branch", ""))
        await becomes(facts, lambda now: now.is_surveyed and not now.is_config_named)
        assert not facts.now.is_reading
        assert place.read == []


async def test_without_a_clone_the_config_of_the_server_comes_first() -> None:
    place = Place(remote=True)
    found = place.configs["remote main"] = ConfigFound(CiConfig((WorkflowSpec("r"),)), "main", "b")
    async with facts_of(place) as facts:
        facts.choose(SHOP)
        facts.follow(DEFAULT, DEFAULT)
        await becomes(facts, lambda now: now.config is found)
        assert place.read[-1] == "remote main"


async def test_where_the_server_gives_no_config_the_file_here_is_taken() -> None:
    place = Place(remote=True)
    async with facts_of(place) as facts:
        facts.choose(SHOP)
        facts.follow(DEFAULT, DEFAULT)
        await becomes(facts, lambda now: now.config is CONFIG)


async def test_without_a_config_recent_workflows_are_known() -> None:
    place = Place()
    place.configs = {}
    place.recorder.runs_there = (Run(slug="7", workflows=(Workflow(slug="deploy"),)),)
    async with facts_of(place) as facts:
        facts.choose(SHOP)
        facts.follow(DEFAULT, DEFAULT)
        await becomes(facts, lambda now: now.recent == ("deploy",))


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (Refused("401", status=401), "token refused"),
        (Refused("404", status=404), "not found"),
        (Unreachable("no route"), "no answer"),
        (RuntimeError("a slip"), "no answer"),
    ],
)
async def test_an_api_that_does_not_answer_is_said(trouble: ApiError, state: str) -> None:
    place = Place()
    place.recorder.trouble = trouble
    async with facts_of(place) as facts:
        facts.choose(SHOP)
        facts.follow(DEFAULT, DEFAULT)
        await becomes(facts, lambda now: now.api_state == state)
        assert facts.now.api_trouble
        await becomes(facts, lambda now: not now.is_reading)


async def test_quotas_are_known_where_the_server_gives_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = Place()
    minutes = Quota("ci.minutes", 812, 1000)

    async def mine(org: str) -> Quotas:
        return Quotas((minutes,))

    monkeypatch.setattr(place.recorder, "my_quotas", mine)
    async with facts_of(place) as facts:
        facts.choose(SHOP)
        await becomes(facts, lambda now: now.quotas == (minutes,))
    assert quotas((Quota("x"), Quota("y", 1, 0), minutes)) == (
        "quota ci.minutes: 812 of 1,000 used",
    )


async def test_what_the_server_lacks_is_a_warning() -> None:
    async with facts_of(Place()) as facts:
        facts.choose(SHOP)
        facts.follow(RevisionDraft("branch", "nowhere"), DEFAULT)
        await becomes(facts, lambda now: "no branch nowhere" in now.revision(HEAD).warning)


async def test_another_repository_forgets_what_was_known() -> None:
    place = Place()
    async with facts_of(place) as facts:
        facts.choose(SHOP)
        facts.follow(DEFAULT, DEFAULT)
        await becomes(facts, lambda now: now.config is CONFIG)
        facts.choose(SITE)
        assert (facts.now.config, facts.now.default_branch, facts.now.api_state) == (None, "", "")
        assert facts.now.is_reading
        assert place.session.repo == SITE


async def test_no_subscriber_is_called_after_the_end() -> None:
    facts = RepositoryFacts(Place().session)
    calls: list[str] = []
    facts.subscribe(lambda: calls.append("changed"))
    facts.choose(SHOP)
    calls.clear()
    facts.close()
    await asyncio.sleep(0.05)
    assert calls == []
