"""The form over a client that keeps what it is asked, and a person before it."""

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pytest
from textual import on
from textual.pilot import Pilot
from textual.screen import Screen
from textual.types import CSSPathType

from cubewatch.api.errors import Refused
from cubewatch.api.exchange import Answer
from cubewatch.git.clone import Clone
from cubewatch.git.surroundings import ConfigFound
from cubewatch.model.around import Quotas, User
from cubewatch.model.config import CiConfig, CubeSpec, InputSpec, TaskSpec, WorkflowSpec
from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision, RunRequest
from cubewatch.model.run import Branch, BranchPage, Commit, Repository, Run, RunPage, Tag, TagPage
from cubewatch.session import Session
from cubewatch.settings import ComposeFirst, Preset, Settings
from cubewatch.ui.screens.compose.messages import Started
from cubewatch.ui.screens.compose.screen import ComposeScreen
from cubewatch.ui.screens.registry import OpenScreen
from cubewatch.ui.serial_input import SerialInputApp
from cubewatch.ui.styles import style_sheets
from tests.ui.snapshots import screen_text

if TYPE_CHECKING:
    from cubewatch.api.client import Client

SIZES = [(80, 24), (120, 40), (40, 12)]
TIMEOUT = 60
BRANCHES = ("main", "release/1.4", "release/1.5", "ci/new", "fix/cart")
TAGS = ("v1", "v1.4.2", "v2")
EXPECTED = (
    b'{"head":{"branch":"release/1.5"},"workflows":'
    b'[{"name":"release","values":[{"name":"VERSION","value":"1.5.0"}]}]}'
)
CONFIG = CiConfig(
    (
        WorkflowSpec(
            "release",
            (
                InputSpec("VERSION", required=True, description="becomes the tag"),
                InputSpec("CHANNEL", default="stable", options=("stable", "beta")),
            ),
            (
                TaskSpec(
                    "build",
                    (),
                    (
                        CubeSpec("compile"),
                        CubeSpec("unit", ("compile",)),
                        CubeSpec("lint", ("compile",)),
                        CubeSpec("package", ("unit", "lint")),
                    ),
                ),
                TaskSpec("e2e", ("build",)),
            ),
        ),
        WorkflowSpec("nightly"),
    )
)
FILLED = Draft(
    RevisionDraft("branch", "release/1.5"),
    workflows=(WorkflowDraft("release", (("VERSION", "1.5.0"),)),),
)


class Recorder:
    """A client that keeps what it is asked to run, and answers when it is let. Its server has
    BRANCHES and TAGS."""

    def __init__(self, answers: Sequence[Run | Exception]) -> None:
        self.requests: list[RunRequest] = []
        self.repos: list[RepoSlug] = []
        self.go_on = asyncio.Event()
        self.trouble: Exception | None = None
        self.default_branch = "main"
        self.commits: dict[str, str] = {}
        self.runs_there: tuple[Run, ...] = ()
        self.server_ahead = timedelta()
        self._answers = list(answers)

    async def close(self) -> None:
        """Nothing is open."""

    async def repository(self, repo: RepoSlug) -> Repository:
        if self.trouble:
            raise self.trouble
        return Repository(default_branch=self.default_branch)

    async def branches(self, repo: RepoSlug, containing: str, **_page: object) -> BranchPage:
        found = [name for name in BRANCHES if containing in name]
        return BranchPage(tuple(Branch(name, Commit(self.commits.get(name, ""))) for name in found))

    async def tags(self, repo: RepoSlug, containing: str, **_page: object) -> TagPage:
        return TagPage(tuple(Tag(name=name) for name in TAGS if containing in name))

    async def runs(self, repo: RepoSlug, **_page: object) -> RunPage:
        return RunPage(self.runs_there)

    async def runs_answer(self, repo: RepoSlug, **_page: object) -> Answer:
        runs = [
            {
                "slug": run.slug,
                "status": run.status,
                "workflows": [{"slug": workflow.slug} for workflow in run.workflows],
                "user": {"slug": run.user.slug},
            }
            for run in self.runs_there
        ]
        return Answer(json.dumps({"runs": runs}).encode(), None)

    async def quotas(self, org: str) -> Quotas:
        raise Refused("403", status=403)

    async def my_quotas(self, org: str) -> Quotas:
        return Quotas()

    async def user(self) -> User:
        return User(id="u-1", username="olga")

    async def run_workflows(self, repo: RepoSlug, request: RunRequest) -> Run:
        self.repos.append(repo)
        self.requests.append(request)
        await self.go_on.wait()
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class ScriptedPlace:
    """A place without a clone, whose client and configs a test sets."""

    def __init__(self, config: CiConfig | Exception | None, answers: Sequence[Run | Exception]):
        self.recorder = Recorder(answers)
        self.session = Session(
            Settings(RepoSlug("acme", "shop")),
            client=lambda _: cast("Client", self.recorder),
            find_clone=lambda: None,
            read_config=self.read_config,
        )
        self.config = config
        self.configs: dict[str, CiConfig | None] = {}
        """Those of revisions that have one of their own, or none."""
        self.read = asyncio.Event()
        self.read.set()

    async def read_config(self, revision: GitRevision | None) -> ConfigFound:
        await self.read.wait()
        if revision and revision.name in self.configs:
            return ConfigFound(self.configs[revision.name], revision.name)
        if isinstance(self.config, Exception):
            return ConfigFound(trouble=f".sourcecraft/ci.yaml of main: {self.config}")
        return ConfigFound(self.config, "main")


class CurrentFolder:
    """The current folder, with the clone that is really there; only the client is a script."""

    def __init__(
        self,
        repo: RepoSlug | None = None,
        *,
        find_clone: Callable[[], Clone | None] | None = None,
        presets: tuple[Preset, ...] = (),
    ) -> None:
        self.recorder = Recorder((Run(slug="142"),))
        self.session = Session(
            Settings(repo, presets=presets),
            client=lambda _: cast("Client", self.recorder),
            find_clone=find_clone,
        )


class Form(SerialInputApp[int]):
    """An app of this screen alone; it keeps the runs that were started."""

    CSS_PATH: ClassVar[CSSPathType | None] = style_sheets("app")

    def __init__(
        self,
        draft: Draft,
        config: CiConfig | Exception | None = CONFIG,
        answers: Sequence[Run | Exception] = (Run(slug="142"),),
        *,
        place: ScriptedPlace | CurrentFolder | None = None,
        send_at_once: bool = False,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.scripted = ScriptedPlace(config, answers)
        place = place or self.scripted
        self.session, self.recorder = place.session, place.recorder
        self.started: list[tuple[str, RunRequest]] = []
        self.opened: list[tuple[str, dict[str, Any]]] = []
        self._start = ComposeFirst(draft, send_at_once)

    def get_default_screen(self) -> Screen[None]:
        return ComposeScreen(self.session, self._start)

    @on(Started)
    def _keep(self, event: Started) -> None:
        self.started.append((event.run.slug, event.request))

    @on(OpenScreen)
    def _note(self, wanted: OpenScreen) -> None:
        self.opened.append((wanted.name, wanted.arguments))

    @property
    def sent(self) -> list[bytes]:
        return [request.body() for request in self.recorder.requests]


async def until(pilot: Pilot[int], true: Callable[[], object]) -> None:
    """Wait as long as it takes for something to become true."""
    try:
        async with asyncio.timeout(TIMEOUT):
            while not true():
                await pilot.pause()
    except TimeoutError:
        pytest.fail(f"it did not become true:\n{screen_text(pilot.app)}")


async def shows(pilot: Pilot[int], text: str) -> None:
    """Wait until `text` is on screen, which it may be wrapped by."""
    try:
        async with asyncio.timeout(TIMEOUT):
            while text not in screen_text(pilot.app):
                await pilot.pause()
    except TimeoutError:
        pytest.fail(f"{text!r} is not on screen:\n{screen_text(pilot.app)}")


async def ready(pilot: Pilot[int], *, at_top: bool = True) -> Form:
    """Wait until the config has been read and the form says what it thinks of itself. `at_top`:
    put the cursor on the first field then."""
    app = cast("Form", pilot.app)
    await until(pilot, lambda: re.search(r"^ (✗|!|Ready|✓|Sending)", screen_text(app), re.M))
    await until(pilot, lambda: not cast("Any", app.screen).composition.is_reading)
    await pilot.pause()
    if at_top:
        await pilot.press("pageup", "pageup", "pageup")
    return app


async def loaded(pilot: Pilot[int]) -> None:
    """Wait until the recent runs below the form, where there is room for them, have come."""
    await until(pilot, lambda: "loading the runs" not in screen_text(cast("Form", pilot.app)))


async def write(pilot: Pilot[int], text: str) -> None:
    await pilot.press(*text)
