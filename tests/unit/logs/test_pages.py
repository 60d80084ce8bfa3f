"""Pages of a log put together: characters that are cut where a page ends."""

import pytest

from cubewatch.logs.pages import PIECE, PageWriter
from cubewatch.logs.spool import LogSpool, SpoolPool

FIRST_HALF, SECOND_HALF = "\ud83d", "\ude00"
UNSURE = "\N{REPLACEMENT CHARACTER}"


@pytest.fixture
def spool(pool: SpoolPool) -> LogSpool:
    return pool.spool()


@pytest.fixture
def pool() -> SpoolPool:
    return SpoolPool()


@pytest.fixture
def writer(pool: SpoolPool, spool: LogSpool) -> PageWriter:
    return PageWriter(pool, spool)


def text_of(spool: LogSpool) -> str:
    return spool.read(0, spool.size).decode()


async def test_character_cut_at_a_page_end_is_joined(writer: PageWriter, spool: LogSpool) -> None:
    await writer.write(f"a{FIRST_HALF}", over=True)
    assert text_of(spool) == "a"
    writer.turn()
    await writer.write(f"{SECOND_HALF}b", over=True)
    assert text_of(spool) == "a😀b"


async def test_character_cut_in_a_growing_page_waits(writer: PageWriter, spool: LogSpool) -> None:
    await writer.write(f"a{FIRST_HALF}", over=False)
    assert text_of(spool) == "a"
    assert await writer.write(f"a{FIRST_HALF}{SECOND_HALF}", over=False) == (True, False)
    assert text_of(spool) == "a😀"


@pytest.mark.parametrize("bytes_missing", [1, 2, 3])
async def test_bytes_of_an_incomplete_character_wait(
    writer: PageWriter, spool: LogSpool, bytes_missing: int
) -> None:
    await writer.write("a" + UNSURE * bytes_missing, over=False)
    assert text_of(spool) == "a"
    assert await writer.write("a😀", over=False) == (True, False)
    assert text_of(spool) == "a😀"


async def test_at_most_one_character_waits(writer: PageWriter, spool: LogSpool) -> None:
    await writer.write("a" + UNSURE * 5, over=False)
    assert text_of(spool) == f"a{UNSURE * 2}"
    await writer.write("a" + UNSURE * 5, over=True)
    assert text_of(spool) == f"a{UNSURE * 5}"


@pytest.mark.parametrize("turns", [False, True])
async def test_half_a_character_is_visible_at_the_end(
    writer: PageWriter, spool: LogSpool, turns: bool
) -> None:
    await writer.write(f"a{FIRST_HALF}", over=True)
    if turns:
        writer.turn()
    writer.end()
    writer.end()
    assert text_of(spool) == f"a{UNSURE}"


async def test_no_character_is_cut_between_pieces(writer: PageWriter, spool: LogSpool) -> None:
    text = "x" * (PIECE - 1) + FIRST_HALF + SECOND_HALF + "y"
    await writer.write(text, over=True)
    assert text_of(spool) == "x" * (PIECE - 1) + "😀y"
