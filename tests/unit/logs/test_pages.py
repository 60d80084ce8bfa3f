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


async def test_a_character_cut_at_a_page_end_is_whole_with_the_next_page(
    writer: PageWriter, spool: LogSpool
) -> None:
    await writer.write(f"a{FIRST_HALF}", over=True)
    assert text_of(spool) == "a"
    writer.turn()
    await writer.write(f"{SECOND_HALF}b", over=True)
    assert text_of(spool) == "a😀b"


async def test_a_character_cut_in_a_page_that_grows_waits_for_its_other_half(
    writer: PageWriter, spool: LogSpool
) -> None:
    await writer.write(f"a{FIRST_HALF}", over=False)
    assert text_of(spool) == "a"
    assert await writer.write(f"a{FIRST_HALF}{SECOND_HALF}", over=False) == (True, False)
    assert text_of(spool) == "a😀"


@pytest.mark.parametrize("bytes_missing", [1, 2, 3])
async def test_bytes_of_a_character_that_is_still_coming_wait(
    writer: PageWriter, spool: LogSpool, bytes_missing: int
) -> None:
    await writer.write("a" + UNSURE * bytes_missing, over=False)
    assert text_of(spool) == "a"
    assert await writer.write("a😀", over=False) == (True, False)
    assert text_of(spool) == "a😀"


async def test_only_as_much_waits_as_can_be_one_character(
    writer: PageWriter, spool: LogSpool
) -> None:
    await writer.write("a" + UNSURE * 5, over=False)
    assert text_of(spool) == f"a{UNSURE * 2}"
    await writer.write("a" + UNSURE * 5, over=True)
    assert text_of(spool) == f"a{UNSURE * 5}"


@pytest.mark.parametrize("turns", [False, True])
async def test_a_half_without_the_other_one_is_visible_at_the_end(
    writer: PageWriter, spool: LogSpool, turns: bool
) -> None:
    await writer.write(f"a{FIRST_HALF}", over=True)
    if turns:
        writer.turn()
    writer.end()
    writer.end()
    assert text_of(spool) == f"a{UNSURE}"


async def test_no_character_is_cut_where_a_piece_ends(writer: PageWriter, spool: LogSpool) -> None:
    text = "x" * (PIECE - 1) + FIRST_HALF + SECOND_HALF + "y"
    await writer.write(text, over=True)
    assert text_of(spool) == "x" * (PIECE - 1) + "😀y"
