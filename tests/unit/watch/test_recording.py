"""Recordings: what is kept of a run that is watched, and what is read of a file from anybody."""

import gzip
import json
import os
import stat
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cubewatch.model.repository import RepoSlug
from cubewatch.watch import recording as module
from cubewatch.watch import recording_file
from cubewatch.watch.recording import (
    Recorder,
    RecordingFolder,
    new_recording,
    read_recordings,
)
from cubewatch.watch.recording_file import (
    Header,
    RecordingError,
    changed,
    difference,
    read_recording,
)
from tests.support.earlier import Shape, planned
from tests.support.runs import Json, cube, run, task, workflow

SHOP = RepoSlug("acme", "shop")
AT = datetime(2026, 10, 21, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSE_TIMEOUT", 120.0)


def state(status: str, *artifacts: Json) -> Json:
    return run(
        status,
        workflow("w", status, task("t", status, cube("c", status, artifacts=list(artifacts)))),
    )


def record(path: Path, *answers: Json | None) -> Path:
    """A recording with an answer every two seconds; None: none came."""
    recorder = Recorder(SHOP, lambda header, final: new_recording(path))
    for n, answer in enumerate(answers):
        if answer is None:
            recorder.silence(1000 + 2.0 * n)
        else:
            at = AT + timedelta(seconds=2 * n)
            recorder.answer(1000 + 2.0 * n, at, "142", json.dumps(answer).encode())
    recorder.close()
    assert recorder.trouble == ""
    return path


def replayed(path: Path) -> list[Any]:
    """The answers of a recording, one after the other."""
    value, found = None, []
    for entry in read_recording(path).entries:
        if not entry.is_silent:
            value = changed(value, entry.change)
            found.append(value)
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, {"a": 1}),
        ({"a": 1, "b": 2}, {"b": 3, "c": [1]}),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 1}, {"b": 3, "c": None}]}),
        ({"a": [1, 2]}, {"a": [1, 2, 3]}),
        ({"a": {"=": 1, "~": 2}}, {"a": {"=": 2, "~": 2, "+": 1}}),
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": None}, {}),
        ([1], {"a": 1}),
        ("x", "y"),
    ],
)
def test_a_difference_leads_to_what_is_after(before: Any, after: Any) -> None:
    found = json.loads(json.dumps(difference(before, after)))
    kept = json.dumps(before)
    assert json.dumps(changed(before, found), sort_keys=True) == json.dumps(after, sort_keys=True)
    assert json.dumps(before) == kept


def test_the_same_has_no_difference() -> None:
    assert difference({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}) is None


def test_answers_come_back_as_they_were(tmp_path: Path) -> None:
    answers = [state("created"), state("processing"), state("processing"), state("success")]
    path = record(tmp_path / "run", *answers)
    assert replayed(path) == [answers[0], answers[1], answers[3]]
    recording = read_recording(path)
    assert recording.header == Header(SHOP, "142", AT)
    assert [entry.seconds for entry in recording.entries] == [0, 2, 6]
    assert recording.is_whole


def test_silence_is_recorded_once(tmp_path: Path) -> None:
    path = record(tmp_path / "run", state("created"), None, None, state("created"))
    entries = read_recording(path).entries
    assert [(entry.seconds, entry.is_silent) for entry in entries] == [
        (0, False),
        (2, True),
        (6, False),
    ]


def test_failures_are_found_without_playing(tmp_path: Path) -> None:
    path = record(tmp_path / "run", state("processing"), state("failed"))
    assert [entry.fails for entry in read_recording(path).entries] == [False, True]


def test_addresses_that_open_artifacts_are_left_out(tmp_path: Path) -> None:
    artifact = {"local_path": "a.tgz", "download_url": "https://files.example/a?signature=s3cret"}
    path = record(tmp_path / "run", state("success", artifact))
    assert b"s3cret" not in gzip.decompress(path.read_bytes())
    assert "a.tgz" in gzip.decompress(path.read_bytes()).decode()


def test_a_recording_is_its_owners_alone(tmp_path: Path) -> None:
    path = record(tmp_path / "run", state("created"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine")
    with pytest.raises(RecordingError, match="exists already"):
        new_recording(tmp_path / "run")
    with pytest.raises(RecordingError, match="can't be written"):
        new_recording(tmp_path / "no" / "folder")


def test_a_disk_that_fails_ends_the_recording_alone(tmp_path: Path) -> None:
    file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115, the recorder closes it
    recorder = Recorder(SHOP, lambda header, final: file)
    recorder.answer(0, AT, "142", json.dumps(state("created")).encode())
    recorder.close()
    assert "No space left" in recorder.trouble
    recorder.answer(1, AT, "142", b"{}")


def test_what_is_no_json_is_not_recorded(tmp_path: Path) -> None:
    recorder = Recorder(SHOP, lambda header, final: new_recording(tmp_path / "run"))
    for body in (json.dumps(state("created")).encode(), b"<html>", b"[" * 100_000):
        recorder.answer(0, AT, "142", body)
    recorder.close()
    assert replayed(tmp_path / "run") == [state("created")]


def test_what_was_written_before_kill_9_is_read(tmp_path: Path) -> None:
    path = record(tmp_path / "run", state("created"), state("processing"), state("success"))
    whole = path.read_bytes()
    for length in range(len(whole) - 1, 100, -7):
        path.write_bytes(whole[:length])
        try:
            recording = read_recording(path)
        except RecordingError:
            continue
        assert len(recording.entries) <= 3
    path.write_bytes(whole[:-10])
    assert replayed(path)[-1] == state("success")


def test_half_an_hour_of_forty_cubes_is_small(tmp_path: Path) -> None:
    """An answer every two seconds, in each of which something moves."""
    rng = Random(7)
    shape = Shape({f"task-{n}": [200.0 + 10 * n] * 8 for n in range(5)})
    watched = planned(shape, 142, rng)
    assert watched.end > 1800
    answers = []
    for seconds in range(0, 1800, 2):
        value = watched.at(seconds)
        for each in (*value["workflows"], *value["workflows"][0]["tasks"]):
            percent = round(seconds / 18 * rng.uniform(0.98, 1), 2)
            each["progress"] = {"percent": percent, "current_cube": {"slug": "c1"}}
        answers.append(value)
    path = record(tmp_path / "run", *answers)
    assert path.stat().st_size < 300_000
    assert replayed(path)[-1] == answers[-1]


def packed(*lines: object) -> bytes:
    return gzip.compress("".join(f"{json.dumps(line)}\n" for line in lines).encode())


HEADER = {"cubewatch": 1, "repo": "acme/shop", "run": "142", "at": AT.isoformat()}
FIRST = {"t": 0, "d": {"=": {"status": "created"}}}
DEEP = b'{"t":1,"d":' + b'{"~":{"a":' * 30_000 + b"{}" + b"}}" * 30_000 + b"}\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not gzip at all",
        gzip.compress(b""),
        packed([]),
        packed({"cubewatch": 2, **FIRST}),
        packed({**HEADER, "run": "\x1b[2J"}, FIRST),
        packed({**HEADER, "repo": "../.."}, FIRST),
        packed({**HEADER, "at": "1066-10-14"}, FIRST),
        packed(HEADER),
        packed(HEADER, {"t": -5, "d": {}}),
        packed(HEADER, {"t": 1e999, "d": {}}),
        packed(HEADER, {"t": "x"}),
        packed(HEADER, {"t": 0, "d": "="}),
    ],
    ids=range(13),
)
def test_what_is_no_recording_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run").write_bytes(content)
    with pytest.raises(RecordingError) as caught:
        read_recording(tmp_path / "run")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "second",
    [
        {"t": 1, "d": {"~": {"workflows": {"~": {"9": {"=": 1}}}}}},
        {"t": 1, "d": {"~": {"nothing": {"=": 1}}}},
        {"t": 1, "d": {"~": [1, 2]}},
        {"t": 1, "d": {"+": 5}},
        {"t": 1, "d": {"-": 5}},
        {"t": 1, "d": {"~": {"status": {"~": {"x": {"=": 1}}}}}},
    ],
)
def test_a_change_that_does_not_fit_is_an_error(tmp_path: Path, second: object) -> None:
    (tmp_path / "run").write_bytes(packed(HEADER, FIRST, second))
    with pytest.raises(RecordingError):
        replayed(tmp_path / "run")


def test_a_recording_is_read_up_to_what_is_wrong(tmp_path: Path) -> None:
    wrongs: tuple[object, ...] = ({"t": -1}, {"t": 1, "d": 5}, [], "x", {"t": None})
    for wrong in wrongs:
        (tmp_path / "run").write_bytes(packed(HEADER, FIRST, wrong, FIRST))
        recording = read_recording(tmp_path / "run")
        assert len(recording.entries) == 1
        assert not recording.is_whole


def test_depth_costs_nothing(tmp_path: Path) -> None:
    lines = "".join(f"{json.dumps(line)}\n" for line in (HEADER, FIRST)).encode()
    (tmp_path / "run").write_bytes(gzip.compress(lines + DEEP))
    assert len(read_recording(tmp_path / "run").entries) == 1


def test_a_bomb_is_not_unpacked_whole(tmp_path: Path) -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = bomb.compress("".join(f"{json.dumps(one)}\n" for one in (HEADER, FIRST)).encode())
    for _ in range(300):
        data += bomb.compress(b" " * 1_000_000)
    (tmp_path / "run").write_bytes(data + bomb.flush())
    recording = read_recording(tmp_path / "run")
    assert len(recording.entries) == 1
    assert not recording.is_whole


def test_parts_of_a_run_are_read_one_after_the_other(tmp_path: Path) -> None:
    folder = RecordingFolder(tmp_path / "recordings")
    for begin, answers in ((0, ["created", "processing"]), (600, ["processing", "success"])):
        recorder = Recorder(SHOP, folder.opened)
        for n, status in enumerate(answers):
            seconds = begin + 2 * n
            at = AT + timedelta(seconds=seconds)
            recorder.answer(seconds, at, "142", json.dumps(state(status)).encode())
        recorder.close()
    recording = read_recordings(folder.of_run(SHOP, "142"))
    assert [(entry.seconds, entry.is_silent) for entry in recording.entries] == [
        (0, False),
        (2, False),
        (2, True),
        (600, False),
        (602, False),
    ]
    assert folder.of_run(SHOP, "14") == []
    assert folder.of_run(RepoSlug("acme", "other"), "142") == []


def test_a_run_that_had_ended_is_recorded_once(tmp_path: Path) -> None:
    folder = RecordingFolder(tmp_path / "recordings")
    for _ in range(2):
        recorder = Recorder(SHOP, folder.opened)
        recorder.answer(0, AT, "142", json.dumps(state("success")).encode())
        recorder.close()
    assert len(folder.of_run(SHOP, "142")) == 1


def test_the_oldest_recordings_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RECORDINGS", 3)
    folder = RecordingFolder(tmp_path / "recordings")
    for slug in range(1, 6):
        recorder = Recorder(SHOP, folder.opened)
        recorder.answer(0, AT, str(slug), json.dumps(state("processing")).encode())
        recorder.close()
        for path in folder.of_run(SHOP, str(slug)):
            os.utime(path, (slug, slug))
    kept = [slug for slug in range(1, 6) if folder.of_run(SHOP, str(slug))]
    assert kept == [3, 4, 5]


def test_a_hostile_run_number_leads_nowhere_else(tmp_path: Path) -> None:
    folder = RecordingFolder(tmp_path / "recordings")
    recorder = Recorder(SHOP, folder.opened)
    recorder.answer(0, AT, "../../x\n", json.dumps(state("processing")).encode())
    recorder.close()
    assert [path.name for path in tmp_path.iterdir()] == ["recordings"]
    assert len(folder.of_run(SHOP, "../../x\n")) == 1


def test_big_answers_are_recorded_only_where_that_was_asked_for(tmp_path: Path) -> None:
    files = [tmp_path / "kept", tmp_path / "asked"]
    kept = Recorder(SHOP, lambda *_: new_recording(files[0]), 300)
    asked = Recorder(SHOP, lambda *_: new_recording(files[1]))
    big = {**state("processing"), "title": "x" * 300}
    for recorder in (kept, asked):
        for seconds, answer in enumerate((state("created"), big, state("success"))):
            recorder.answer(float(seconds), AT, "142", json.dumps(answer).encode())
        recorder.close()
    assert kept.trouble == "answers of more than 300 B are not recorded"
    assert [one.is_silent for one in read_recording(files[0]).entries] == [False, True]
    assert asked.trouble == ""
    assert replayed(files[1])[-1] == state("success")


def test_recording_that_is_too_long_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_file, "MAX_FILE", 300)
    recorder = Recorder(SHOP, lambda *_: new_recording(tmp_path / "run"))
    for seconds in range(200):
        answer = {**state("processing"), "title": str(seconds) * 9}
        recorder.answer(float(seconds), AT, "142", json.dumps(answer).encode())
    recorder.close()
    assert recorder.trouble == "nothing more was recorded: the recording is too long"
    assert replayed(tmp_path / "run")
