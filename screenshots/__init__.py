"""Pictures of the screens, taken from the demo with its clock stopped: `python -m screenshots`."""

import asyncio
import html
import os
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from rich.cells import cell_len
from textual.pilot import Pilot

from cubewatch.api.client import Client
from cubewatch.demo import DEMO_TOKEN, demo_app
from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft
from cubewatch.runtime.clock import Timing
from cubewatch.session import DEMO_URL, Session
from cubewatch.settings import DEMO_REPO, ComposeFirst, Settings
from cubewatch.ui.app import CubewatchApp
from cubewatch.ui.screens.live.screen import LiveScreen
from cubewatch.ui.screens.log.cube_log import CubeLog

FOLDER = Path(__file__).parent
SIZES = ((80, 24), (120, 40))
NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
TIMEOUT = 30.0
SETTLED = 0.2
"""Seconds without a change after which a screen is finished."""


class StoppedTiming(Timing):
    """A calendar that stands still until it is turned; waits and ages stay real."""

    def __init__(self) -> None:
        self.date = NOON

    def utc(self) -> datetime:
        return self.date


def demo_session(timing: StoppedTiming) -> Session:
    """The demo, on a clock that is turned by hand."""
    app = demo_app(clock=timing.utc)
    return Session(
        Settings(DEMO_REPO, demo_speed=1.0),
        client=lambda _: Client(DEMO_URL, DEMO_TOKEN, transport=httpx.ASGITransport(app)),
        timing=timing,
    )


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Lets the app go on until something is so."""
    async with asyncio.timeout(TIMEOUT):
        while not condition():
            await pilot.pause(0.01)
    await pilot.pause()


async def compose(pilot: Pilot[int], timing: StoppedTiming) -> None:
    """The form, filled and ready, and all that there is to know of the head known."""
    await until(pilot, lambda: "Ready" in shown(pilot) and "signed in" in shown(pilot))
    await until(pilot, lambda: " at release/1.5 (" in shown(pilot))
    await until(pilot, lambda: "loading the runs" not in shown(pilot))


async def live(pilot: Pilot[int], timing: StoppedTiming, seconds: float = 33.0) -> None:
    """The run that the form sends, some seconds later."""
    await compose(pilot, timing)
    await pilot.press("ctrl+r")
    await until(pilot, lambda: isinstance(pilot.app.screen, LiveScreen))
    await until(pilot, lambda: "asking" not in shown(pilot))
    timing.date = NOON + timedelta(seconds=seconds)
    await pilot.press("r")
    await until(pilot, lambda: "%" in shown(pilot).splitlines()[1])
    await log_is_there(pilot)


async def running(pilot: Pilot[int], timing: StoppedTiming) -> None:
    """A release at work, with how long it will still take."""
    await live(pilot, timing)
    await until(pilot, lambda: " left" in shown(pilot))


async def failure(pilot: Pilot[int], timing: StoppedTiming) -> None:
    """A run whose unit tests have failed, with the likely cause."""
    await live(pilot, timing, seconds=60.0)
    await until(pilot, lambda: re.search(r"build/unit.*: \S", shown(pilot)))
    await until(pilot, lambda: "against" in shown(pilot))


async def timeline(pilot: Pilot[int], timing: StoppedTiming) -> None:
    """A release as bars on a time axis."""
    await live(pilot, timing, seconds=58.0)
    await pilot.press("t")
    await until(pilot, lambda: "critical: " in shown(pilot))


async def runs(pilot: Pilot[int], timing: StoppedTiming) -> None:
    """All runs of the repository."""
    await compose(pilot, timing)
    await pilot.press("ctrl+o")
    await until(pilot, lambda: "Done" in shown(pilot) and "need attention" in shown(pilot))


async def log_is_there(pilot: Pilot[int]) -> None:
    """Waits for the end of the log beside the tree, where there is room for one."""
    if pilot.app.screen.has_class("-wide"):
        log = pilot.app.screen.query_one(CubeLog)
        await until(pilot, lambda: log.log_reader and log.log_reader.is_caught_up)
        await until(pilot, lambda: re.search(r"–([\d ]+) of \1 ·", shown(pilot)))


Pose = Callable[[Pilot[int], StoppedTiming], Awaitable[None]]

SHOTS: dict[str, tuple[Pose, dict[str, str]]] = {
    "compose": (compose, {"VERSION": "1.5.0"}),
    "live": (running, {"VERSION": "1.5.0"}),
    "live-failure": (failure, {"VERSION": "1.5.0", "FAIL_AT": "unit"}),
    "timeline": (timeline, {"VERSION": "1.5.0"}),
    "runs": (runs, {"VERSION": "1.5.0"}),
}
"""What is pictured: how to get there, and the inputs of the release."""


def shown(pilot: Pilot[int]) -> str:
    """The text on the screen."""
    app = pilot.app
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def take(name: str, size: tuple[int, int]) -> str:
    """One picture as SVG; the same every time."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    pose, inputs = SHOTS[name]
    draft = Draft(
        head=RevisionDraft("branch", "release/1.5"),
        workflows=(WorkflowDraft("release", tuple(inputs.items())),),
    )
    timing = StoppedTiming()
    session = demo_session(timing)
    app = CubewatchApp(session, ComposeFirst(draft))
    async with app.run_test(size=size) as pilot:
        await pose(pilot, timing)
        before, now = "", app.export_screenshot(title="cubewatch")
        while now != before:  # something may still be on its way to the screen
            await pilot.pause(SETTLED)
            before, now = now, app.export_screenshot(title="cubewatch")
        return placed(now)


TEXT = re.compile(
    r'<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"([^>]*)>([^<]*)<'
)
WORDS = re.compile(r"\S+(?: \S+)*")


def placed(svg: str) -> str:
    """The picture with each run of words at its own place: some renderers drop or narrow blanks."""
    return TEXT.sub(_words, svg)


def _words(found: re.Match[str]) -> str:
    kind, x, y, length, more, escaped = found.groups()
    text = html.unescape(escaped).replace("\xa0", " ")
    cells = cell_len(text)
    if not text.strip() or not cells:
        return f'<text class="{kind}" x="{x}" y="{y}"{more}><'
    width = float(length) / cells
    pieces = []
    for words in WORDS.finditer(text):
        at = float(x) + cell_len(text[: words.start()]) * width
        wide = cell_len(words.group()) * width
        shown_text = html.escape(words.group()).replace(" ", "&#160;")
        place = f'x="{at:.1f}" y="{y}" textLength="{wide:.1f}"{more}'
        pieces.append(f'<text class="{kind}" {place}>{shown_text}<')
    return "/text>".join(pieces)


def file_of(name: str, size: tuple[int, int]) -> Path:
    """Where a picture is kept."""
    return FOLDER / f"{name}-{size[0]}x{size[1]}.svg"
