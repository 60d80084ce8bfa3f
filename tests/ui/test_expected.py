"""What earlier runs took, where the live screen and the timeline show it."""

from datetime import datetime, timedelta
from random import Random

import pytest

from cubewatch.runtime.clock import Timing
from tests.support.earlier import Shape, planned
from tests.support.runs import BEGIN
from tests.ui.test_compare import STEADY, Source, opened

DAY = 86400.0
WIDE = Shape({f"t{n}": [20.0 + 2 * n, 30.0] for n in range(6)}, named=True)
"""Six tasks of two cubes that start together."""


class At(Timing):
    """A clock that stands so many seconds after the creation of run 13."""

    def __init__(self, seconds: float) -> None:
        self._utc = BEGIN + timedelta(seconds=13 * DAY + seconds)

    def utc(self) -> datetime:
        return self._utc


async def test_time_left_is_in_the_header_and_usual_times_in_the_rows() -> None:
    last = planned(STEADY, 13, Random(13), slow=False)
    source = Source(last.at(70), earlier=4)
    async with opened(source, timing=At(70)) as live:
        await live.until(lambda: " left" in live.text)
        [row] = [line for line in live.text.splitlines() if "c1  ◂" in line]
        assert "usually 1m1" in row or "usually 1m2" in row
        assert "╌" in row


@pytest.mark.parametrize("seconds", range(21, 31, 2))
async def test_nothing_is_expected_to_begin_before_now(seconds: float) -> None:
    last, *earlier = (planned(WIDE, number, Random(number), slow=False) for number in (13, 12, 11))
    source = Source(last.at(seconds), earlier=0)
    source.there |= {one.slug: one.at(one.end) for one in earlier}
    async with opened(source, timing=At(seconds)) as live:
        await live.until(lambda: " left" in live.text)
        await live.press("plus")
        rows = [line.split("││")[0] for line in live.text.splitlines()]
        [now] = {row.index("│", 1) for row in rows if row.startswith("│ ◐")}
        expected = [row for row in rows if row.startswith("│ ○") and "╌" in row]
        assert expected
        assert all(row.index("╌") >= now for row in expected)


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24), (100, 30)])
async def test_no_part_of_the_header_is_cut(size: tuple[int, int]) -> None:
    last = planned(STEADY, 13, Random(13), slow=False)
    async with opened(Source(last.at(70), earlier=4), size, At(70)) as live:
        await live.until(lambda: " left" in live.text)
        before = live.text.splitlines()[:2]
        await live.press("t")
        await live.until(lambda: "critical:" in live.text)
        for title, state in (before, live.text.splitlines()[:2]):
            assert "…" not in title + state
            assert state.endswith(" left")


async def test_the_timeline_draws_what_is_to_come_dashed() -> None:
    last = planned(STEADY, 13, Random(13), slow=False)
    source = Source(last.at(70), earlier=4)
    async with opened(source, timing=At(70)) as live:
        await live.until(lambda: " left" in live.text)
        await live.press("t")
        await live.until(lambda: "Timeline" in live.text)
        rows = [line for line in live.text.splitlines() if " c2 " in line]
        assert "╌" in rows[-1]
        assert "━" not in rows[-1]


async def test_the_timeline_marks_what_was_slower() -> None:
    last = planned(STEADY, 13, Random(13), slow=False)
    value = last.at(last.end)
    slow = value["workflows"][0]["tasks"][0]["cubes"][0]
    begun = datetime.fromisoformat(slow["dates"]["started_at"])
    slow["dates"]["started_at"] = (begun - timedelta(seconds=90)).isoformat()
    async with opened(Source(value, earlier=4)) as live:
        await live.until(lambda: "slower: c0" in live.text)
        await live.press("t")
        await live.until(lambda: "▲ usually" in live.text)
