"""Watching without a screen: what is written, when it ends, and with which status."""

import re
from datetime import UTC, datetime

import httpx
import pytest

from cubewatch.headless.event_writer import EventWriter
from cubewatch.headless.plain import interrupted
from cubewatch.headless.text import PlainLines
from cubewatch.settings import Plain
from cubewatch.watch.feed import HANG_THRESHOLD
from tests.support.live import session_of
from tests.support.plain import (
    SHOP,
    URL,
    Api,
    Written,
    never,
    refused,
    release,
    turn_until,
    watch,
    watch_stepped,
)
from tests.support.polling import WALL, HandTiming, RunScript, SteppedTiming
from tests.support.runs import Json, cube, dates, progress, run, task, workflow


async def test_one_line_for_each_change() -> None:
    done = release("success", "success", dates=dates(43, 91))
    api = Api(run=[release("processing", "created"), release("processing", "processing"), done])
    status, written = await watch(api)
    assert status == 0
    assert written.bodies == [
        f"run #142 acme/shop release manual by ivan {URL}",
        "run #142 processing",
        "release processing",
        "release/build processing",
        "release/build/compile success 41s",
        "release/build/unit created → processing",
        "run #142 processing → success 1m30s",
        "release processing → success",
        "release/build processing → success",
        "release/build/unit processing → success 48s",
    ]
    assert written.last == f"run #142 success in 1m30s {URL}"


async def test_columns_are_aligned_and_begin_with_the_local_time() -> None:
    done = release("success", "success", dates=dates(43, 91))
    _, written = await watch(Api(run=[release("processing", "processing"), done]))
    moves = [line for line in written.lines if "→" in line]
    assert len(moves) == 4
    assert {line.index("processing →") for line in moves} == {
        len("00:00:00  release/build/compile  ")
    }
    assert len({len(line) for line in moves if re.search(r"\ds$", line)}) == 1
    local = WALL.astimezone()
    assert written.lines[0].startswith(f"{local:%H:%M}:")


@pytest.mark.parametrize(
    ("final", "exit_status"),
    [
        ("success", 0),
        ("skipped", 0),
        ("failed", 1),
        ("timeout", 1),
        ("canceled", 1),
        ("rejected", 1),
    ],
)
async def test_each_final_status_has_its_exit_status(final: str, exit_status: int) -> None:
    api = Api(run=[run("processing"), run(final, dates=dates(1, 62))])
    status, written = await watch(api)
    assert status == exit_status
    assert written.last == f"run #142 {final} in 1m01s {URL}"
    status, written = await watch(api, plain=Plain(json=True, heartbeat=0))
    end = written.objects[-1]
    assert (status, end["exit_status"], end["status"]) == (exit_status, exit_status, final)
    assert (end["event"], end["reason"], end["seconds"]) == ("end", "final", 61.0)


async def test_a_status_that_is_unknown_is_not_the_end() -> None:
    status, written = await watch(Api(run=[run("pondering"), run("success")]))
    assert status == 0
    assert "run #142 pondering → success" in written.bodies


async def test_why_a_run_was_rejected() -> None:
    said = ["workflows found - 4, 3 allowed", "first\nsecond \x1b[31m"]
    status, written = await watch(Api(run=[run("created"), run("rejected", error_messages=said)]))
    assert status == 1
    errors = [line for line in written.bodies if "error" in line]
    assert errors == [
        "run #142 error: workflows found - 4, 3 allowed",
        "run #142 error: first",
        "run #142 error: second ␛[31m",
    ]
    assert written.last == f"run #142 rejected {URL}"


async def test_siblings_of_one_name_and_parts_without_one_can_be_distinguished() -> None:
    twins = task("", "processing", cube("unit", "success"), cube("unit", "failed"))
    _, written = await watch(Api(run=[run("failed", workflow("w", "processing", twins))]))
    assert [line for line in written.bodies if "unit" in line][:2] == [
        "w/?/unit success",
        "w/?/unit ×2 failed",
    ]


async def test_an_outage_is_two_lines_however_long() -> None:
    down = [refused(503)] * 3
    api = Api(
        run=[run("processing"), *down, run("processing"), httpx.ConnectError(""), run("success")]
    )
    status, written = await watch(api)
    assert status == 0
    troubles = [line for line in written.bodies if line.startswith(("trouble", "recovered"))]
    assert troubles[0].startswith("trouble: the server is in trouble (503); next try in ")
    assert troubles[1].endswith(" and 3 failed tries")
    assert troubles[2].startswith("trouble: no connection to api.example:443; next try in ")
    assert troubles[3].endswith(" and 1 failed try")
    assert len(troubles) == 4


async def test_json_says_the_same() -> None:
    failing = release("failed", "failed", dates=dates(43, 91))
    api = Api(run=[release("processing", "created"), refused(502), failing])
    status, written = await watch(api, plain=Plain(json=True, heartbeat=0))
    assert status == 1
    found = written.objects
    assert all({"time", "event", "run"} <= set(one) for one in found)
    assert {one["run"] for one in found} == {"142"}
    assert found[0]["event"] == "run"
    assert (found[0]["repository"], found[0]["workflows"]) == ("acme/shop", ["release"])
    assert (found[0]["user"], found[0]["event_type"], found[0]["url"]) == ("ivan", "manual", URL)
    changes = [one for one in found if one["event"] == "change"]
    assert [one["path"] for one in changes[:5]] == [
        "", "release", "release/build", "release/build/compile", "release/build/unit",
    ]  # fmt: skip
    assert changes[4]["before"] is None
    [unit] = [one for one in changes[5:] if one["path"] == "release/build/unit"]
    assert (unit["before"], unit["after"], unit["seconds"]) == ("created", "failed", 48.0)
    [trouble] = [one for one in found if one["event"] == "trouble"]
    assert trouble["error"]["http_status"] == 502
    assert trouble["retry_in"] > 0
    [recovered] = [one for one in found if one["event"] == "recovered"]
    assert recovered["tries"] == 1
    assert found[-1]["failures"] == ["release/build/unit"]
    when = datetime.fromisoformat(found[-1]["time"])
    assert when.tzinfo == UTC
    assert when > WALL


async def test_the_first_failure_can_be_the_end() -> None:
    failing = release("processing", "failed", dates=dates(43, 91))
    api = Api(run=[release("processing", "processing"), failing])
    status, written = await watch(api, plain=Plain(heartbeat=0, fail_fast=True))
    assert status == 1
    assert "release/build/unit processing → failed 48s" in written.bodies
    words = "release/build/unit failed; the run itself goes on"
    assert written.last == f"run #142 processing: {words} {URL}"


async def test_fail_fast_leaves_a_success_alone() -> None:
    status, _ = await watch(Api(run=[run("success")]), plain=Plain(heartbeat=0, fail_fast=True))
    assert status == 0


def gated(status: str, gate: str) -> Json:
    return run(status, workflow("release", status, task("deploy", gate, cube("push", "created"))))


async def test_waiting_for_approval_is_said_once_with_the_page() -> None:
    waits = gated("awaiting_approval", "awaiting_approval")
    states = [gated("processing", "created"), waits, waits | {"x": 1}, gated("failed", "rejected")]
    status, written = await watch(Api(run=states))
    assert status == 1
    assert written.bodies.count(f"release/deploy waits for approval: {URL}") == 1
    _, written = await watch(Api(run=states), plain=Plain(json=True, heartbeat=0))
    [event] = [one for one in written.objects if one["event"] == "approval"]
    assert (event["path"], event["url"]) == ("release/deploy", URL)


async def test_watching_can_end_when_something_waits_for_a_person() -> None:
    states = [gated("processing", "created"), gated("processing", "awaiting_approval")]
    plain = Plain(heartbeat=0, until_approval=True)
    status, written = await watch(Api(run=states), plain=plain)
    assert status == 0
    words = "run #142 processing: release/deploy waits for approval"
    assert written.last == f"{words} {URL}"
    status, written = await watch(Api(run=states), plain=plain._replace(json=True))
    assert (status, written.objects[-1]["reason"]) == (0, "approval")


async def test_a_run_may_wait_without_saying_which_part_of_it() -> None:
    plain = Plain(heartbeat=0, until_approval=True)
    status, written = await watch(Api(run=[run("awaiting_approval")]), plain=plain)
    assert status == 0
    assert f"run #142 waits for approval: {URL}" in written.bodies
    assert written.last == f"run #142 awaiting_approval: the run waits for approval {URL}"


async def test_run_that_ends_before_approval_has_its_own_status() -> None:
    plain = Plain(heartbeat=0, until_approval=True)
    status, written = await watch(Api(run=[gated("failed", "rejected")]), plain=plain)
    assert (status, written.last) == (1, f"run #142 failed {URL}")


async def test_a_failure_is_said_while_the_run_goes_on() -> None:
    failing = release("processing", "failed", dates=dates(43, 91))

    def beaten(written: Written) -> bool:
        return any("still" in line for line in written.lines)

    _, written = await watch_stepped(Api(run=[failing]), Plain(heartbeat=30), beaten)
    assert ", 1 failed" in written.last


async def test_added_work_is_said_beside_the_percentage() -> None:
    def state(total: int) -> Json:
        cubes = [cube(f"c{n}", "success" if n < 9 else "processing") for n in range(total)]
        return run("processing", workflow("w", "processing", task("t", "processing", *cubes)))

    def beaten(written: Written) -> bool:
        return any("still" in line for line in written.lines)

    api = Api(run=[state(10), state(11)])
    _, written = await watch_stepped(api, Plain(heartbeat=30), beaten)
    assert "90%, 1 cube added" in written.last
    _, written = await watch_stepped(
        Api(run=[state(10), state(11)]),
        Plain(heartbeat=30, json=True),
        lambda written: '"heartbeat"' in "".join(written.lines),
    )
    assert (written.objects[-1]["fraction"], written.objects[-1]["added"]) == (0.9, 1)


@pytest.mark.parametrize("code", [401, 403])
async def test_a_refusal_ends_with_3_and_all_that_was_said(code: int) -> None:
    said = {"error_code": "E1", "message": "no\nentry", "request_id": "r-7", "details": "d"}
    status, written = await watch(Api(run=[run("processing"), refused(code, **said)]))
    assert status == 3
    for line in ("error_code: E1", "message: no", "message: entry", "request_id: r-7"):
        assert line in written.bodies
    assert written.last.startswith("run #142 processing: ")
    assert f"({code})" in written.last
    assert written.last.endswith(URL)


async def test_missing_run_ends_with_status_3() -> None:
    api = Api(run=[refused(404)])
    status, written = await watch(api)
    assert (status, written.last) == (3, f"run #142 not seen: not found (404) {URL}")
    assert len(api.calls) > 2


async def test_an_outage_can_be_given_up() -> None:
    api = Api(run=[run("processing"), refused(503)])
    status, written = await watch_stepped(api, Plain(heartbeat=0, give_up=45), never)
    assert status == 3
    words = "given up after 45s without an answer: the server is in trouble (503)"
    assert written.last == f"run #142 processing: {words} {URL}"


@pytest.mark.parametrize(("give_up", "after"), [(45, 45), (1, HANG_THRESHOLD)])
async def test_a_request_that_hangs_is_given_up(give_up: int, after: float) -> None:
    timing = SteppedTiming()
    script = RunScript(timing, run("processing"))

    def hang(written: Written) -> None:
        if written.lines:
            script.hang()

    plain = Plain(heartbeat=0, give_up=give_up)
    status, written = await turn_until(session_of(script), timing, plain, hang)
    assert status == 3
    assert f"given up after {give_up}s without an answer" in written.last
    assert timing.now() - script.requests[-1] >= after


async def test_an_outage_that_ends_in_time_is_not_given_up() -> None:
    down = [httpx.ConnectError("")] * 2
    api = Api(run=[*down, run("processing"), *down, run("success")])
    status, _ = await watch_stepped(api, Plain(heartbeat=0, give_up=20), never)
    assert status == 0


async def test_a_sign_of_life_when_nothing_happens() -> None:
    state = release("processing", "processing", dates=dates(43))
    state["workflows"][0]["tasks"][0]["progress"] = progress(0.43, "unit")
    state["workflows"][0]["progress"] = progress(0.43)

    def twice(written: Written) -> bool:
        return len([line for line in written.lines if "still" in line]) == 2

    status, written = await watch_stepped(Api(run=[state]), Plain(heartbeat=60), twice)
    assert status is None
    first, second = [line for line in written.lines if "still" in line]
    assert "run #142 still processing for " in first
    assert first.endswith(", 43%, now release/build/unit")
    times = [datetime.strptime(line[:8], "%H:%M:%S") for line in (first, second)]
    assert (times[1] - times[0]).seconds >= 60


async def test_a_sign_of_life_in_an_outage_says_so() -> None:
    def beaten(written: Written) -> bool:
        return "heartbeat" in written.last if written.lines else False

    plain = Plain(json=True, heartbeat=30)
    _, written = await watch_stepped(Api(run=[run("processing"), refused(503)]), plain, beaten)
    beat = written.objects[-1]
    assert (beat["event"], beat["status"]) == ("heartbeat", "processing")
    assert beat["trouble"] == "the server is in trouble (503)"
    assert beat["silent"] > 0


@pytest.mark.parametrize(
    ("run_slug", "sending", "words"),
    [
        ("142", False, f"run #142 not seen: interrupted, the run itself goes on {URL}"),
        ("", True, "interrupted before the answer came: a run may have been started"),
        ("", False, "interrupted before there was a run to watch"),
    ],
)
def test_what_an_interruption_leaves_behind(run_slug: str, sending: bool, words: str) -> None:
    written = Written()
    writer = EventWriter(written, PlainLines(SHOP, "→"), SHOP, HandTiming())
    writer.run_slug, writer.sending = run_slug, sending
    assert writer.write_end(interrupted(writer, 130)) == 130
    assert written.lines == [words]


CAUSE = "E       assert 2 == 3"
LOG = {"logs": f"collected 9 items\n{CAUSE}\n1 failed\n", "page_complete": True, "done": True}
PAST_END = refused(404)


async def test_last_lines_name_what_failed_its_cause_and_the_next_command() -> None:
    build = task("build", "failed", cube("unit", "failed"), cube("lint", "success"))
    ended = run("failed", workflow("release", "failed", build))
    _, written = await watch(Api(run=[ended], log=[LOG, PAST_END]))
    assert written.lines[-3:] == [
        f"failed: release/build/unit: {CAUSE}",
        "more: cubewatch log acme/shop#142 --failed --brief",
        f"run #142 failed {URL}",
    ]


async def test_causes_of_failures_are_in_the_last_json_object() -> None:
    build = task("build", "failed", cube("unit", "failed"))
    ended = run("failed", workflow("release", "failed", build))
    plain = Plain(json=True, heartbeat=0)
    _, written = await watch(Api(run=[ended], log=[LOG, PAST_END]), plain=plain)
    end = written.objects[-1]
    assert end["failures"] == ["release/build/unit"]
    assert end["causes"] == [{"path": "release/build/unit", "text": CAUSE}]


async def test_log_that_can_not_be_read_leaves_the_failure_named() -> None:
    build = task("build", "failed", cube("unit", "failed"))
    ended = run("failed", workflow("release", "failed", build))
    _, written = await watch(Api(run=[ended], log=[refused(403)]))
    assert "failed: release/build/unit" in written.lines
