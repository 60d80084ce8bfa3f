"""Which run is watched without a screen: the newest, or one that is started, once."""

from datetime import UTC, datetime
from itertools import pairwise

import httpx
import pytest

from cubewatch.headless.event_writer import EventWriter
from cubewatch.headless.plain import watch_plain
from cubewatch.headless.text import PlainLines
from cubewatch.settings import Plain, WatchFirst
from tests.support.plain import (
    QUIET,
    RELEASE,
    SHOP,
    URL,
    Api,
    Step,
    Written,
    never,
    refused,
    scripted,
    watch,
    watch_stepped,
)
from tests.support.polling import WALL, HandTiming
from tests.support.runs import Json, run, workflow


async def test_the_newest_run_is_taken_and_named() -> None:
    page = {"runs": [run("processing", workflow("release", "processing"))]}
    api = Api(runs=[refused(503), refused(503), refused(503), page], run=[run("success")])
    status, written = await watch(api, WatchFirst())
    assert status == 0
    assert written.bodies[0].startswith("trouble: ")
    assert written.bodies[1].startswith("recovered: ")
    assert written.bodies[2] == f"run #142 acme/shop {URL}"
    assert api.calls.count("run") == 1


async def test_no_run_at_all() -> None:
    status, written = await watch(Api(runs=[{"runs": []}]), WatchFirst())
    assert (status, written.lines) == (
        2,
        ["acme/shop has no run yet: start one with cubewatch run"],
    )


async def test_a_repository_that_is_refused() -> None:
    status, written = await watch(Api(runs=[refused(404)]), WatchFirst())
    assert (status, written.last) == (3, "not found (404)")


async def test_a_run_is_started_once_and_watched() -> None:
    api = Api(post=[run("created")], run=[refused(404), run("success")])
    status, written = await watch(api, RELEASE)
    assert status == 0
    assert api.calls == ["post", "run", "run"]
    assert written.bodies[0] == f"run #142 acme/shop {URL}"


@pytest.mark.parametrize(
    ("code", "exit_status"), [(401, 3), (403, 3), (404, 3), (400, 2), (422, 2), (429, 3)]
)
async def test_a_request_that_is_turned_down(code: int, exit_status: int) -> None:
    said = {
        "error_code": "ValidationError",
        "message": "VERSION is required",
        "request_id": "r-9",
        "details": "release.VERSION",
    }
    api = Api(post=[refused(code, **said)])
    status, written = await watch(api, RELEASE)
    assert (status, api.calls) == (exit_status, ["post"])
    for name, words in said.items():
        assert any(line.startswith(f"{name}: ") and words in line for line in written.bodies)
    assert written.last.startswith("no run was started: ")
    assert written.last.endswith(f"({code}): VERSION is required")


async def test_a_request_that_never_left() -> None:
    api = Api(post=[httpx.ConnectError("")])
    status, written = await watch(api, RELEASE)
    assert (status, api.calls) == (3, ["post"])
    assert written.last == "no run was started: no connection to api.example:443"


def lost_run(slug: str, created: datetime, name: str = "release", user: str = "u-1") -> Json:
    return run(
        "processing",
        workflow(name, "processing"),
        slug=slug,
        event_type="manual",
        user={"id": user, "slug": "olga" if user == "u-1" else "ivan"},
        dates={"created_at": created.isoformat()},
    )


LOST_ANSWERS: list[Step] = [httpx.ReadError(""), refused(503), {"status": "created"}]


@pytest.mark.parametrize("lost", LOST_ANSWERS)
async def test_after_a_lost_answer_the_run_that_can_be_it_is_followed(lost: Step) -> None:
    others = [lost_run("141", WALL, "nightly")]
    shown_up = [lost_run("142", WALL), *others]
    api = Api(
        post=[lost],
        runs=[{"runs": others}, refused(503), {"runs": shown_up}],
        run=[run("success")],
    )
    status, written = await watch(api, RELEASE)
    assert status == 0
    assert api.calls.count("post") == 1
    assert written.bodies[0].startswith("trouble: ")
    assert written.bodies[0].endswith("a run may have been started all the same, looking for it")
    assert written.last == f"run #142 success {URL}"


@pytest.mark.parametrize("lost", LOST_ANSWERS)
async def test_a_lost_run_that_does_not_show_up(lost: Step) -> None:
    api = Api(post=[lost], runs=[{"runs": [lost_run("7", datetime(2020, 1, 1, tzinfo=UTC))]}])
    status, written = await watch(api, RELEASE)
    assert status == 3
    assert set(api.calls[1:]) == {"runs"}
    assert len(api.calls) > 3
    assert written.last.startswith("a run may have been started, but none")
    assert "cubewatch watch -R acme/shop" in written.last


@pytest.mark.parametrize("lost", [*LOST_ANSWERS, refused(408), refused(425), refused(499)])
async def test_a_colleagues_run_is_not_taken_for_a_lost_one(lost: Step) -> None:
    api = Api(post=[lost], runs=[{"runs": [lost_run("143", WALL, user="u-2")]}])
    status, written = await watch(api, RELEASE)
    assert (status, api.calls.count("post"), api.calls.count("run")) == (3, 1, 0)
    assert written.last.startswith("a run may have been started, but none")


async def test_several_runs_that_may_be_the_lost_one_are_named() -> None:
    both = [lost_run("144", WALL), lost_run("143", WALL)]
    api = Api(post=[httpx.ReadError("")], runs=[{"runs": both}])
    status, written = await watch(api, RELEASE, Plain(json=True, heartbeat=0))
    assert (status, api.calls.count("run")) == (3, 0)
    end = written.objects[-1]
    assert (end["reason"], end["candidates"], end["run"]) == ("lost", ["144", "143"], None)
    assert "it is not known which: #144 by olga at " in end["note"]


async def test_who_we_are_may_be_unknown() -> None:
    api = Api(
        post=[httpx.ReadError("")], runs=[{"runs": [lost_run("143", WALL)]}], user=[refused(403)]
    )
    status, written = await watch(api, RELEASE)
    assert (status, api.calls.count("run")) == (3, 0)
    assert "#143 by olga" in written.last


async def test_a_lost_run_that_may_not_be_looked_for() -> None:
    api = Api(post=[httpx.ReadError("")], runs=[refused(403)])
    status, written = await watch(api, RELEASE)
    assert (status, api.calls) == (3, ["post", "runs"])
    assert written.last == "a run may have been started, but access is denied (403)"


async def test_requests_keep_a_distance() -> None:
    """One request in any quarter of a second, also from one phase to the next."""
    at: list[float] = []
    timing = HandTiming()

    class Noting(Api):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            at.append(timing.now())
            return super().__call__(request)

    api = Noting(
        post=[httpx.ReadError("")],
        runs=[{"runs": []}, {"runs": [lost_run("142", WALL)]}],
        run=[run("processing"), run("success")],
    )
    writer = EventWriter(Written(), PlainLines(SHOP, "→"), SHOP, timing)
    assert await watch_plain(scripted(api, timing), RELEASE, QUIET, writer) == 0
    assert api.calls == ["post", "runs", "runs", "user", "run", "run"]
    spaced = [b - a for a, b in pairwise(at)]
    assert min(spaced[:2] + spaced[3:]) > 0.25


async def test_the_heartbeat_says_that_the_run_is_looked_for() -> None:
    api = Api(post=[httpx.ReadError("")], runs=[{"runs": []}])
    _, written = await watch_stepped(api, Plain(heartbeat=8), never, RELEASE)
    assert any("looking for the run" in line for line in written.bodies)
