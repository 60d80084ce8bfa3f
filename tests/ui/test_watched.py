"""Several runs that are watched: going from one to the next, and what is said of all."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from cubewatch.model.repository import RepoSlug
from cubewatch.model.run import RunPage
from cubewatch.session import Session
from cubewatch.settings import DEMO_REPOS, Settings, ShowRuns
from cubewatch.ui.app import CubewatchApp
from cubewatch.ui.screens.live.screen import LiveScreen
from cubewatch.ui.screens.runs import RunsScreen
from cubewatch.ui.watched_screens import shortened
from tests.support.live import watching
from tests.support.polling import RunScript
from tests.support.runs import dates, moment, read, run, task, workflow
from tests.ui.snapshots import screen_text

SHOP, SEARCH = DEMO_REPOS[:2]
TIMEOUT = 60


def demo_app(speed: float = 1.0) -> CubewatchApp:
    session = Session(Settings(SHOP, demo_speed=speed))
    return CubewatchApp(session, ShowRuns((SHOP, SEARCH)))


async def until(pilot: Pilot[int], true: Callable[[], object]) -> None:
    try:
        async with asyncio.timeout(TIMEOUT):
            while not true():
                await pilot.pause(0.02)
    except TimeoutError:
        raise AssertionError(screen_text(pilot.app)) from None
    await pilot.pause()


def shown(app: CubewatchApp) -> str:
    """The run in front, `org/repo#142`, or the name of the screen."""
    screen = app.screen
    if isinstance(screen, LiveScreen):
        return f"{screen.session.repo}#{screen.run_slug}"
    return type(screen).__name__


async def watch_two(pilot: Pilot[int]) -> list[str]:
    """Opens the first two runs of the list, and comes back to it. Returns their names."""
    app, found = pilot.app, []
    assert isinstance(app, CubewatchApp)
    await until(pilot, lambda: "#139" in screen_text(app) and "#85" in screen_text(app))
    for keys in (("g",), ("g", "j")):
        await pilot.press(*keys, "enter")
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))
        found.append(shown(app))
        await until(pilot, lambda: "no answer yet" not in screen_text(app))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
    return found


async def test_brackets_go_through_watched_runs() -> None:
    app = demo_app()
    async with app.run_test(size=(120, 40)) as pilot:
        first, second = await watch_two(pilot)
        assert first != second
        seen = []
        for _ in range(6):
            await pilot.press("right_square_bracket")
            await until(pilot, lambda: isinstance(app.screen, LiveScreen))
            await pilot.pause(0.2)
            seen.append(shown(app))
        assert {first, second} <= set(seen)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))


async def test_screen_of_a_watched_run_stays_as_it_was_left() -> None:
    app = demo_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await watch_two(pilot)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))
        screen = app.screen
        await pilot.press("right_square_bracket", "left_square_bracket")
        await until(pilot, lambda: app.screen is screen)


async def test_all_watched_runs_are_named_at_the_end() -> None:
    app = demo_app()
    async with app.run_test(size=(120, 40)) as pilot:
        runs = await watch_two(pilot)
        await until(pilot, lambda: len(app.summary) >= 4)
    text = "\n".join(app.summary)
    for name in runs:
        repo, _, slug = name.partition("#")
        assert f"{repo}/cicd/runs/{slug}" in text
    assert len(app.summary) <= 15


async def test_watched_run_leaves_the_attention_group_also_later() -> None:
    app = demo_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "#139" in screen_text(app))
        session = app._session
        await watch_two(pilot)
        await until(pilot, lambda: len(session.watched_runs().all()) == 2)


async def test_run_of_another_repository_opens_its_own_artifacts() -> None:
    app = demo_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "#87" in screen_text(app))
        await pilot.press("g", "enter")
        await until(pilot, lambda: shown(app) == "acme/search#87")
        await until(pilot, lambda: "production" in screen_text(app))
        await pilot.press("g", "a")
        await until(pilot, lambda: "relevance.json" in screen_text(app))


async def test_nothing_is_requested_after_the_end() -> None:
    """A run that failed has a restart looked for."""
    app = demo_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await watch_two(pilot)
    await asyncio.sleep(0)
    working = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert not [task for task in working if "_find_successor" in str(task.get_coro())]


class Restarted(RunScript):
    """The run has a successor in the list."""

    async def runs(self, repo: RepoSlug, *, page_size: int, page_token: str = "") -> RunPage:
        restart = run("processing", workflow("w", "processing"), event_type="restart")
        return RunPage((read(restart | {"slug": "143", "dates": {"created_at": moment(90)}}),))


async def test_successor_of_a_failed_run_stays_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.live.RunScript", Restarted)
    monkeypatch.setattr("cubewatch.ui.watched_screens.SUCCESSOR_LOOKS", (0.0,))
    failed = run("failed", workflow("w", "failed", task("t", "failed")), dates=dates(1, 60))
    async with watching(failed) as live:
        await live.until(lambda: "restarted as #143: ] shows it" in " ".join(live.text.split()))
        live.pilot.app.clear_notifications()
        assert "#143: ] shows it" in live.text
        await live.press("right_square_bracket")
        await live.until(lambda: "#143" in live.text.splitlines()[0])


def left_of(runs: int, details: int) -> list[list[str]]:
    middle = [f"  ✗ w/t/c{number}" for number in range(details)]
    return [[f"✗ #{run}", *middle, f"  https://web/{run}"] for run in range(runs)]


@pytest.mark.parametrize("runs", [1, 2, 5, 7, 8, 15, 16, 40])
@pytest.mark.parametrize("details", [0, 1, 3, 13, 14, 50])
def test_what_is_left_behind_fits_and_says_what_is_left_out(runs: int, details: int) -> None:
    summaries = left_of(runs, details)
    lines = shortened(summaries, 15)
    assert 0 < len(lines) <= 15
    if runs <= 15:
        assert [line for line in lines if line.startswith("✗ #")] == [
            f"✗ #{n}" for n in range(runs)
        ]
    if runs <= 7:
        assert sum("https://" in line for line in lines) == runs
    is_whole = lines == [line for summary in summaries for line in summary]
    assert is_whole or "more" in " ".join(lines) or 7 <= runs <= 15
