"""The live screen as it looks, at every size, in every state a run can be in."""

import time
from collections.abc import Iterator

import pytest
from rich.cells import cell_len
from textual._context import visible_screen_stack

from cubewatch.api.errors import Refused, Unreachable
from tests.support.live import Live, watching
from tests.support.runs import Json, cube, dates, moment, progress, run, task, workflow
from tests.ui.snapshots import Snapshot

SIZES = [(80, 24), (120, 40), (40, 12), (200, 60)]
ids = [f"{width}x{height}" for width, height in SIZES]
every_size = pytest.mark.parametrize("size", SIZES, ids=ids)
JOINER = "\u200d"
"""What joins pictures; harmless, and part of names that people choose."""
HEAD = {"event_type": "manual", "user": {"slug": "ivan"}}


@pytest.fixture(autouse=True)
def _one_timezone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def after(*names: str) -> Json:
    return {"relations": {"needs": [{"name": name} for name in names]}}


def release(unit: str = "processing", word: str = "processing") -> Json:
    """A release whose cube `unit` is in a status, an hour after it was created."""
    over = None if unit == "processing" else 3590
    build = task(
        "build",
        word,
        cube("#git-clone", "success", dates=dates(3400, 3402)),
        cube(
            "compile",
            "success",
            dates=dates(3410, 3451),
            artifacts=[
                {"local_path": "dist/app.tar.gz", "status": "registered"},
            ],
        ),
        cube("unit", unit, dates=dates(3538, over), **after("compile")),
        cube("lint", "success", dates=dates(3538, 3541), **after("compile")),
        cube("package", **after("unit", "lint")),
        dates=dates(3400, over),
        progress=progress(0.6, "unit"),
    )
    e2e = task("e2e", "created", cube("chrome"), cube("firefox"), **after("build"))
    return run(
        word,
        workflow("release", word, build, e2e, dates=dates(3400, over), progress=progress(0.43)),
        workflow("nightly", "skipped"),
        dates={**dates(3398, over), "updated_at": moment(3541)},
        **HEAD,
    )


FAILED = release("failed", "failed")
REJECTED = run(
    "rejected",
    error_messages=["workflows found - 4, 3 allowed", "total time quota is exhausted"],
    dates=dates(None, 60),
    **HEAD,
)
CREATED = run("created", dates=dates(), **HEAD)
EMPTY = run("success", dates=dates(10, 12), **HEAD)


def approval() -> Json:
    """A release that has been built and waits for a person since a minute."""
    value = release("success", "processing")
    build, ship = value["workflows"][0]["tasks"]
    build |= {"status": "success", "dates": dates(3400, 3540), "progress": progress(1.0)}
    build["cubes"][4] |= {"status": "success", "dates": dates(3530, 3540)}
    ship |= {"slug": "ship", "status": "awaiting_approval"}
    value["dates"] = dates(3398)
    value["workflows"][0]["dates"] = dates(3400)
    return value


def failing() -> Json:
    """A release that goes on although a cube of it has failed."""
    value = release("failed", "processing")
    build, e2e = value["workflows"][0]["tasks"]
    build |= {"status": "failed", "progress": progress(0.6)}
    e2e |= {"status": "processing", "dates": dates(3400)}
    e2e["cubes"][0] |= {"status": "processing", "dates": dates(3538)}
    for one in (value, value["workflows"][0]):
        one["dates"] = dates(3400)
    return value


@every_size
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("approval", approval()),
        ("running", release()),
        ("failed", FAILED),
        ("failing", failing()),
        ("rejected", REJECTED),
        ("created", CREATED),
        ("empty", EMPTY),
    ],
)
async def test_what_it_looks_like(
    name: str, value: Json, size: tuple[int, int], snapshot: Snapshot
) -> None:
    async with watching(value, size=size) as live:
        snapshot(live.pilot, f"live-{name}")
        assert_aligned(live)


@every_size
async def test_trouble_with_the_last_state(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with watching(release(), Unreachable("no connection to the API"), size=size) as live:
        await live.step()
        await live.until(lambda: "1m05s" in live.text)
        snapshot(live.pilot, "live-trouble")
        assert_aligned(live)


async def test_trouble_before_the_first_answer(snapshot: Snapshot) -> None:
    async with watching(Refused("the run is not for us", status=403), size=(80, 24)) as live:
        await live.until(lambda: " no answer yet\n" in live.text and "following" in live.text)
        snapshot(live.pilot, "live-refused")


@pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids=["80x24", "40x12"])
async def test_details_in_place_of_the_tree(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with watching(release(), size=size) as live:
        await live.press("d")
        snapshot(live.pilot, "live-details")
        assert_aligned(live)
        await live.press("q")
        assert live.pilot.app.is_running
        assert "▾ release" in live.text


def lines_of(live: Live) -> list[str]:
    app = live.pilot.app
    visible_screen_stack.set(app._background_screens)
    return [strip.text for strip in app.screen._compositor.render_strips()]


def assert_aligned(live: Live) -> None:
    """Every line is as wide as the terminal, and nothing on it steers one."""
    lines = lines_of(live)
    width, height = live.pilot.app.size
    assert [cell_len(line) for line in lines] == [width] * height
    for line in lines:
        assert line.replace(JOINER, "").isprintable(), ascii(line)


HOSTILE = {
    "markup": "[@click=app.quit]x[/]",
    "unclosed": "[/] [bold",
    "escape": "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "long": "x" * 300,
    "long cjk": "日本語" * 100,
    "cyrillic": "сборка",
    "cjk": "构建部署",
    "rtl": "\u202eevil\u2066",
    "surrogate": "a\ud800b",
    "lines": "a\nb\r\tc\u2028d",
    "zero width": "a\u200b\u00ad\ufeffb",
    "combining": "e\u0301" * 3 + "\u0301" * 40,
    "emoji": "👨\u200d👩\u200d👧🏽🇷🇺❤️",
    "blank": "   ",
    "empty": "",
}


def hostile(text: str, status: str) -> Json:
    """A run in which everything that is text is `text`."""
    more = {
        "relations": {"needs": [{"name": text}]},
        "artifacts": [{"local_path": text, "status": text, "download_url": text}],
        "dates": dates(3500, 3590),
        "description": text,
        "progress": progress(0.5, text),
    }
    inner = [cube(text, each, **more) for each in (status, "created", text)]
    outer = workflow(text, status, *[task(text, status, *inner, **more)] * 2, **more)
    return run(
        status,
        outer,
        error_messages=[text, text],
        event_type=text,
        user={"slug": text},
        pull={"slug": text},
        dates=dates(3400, 3590),
    )


@pytest.mark.parametrize(
    ("size", "status"), [((80, 24), "processing"), ((120, 40), "failed"), ((40, 12), "created")]
)
async def test_hostile_names_are_shown_harmless_and_aligned(
    size: tuple[int, int], status: str
) -> None:
    states = [hostile(text, status) for text in HOSTILE.values()]
    states = [value | {"status": "processing"} for value in states]
    async with watching(*states, size=size) as live:
        for _ in HOSTILE:
            assert_aligned(live)
            await live.press("end", "d")
            assert_aligned(live)
            await live.press("d")
            await live.step()
        await live.pilot.click(live.tree, offset=(30, 0))
        assert live.pilot.app.is_running


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("markup", "[@click=app.quit]x[/]"),
        ("escape", "␛]0;owned␇"),
        ("cyrillic", "сборка"),
        ("cjk", "构建部署"),
        ("rtl", "\ufffdevil\ufffd"),
        ("empty", "(no name)"),
    ],
)
async def test_hostile_names_are_still_shown(name: str, shown: str) -> None:
    async with watching(hostile(HOSTILE[name], "processing"), size=(200, 60)) as live:
        assert shown in live.text


async def test_times_beyond_the_end_of_summer_time_name_their_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    times = {"started_at": "2025-10-26T00:40:05Z", "finished_at": "2025-10-26T01:25:00Z"}
    value = run("success", workflow("w", "success", dates=times), dates=times)
    async with watching(value) as live:
        assert "02:40:05 → 02:25:00 CET" in live.text
        assert "44m55s" in live.text


async def test_the_latest_date_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    odd = {"created_at": "9999-12-31T23:59:59Z", "started_at": "1971-01-02T00:00:00Z"}
    value = run("processing", workflow("w", "processing", dates=odd), dates=odd)
    async with watching(value) as live:
        assert_aligned(live)
        assert "w" in live.text


@pytest.mark.parametrize("begun", [3540.0, 3585.0, 3595.0, 3599.0])
async def test_the_present_is_in_one_column_of_the_tree(begun: float) -> None:
    old = cube("old", "processing", dates=dates(3500))
    ended = cube("ended", "success", dates=dates(3500, begun))
    new = cube("new", "processing", dates=dates(begun), **after("ended"))
    tasks = task("a", "processing", old, ended, new, dates=dates(3500))
    value = run(
        "processing", workflow("w", "processing", tasks, dates=dates(3500)), dates=dates(3490)
    )
    async with watching(value) as live:
        await live.press("plus")
        rows = [line.split("││")[0] for line in lines_of(live)]
        columns = {row.index("│", 1) for row in rows if row.startswith("│ ◐")}
        assert len(columns) == 1
        [done] = [row for row in rows if row.startswith("│ ✓")]
        assert max(done.rindex(sign) for sign in "━╸╺" if sign in done) <= columns.pop()


@pytest.mark.parametrize(("width", "words"), [(120, "· 40 cubes added"), (40, " +40")])
async def test_header_says_that_work_was_added(width: int, words: str) -> None:
    def state(total: int) -> Json:
        cubes = [cube(f"c{n}", "success" if n < 9 else "created") for n in range(total)]
        tasks = task("t", "processing", *cubes)
        return run("processing", workflow("w", "processing", tasks), dates=dates(3500))

    async with watching(state(10), state(50), size=(width, 24)) as live:
        assert "90 %" in live.text.splitlines()[1]
        await live.step()
        await live.until(lambda: words in live.text)
        assert "90 %" in live.text.splitlines()[1]
