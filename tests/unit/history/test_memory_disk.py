"""A memory whose disk refuses, whose files are no files, and that several processes share."""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cubewatch.history.memory import MAX_SENT, CannotRemember, Memory
from cubewatch.history.page import MAX_BYTES, file_name
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import InputValue, RunRequest, WorkflowData
from cubewatch.runtime import files
from cubewatch.text.sanitize import inert
from tests.conftest import SOURCE
from tests.support.terminal import TIMEOUT

SHOP = RepoSlug("acme", "shop")
AT = datetime(2026, 10, 21, 8, 0, tzinfo=UTC)


def release(value: str = "") -> RunRequest:
    return RunRequest((WorkflowData("release", (InputValue("NOTE", value),)),))


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "sent")


@pytest.fixture
def place(memory: Memory, tmp_path: Path) -> Path:
    """The file of a repository, of which run 1 is remembered."""
    memory.remember(SHOP, release(), "1", AT)
    return tmp_path / "sent" / file_name(SHOP)


def slugs(memory: Memory) -> list[str]:
    return [one.run_slug for one in memory.sent(SHOP)]


def refusal(memory: Memory) -> str:
    with pytest.raises(CannotRemember) as caught:
        memory.remember(SHOP, release(), "2", AT)
    assert str(caught.value) == inert(str(caught.value))
    return str(caught.value)


def test_a_link_is_not_followed(memory: Memory, place: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    place.rename(target)
    before = target.read_bytes()
    place.symlink_to(target)
    assert (memory.sent(SHOP), memory.repositories()) == ((), ())
    memory.remember(SHOP, release(), "2", AT)
    assert slugs(memory) == ["2"]
    assert target.read_bytes() == before
    assert place.with_name(f"{place.name}.broken").readlink() == target


def test_links_where_it_works_are_not_followed(memory: Memory, place: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    place.with_name(f".{place.name}.new").symlink_to(target)
    memory.remember(SHOP, release(), "2", AT)
    assert slugs(memory) == ["2", "1"]
    lock = place.with_name(".lock")
    lock.unlink()
    lock.symlink_to(target)
    assert os.strerror(errno.ELOOP) in refusal(memory)
    assert not target.exists()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file(memory: Memory, place: Path, make: Callable[[Path], None]) -> None:
    place.unlink()
    make(place)
    assert memory.sent(SHOP) == ()
    memory.remember(SHOP, release(), "2", AT)
    assert slugs(memory) == ["2"]
    assert not place.with_name(f"{place.name}.broken").is_file()


def test_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "a\x1bb").write_bytes(b"")
    memory = Memory(tmp_path / "a\x1bb" / "sent")
    assert (memory.sent(SHOP), memory.repositories()) == ((), ())
    assert refusal(memory).startswith(f"{os.strerror(errno.ENOTDIR)}: nothing is remembered in ")


def test_a_full_disk_leaves_what_there_was(
    memory: Memory, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = place.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    assert os.strerror(errno.ENOSPC) in refusal(memory)
    assert place.read_bytes() == before
    assert sorted(os.listdir(place.parent)) == sorted([place.name, ".lock"])


def test_too_much_is_set_aside(memory: Memory, place: Path) -> None:
    place.write_bytes(b"broken")
    for number in range(1, 100):
        suffix = f"-{number}" if number > 1 else ""
        place.with_name(f"{place.name}.broken{suffix}").touch()
    assert "too many files were set aside" in refusal(memory)
    assert place.read_bytes() == b"broken"


def test_the_oldest_make_room(memory: Memory, place: Path) -> None:
    """A character may take six bytes, and its entry an eighth of the file."""
    large = release("\u044f" * (MAX_BYTES // 50))
    for number in range(2, 13):
        memory.remember(SHOP, large, str(number), AT)
    assert slugs(memory) == [str(number) for number in range(12, 4, -1)]
    assert place.stat().st_size <= MAX_BYTES
    with pytest.raises(CannotRemember, match="too large"):
        memory.remember(SHOP, release("x" * (MAX_BYTES // 8)), "13", AT)
    for name in "abcd":
        memory.save_preset(SHOP, name, large)
    with pytest.raises(CannotRemember, match="no room for more presets"):
        memory.save_preset(SHOP, "e", large)
    assert [preset.name for preset in memory.presets(SHOP)] == list("abcd")
    assert place.stat().st_size <= MAX_BYTES
    memory.remember(SHOP, large, "14", AT)
    assert slugs(memory) == ["14", "12", "11", "10"]


def test_what_could_not_be_sent_is_not_remembered(memory: Memory) -> None:
    with pytest.raises(CannotRemember, match="no request that could be sent"):
        memory.remember(SHOP, release("\ud800"), "1", AT)


def test_another_process_stays_in_there(
    memory: Memory, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LOCK_TIMEOUT", 0.05)
    with place.with_name(".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert refusal(memory).startswith(
            "another cubewatch is writing there: nothing is remembered"
        )
        assert slugs(memory) == ["1"]
    memory.remember(SHOP, release(), "2", AT)
    assert slugs(memory) == ["2", "1"]


def test_a_disk_without_locks(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    memory.remember(SHOP, release(), "1", AT)
    assert slugs(memory) == ["1"]


BUSY = f"""
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest, WorkflowData
from cubewatch.history.memory import Memory
from cubewatch.runtime import files

files.LOCK_TIMEOUT = {TIMEOUT}
memory, who = Memory(Path(sys.argv[1])), sys.argv[2]
request = RunRequest((WorkflowData(who),))
for number in range({MAX_SENT // 5}):
    memory.remember(RepoSlug("acme", "shop"), request, f"{{who}}-{{number}}", datetime.now(UTC))
    memory.save_preset(RepoSlug("acme", "shop"), f"{{who}}-{{number}}", request)
    assert memory.of_run(RepoSlug("acme", "shop"), f"{{who}}-0")
"""


def test_several_processes_lose_nothing(memory: Memory, tmp_path: Path) -> None:
    busy = [
        subprocess.Popen(
            [sys.executable, "-c", BUSY, tmp_path / "sent", who],
            env={"PYTHONPATH": str(SOURCE)},
        )
        for who in "abcde"
    ]
    assert [process.wait(2 * TIMEOUT) for process in busy] == [0] * len(busy)
    names = {f"{who}-{number}" for who in "abcde" for number in range(MAX_SENT // 5)}
    assert sorted(slugs(memory)) == sorted(names)
    assert {preset.name for preset in memory.presets(SHOP)} == names
    assert not list((tmp_path / "sent").glob("*.broken*"))


def test_no_folder_on_the_way_is_for_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        memory = Memory(tmp_path / "cubewatch" / "sent" / "server")
        request = RunRequest((WorkflowData("release"),))
        memory.remember(SHOP, request, "1", datetime.now(UTC))
    finally:
        os.umask(before)
    for folder in ("cubewatch", "cubewatch/sent", "cubewatch/sent/server"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700
