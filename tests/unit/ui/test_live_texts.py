"""What the header of a run says, and what it does not say without ground."""

from datetime import timedelta

from cubewatch.ui.screens.live.texts import about, band, counts, state_words
from cubewatch.watch.origin import RunOrigin
from tests.support.runs import BEGIN, Json, cube, dates, run, snapshot, task, workflow

NOW = BEGIN + timedelta(seconds=90)


def built(unit: str, word: str = "processing", end: float | None = None) -> Json:
    cubes = [cube("compile", "success"), cube("unit", unit), cube("pack")]
    return run(
        word,
        workflow("w", word, task("build", unit, *cubes), dates=dates(0, end)),
        dates=dates(0, end),
    )


def stands(value: Json, *, brief: bool = False) -> str:
    return " ".join(text for text, _ in state_words(snapshot(value), NOW, brief=brief))


def test_a_run_of_a_pull_request_says_its_branch_commit_and_title() -> None:
    state = snapshot(built("processing"))
    origin = RunOrigin("318", "Fix the VAT", "fix/vat", "1a2b3c4")
    title, parts = about("acme/shop", "142", state.run, None, origin)
    assert title == "#142 w"
    assert parts[:3] == ["  acme/shop", " @ fix/vat 1a2b3c4", " · PR 318 Fix the VAT"]


def test_a_run_at_work_says_since_when() -> None:
    assert stands(built("processing")) == "◐ processing 1m30s"


def test_a_run_that_waits_for_a_person_does_not_work_meanwhile() -> None:
    state = snapshot(built("awaiting_approval", "awaiting_approval"))
    since = BEGIN + timedelta(seconds=20)
    [(text, _)] = state_words(state, NOW, waiting_since=since)
    assert text == "‖ waits for approval after 20s"
    [(text, _)] = state_words(state, NOW)
    assert text == "‖ waits for approval"


def test_a_failure_is_said_while_the_run_goes_on() -> None:
    assert stands(built("failed")) == "✗ FAILED so far · ◐ processing 1m30s"
    assert stands(built("failed"), brief=True) == "✗ ◐ processing 1m30s"


def test_ended_run_shows_its_duration_if_known() -> None:
    assert stands(built("failed", "failed", 61)) == "✗ FAILED in 1m01s"
    assert stands(built("failed", "failed")) == "✗ FAILED"


def test_cubes_are_counted_by_state_without_empty_ones() -> None:
    shown = [(glyph, number) for glyph, number, _ in counts(snapshot(built("failed")))]
    assert shown == [("✓", 1), ("✗", 1), ("○", 1)]


def test_the_band_names_the_failed_cube_and_its_cause_where_known() -> None:
    state = snapshot(built("failed"))
    path = ("w", "build", "unit")
    assert band(state, None, None, NOW) == ("band-failure", "  build/unit")
    assert band(state, (path, "2 tests failed"), None, NOW)[1] == "  build/unit: 2 tests failed"


def test_the_band_counts_the_other_failures() -> None:
    value = built("failed")
    value["workflows"][0]["tasks"][0]["cubes"][2]["status"] = "timeout"
    assert band(snapshot(value), None, None, NOW)[1] == "  build/unit (and 1 more)"


def test_a_wait_for_approval_says_for_what_and_since_when() -> None:
    value = built("awaiting_approval")
    value["workflows"][0]["tasks"][0]["cubes"][1]["status"] = "created"
    state = snapshot(value)
    part, text = band(state, None, BEGIN, NOW)
    assert part == "band-waiting"
    assert text == "‖ build waits for approval since 1m30s · o opens the page"
    assert "since" not in band(state, None, None, NOW)[1]


def test_nothing_to_say_no_band() -> None:
    assert band(snapshot(built("processing")), None, None, NOW) == ("", "")


def test_a_run_that_waits_itself_has_a_band_too() -> None:
    state = snapshot(built("processing") | {"status": "awaiting_approval"})
    assert band(state, None, None, NOW) == (
        "band-waiting",
        "‖ the run waits for approval · o opens the page",
    )


def test_a_failure_does_not_hide_a_wait_for_approval() -> None:
    value = built("failed")
    value["workflows"].append(workflow("d", "awaiting_approval", task("g", "awaiting_approval")))
    part, text = band(snapshot(value), None, None, NOW)
    assert part == "band-failure"
    assert text == "‖ g waits for approval · build/unit"


def test_what_ended_waits_for_nobody() -> None:
    value = built("awaiting_approval", "canceled", 61)
    assert band(snapshot(value), None, None, NOW) == ("", "")
