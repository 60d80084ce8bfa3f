"""What is drawn of a node's time, cell by cell."""

import pytest

from cubewatch.model.status import Tone
from cubewatch.model.timeline import Axis, Bar, Stretch
from cubewatch.ui.widgets.waterfall import waterfall

AXIS = Axis([Stretch(0, 20, 0, 20, folded=False)], 20)
FOLDED = Axis(
    [
        Stretch(0, 8, 0, 8, folded=False),
        Stretch(8, 50_000, 8, 11, folded=True),
        Stretch(50_000, 50_009, 11, 20, folded=False),
    ],
    20,
)


def drawn(
    bar: Bar,
    tone: Tone = "running",
    now: float | None = 10.0,
    *,
    axis: Axis = AXIS,
    ahead: tuple[float, float] | None = None,
) -> str:
    spans = waterfall(bar, tone, axis, now, ahead, crossed=tone == "failure", now_line=True)
    text = "".join(text for text, _ in spans)
    assert len(text) == axis.width
    return text.rstrip()


@pytest.mark.parametrize(
    ("bar", "tone", "now", "shown"),
    [
        (Bar(2, 4, 8), "success", None, "  ░░━━━━"),
        (Bar(2, 4, 8.5), "success", None, "  ░░━━━━╸"),
        (Bar(None, 4.5, 8), "success", 10.0, "    ╺━━━  │"),
        (Bar(None, 4, 8), "failure", None, "    ━━━╳"),
        (Bar(None, 4, 4), "success", None, "    ╸"),
        (Bar(None, 20, 20), "success", None, "                   ╺"),
        (Bar(None, 4, None, is_open=True), "running", 10.0, "    ━━━━━━│"),
        (Bar(), "pending", 10.0, "          │"),
        (Bar(ready=6), "waiting", 10.0, "      ‖   │"),
        (Bar(None, 4, None), "muted", None, "    ╸"),
    ],
)
def test_bars(bar: Bar, tone: Tone, now: float | None, shown: str) -> None:
    assert drawn(bar, tone, now) == shown


@pytest.mark.parametrize("now", [9.0, 9.3, 9.5, 9.8, 10.0, 19.9, 20.0])
def test_the_present_is_in_the_same_column_of_every_line(now: float) -> None:
    column = drawn(Bar(), "pending", now).index("│")
    for waited in (0.0, 0.4, 0.6, 5.0):
        at_work = Bar(0, now - waited, None, is_open=True)
        text = drawn(at_work, now=now, ahead=(now, now + 5))
        assert text.index("│") == column
        assert " " not in text
        assert "╌" not in text[:column]


def test_the_expected_rest_is_dashed() -> None:
    assert drawn(Bar(None, 4, None, is_open=True), ahead=(10.0, 14.0)) == "    ━━━━━━│╌╌╌"
    assert drawn(Bar(None, 4, None, is_open=True), ahead=(10.0, 410.0)) == "    ━━━━━━│" + "╌" * 9


def test_what_is_expected_to_begin_is_dashed_too() -> None:
    assert drawn(Bar(), "pending", ahead=(12.0, 15.0)) == "          │ ╌╌╌"


def test_a_folded_stretch_stands_on_every_line() -> None:
    assert drawn(Bar(None, 0, 50_009), "success", None, axis=FOLDED) == "━━━━━━━━┊━┊━━━━━━━━━"
    assert drawn(Bar(None, 50_002, 50_004), "success", None, axis=FOLDED) == "        ┊ ┊  ━━"


def test_queue_and_work_differ_without_colour() -> None:
    text = drawn(Bar(0, 10, 20), "success", None)
    assert text == "░" * 10 + "━" * 10


def test_without_a_line_only_what_is_at_work_marks_the_present() -> None:
    def text(bar: Bar, tone: Tone) -> str:
        return "".join(part for part, _ in waterfall(bar, tone, AXIS, 10.0)).rstrip()

    assert text(Bar(), "pending") == ""
    assert text(Bar(None, 4, 8), "success") == "    ━━━━"
    assert text(Bar(None, 4, None, is_open=True), "running") == "    ━━━━━━│"
