"""`log --brief`: why cubes failed, in at most 8 kB."""

import re
from pathlib import Path

from cubewatch.api.errors import Refused
from cubewatch.headless.handover import print_report
from cubewatch.headless.output import Output
from cubewatch.model.run import LogPage
from cubewatch.settings.one_shot import PrintLog, PrintReport
from tests.support.logs import LogScript, LogServer
from tests.support.polling import HandTiming
from tests.support.server import serve
from tests.support.shell import UNIT, LogApi, call_log, hasty_session, release

BRIEF = PrintLog("142", UNIT, brief=True)
FAILED = PrintLog("142", failed=True, brief=True)
NOISE = "".join(f"step {n} is done, nothing to see here\n" for n in range(2_000))
LOG = f"{NOISE}  \x1b[31mprice.c:12:5: error: no such member\x1b[0m\nmake: *** [all] Error 1\n"


def done(text: str) -> LogPage:
    return LogPage(text, page_complete=True, done=True)


async def test_brief_shows_the_cause_and_the_lines_around_it(tmp_path: Path) -> None:
    timing = HandTiming()
    server = LogServer(timing, LOG, 50_000, start=-99)
    api = LogApi({UNIT: server}, [release("failed")])
    found = await call_log(api, timing, tmp_path, BRIEF)
    lines = found.out.decode().splitlines()
    assert lines[0] == "--- Likely cause in line 2001 (lines 1991–2002 of 2002)"
    assert "  price.c:12:5: error: no such member" in lines
    assert "step 1999 is done, nothing to see here" in lines
    assert len(found.out) <= 8_000
    assert (found.status, found.told) == (0, [])


async def test_brief_of_a_very_long_log_reads_only_its_end(tmp_path: Path) -> None:
    timing = HandTiming()
    server = LogServer(timing, NOISE * 20 + LOG, 20_000, start=-99)
    api = LogApi({UNIT: server}, [release("failed")])
    found = await call_log(api, timing, tmp_path, BRIEF)
    assert "price.c:12:5: error: no such member" in found.out.decode()
    assert "kB of the log, as no more was searched)" in found.out.decode()
    assert len(server.requests) < 25


async def test_brief_of_a_long_log_whose_end_says_nothing_reads_all(tmp_path: Path) -> None:
    timing = HandTiming()
    server = LogServer(timing, LOG + NOISE * 20, 20_000, start=-99)
    api = LogApi({UNIT: server}, [release("failed")])
    found = await call_log(api, timing, tmp_path, BRIEF)
    lines = found.out.decode().splitlines()
    assert lines[0] == "--- Likely cause in line 2001 (lines 1991–2015 of 42002)"
    assert "  price.c:12:5: error: no such member" in lines


async def test_brief_of_a_huge_log_reads_a_longer_end_and_says_so(tmp_path: Path) -> None:
    timing = HandTiming()
    log = f"{NOISE * 100}{LOG}{NOISE * 40}{NOISE * 300}"
    server = LogServer(timing, log, 600_000, start=-99)
    api = LogApi({UNIT: server}, [release("failed")])
    found = await call_log(api, timing, tmp_path, BRIEF)
    [title] = [line for line in found.out.decode().splitlines() if line.startswith("---")]
    assert re.search(r"in the last 8\.\d MB of the log, as no more was searched\)", title)
    assert len(server.requests) < 45


async def test_cause_is_found_in_the_longer_end_of_a_huge_log(tmp_path: Path) -> None:
    timing = HandTiming()
    server = LogServer(timing, f"{NOISE * 340}{LOG}{NOISE * 60}", 600_000, start=-99)
    api = LogApi({UNIT: server}, [release("failed")])
    found = await call_log(api, timing, tmp_path, BRIEF)
    assert "  price.c:12:5: error: no such member\n" in found.out.decode()
    assert len(server.requests) < 45


async def test_brief_of_a_cube_that_has_not_failed_names_no_cause(tmp_path: Path) -> None:
    timing = HandTiming()
    log = "error: a test of errors\nall is well\n"
    api = LogApi({UNIT: LogScript(timing, done(log))}, [release("success")])
    found = await call_log(api, timing, tmp_path, BRIEF)
    assert "cause" not in found.out.decode()
    assert "It has not failed (success)" in found.out.decode()
    assert "all is well" in found.out.decode()


async def test_briefs_of_many_failures_share_the_room(tmp_path: Path) -> None:
    timing = HandTiming()
    names = [f"unit-{n}" for n in range(9)]
    logs = {f"release/build/{name}": LogScript(timing, done(LOG)) for name in names}
    statuses = {name.replace("-", "_"): "failed" for name in names}
    found = await call_log(LogApi(dict(logs), [release(**statuses)]), timing, tmp_path, FAILED)
    text = found.out.decode()
    assert [f"==> release/build/{name} <==" in text for name in names] == [True] * 9
    assert text.count("price.c:12:5: error: no such member") >= 9
    assert len(found.out) <= 9_000


async def test_brief_masks_what_looks_like_a_secret(tmp_path: Path) -> None:
    timing = HandTiming()
    log = f"export DB_PASSWORD=hunter-twenty-two\n{LOG[-120:]}"
    api = LogApi({UNIT: LogScript(timing, done(log))}, [release("failed")])
    found = await call_log(api, timing, tmp_path, BRIEF)
    assert "DB_PASSWORD=***" in found.out.decode()
    assert "hunter" not in found.out.decode()


async def test_log_that_can_not_be_read_is_said(tmp_path: Path) -> None:
    timing = HandTiming()
    log = LogScript(timing, Refused("access is denied (403)", status=403))
    found = await call_log(LogApi({UNIT: log}, [release("failed")]), timing, tmp_path, BRIEF)
    assert found.status == 3
    assert found.out == b""
    assert "403" in found.told[0]


async def test_report_holds_the_cause_of_each_failed_cube(tmp_path: Path) -> None:
    timing, out = HandTiming(), tmp_path / "out"
    api = LogApi({UNIT: LogScript(timing, done(LOG))}, [release("failed")])
    with serve(api) as served, out.open("wb") as file:
        session = hasty_session(served.url, timing)
        output = Output(file.fileno(), "utf-8")
        assert await print_report(session, PrintReport("142"), output, len) == 0
        await session.close()
    text = out.read_text()
    assert text.startswith("# Run 142 of acme/shop")
    assert "price.c:12:5: error: no such member" in text
    assert "cubewatch log acme/shop#142 release/build/unit" in text
