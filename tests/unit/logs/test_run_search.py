"""Searching the logs of a run: which, how often is asked, what is found and what is said."""

import asyncio
from contextlib import aclosing
from itertools import pairwise

from cubewatch.api.errors import TooManyRequests
from cubewatch.logs.reader import CubePath
from cubewatch.logs.run_search import (
    EXCERPT,
    GAP,
    MAX_HITS_OF_CUBE,
    Hit,
    LogHits,
    Reading,
    cubes_that_ran,
    search_run,
)
from cubewatch.logs.search import Query
from cubewatch.model.run import LogPage
from tests.support.logs import MISSING
from tests.support.search import (
    DENIED,
    DOWN,
    LINT,
    LOAD,
    SMOKE,
    UNIT,
    Log,
    LogServer,
    small_run,
)

RAN = cubes_that_ran("142", small_run())
NOTHING: dict[CubePath, Log] = {UNIT: [""], LINT: [""], SMOKE: [""], LOAD: [""]}


async def searched(
    server: LogServer, text: str = "boom", *, regex: bool = False, **more: int
) -> dict[CubePath, LogHits]:
    query = Query(text, regex=regex)
    updates = search_run(server.session.logs(), RAN, query, server.timing, **more)
    found = [update async for update in updates if isinstance(update, LogHits)]
    assert [one.cube for one in found] == [cube for cube, _ in RAN]
    return {one.cube: one for one in found}


def test_cubes_that_have_not_run_are_left_out() -> None:
    assert [cube for cube, _ in RAN] == [UNIT, LINT, SMOKE, LOAD]
    assert dict(RAN)[UNIT] == "failed"


async def test_hits_with_their_lines_and_marks() -> None:
    unit: Log = ["one\n\x1b[31mBoom\x1b[0m goes the b", "oom\nquiet\n\tboom"]
    server = LogServer(NOTHING | {UNIT: unit})
    found = await searched(server)
    assert found[UNIT].count == 2
    assert found[UNIT].hits == (
        Hit(1, "Boom goes the boom", ((0, 4), (14, 18))),
        Hit(3, "        boom", ((8, 12),)),
    )
    assert found[LINT] == LogHits(LINT, 0, ())


async def test_a_capital_stands_for_itself_and_expressions_are_known() -> None:
    server = LogServer(NOTHING | {UNIT: ["boom\nBoom\nbooom\n"]})
    assert [hit.line for hit in (await searched(server, "Boom"))[UNIT].hits] == [1]
    found = await searched(server, "bo+m$", regex=True)
    assert [hit.line for hit in found[UNIT].hits] == [0, 1, 2]


async def test_one_request_at_a_time_and_a_pause_between_logs() -> None:
    pages: list[str | LogPage] = [f"boom {n}\n" for n in range(5)]
    server = LogServer({UNIT: pages, LINT: pages, SMOKE: DOWN, LOAD: [LogPage("boom\n")]})
    found = await searched(server)
    assert [one.count for one in found.values()] == [5, 5, 0, 1]
    assert server.most == 1
    cubes = server.cubes
    assert cubes == sorted(cubes, key=[UNIT, LINT, SMOKE, LOAD].index)
    first_of_each = [server.requests[cubes.index(cube)][0] for cube in (UNIT, LINT, SMOKE)]
    assert min(b - a for a, b in pairwise(first_of_each)) >= GAP


async def test_what_is_here_costs_no_request() -> None:
    server = LogServer(NOTHING | {UNIT: ["boom\n"]})
    await searched(server)
    before = len(server.requests)
    assert (await searched(server, "boo"))[UNIT].count == 1
    assert set(server.cubes[before:]) <= {LOAD}


async def test_a_log_that_grows_is_read_as_far_as_it_goes() -> None:
    server = LogServer(NOTHING | {LOAD: ["boom\n", LogPage("boom\nbo")]})
    assert (await searched(server))[LOAD].count == 2
    server.logs[LOAD] = ["boom\n", LogPage("boom\nboom\n")]
    assert (await searched(server))[LOAD].count == 3
    assert server.cubes.count(LOAD) == 3


async def test_what_can_not_be_read_is_said_and_stops_nothing() -> None:
    logs: dict[CubePath, Log] = {UNIT: DENIED, LINT: DOWN, SMOKE: MISSING, LOAD: ["boom\n"]}
    found = await searched(LogServer(logs))
    assert found[UNIT].trouble == "access is denied (403)"
    assert found[LINT].trouble == "the server is down (502)"
    assert found[SMOKE].trouble == ""
    assert found[LOAD].count == 1


async def test_a_server_that_has_enough_is_obeyed() -> None:
    busy = TooManyRequests("too many requests", status=429, retry_after=40.0)
    server = LogServer(NOTHING | {UNIT: busy})
    await searched(server)
    assert server.gaps[0] >= 40


async def test_more_than_can_be_shown_is_counted() -> None:
    many = "boom\n" * (MAX_HITS_OF_CUBE + 20)
    server = LogServer(NOTHING | {UNIT: [many], LINT: [many]})
    found = await searched(server, room=MAX_HITS_OF_CUBE + 5)
    assert found[UNIT].count == found[LINT].count == MAX_HITS_OF_CUBE + 20
    assert (len(found[UNIT].hits), len(found[LINT].hits)) == (MAX_HITS_OF_CUBE, 5)


async def test_hits_are_inert_and_of_long_lines_a_piece() -> None:
    line = "x" * 5000 + "\x1b]0;t\x07\u202eboom\x07" + "y" * 5000
    server = LogServer(NOTHING | {UNIT: [line]})
    (hit,) = (await searched(server))[UNIT].hits
    start, end = hit.marks[0]
    assert hit.text[start:end] == "boom"
    assert len(hit.text) == EXCERPT
    assert hit.text.isprintable()


async def test_an_expression_without_end_is_given_up() -> None:
    server = LogServer(NOTHING | {UNIT: ["a" * 60 + "b\n"], LOAD: ["aac\n"]})
    found = await searched(server, "(a+)+c", regex=True)
    assert found[UNIT].trouble == "too slow to search"
    assert found[LOAD].count == 1


async def test_a_log_that_gave_way_is_read_again() -> None:
    server = LogServer(NOTHING | {UNIT: ["boom\n"]})
    await searched(server)
    server.session.logs().log(UNIT).spool.drop()
    assert (await searched(server))[UNIT].count == 1


async def test_closed_it_asks_no_more() -> None:
    server = LogServer(NOTHING | {UNIT: ["boom\n", "boom\n", "boom\n"]})
    search = search_run(server.session.logs(), RAN, Query("boom"), server.timing)
    async with aclosing(search) as updates:
        async for update in updates:
            if isinstance(update, Reading) and update.size:
                break
    assert len(server.requests) == 1
    assert (await searched(server))[UNIT].count == 3


async def test_cancelled_it_leaves_no_request_behind() -> None:
    server = LogServer(NOTHING | {UNIT: ["boom\n", "boom\n", "boom\n"]})

    server.held = UNIT
    task = asyncio.create_task(searched(server))
    await server.called.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (len(server.requests), server.running) == (1, 0)
    server.held = None
    assert (await searched(server))[UNIT].count == 3
