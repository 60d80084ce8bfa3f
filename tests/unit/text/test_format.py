"""Lengths of time in words, and how long it will still take."""

from datetime import UTC, datetime, timedelta

import pytest

from cubewatch.text.format import ago, duration, elapsed

NOW = datetime(2026, 10, 21, 8, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.999, "0s"),
        (-5, "0s"),
        (59.999, "59s"),
        (MINUTE, "1m00s"),
        (62, "1m02s"),
        (HOUR - 1, "59m59s"),
        (HOUR, "1h00m"),
        (HOUR + 5 * MINUTE + 59, "1h05m"),
        (DAY - 1, "23h59m"),
        (DAY, "1d00h"),
        (2 * DAY + 3 * HOUR + 59 * MINUTE, "2d03h"),
        (999 * DAY + 23 * HOUR, "999d23h"),
    ],
)
def test_a_duration_in_words(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_duration_fits_its_column() -> None:
    """The contract allows any date: a stage of 1971 must not push the names aside."""
    for exponent in range(-20, 40):
        for seconds in (2.0**exponent, -(2.0**exponent), 2.0**exponent * DAY):
            assert 2 <= len(duration(seconds)) <= 7, seconds


def test_elapsed_time() -> None:
    start = NOW - timedelta(seconds=90)
    assert elapsed(start, None, NOW) == 90
    assert elapsed(start, NOW - timedelta(seconds=30), NOW) == 60
    assert elapsed(None, NOW, NOW) is None
    assert elapsed(None, None, NOW) is None


def test_time_never_runs_backwards() -> None:
    later = NOW + timedelta(seconds=5)
    assert elapsed(later, None, NOW) == 0
    assert elapsed(later, NOW, NOW) == 0


def test_dates_in_the_wrong_order_give_no_time() -> None:
    assert elapsed(NOW, NOW - timedelta(hours=2), NOW) is None
    assert elapsed(NOW + timedelta(hours=2), None, NOW) is None


def test_elapsed_time_of_the_oddest_dates() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert (elapsed(first, last, NOW) or 0) > 9000 * 365 * DAY
    assert elapsed(last, first, NOW) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "just now"),
        (9.9, "just now"),
        (41.9, "40s ago"),
        (60, "1m ago"),
        (3599, "59m ago"),
        (7199, "1h ago"),
        (86400, "1d ago"),
        (86400 * 400, "400d ago"),
    ],
)
def test_ago_is_rough(seconds: float, text: str) -> None:
    assert ago(seconds) == text
