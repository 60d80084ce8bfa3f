"""Submission: which key press sends a request."""

from datetime import UTC, datetime

import pytest

from cubewatch.model.draft import Draft, WorkflowDraft
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.watch.submission import CALM, Lost, Shown, Step, Submission

REQUEST = RunRequest((WorkflowData("release"),))
SHOWN = Shown(Draft(workflows=(WorkflowDraft("release"),)), request=REQUEST)
READING = SHOWN._replace(is_reading=True)
INCOMPLETE = SHOWN._replace(request=None)
EDITED = SHOWN._replace(draft=Draft(workflows=(WorkflowDraft("other"),)))
LOST = Lost(REQUEST, datetime(2026, 11, 27, tzinfo=UTC))


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def submission(clock: Clock) -> Submission:
    return Submission(clock)


def press(submission: Submission, shown: Shown = SHOWN) -> Step:
    return submission.press(shown, shown)


def test_one_press_sends_once(submission: Submission) -> None:
    assert press(submission) is Step.CHECK
    assert press(submission) is Step.NOTHING
    assert submission.checked(()) is Step.SEND
    assert submission.request == REQUEST
    assert press(submission) is Step.NOTHING
    submission.accepted()
    assert press(submission) is Step.NOTHING


def test_after_a_run_was_started_the_form_can_send_again(submission: Submission) -> None:
    press(submission)
    submission.checked(())
    submission.accepted()
    submission.form_shown()
    assert press(submission) is Step.CHECK


def test_a_duplicate_is_sent_only_by_a_second_press(submission: Submission, clock: Clock) -> None:
    press(submission)
    assert submission.checked(["#142 is running"]) is Step.CONFIRM
    assert press(submission) is Step.NOTHING, "the key was still held down"
    clock.seconds += CALM
    assert press(submission) is Step.SEND


def test_a_changed_form_has_to_be_confirmed_again(submission: Submission, clock: Clock) -> None:
    press(submission)
    submission.checked(["#142 is running"])
    clock.seconds += CALM
    submission.edit(EDITED.draft)
    assert (submission.phase, submission.duplicates) == ("idle", ())
    assert press(submission, EDITED) is Step.CHECK


def test_a_form_changed_while_duplicates_are_searched_is_not_sent(submission: Submission) -> None:
    press(submission)
    submission.edit(EDITED.draft)
    assert submission.checked(()) is Step.NOTHING


def test_a_late_message_of_what_was_typed_before_cancels_nothing(submission: Submission) -> None:
    press(submission)
    submission.edit(SHOWN.draft)
    assert submission.checked(()) is Step.SEND


def test_it_is_sent_when_the_config_is_read(submission: Submission) -> None:
    assert press(submission, READING) is Step.FINISH_CONFIG
    assert submission.phase == "waiting"
    assert submission.config_read(SHOWN) is Step.CHECK


@pytest.mark.parametrize("shown", [EDITED, SHOWN._replace(warnings=frozenset({"new"}))])
def test_what_the_person_has_not_seen_is_not_sent(submission: Submission, shown: Shown) -> None:
    press(submission, READING)
    assert submission.config_read(shown) is Step.SHOW_CHANGE
    assert submission.has_changed
    assert submission.phase == "idle"


def test_a_pending_send_can_be_cancelled(submission: Submission) -> None:
    press(submission, READING)
    submission.cancel()
    assert submission.config_read(SHOWN) is Step.NOTHING


def test_send_at_once_sends_whatever_the_config_says(submission: Submission) -> None:
    submission.start_waiting()
    assert submission.config_read(EDITED) is Step.CHECK


def test_what_the_last_key_changed_is_shown_before_it_is_sent(submission: Submission) -> None:
    assert submission.press(EDITED, SHOWN) is Step.SHOW_CHANGE


def test_a_problem_is_shown(submission: Submission, clock: Clock) -> None:
    assert press(submission, INCOMPLETE) is Step.SHOW_PROBLEM
    clock.seconds += CALM
    assert press(submission, INCOMPLETE) is Step.SHOW_PROBLEM


def test_a_doubtful_problem_can_be_overruled(submission: Submission, clock: Clock) -> None:
    doubtful = INCOMPLETE._replace(doubtful=REQUEST)
    assert press(submission, doubtful) is Step.SHOW_PROBLEM
    assert press(submission, doubtful) is Step.NOTHING
    clock.seconds += CALM
    assert press(submission, doubtful) is Step.CHECK


def test_after_an_answer_without_a_run_the_key_has_to_be_released(
    submission: Submission, clock: Clock
) -> None:
    press(submission)
    submission.checked(())
    submission.failed()
    for _ in range(3):
        clock.seconds += CALM / 2
        assert press(submission) is Step.NOTHING
    clock.seconds += CALM
    assert press(submission) is Step.CHECK


def test_a_lost_request_is_remembered_until_its_run_is_found(submission: Submission) -> None:
    press(submission)
    submission.checked(())
    submission.failed(LOST)
    assert submission.lost == LOST
    submission.failed()
    assert submission.lost == LOST
    submission.accepted()
    assert submission.lost is None
