"""Logs of the demo: pages that grow, that end, and what stands in them."""

from itertools import pairwise
from typing import Any

import pytest

from tests.unit.demo.test_demo_server import RELEASE, RUNS, Demo, Json, release

LOGS = RUNS.replace("/runs", "/logs/142/release")
UNIT = f"{LOGS}/build/unit"
STEPS = range(110)


async def started(body: Json, **options: Any) -> Demo:
    demo = Demo(**options)
    await demo.post(body)
    return demo


async def page(demo: Demo, path: str, number: int) -> Json | None:
    """A page of a log; None if it is not there."""
    answer = await demo.http.get(path, params={"page": str(number)})
    if answer.status_code == 404:
        return None
    body: Json = answer.json()
    return body


async def whole(demo: Demo, path: str) -> str:
    """The text of all pages of a log that is done."""
    demo.seconds = 200
    text, number = "", 1
    while (there := await page(demo, path, number)) is not None:
        assert there["done"]
        assert there["page_complete"]
        text += there["logs"]
        number += 1
    return text


async def test_a_log_that_has_not_begun_is_not_there() -> None:
    demo = await started(RELEASE)
    demo.seconds = 3
    assert await page(demo, UNIT, 1) is None


async def test_the_log_of_a_skipped_cube_is_never_there() -> None:
    demo = await started(release(FAIL_AT="compile"))
    demo.seconds = 200
    assert await page(demo, UNIT, 1) is None


async def test_a_page_grows_until_the_next_one_is_begun() -> None:
    demo = await started(RELEASE)
    versions: dict[int, list[str]] = {}
    for seconds in STEPS:
        demo.seconds = seconds
        number = 1
        while (there := await page(demo, UNIT, number)) is not None:
            versions.setdefault(number, []).append(there["logs"])
            assert await page(demo, UNIT, number + 1) is None or there["page_complete"]
            number += 1
    assert len(versions) >= 2
    for texts in versions.values():
        assert all(after.startswith(before) for before, after in pairwise(texts))
    assert len(set(versions[1])) > 2


async def test_done_comes_with_the_end_of_the_cube() -> None:
    demo = await started(RELEASE)
    seen = []
    for seconds in STEPS:
        run = await demo.at(seconds)
        if (there := await page(demo, UNIT, 1)) is not None:
            cubes = run["workflows"][0]["tasks"][0]["cubes"]
            status = next(cube["status"] for cube in cubes if cube["slug"] == "unit")
            assert there["done"] == (status == "success")
            seen.append(there["done"])
    assert seen == sorted(seen)
    assert set(seen) == {False, True}


async def test_without_a_number_it_is_the_first_page() -> None:
    demo = await started(RELEASE)
    demo.seconds = 200
    assert await demo.get(UNIT) == await page(demo, UNIT, 1)


@pytest.mark.parametrize("past_end", ["missing", "repeat"])
async def test_past_the_end_is_nothing_or_the_last_page_again(past_end: str) -> None:
    demo = await started(RELEASE, past_end=past_end)
    clone = f"{LOGS}/build/%23git-clone"
    demo.seconds = 200
    last = await page(demo, clone, 1)
    expected = last if past_end == "repeat" else None
    assert await page(demo, clone, 2) == expected
    assert await page(demo, clone, 99) == expected
    assert await page(demo, clone, 0) is None


async def test_a_log_has_colours_bars_masks_and_cyrillic() -> None:
    text = await whole(await started(RELEASE), f"{LOGS}/build/compile")
    for part in ("\x1b[32m", "\r", "***", "Готово"):
        assert part in text


@pytest.mark.parametrize(
    ("cube", "words"),
    [("e2e/checkout", "at pay (/shop/e2e/checkout.spec.ts"), ("build/unit", "goroutine 41")],
)
async def test_a_failing_cube_leaves_a_stack_trace(cube: str, words: str) -> None:
    demo = await started(release(FAIL_AT=cube.partition("/")[2]))
    text = await whole(demo, f"{LOGS}/{cube}")
    assert words in text
    assert text.endswith("exit code 1\n")
