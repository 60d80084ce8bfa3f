"""What is kept of earlier runs on the disk, whatever happens to it."""

import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cubewatch.history import duration_store as module
from cubewatch.history.duration_store import DurationStore
from cubewatch.model.past import NodeTimes, RunTimes
from cubewatch.model.repository import RepoSlug
from tests.conftest import ROOT, SOURCE

SHOP = RepoSlug("acme", "shop")
BEGIN = datetime(2026, 10, 21, 7, 0, tzinfo=UTC)
LATER = BEGIN + timedelta(days=10_000)


def times(slug: int, *workflows: str, cubes: int = 1) -> RunTimes:
    nodes: dict[tuple[str, ...], NodeTimes] = {}
    for workflow in workflows or ("release",):
        nodes[workflow,] = NodeTimes("success", 0.5, 20)
        nodes[workflow, "build"] = NodeTimes("success", None, 19.5)
        for n in range(cubes):
            nodes[workflow, "build", f"c{n}"] = NodeTimes("failed", 1.25, None)
    at = BEGIN + timedelta(hours=slug)
    parallel = frozenset({(next(iter(nodes))[0], "build")})
    return RunTimes(str(slug), at, "success", 20.0, nodes, parallel)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "durations"


@pytest.fixture
def store(folder: Path) -> DurationStore:
    return DurationStore(folder)


def slugs(store: DurationStore, *workflows: str, before: datetime = LATER) -> list[str]:
    return [run.slug for run in store.runs(SHOP, workflows or ("release",), before, 10)]


def test_a_run_is_kept_as_it_is(store: DurationStore) -> None:
    store.add(SHOP, times(142))
    assert store.runs(SHOP, ["release"], LATER, 10) == [times(142)]
    assert store.run(SHOP, "142") == times(142)


def test_runs_come_newest_first_and_before_a_moment(store: DurationStore) -> None:
    for slug in (3, 1, 2):
        store.add(SHOP, times(slug))
    assert slugs(store) == ["3", "2", "1"]
    assert slugs(store, before=times(3).at) == ["2", "1"]
    assert [run.slug for run in store.runs(SHOP, ["release"], LATER, 1)] == ["3"]


def test_runs_are_found_by_any_of_their_workflows(store: DurationStore) -> None:
    store.add(SHOP, times(1, "release", "nightly"))
    store.add(SHOP, times(2, "checks"))
    assert slugs(store, "nightly") == ["1"]
    assert slugs(store, "nightly", "checks") == ["2", "1"]
    assert store.runs(RepoSlug("acme", "other"), ["checks"], LATER, 10) == []


def test_a_run_is_kept_once(store: DurationStore) -> None:
    store.add(SHOP, times(1))
    store.add(SHOP, times(1, cubes=3))
    assert store.runs(SHOP, ["release"], LATER, 10) == [times(1, cubes=3)]


def test_when_it_was_asked_is_kept(store: DurationStore) -> None:
    assert store.requested_at(SHOP, ["a", "b"]) is None
    store.note_requested(SHOP, ["a", "b"], BEGIN)
    assert store.requested_at(SHOP, ["b", "a"]) == BEGIN
    assert store.requested_at(SHOP, ["a"]) is None


def test_nothing_is_made_by_reading(store: DurationStore, folder: Path) -> None:
    assert slugs(store) == []
    assert store.known(SHOP) == frozenset()
    assert not folder.exists()


def test_the_file_is_its_owners_alone(store: DurationStore, folder: Path) -> None:
    store.add(SHOP, times(1))
    [file] = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_oldest_runs_of_a_repository_go(
    store: DurationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_RUNS", 3)
    for slug in range(1, 6):
        store.add(SHOP, times(slug))
    assert slugs(store) == ["5", "4", "3"]


def test_there_are_so_many_nodes_at_most(
    store: DurationStore, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(module, "MAX_NODES", 25)
    for slug in range(1, 6):
        store.add(SHOP, times(slug, cubes=8))
    assert slugs(store) == ["5", "4"]
    with closing(sqlite3.connect(folder / module.FILE_NAME)) as connection:
        assert connection.execute("SELECT count(*) FROM nodes").fetchone() == (20,)


def test_a_gigantic_run_is_not_kept(store: DurationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_NODES_OF_RUN", 5)
    store.add(SHOP, times(1, cubes=8))
    assert slugs(store) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"not a database" * 1000, b"SQLite format 3\x00" + b"\xff" * 8000],
    ids=["empty", "something else", "broken"],
)
def test_a_broken_file_is_replaced(store: DurationStore, folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / module.FILE_NAME).write_bytes(content)
    assert slugs(store) == []
    store.add(SHOP, times(1))
    assert slugs(store) == ["1"]


def test_a_file_that_breaks_in_the_middle_is_replaced(store: DurationStore, folder: Path) -> None:
    for slug in range(1, 20):
        store.add(SHOP, times(slug, cubes=50))
    path = folder / module.FILE_NAME
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x05" * (len(data) - 4096)
    path.write_bytes(data)
    assert slugs(store) == []
    store.add(SHOP, times(30))
    store.add(SHOP, times(31))
    assert slugs(store)[0] == "31"


@pytest.mark.parametrize(
    "statement", ["PRAGMA user_version = 99", "CREATE TABLE mine (a)"], ids=["newer", "foreign"]
)
def test_a_file_of_another_version_is_replaced(
    store: DurationStore, folder: Path, statement: str
) -> None:
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / module.FILE_NAME)) as connection:
        connection.execute(statement)
        connection.commit()
    store.add(SHOP, times(1))
    assert slugs(store) == ["1"]


def test_values_of_a_forged_file_are_harmless(store: DurationStore, folder: Path) -> None:
    store.add(SHOP, times(1))
    with closing(sqlite3.connect(folder / module.FILE_NAME)) as connection:
        connection.execute("UPDATE nodes SET status = '\x1b]0;x\x07', worked = 9e999, queued = 'x'")
        connection.execute("UPDATE nodes SET cube = zeroblob(9) WHERE cube IS NOT NULL")
        connection.execute("UPDATE runs SET worked = -5, status = zeroblob(100000)")
        connection.commit()
    [run] = store.runs(SHOP, ["release"], LATER, 10)
    assert run.worked is None
    assert len(run.status) < 1000
    for node in run.nodes.values():
        assert (node.queued, node.worked) == (None, None)
        assert "\x1b" not in node.status


def test_a_folder_that_can_not_be_made_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    store = DurationStore(tmp_path / "state" / "durations")
    store.add(SHOP, times(1))
    store.note_requested(SHOP, ["a"], BEGIN)
    assert slugs(store) == []


def test_without_a_home_nothing_is_kept() -> None:
    store = DurationStore(None)
    store.add(SHOP, times(1))
    assert slugs(store) == []


def test_a_file_that_can_not_be_written_is_still_read(store: DurationStore, folder: Path) -> None:
    store.add(SHOP, times(1))
    with locked(folder):
        assert slugs(store) == ["1"]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another process that writes, for as long as we look."""
    with closing(sqlite3.connect(folder / module.FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_another_process_that_hangs_is_not_waited_for(
    store: DurationStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT", 0.1)
    store.add(SHOP, times(1))
    with locked(folder):
        store.add(SHOP, times(2))
    assert slugs(store) == ["1"]


WRITER = """
import resource, signal, sys
from pathlib import Path
from tests.unit.history.test_duration_store import DurationStore, SHOP, times
folder, first, count, limit = sys.argv[1:]
if int(limit):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
store = DurationStore(Path(folder))
print("ready", flush=True)
for slug in range(int(first), int(first) + int(count)):
    store.add(SHOP, times(slug, cubes=200))
print("done", flush=True)
"""


def writer(folder: Path, first: int, count: int, limit: int = 0) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(first), str(count), str(limit)],
        env={"PYTHONPATH": f"{SOURCE}:{ROOT}"},
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )


def test_two_processes_write_side_by_side(store: DurationStore, folder: Path) -> None:
    both = [writer(folder, first, 20) for first in (1, 101)]
    for process in both:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert len(store.known(SHOP)) == 40


def test_a_process_that_is_killed_leaves_whole_runs(store: DurationStore, folder: Path) -> None:
    process = writer(folder, 1, 10_000)
    assert process.stdout
    process.stdout.readline()
    deadline = time.monotonic() + 60
    while len(store.known(SHOP)) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    found = store.runs(SHOP, ["release"], LATER, 200)
    assert len(found) >= 3
    assert all(len(run.nodes) == 202 for run in found)
    store.add(SHOP, times(20_000))
    assert slugs(store)[0] == "20000"


def test_a_full_disk_costs_only_what_does_not_fit(store: DurationStore, folder: Path) -> None:
    output, _ = writer(folder, 1, 20, limit=100_000).communicate(timeout=120)
    assert output.split() == [b"ready", b"done"]
    found = store.known(SHOP)
    assert 0 < len(found) < 20
    store.add(SHOP, times(1000))
    assert slugs(store)[0] == "1000"
