"""What is kept of a fault: where, and what is not in it."""

import stat
import tempfile
from pathlib import Path

import pytest

from cubewatch.cli import main
from cubewatch.runtime.crash import MAX_KEPT, crash_report


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "cubewatch" / "crashes"


def failure(message: str) -> Exception:
    try:
        raise RuntimeError(message)
    except RuntimeError as error:
        return error


def test_a_report_has_the_traceback_and_is_private(state: Path) -> None:
    line = crash_report(failure("why"))
    [report] = state.glob("*.txt")
    assert line.endswith(f"(RuntimeError): {report} has the details")
    assert "in failure" in report.read_text()
    assert report.read_text().endswith("RuntimeError: why\n")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "message",
    [
        "pv1_HIDDEN",
        "Authorization: Bearer HIDDEN",
        "http://me:HIDDEN@proxy",
        "the value HIDDEN-own",
        "from the environment: HIDDEN.env",
    ],
)
def test_a_report_holds_no_secret(
    state: Path, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    monkeypatch.setenv("SOURCECRAFT_TOKEN", "HIDDEN.env")
    crash_report(failure(message), ["HIDDEN-own"])
    [report] = state.glob("*.txt")
    assert "***" in report.read_text()
    assert "HIDDEN" not in report.read_text()


def test_a_report_cannot_steer_the_terminal(state: Path) -> None:
    crash_report(failure("\x1b]0;title\x07"))
    [report] = state.glob("*.txt")
    assert "\x1b" not in report.read_text()


def test_only_the_newest_reports_stay(state: Path) -> None:
    state.mkdir(parents=True)
    for number in range(MAX_KEPT + 5):
        (state / f"crash-2026{number:04}.txt").touch()
    crash_report(failure("why"))
    assert len(list(state.glob("*.txt"))) == MAX_KEPT


def test_where_nothing_can_be_kept_there_is_still_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert str(tmp_path / "cubewatch-crash-") in crash_report(failure("why"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    assert crash_report("text") == "cubewatch has stopped, because of a fault of its own (an error)"


def test_a_fault_of_a_command_is_one_line(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no such release: pv1_HIDDEN")

    monkeypatch.setattr("cubewatch.cli.draft_arguments.draft_of", fail)
    assert main(["run", "release", "-y", "KEY=pv1_HIDDEN", "--demo"]) == 70
    output = capsys.readouterr()
    assert output.err.startswith("cubewatch has stopped, because of a fault of its own")
    assert output.err.count("\n") == 1
    assert output.out == ""
    [report] = state.glob("*.txt")
    assert "HIDDEN" not in report.read_text()


def test_variables_that_change_the_terminal_library_are_named(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTUAL_DRIVER", "nonsense")
    assert crash_report(failure("why")).endswith("; try again without TEXTUAL_DRIVER")
