"""The rule of silence: a log that never says that it is done ends with its cube."""

from cubewatch.logs.paging import SILENT, Paging
from cubewatch.model.run import LogPage

PAGE = LogPage("compiling\n")
LONGER = LogPage("compiling\nlinking\n")


def answer(paging: Paging, page: LogPage, now: float, *, news: bool = False) -> str:
    """What an answer to the request for the first page means."""
    assert paging.take(page, 1, now) == "text"
    return paging.written(page, news=news, now=now)


def test_silence_counts_from_the_end_of_the_cube() -> None:
    paging = Paging(0.0)
    answer(paging, PAGE, 1.0, news=True)
    paging.cube_has_ended(1000.0)
    assert answer(paging, PAGE, 1000.0 + SILENT - 1) != "ended"
    assert answer(paging, PAGE, 1000.0 + SILENT) == "ended"


def test_silence_counts_from_the_last_news() -> None:
    paging = Paging(0.0)
    answer(paging, PAGE, 1.0, news=True)
    paging.cube_has_ended(2.0)
    answer(paging, LONGER, 50.0, news=True)
    assert answer(paging, LONGER, 50.0 + SILENT - 1) != "ended"
    assert answer(paging, LONGER, 50.0 + SILENT) == "ended"


def test_a_cube_that_goes_on_may_be_silent_for_any_time() -> None:
    paging = Paging(0.0)
    answer(paging, PAGE, 1.0, news=True)
    assert answer(paging, PAGE, 86_400.0) != "ended"
