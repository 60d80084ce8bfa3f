"""Ticks and labels above a time axis."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cubewatch.model.timeline import Axis, Stretch
from cubewatch.ui.screens.timeline.ruler import ruler, tick_step

ORIGIN = datetime(2026, 10, 21, 7, 0, 20, tzinfo=UTC)
PLAIN = Axis([Stretch(0, 120, 0, 60, folded=False)], 60)
FOLDED = Axis(
    [
        Stretch(0, 60, 0, 30, folded=False),
        Stretch(60, 50_460, 30, 40, folded=True),
        Stretch(50_460, 50_500, 40, 60, folded=False),
    ],
    60,
)


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_elapsed_time_begins_at_zero() -> None:
    labels, line = ruler(PLAIN, ORIGIN, clock=False)
    assert labels.split() == ["0s", "30s", "1m00s", "1m30s"]
    assert [n for n, char in enumerate(line) if char == "┬"] == [0, 15, 30, 45]


def test_a_label_without_room_at_the_end_is_left_out() -> None:
    labels, line = ruler(Axis([Stretch(0, 121, 0, 97, folded=False)], 97), ORIGIN, clock=False)
    assert line[96] == "┬"
    assert labels.split()[-1] == "1m45s"


def test_clock_time_stands_at_round_times_of_this_place() -> None:
    labels, _ = ruler(PLAIN, ORIGIN, clock=True)
    assert labels.split() == ["09:00:30", "09:01:00", "09:01:30", "09:02:00"]


def test_a_fold_is_labeled_with_its_true_length() -> None:
    labels, line = ruler(FOLDED, ORIGIN, clock=False)
    assert labels[30:40] == "┊14h00m  ┊" or labels[30:40] == "┊ 14h00m ┊"
    assert line[30:40] == "┊        ┊"


def test_labels_tell_the_true_time_across_a_change_of_the_clock() -> None:
    night = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    labels, _ = ruler(Axis([Stretch(0, 6 * 3600, 0, 120, folded=False)], 120), night, clock=True)
    hours = [label for label in labels.split() if label.endswith(":00")]
    assert hours == ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00"]


@pytest.mark.parametrize(
    ("per_cell", "step"), [(0.05, 1), (1, 15), (60, 900), (400, 7200), (1e6, 86400 * 139)]
)
def test_steps_are_round_and_leave_room_for_labels(per_cell: float, step: float) -> None:
    assert tick_step(per_cell) == step


@pytest.mark.parametrize(
    ("origin", "days", "labels"),
    [
        (datetime(2026, 10, 23, 8, tzinfo=UTC), 5, ["24 Oct", "25 Oct", "26 Oct", "27 Oct"]),
        (datetime(2026, 3, 27, 8, tzinfo=UTC), 5, ["28 Mar", "29 Mar", "30 Mar", "31 Mar"]),
        (datetime(2026, 10, 24, 20, tzinfo=UTC), 0.5, ["00:00", "02:00", "04:00", "06:00"]),
        (datetime(2026, 3, 28, 20, tzinfo=UTC), 0.5, ["22:00", "00:00", "03:00", "04:00", "06:00"]),
        (datetime(2026, 10, 25, 0, tzinfo=UTC), 0.1, ["02:00", "02:30", "02:00", "02:30", "03:00"]),
    ],
)
def test_ticks_keep_to_the_local_time_when_it_changes(
    origin: datetime, days: float, labels: list[str]
) -> None:
    axis = Axis([Stretch(0, days * 86400, 0, 80, folded=False)], 80)
    shown = " ".join(ruler(axis, origin, clock=True)[0].split())
    assert " ".join(labels) in shown
