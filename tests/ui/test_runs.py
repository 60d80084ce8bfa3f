"""The screen of runs: how it looks at every size, and what its keys do."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from textual import on
from textual.pilot import Pilot

from cubewatch.api.errors import ServerTrouble
from cubewatch.model.repository import RepoSlug
from cubewatch.session import Session
from cubewatch.settings import Settings, ShowRuns
from cubewatch.ui.app import CubewatchApp
from cubewatch.ui.screens.registry import OpenScreen
from tests.support.polling import WALL, SteppedTiming
from tests.support.run_lists import Lists
from tests.support.runs import Json, cube, progress, task, workflow
from tests.ui.snapshots import Snapshot, screen_text

SHOP, SEARCH, DOCS = (RepoSlug("acme", name) for name in ("shop", "search", "site.docs"))
SIZES = [(80, 24), (120, 40), (40, 12)]
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
TIMEOUT = 12


def a_run(
    slug: int,
    status: str = "success",
    *,
    ago: float = 60,
    took: float | None = 62,
    by: str = "olga",
    event: str = "push",
    workflows: tuple[str, ...] = ("checks",),
    percent: float | None = None,
) -> Json:
    """A run that was created so many minutes ago and took so many seconds."""

    def at(seconds: float) -> str:
        return (WALL - timedelta(minutes=ago) + timedelta(seconds=seconds)).isoformat()

    dates = {"created_at": at(0)}
    if status != "created":
        dates["started_at"] = at(2)
        if status not in ("processing", "awaiting_approval"):
            dates["finished_at"] = at(2 + (took or 0))
    return {
        "slug": str(slug),
        "status": status,
        "dates": dates,
        "user": {"slug": by},
        "event_type": event,
        "workflows": [workflow(name, status, progress=progress(percent)) for name in workflows],
    }


def shop() -> list[Json]:
    return [
        a_run(145, "created", ago=0.68, by="tomas"),
        a_run(144, "processing", ago=130.3, percent=61, workflows=("release",), event="manual"),
        a_run(143, "awaiting_approval", ago=240, workflows=("deploy",), event="manual", by="ivan"),
        a_run(142, "failed", ago=200, workflows=("release", "checks"), by="ivan"),
        a_run(141, "success", ago=300, event="pr_update", workflows=("checks [b]", "лицензии")),
        a_run(140, "canceled", ago=400, by="somebody-with-a-long-name"),
        a_run(139, "timeout", ago=40 * 60, workflows=("nightly",), event="schedule", by="ci-bot"),
        a_run(138, "quantum", ago=500, event="repository_event"),
        *(a_run(number, ago=60 * 30 + (137 - number)) for number in range(137, 100, -1)),
    ]


def failed_run() -> Json:
    e2e = task("e2e", "failed", cube("checkout", "failed"), cube("mobile"))
    return a_run(142, "failed", ago=200, by="ivan") | {
        "workflows": [workflow("release", "failed", e2e), workflow("checks", "success")]
    }


def several() -> Lists:
    lists = Lists(
        shop=shop(), search=[a_run(88, "failed", ago=20.5, by="ivan")], **{"site.docs": []}
    )
    lists.whole["142"] = failed_run()
    lists.troubles[DOCS] = ServerTrouble("the server has trouble (500)", status=500)
    return lists


class Host(CubewatchApp):
    """The app, started with this screen; what it opens is noted instead."""

    def __init__(self, lists: Lists, *repositories: RepoSlug, repo: RepoSlug | None = SHOP) -> None:
        self.lists = lists
        self.clock = SteppedTiming()
        session = Session(Settings(repo), client=lambda _: cast("Any", lists), timing=self.clock)
        super().__init__(session, ShowRuns(repositories))
        self.opened: list[str] = []
        self.said: list[str] = []

    @on(OpenScreen)
    def note_screen(self, message: OpenScreen) -> None:
        message.prevent_default()
        self.opened.append(f"{message.repo}#{message.arguments['run_slug']}")

    def notify(self, message: str, **_: Any) -> None:
        self.said.append(message)


async def shows(pilot: Pilot[int], *texts: str, hides: str = "\0") -> None:
    def right() -> bool:
        shown = screen_text(pilot.app)
        return all(text in shown for text in texts) and hides not in shown

    try:
        await until(pilot, right)
    except TimeoutError:
        pytest.fail(f"{texts!r} not on screen, or {hides!r}:\n{screen_text(pilot.app)}")


async def details(pilot: Pilot[int]) -> None:
    """Lets time pass until the runs in sight have been requested, one a second."""
    for _ in range(8):
        await cast("Host", pilot.app).clock.turn(1)
        await pilot.pause(0.1)
    await pilot.pause(0.5)


async def until(pilot: Pilot[int], true: Callable[[], object]) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not true():
            await pilot.pause(0.02)
    await pilot.pause()


@every_size
async def test_runs_of_one_repository(size: tuple[int, int], snapshot: Snapshot) -> None:
    lists = Lists(shop=shop())
    lists.whole["142"] = failed_run()
    async with Host(lists, SHOP).run_test(size=size) as pilot:
        await shows(pilot, "Needs attention")
        await details(pilot)
        await shows(pilot, "checkout")
        snapshot(pilot, "runs")


@every_size
async def test_runs_of_several_repositories(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with Host(several(), SHOP, SEARCH, DOCS).run_test(size=size) as pilot:
        await shows(pilot, "acme/site.docs: the", "#88")
        await details(pilot)
        snapshot(pilot, "runs-several")


@every_size
async def test_no_row_is_wider_than_the_screen(size: tuple[int, int]) -> None:
    async with Host(several(), SHOP, SEARCH).run_test(size=size) as pilot:
        await shows(pilot, "#88")
        rows = screen_text(pilot.app).splitlines()
        assert len(rows) == size[1]


async def test_enter_watches_the_run_under_the_cursor() -> None:
    async with Host(several(), SHOP, SEARCH).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "#88", "#143")
        app = cast("Host", pilot.app)
        await pilot.press("enter")
        await until(pilot, lambda: app.opened)
        assert app.opened == ["acme/shop#143"]
        await pilot.press("j", "enter")
        await until(pilot, lambda: len(app.opened) == 2)
        assert app.opened[1] == "acme/search#88"


async def test_failure_that_was_watched_leaves_the_attention_group() -> None:
    async with Host(several(), SEARCH).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "1 needs attention")
        await pilot.press("enter", "r")
        await shows(pilot, "1 done", hides="Needs attention")


async def test_filter_hides_what_does_not_fit_and_escape_shows_all() -> None:
    async with Host(several(), SHOP, SEARCH).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "#88", "#144")
        await pilot.press("slash", *"by:ivan", "enter")
        await shows(pilot, "#88", "#142", "only by:ivan", hides="#144")
        await pilot.press("escape")
        await shows(pilot, "#144", hides="only")
        await pilot.press("slash", *"nonsense", "enter")
        await shows(pilot, "No run fits the filter")


async def test_mine_are_the_runs_of_the_token_owner() -> None:
    async with Host(several(), SHOP, SEARCH).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "#144")
        await pilot.press("m")
        await shows(pilot, "only mine", "#142", hides="#144")
        await pilot.press("m")
        await shows(pilot, "#144", hides="only mine")


async def test_older_runs_unfold_and_more_are_loaded_at_the_end() -> None:
    lists = Lists(shop=[a_run(n, ago=60 * 25 + (400 - n)) for n in range(400, 0, -1)])
    async with Host(lists, SHOP).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "#400")
        await pilot.press("G")
        await shows(pilot, "▸ 30 older")
        assert len(lists.lists) == 1
        await pilot.press("enter", "G")
        await until(pilot, lambda: len(lists.lists) > 1)
        for _ in range(12):
            await pilot.press("G")
            await pilot.pause(0.3)
        await shows(pilot, "#1 ")
        assert len(lists.lists) <= 10


async def test_cursor_stays_on_its_run_when_others_come() -> None:
    lists = several()
    async with Host(lists, SHOP).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "#144")
        app = cast("Host", pilot.app)
        await pilot.press("j", "j")
        lists.runs[SHOP].insert(0, a_run(146, "awaiting_approval", ago=0.1))
        await app.clock.turn(6)
        await shows(pilot, "#146")
        await pilot.press("enter")
        await until(pilot, lambda: app.opened)
        assert app.opened == ["acme/shop#144"]


async def test_list_begins_at_its_top_however_late_repositories_answer() -> None:
    lists = several()
    lists.troubles[SHOP] = ServerTrouble("the server has trouble (500)", status=500)
    async with Host(lists, SHOP, SEARCH).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "#88")
        lists.troubles.clear()
        await cast("Host", pilot.app).clock.turn(40)
        await shows(pilot, "#143", "Needs attention 3")
        await pilot.press("enter")
        await until(pilot, lambda: cast("Host", pilot.app).opened)
        assert cast("Host", pilot.app).opened == ["acme/shop#143"]


async def test_address_is_opened_and_copied() -> None:
    async with Host(several(), SEARCH).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "#88")
        app = cast("Host", pilot.app)
        await pilot.press("o", "y")
        await until(pilot, lambda: len(app.opened) + len(app.said) >= 2)
        assert all("acme/search/cicd/runs/88" in text for text in app.opened + app.said)


async def test_hostile_names_are_shown_as_they_are() -> None:
    lists = Lists(shop=[a_run(1, by="[red]x", workflows=("[@click=app.quit]a[/]\x1b[2J",))])
    async with Host(lists, SHOP).run_test(size=(120, 40)) as pilot:
        await shows(pilot, "[red]x", "[@click=app.quit]a[/]")


async def test_no_repository_says_how_to_name_one() -> None:
    lists = Lists()
    async with Host(lists, repo=None).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "No repository is known here")
