"""Pictures of the screens, taken from the demo with its clock stopped: `python -m screenshots`."""

import asyncio
import html
import os
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
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
TIMEOUT = 120.0
PACE = 0.2
"""Seconds that a wait of a second takes."""
SAME_AGAIN = 4.5
"""Seconds from which on a wait does not end by itself: what is asked again would be the same, and
another failure would be waited for longer."""
SETTLED = 0.3
"""Seconds without a change after which a screen is finished, once all that it shows has come."""


class StoppedTiming(Timing):
    """A clock that stands still until it is turned, so that nothing ages however long a picture
    takes. Waits are real, but shorter."""

    def __init__(self) -> None:
        self.date = NOON

    def utc(self) -> datetime:
        return self.date

    def now(self) -> float:
        return (self.date - NOON).total_seconds()

    def chance(self) -> float:
        return 0.5

    async def wait(self, wake: asyncio.Event, seconds: float | None) -> None:
        is_over = seconds is not None and seconds < SAME_AGAIN
        with suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), seconds * PACE if seconds and is_over else None)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) * PACE)


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
    try:
        async with asyncio.timeout(TIMEOUT):
            while not condition():
                await pilot.pause(0.01)
    except TimeoutError:
        raise TimeoutError(f"this never came:\n{shown(pilot)}") from None
    await pilot.pause()


async def until_shown(pilot: Pilot[int], *patterns: str) -> None:
    """Lets the app go on until each of these patterns is on the screen."""
    wanted = [re.compile(pattern) for pattern in patterns]
    await until(pilot, lambda: all(pattern.search(shown(pilot)) for pattern in wanted))


def is_wide(pilot: Pilot[int]) -> bool:
    """Whether there is room for what stands beside the form or the tree."""
    return pilot.app.screen.has_class("-wide")


async def compose(pilot: Pilot[int], timing: StoppedTiming) -> None:
    """The form, filled and ready, and all that there is to know of the head known."""
    await until_shown(pilot, "Ready", "signed in", r" at release/1\.5 \(")
    if is_wide(pilot):
        await until_shown(pilot, "quota ", "#141 ")


async def live(pilot: Pilot[int], timing: StoppedTiming, seconds: float = 33.0) -> None:
    """The run that the form sends, some seconds later, with what earlier runs say of it."""
    await compose(pilot, timing)
    await pilot.press("ctrl+r")
    await until(pilot, lambda: isinstance(pilot.app.screen, LiveScreen))
    await until_shown(pilot, "^ #142 .* just now", "created")
    timing.date = NOON + timedelta(seconds=seconds)
    await pilot.press("r")
    await until_shown(pilot, r"\n [◐✗] .*✓ \d", r"(left|against)\b")
    if is_wide(pilot):
        log = pilot.app.screen.query_one(CubeLog)
        await until(pilot, lambda: log.log_reader and log.log_reader.is_caught_up)
        await until_shown(pilot, r"–([\d ]+) of \1 ·")


async def failure(pilot: Pilot[int], timing: StoppedTiming) -> None:
    """A run whose unit tests have failed, with the likely cause."""
    await live(pilot, timing, seconds=60.0)
    await until_shown(pilot, r"build/unit.*: \S", "against .*: newly red: ")
    if is_wide(pilot):
        await until_shown(pilot, "1 of 1 likely causes")


async def timeline(pilot: Pilot[int], timing: StoppedTiming) -> None:
    """A release as bars on a time axis."""
    await live(pilot, timing, seconds=58.0)
    await pilot.press("t")
    await until_shown(pilot, "critical: ", "usually")


async def runs(pilot: Pilot[int], timing: StoppedTiming) -> None:
    """All runs of the repository, each failed one with what failed in it."""
    await compose(pilot, timing)
    await pilot.press("ctrl+o")
    await until_shown(pilot, "Done", "need attention", r"#141 .*% .* · \d", r"#19 .*% .* · \d")
    await until(pilot, lambda: not re.search(r"(failed|timeout) (?!.* · ).*", shown(pilot)))


Pose = Callable[[Pilot[int], StoppedTiming], Awaitable[None]]

SHOTS: dict[str, tuple[Pose, dict[str, str]]] = {
    "compose": (compose, {"VERSION": "1.5.0"}),
    "live": (live, {"VERSION": "1.5.0"}),
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
    """One picture as SVG, the same every time."""
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
PIECES = re.compile(r"█+|━+|─+|[╸╺│]|[^█━─╸╺│\s]+(?: [^█━─╸╺│\s]+)*")
LINE, ABOVE, STROKE = 24.4, 18.5, 1.6
"""Height of a line, how far it goes above the foot of its letters, and how thick a rule is."""


def placed(svg: str) -> str:
    """The picture with each run of words at its own place, as some renderers drop or narrow blanks,
    and with bars and rules as shapes, which need no font."""
    return TEXT.sub(_pieces, svg)


def _pieces(found: re.Match[str]) -> str:
    kind, x, y, length, more, escaped = found.groups()
    text = html.unescape(escaped).replace("\xa0", " ")
    shapes = []
    width = float(length) / max(1, cell_len(text))
    for piece in PIECES.finditer(text):
        left = float(x) + cell_len(text[: piece.start()]) * width
        wide = cell_len(piece.group()) * width
        if box := _box(piece.group()[0], left, float(y) - ABOVE, wide):
            place = 'x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"'.format(*box)
            shapes.append(f'<rect class="{kind}" {place}{more}/>')
        else:
            words = html.escape(piece.group()).replace(" ", "&#160;")
            place = f'x="{left:.1f}" y="{y}" textLength="{wide:.1f}"{more}'
            shapes.append(f'<text class="{kind}" {place}>{words}</text>')
    return f'{"".join(shapes)}<text class="{kind}" x="{x}" y="{y}"{more}><'


def _box(char: str, x: float, top: float, width: float) -> tuple[float, float, float, float] | None:
    """Place and size of what is drawn for a run of a character; None for one that is written."""
    middle = top + LINE / 2
    match char:
        case "█":
            return x, top, width, LINE
        case "━":
            return x, middle - STROKE, width, 2 * STROKE
        case "╸":
            return x, middle - STROKE, width / 2, 2 * STROKE
        case "╺":
            return x + width / 2, middle - STROKE, width / 2, 2 * STROKE
        case "─":
            return x, middle - STROKE / 2, width, STROKE
        case "│":
            return x + (width - STROKE) / 2, top, STROKE, LINE
    return None


def file_of(name: str, size: tuple[int, int]) -> Path:
    """Where a picture is kept."""
    return FOLDER / f"{name}-{size[0]}x{size[1]}.svg"
