"""The announcements of a run: title, bell and notification, each thing once."""

from cubewatch.ui.osc import BELL
from cubewatch.ui.screens.live.notifier import Notifier
from tests.support.runs import Json, cube, run, snapshot, task, workflow


def value(unit: str, word: str = "processing") -> Json:
    return run(word, workflow("w", word, task("t", unit, cube("unit", unit))))


def announced(*values: Json, has_focus: bool = False) -> list[str]:
    notifier = Notifier({}, notify=True)
    return [notifier.sequences(snapshot(each), has_focus=has_focus) for each in values]


def test_what_was_so_before_is_no_news() -> None:
    assert BELL not in announced(value("failed"))[0].replace("\a", "", 1)
    [first] = announced(value("failed", "failed"))
    assert "]9;" not in first


def test_a_failure_is_reported_once_and_changes_the_title() -> None:
    _, second, third = announced(value("processing"), value("failed"), value("failed"))
    assert "\x1b]2;✗" in second
    assert "failed: w/t/unit" in second
    assert third == ""


def test_a_wait_for_approval_is_reported_once() -> None:
    waiting = value("awaiting_approval")
    _, second, third = announced(value("processing"), waiting, waiting)
    assert "\x1b]2;‖" in second
    assert "waits for approval: w/t/unit" in second
    assert third == ""


def test_a_failure_and_a_wait_that_come_together_are_both_reported() -> None:
    both = run(
        "processing",
        workflow("w", "failed", task("t", "failed", cube("unit", "failed"))),
        workflow("d", "awaiting_approval", task("gate", "awaiting_approval")),
    )
    _, second = announced(value("processing"), both)
    assert "failed: w/t/unit · waits for approval: d/gate" in second


def test_a_run_that_waits_without_a_part_that_does_is_reported() -> None:
    waiting = run("awaiting_approval", workflow("w", "processing", task("t", "created")))
    _, second = announced(value("processing"), waiting)
    assert "\x1b]2;‖" in second
    assert "waits for approval: the run" in second


def test_the_end_is_reported() -> None:
    _, second = announced(value("processing"), value("success", "success"))
    assert "✓ success" in second


def test_who_looks_gets_the_bell_alone() -> None:
    _, second = announced(value("processing"), value("failed"), has_focus=True)
    assert BELL in second
    assert "]9;" not in second


def test_a_failure_waits_for_its_cause_and_is_reported_once() -> None:
    notifier = Notifier({}, notify=True)
    running, failed = snapshot(value("processing")), snapshot(value("failed"))
    notifier.sequences(running, has_focus=False)
    assert BELL not in notifier.sequences(failed, has_focus=False, cause=None).replace("\a", "", 1)
    assert notifier.owes_failure
    announced = notifier.sequences(failed, has_focus=False, cause="t/unit: error: no such member")
    assert "failed: t/unit: error: no such member" in announced
    assert "#142 · t/unit: error: no such member" in announced
    assert not notifier.owes_failure
    assert notifier.sequences(failed, has_focus=False, cause="t/unit: error: no such member") == ""
