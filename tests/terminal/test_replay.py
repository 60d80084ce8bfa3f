"""A run is recorded in one terminal and played in another."""

import gzip
from pathlib import Path

from tests.conftest import StartTerminal

WATCH = ("--demo", "--demo-speed", "8", "watch", "141", "--record", "run.gz")


def test_what_was_recorded_is_played(terminal: StartTerminal, tmp_path: Path) -> None:
    watched = terminal(*WATCH, columns=100, rows=30)
    watched.wait_for("success in")
    watched.send("q")
    assert watched.wait_for_exit() == 0
    played = terminal("replay", "run.gz", "--speed", "1", columns=100, rows=30)
    played.wait_for("stop")
    played.send("p")
    played.wait_for("play ")
    played.send("]")
    played.wait_for("◐")
    played.send("........")
    played.wait_for("success in")
    played.send("q")
    assert played.wait_for_exit() == 0
    text = gzip.decompress((tmp_path / "run.gz").read_bytes())
    assert b"signature=" not in text
    assert b"pv1_" not in text


def test_a_recording_that_was_cut_off_is_played_up_to_there(
    terminal: StartTerminal, tmp_path: Path
) -> None:
    watched = terminal(*WATCH, columns=100, rows=30)
    watched.wait_for("◐")
    watched.wait_for(lambda _: (tmp_path / "run.gz").exists())
    watched.close()
    played = terminal("replay", "run.gz", columns=100, rows=30)
    played.wait_for("nightly")
    played.send("q")
    assert played.wait_for_exit() == 0


def test_a_file_that_is_no_recording_is_one_line(terminal: StartTerminal, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    for words, said in (
        (("replay", "notes"), "notes is no recording"),
        (("replay", "acme/shop#7"), "there is no recording of run #7"),
        (("--demo", "watch", "--record", "notes"), "exists already"),
    ):
        seen = terminal(*words)
        assert seen.wait_for_exit() == 2
        assert said in " ".join(seen.text.split())


def test_a_recording_that_can_not_be_written_is_said(terminal: StartTerminal) -> None:
    """A name that is too long for the disk shows only when the file is made."""
    name = f"{'x' * 300}.gz"
    seen = terminal("--demo", "--demo-speed", "30", "watch", "141", "--plain", "--record", name)
    assert seen.wait_for_exit() == 0
    assert "can't be written" in " ".join(seen.text.split())


def test_a_run_of_the_demo_is_played_when_the_demo_has_ended(terminal: StartTerminal) -> None:
    missing = terminal("replay", "--demo", "141")
    assert missing.wait_for_exit() == 2
    watched = terminal("--demo", "--demo-speed", "30", "watch", "141", columns=100, rows=30)
    watched.wait_for("success in")
    watched.send("q")
    assert watched.wait_for_exit() == 0
    played = terminal("replay", "--demo", "141", "--speed", "1", columns=100, rows=30)
    played.wait_for("replay")
    played.wait_for("nightly")
    played.send("q")
    assert played.wait_for_exit() == 0
    hinted = terminal("replay", "acme/shop#141")
    assert hinted.wait_for_exit() == 2
    assert "add --demo" in " ".join(hinted.text.split())
