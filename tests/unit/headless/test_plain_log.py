"""Logs from the shell: byte for byte, or as text that steers nothing; and the exit status."""

import random
from pathlib import Path

import pytest

from cubewatch.api.errors import ApiError
from cubewatch.headless.log_text import text_of
from cubewatch.model.run import LogPage
from cubewatch.settings.one_shot import PrintLog
from tests.support.logs import HABITS, LogScript, LogServer
from tests.support.polling import HandTiming
from tests.support.runs import Json
from tests.support.shell import UNIT, LogApi, call_log, release

RAW = PrintLog("142", UNIT, raw=True)
TEXT = PrintLog("142", UNIT)


def answer(status: int) -> ApiError:
    return ApiError("as the server says it", status=status)


def written(seed: int = 1, lines: int = 40) -> str:
    rng = random.Random(seed)
    kinds = ("строка {}\n", "\x1b[31mred\x1b[0m\r\n", "😀\n", "a\tb\n", "no end ", " 5%\r99%\n")
    return "".join(rng.choice(kinds).format(rng.getrandbits(30)) for _ in range(lines))


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("size", [7, 13, 64, 600_000])
async def test_a_whole_log(tmp_path: Path, size: int, habit: str, follow: bool, raw: bool) -> None:
    timing, wanted = HandTiming(), written(size)
    server = LogServer(timing, wanted, size, habit=habit, start=-60)
    command = PrintLog("142", UNIT, follow=follow, raw=raw)
    done = await call_log(LogApi({UNIT: server}), timing, tmp_path, command)
    expected = wanted if raw else text_of(wanted.encode())
    assert (done.status, done.out.decode(), done.told) == (0, expected, [])


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("size", [7, 64])
async def test_a_log_that_is_followed_while_it_grows(
    tmp_path: Path, size: int, habit: str, raw: bool
) -> None:
    timing, wanted = HandTiming(), written(size)
    server = LogServer(timing, wanted, size, habit=habit, start=9, rate=40)
    command = PrintLog("142", UNIT, follow=True, raw=raw)
    api = LogApi({UNIT: server}, [release("created"), release("processing")])
    done = await call_log(api, timing, tmp_path, command)
    expected = wanted if raw else text_of(wanted.encode())
    assert (done.status, done.out.decode()) == (0, expected)
    assert done.told == [f"{UNIT}: has not begun (created), waiting"]


@pytest.mark.parametrize("size", [7, 64, 1000])
async def test_a_log_that_grows_is_printed_as_far_as_it_is(tmp_path: Path, size: int) -> None:
    timing, wanted = HandTiming(), written(lines=400)
    server = LogServer(timing, wanted, size, start=-99, rate=1)
    api = LogApi({UNIT: server}, [release("processing")])
    done = await call_log(api, timing, tmp_path, RAW)
    assert (done.status, done.told) == (0, [])
    assert len(done.out.decode()) >= 100
    assert wanted.startswith(done.out.decode())
    assert server.pages == list(range(1, len(server.pages) + 1))


async def test_resets_in_between_cost_nothing(tmp_path: Path) -> None:
    timing, wanted = HandTiming(), written()
    api = LogApi({UNIT: LogServer(timing, wanted, 50, start=-60)}, faults=[503, 0, 0, 502, 0])
    done = await call_log(api, timing, tmp_path, RAW)
    assert (done.status, done.out.decode()) == (0, wanted)
    assert done.told[0].endswith("; trying again")
    assert done.told[1:] == [f"{UNIT}: an answer again"]


async def test_an_outage_is_given_up_and_keeps_what_came(tmp_path: Path) -> None:
    timing = HandTiming()
    first = LogPage("one\ntw", page_complete=True, done=False)
    api = LogApi({UNIT: LogScript(timing, first, answer(503))})
    done = await call_log(api, timing, tmp_path, TEXT)
    assert (done.status, done.out) == (3, b"one\ntw")
    assert done.told[-1].startswith(f"{UNIT}: the server is in trouble (503). The trouble is on")


@pytest.mark.parametrize("status", [401, 403, 422])
async def test_a_refusal_is_reported(tmp_path: Path, status: int) -> None:
    timing = HandTiming()
    api = LogApi({UNIT: LogScript(timing, answer(status))})
    done = await call_log(api, timing, tmp_path, PrintLog("142", UNIT, follow=True))
    assert (done.status, done.out) == (3, b"")
    assert f"({status})" in done.told[0]


@pytest.mark.parametrize("status", [404, 401, 503])
async def test_a_run_that_cannot_be_read(tmp_path: Path, status: int) -> None:
    done = await call_log(LogApi(runs=[status]), HandTiming(), tmp_path, TEXT)
    assert (done.status, done.out, len(done.told)) == (3, b"", 1)


@pytest.mark.parametrize(
    ("is_now", "words"),
    [
        ("created", "has not begun (created)"),
        ("awaiting_approval", "has not begun (awaiting_approval)"),
        ("processing", "has written nothing (processing)"),
        ("skipped", "there is no log; the cube is skipped"),
    ],
)
async def test_a_log_that_is_not_there(tmp_path: Path, is_now: str, words: str) -> None:
    done = await call_log(LogApi(runs=[release(is_now)]), HandTiming(), tmp_path, TEXT)
    assert (done.status, done.out, done.told) == (0, b"", [f"{UNIT}: {words}"])


@pytest.mark.parametrize("last", [release("skipped"), {**release("created"), "status": "failed"}])
async def test_a_cube_that_never_begins_is_not_waited_for(tmp_path: Path, last: Json) -> None:
    api = LogApi(runs=[release("created"), release("created"), 503, last])
    command = PrintLog("142", UNIT, follow=True)
    done = await call_log(api, HandTiming(), tmp_path, command)
    assert (done.status, done.out) == (0, b"")
    assert done.told[0] == f"{UNIT}: has not begun (created), waiting"
    assert done.told[-1].startswith(f"{UNIT}: there is no log; the cube is ")


@pytest.mark.parametrize("path", ["unit", "build/unit", "/unit", f"{UNIT}/", "release/build/unit"])
async def test_a_cube_is_named_by_as_little_as_needed(tmp_path: Path, path: str) -> None:
    timing = HandTiming()
    server = LogServer(timing, "text\n", 9, start=-60)
    api = LogApi({UNIT: server}, [release("success", lint="failed", my_unit="failed")])
    done = await call_log(api, timing, tmp_path, PrintLog("142", path))
    assert (done.status, done.out) == (0, b"text\n")


@pytest.mark.parametrize(
    ("path", "first", "named"),
    [
        ("", "whose log? add a PATH, or --failed; run #142", 2),
        ("build", "build names 2 cubes of run #142, say more:", 2),
        ("un\x1bit", "no cube of run #142 is called un␛it; did you mean release/build/unit?", 2),
    ],
)
async def test_what_names_no_cube(tmp_path: Path, path: str, first: str, named: int) -> None:
    api = LogApi(runs=[release("success", lint="failed")])
    done = await call_log(api, HandTiming(), tmp_path, PrintLog("142", path))
    [told] = done.told
    assert (done.status, done.out) == (2, b"")
    assert told.startswith(first)
    assert told.splitlines()[1:] == [f"  {UNIT}  success", "  release/build/lint  failed"][:named]


async def test_a_run_without_cubes(tmp_path: Path) -> None:
    api = LogApi(runs=[{"slug": "142", "status": "created"}])
    done = await call_log(api, HandTiming(), tmp_path, TEXT)
    assert (done.status, done.told) == (2, ["run #142 has no cubes, or none yet"])


async def test_the_logs_of_all_that_failed(tmp_path: Path) -> None:
    timing, failed = HandTiming(), PrintLog("142", failed=True)
    first, last = (LogServer(timing, text, 7, start=-60) for text in ("one\nend", "two\n"))
    statuses = release("failed", lint="success", gone="timeout", last="rejected")
    api = LogApi({UNIT: first, "release/build/last": last}, [statuses])
    done = await call_log(api, timing, tmp_path, failed)
    assert done.status == 0
    assert done.out.decode() == (
        f"==> {UNIT} <==\none\nend\n==> release/build/gone <==\n==> release/build/last <==\ntwo\n"
    )
    assert done.told == ["release/build/gone: there is no log; the cube is timeout"]


async def test_nothing_has_failed(tmp_path: Path) -> None:
    done = await call_log(LogApi(), HandTiming(), tmp_path, PrintLog("142", failed=True))
    assert (done.status, done.out) == (0, b"")
    assert done.told == ["no cube of run #142 has failed"]
