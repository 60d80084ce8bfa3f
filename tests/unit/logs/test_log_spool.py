"""Logs on disk: every line is found again, and room is made."""

import os
import random
import tracemalloc

import pytest

from cubewatch.logs.spool import BLOCK, CHUNK, LogSpool, SpoolFullError, SpoolPool, encoded
from tests.support.logs import content, spool_of


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_and_goes_is_found_again(seed: int) -> None:
    rng = random.Random(seed)
    spool, kept = LogSpool(), b""
    for _ in range(120):
        size = rng.choice([0, 1, 7, 900, BLOCK - 1, BLOCK, BLOCK + 1])
        piece = bytes(rng.choices(b"ab\n", (50, 50, rng.choice([0, 1, 40])), k=size))
        spool.append(piece)
        kept += piece
        if rng.random() < 0.15:
            end = rng.randint(0, len(kept))
            spool.cut(end)
            kept = kept[:end]
        lines = kept.split(b"\n")
        assert content(spool) == kept
        assert spool.line_count == len(lines) - (lines[-1] == b"")
        for _ in range(8):
            line, offset = rng.randrange(len(lines)), rng.randint(0, len(kept))
            assert spool.line(line) == lines[line]
            assert spool.line_of(offset) == kept[:offset].count(b"\n")
            assert spool.line_of(spool.line_start(line)) == line


def test_edges() -> None:
    spool = LogSpool()
    assert (spool.line_count, spool.line(0), spool.line(5), spool.read(0, 9)) == (0, b"", b"", b"")
    spool.append(b"one\ntwo")
    assert (spool.line_count, spool.line(1), spool.line(2)) == (2, b"two", b"")
    assert (spool.line(0, 2), spool.line_end(0), spool.line_end(1)) == (b"on", 3, 7)
    version = spool.version
    spool.cut(7)
    assert spool.version == version
    spool.cut(3)
    assert spool.version > version
    assert (spool.line_count, spool.line(0)) == (1, b"one")


def test_the_file_is_the_owners_alone_and_has_no_name() -> None:
    spool = spool_of(b"secret")
    assert spool._file._file is not None
    stat = os.fstat(spool._file._file.fileno())
    assert (stat.st_mode & 0o777, stat.st_nlink) == (0o600, 0)


def test_memory_does_not_depend_on_the_number_of_lines() -> None:
    tracemalloc.start()
    try:
        spool = LogSpool()
        for _ in range(20):
            spool.append(b"\n" * 1_000_000)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert spool.line_count == 20_000_000
    assert spool.line_start(12_345_678) == 12_345_678
    assert kept < 50_000


def test_characters_outside_of_utf8_have_a_form() -> None:
    assert encoded("Ж😀") == "Ж😀".encode()
    assert encoded("\ud83d\ude00") == "😀".encode()
    assert encoded("a\udcd0\udc96") == b"a\xd0\x96"
    assert encoded("a\ud83d!\udfff") == "a\ufffd!\ufffd".encode()


def test_the_oldest_finished_logs_make_room() -> None:
    pool = SpoolPool(limit=100)
    first, second, third = (pool.spool() for _ in range(3))
    for spool in (first, second, third):
        pool.append(spool, b"x" * 30)
    second.finished = True
    pool.append(third, b"y" * 20)
    assert (first.dropped, second.dropped, third.dropped) == (False, True, False)
    assert (second.size, second.line_count, second.line(0)) == (0, 0, b"")
    pool.append(third, b"z" * 50)
    assert first.dropped
    assert pool.size == third.size == 100
    with pytest.raises(SpoolFullError):
        pool.append(third, b"!")
    assert content(third).endswith(b"z")


def test_logs_of_a_run_share_one_descriptor() -> None:
    before = len(os.listdir("/dev/fd"))
    pool = SpoolPool()
    spools = [pool.spool() for _ in range(300)]
    for at, spool in enumerate(spools):
        pool.append(spool, f"log {at}\n".encode() * 9)
    assert len(os.listdir("/dev/fd")) <= before + 1
    assert [content(spool) for spool in spools] == [f"log {at}\n".encode() * 9 for at in range(300)]
    pool.close()
    assert len(os.listdir("/dev/fd")) == before


def test_dropped_logs_leave_their_room_to_others() -> None:
    pool = SpoolPool()
    for at in range(50):
        spool = pool.spool()
        pool.append(spool, b"x" * CHUNK * 2 + str(at).encode())
        assert content(spool).endswith(str(at).encode())
        pool.drop(spool)
    last = pool.spool()
    pool.append(last, b"y" * CHUNK * 3)
    assert os.fstat(pool._file._file.fileno()).st_size <= 4 * CHUNK  # type: ignore[union-attr]


def test_full_disk_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    spool = spool_of(b"a" * CHUNK + b"b\n")
    pwrite = os.pwrite

    def full(fd: int, data: bytes, offset: int) -> int:
        if offset >= 2 * CHUNK:
            raise OSError(28, "No space left on device")
        return pwrite(fd, data, offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="No space"):
        spool.append(b"c" * 2 * CHUNK)
    monkeypatch.undo()
    spool.append(b"d\n")
    assert content(spool) == b"a" * CHUNK + b"b\nd\n"
    assert spool.line(1) == b"d"
