"""The file in the making: nothing outside its folder, nothing half under its name."""

import errno
import os
from pathlib import Path

import pytest

from cubewatch.api.download_errors import SaveError
from cubewatch.api.part_file import Kept, PartFile
from cubewatch.model.artifact_path import Parts

KEPT = Kept("shop#142", '"v1"', 10)


def opened(folder: Path, parts: Parts = ("dist", "app"), source: str = "shop#142") -> PartFile:
    part = PartFile(folder, parts, source)
    try:
        part.open()
    except SaveError:
        part.close()
        raise
    return part


def finished(folder: Path, parts: Parts = ("dist", "app"), data: bytes = b"new") -> Path:
    part = opened(folder, parts)
    try:
        part.restart(KEPT)
        part.append(data)
        return part.finish()
    finally:
        part.close()


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    assert finished(tmp_path / "new" / "one").read_bytes() == b"new"


def test_what_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "app").write_bytes(b"old")
    outside = tmp_path / "outside"
    (tmp_path / "dist" / "app (2)").symlink_to(outside)
    (tmp_path / "dist" / "app (3)").mkdir()
    assert finished(tmp_path).name == "app (4)"
    assert (tmp_path / "dist" / "app").read_bytes() == b"old"
    assert not outside.exists()


@pytest.mark.parametrize("target", ["..", "/", "elsewhere"])
def test_no_link_to_a_directory_is_followed(tmp_path: Path, target: str) -> None:
    folder = tmp_path / "folder"
    (folder / "elsewhere").mkdir(parents=True)
    (folder / "dist").symlink_to(target)
    with pytest.raises(SaveError, match="a link or a file stands where a directory has to be"):
        opened(folder)
    assert list(tmp_path.iterdir()) == [folder]
    assert not list((folder / "elsewhere").iterdir())


def test_a_folder_that_becomes_a_link_meanwhile_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    part = opened(tmp_path)
    (tmp_path / "dist").rename(tmp_path / "moved")
    (tmp_path / "dist").symlink_to("outside")
    part.restart(KEPT)
    part.append(b"new")
    part.finish()
    part.close()
    assert (tmp_path / "moved" / "app").read_bytes() == b"new"
    assert not list((tmp_path / "outside").iterdir())


def test_the_chosen_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    finished(tmp_path / "link")
    assert (tmp_path / "real" / "dist" / "app").read_bytes() == b"new"


def test_a_part_file_that_is_a_link_is_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_bytes(b"precious")
    for plant in (
        lambda path: path.symlink_to(mine),
        lambda path: path.hardlink_to(mine),
        lambda path: os.mkfifo(path),
    ):
        folder = tmp_path / f"folder{len(list(tmp_path.iterdir()))}"
        (folder / "dist").mkdir(parents=True)
        plant(folder / "dist" / ".app.part")
        plant(folder / "dist" / ".app.part.info")
        assert finished(folder).read_bytes() == b"new"
    assert mine.read_bytes() == b"precious"


def test_two_at_once_do_not_write_the_same_file(tmp_path: Path) -> None:
    first = opened(tmp_path)
    with pytest.raises(SaveError, match="being downloaded already"):
        opened(tmp_path)
    first.close()
    opened(tmp_path).close()


def test_a_disk_without_links_gets_the_name_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    assert [finished(tmp_path).name for _ in range(2)] == ["app", "app (2)"]
    assert not list(tmp_path.rglob(".*"))


@pytest.mark.parametrize("call", ["pwrite", "fsync"])
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "^the disk is full: can't save "),
        (errno.EDQUOT, "quota"),
        (errno.EACCES, "^writing is not allowed there"),
        (errno.EIO, "^Input/output error"),
    ],
)
def test_a_full_disk_leaves_nothing_under_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, said: str
) -> None:
    def full(*_: object) -> int:
        raise OSError(number, "full")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(SaveError, match=said) as error:
        finished(tmp_path)
    assert "dist/app" in str(error.value)
    assert not (tmp_path / "dist" / "app").exists()
    monkeypatch.undo()
    assert finished(tmp_path).read_bytes() == b"new"


def test_a_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SaveError, match="a file stands where the folder has to be"):
        opened(tmp_path / "file")
    (tmp_path / "dist").write_bytes(b"")
    with pytest.raises(SaveError, match="a link or a file stands"):
        opened(tmp_path)


def test_what_other_artifacts_left_is_not_taken_over(tmp_path: Path) -> None:
    part = opened(tmp_path)
    part.restart(KEPT)
    part.append(b"12345")
    part.close()
    again = opened(tmp_path)
    assert (again.offset, again.kept) == (5, KEPT)
    again.close()
    other = opened(tmp_path, source="shop#143")
    assert (other.offset, other.size, other.kept) == (0, 5, None)
    other.close()


@pytest.mark.parametrize(
    "info",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"source": "shop#142"}',
        b'{"source": "shop#142", "validator": "a\\r\\nb: c", "total": 10}',
        b'{"source": "shop#142", "validator": "\\"v1\\"", "total": -1}',
        b'{"source": "shop#142", "validator": "\\"v1\\"", "total": "x"}',
    ],
)
def test_notes_that_cannot_be_read_count_for_nothing(tmp_path: Path, info: bytes) -> None:
    part = opened(tmp_path)
    part.restart(KEPT)
    part.append(b"12345")
    part.close()
    (tmp_path / "dist" / ".app.part.info").write_bytes(info)
    again = opened(tmp_path)
    assert again.offset == 0
    again.close()


def test_after_its_end_nothing_is_written(tmp_path: Path) -> None:
    part = opened(tmp_path)
    part.close()
    part.append(b"late")
    with pytest.raises(SaveError, match="ended"):
        part.finish()
    assert (tmp_path / "dist" / ".app.part").read_bytes() == b""
