"""How a run of the demo goes on: by its needs, to its end, and as awkwardly as the real thing."""

import re
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

import pytest

from cubewatch.demo import demo_ci_config_text
from cubewatch.demo.schedule import Fate, plan_run
from cubewatch.git.ci_yaml import read_ci_config
from cubewatch.model.status import FINAL
from tests.unit.demo.test_demo_server import NOON, RELEASE, RUNS, Demo, Json, release

EPOCH = "1970-01-01T00:00:00Z"
MISSING = object()
STEPS = range(0, 106, 3)


def nodes(run: Json) -> Iterator[Json]:
    """The run and all its workflows, tasks and cubes."""
    yield run
    for workflow in run["workflows"]:
        yield workflow
        for task in workflow["tasks"]:
            yield task
            yield from task["cubes"]


def tasks(run: Json) -> dict[str, Json]:
    return {task["slug"]: task for task in run["workflows"][0]["tasks"]}


def cubes(run: Json, task: str) -> dict[str, Json]:
    return {cube["slug"]: cube for cube in tasks(run)[task]["cubes"]}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def gap(before: Json, after: Json) -> float:
    """Seconds between two; up to one too few, as dates may have no fraction."""
    begin, end = after["dates"]["started_at"], before["dates"]["finished_at"]
    return (moment(begin) - moment(end)).total_seconds()


async def history(body: Json, **options: Any) -> list[Json]:
    """A run as it is every three seconds until after its end."""
    demo = Demo(**options)
    await demo.post(body)
    return [await demo.at(seconds) for seconds in STEPS]


@pytest.mark.parametrize("seed", range(40))
def test_the_release_takes_about_a_minute_and_a_half(seed: int) -> None:
    config = read_ci_config(demo_ci_config_text())
    plan = plan_run([(config.workflows[0], Fate())], Random(seed))
    assert 75 < plan.end < 105


async def test_a_run_is_created_then_prepared_then_processing_to_its_success() -> None:
    demo = Demo()
    created = await demo.post(RELEASE)
    assert (created["status"], created["workflows"]) == ("created", [])
    seen = [created]
    for fourth in range(1, 420):
        run = await demo.at(fourth / 4)
        if run["status"] != seen[-1]["status"]:
            seen.append(run)
    assert [run["status"] for run in seen] == ["created", "prepared", "processing", "success"]
    names = [[flow["slug"] for flow in run["workflows"]] for run in seen[1:]]
    assert names == [["release"]] * 3
    assert all(node["status"] == "success" for node in nodes(seen[-1]))


async def test_cubes_begin_after_what_they_need_and_some_run_side_by_side() -> None:
    last = (await history(RELEASE))[-1]
    spans = []
    for name, task in tasks(last).items():
        for need in task["relations"]["needs"]:
            assert gap(tasks(last)[need["name"]], task) > -1
        for cube in task["cubes"]:
            start = moment(cube["dates"]["started_at"])
            for need in cube["relations"]["needs"]:
                assert gap(cubes(last, name)[need["name"]], cube) > -1
            spans.append((start, moment(cube["dates"]["finished_at"])))
    busiest = max(sum(a <= start < b for a, b in spans) for start, _ in spans)
    assert busiest >= 3
    assert 20 <= len(spans) <= 30


async def test_every_task_has_internal_cubes() -> None:
    last = (await history(RELEASE))[-1]
    for name in tasks(last):
        assert list(cubes(last, name))[:2] == ["#create-environment", "#git-clone"]
    assert "#prepare-image-for-compile" in cubes(last, "build")


async def test_nothing_goes_back() -> None:
    order = ["created", "prepared", "processing"]
    before: dict[int, str] = {}
    for run in (await history(release(FAIL_AT="checkout")))[1:]:
        for place, node in enumerate(nodes(run)):
            was, now = before.get(place, "created"), node["status"]
            assert was == now or (
                was in order and (now in FINAL or now in order[order.index(was) :])
            )
            before[place] = now
    assert set(before.values()) <= FINAL


async def test_a_failing_cube_skips_what_needs_it() -> None:
    last = (await history(release(FAIL_AT="checkout")))[-1]
    assert (last["status"], last["workflows"][0]["status"]) == ("failed", "failed")
    states = {name: task["status"] for name, task in tasks(last).items()}
    assert states == {"build": "success", "e2e": "failed", "publish": "skipped"}
    e2e = {name: cube["status"] for name, cube in cubes(last, "e2e").items()}
    assert (e2e["checkout"], e2e["report"]) == ("failed", "skipped")
    assert (e2e["storefront"], e2e["mobile"]) == ("success", "success")
    assert {cube["status"] for cube in cubes(last, "publish").values()} == {"skipped"}
    skipped = cubes(last, "publish")["image"]["dates"]
    assert skipped.get("started_at") in (None, EPOCH)
    assert moment(skipped["finished_at"]) > NOON


async def test_an_internal_cube_can_fail_too() -> None:
    last = (await history(release(FAIL_AT="#prepare-image-for-compile")))[-1]
    assert {cube["status"] for cube in cubes(last, "build").values()} >= {"failed", "skipped"}
    assert tasks(last)["publish"]["status"] == "skipped"


async def test_the_same_seed_gives_the_same_run_and_another_one_another() -> None:
    first, again, other = [await history(RELEASE, seed=seed) for seed in (1, 1, 2)]
    assert first == again
    assert first[-1]["dates"] != other[-1]["dates"]


async def test_an_answer_depends_on_the_time_alone() -> None:
    demo = Demo()
    await demo.post(RELEASE)
    early = await demo.at(30)
    await demo.at(90)
    assert await demo.at(30) == early


async def test_dates_that_have_not_come_are_null_absent_or_1970() -> None:
    early = (await history(RELEASE))[2]
    waiting = [node for node in nodes(early) if node["status"] == "created"]
    forms = {node["dates"].get("started_at", MISSING) for node in waiting}
    assert forms == {None, EPOCH, MISSING}


async def test_dates_have_up_to_six_digits_after_the_second() -> None:
    last = (await history(RELEASE))[-1]
    dates = [text for node in nodes(last) for text in node["dates"].values()]
    fractions = [re.fullmatch(r".*T\d\d:\d\d:\d\d(?:\.(\d{1,6}))?Z", text) for text in dates]
    assert {len(found[1] or "") for found in fractions if found} == set(range(7))
    assert None not in fractions


async def test_no_entity_has_an_id() -> None:
    assert {node["id"] for node in nodes((await history(RELEASE))[10])} == {""}


@pytest.mark.parametrize(("percent", "most"), [("fraction", 1), ("percentage", 100)])
async def test_percent_grows_on_its_scale_and_is_gone_at_the_end(percent: str, most: int) -> None:
    runs = (await history(RELEASE, percent=percent))[1:]
    flows = [run["workflows"][0] for run in runs]
    shares = [flow["progress"]["percent"] for flow in flows if flow["status"] not in FINAL]
    assert shares == sorted(shares)
    assert most / 2 < max(shares) <= most
    ends = [node.get("progress", MISSING) for node in nodes(runs[-1]) if "cubes" in node]
    assert all(end in (None, MISSING, {"percent": None, "current_cube": None}) for end in ends)


async def test_percent_may_be_left_out() -> None:
    runs = (await history(RELEASE, percent="none"))[1:10]
    assert all("percent" not in run["workflows"][0]["progress"] for run in runs)


async def test_the_current_cube_is_one_that_runs() -> None:
    named = 0
    for run in (await history(RELEASE))[1:]:
        for task in tasks(run).values():
            current = (task.get("progress") or {}).get("current_cube")
            running = {cube["slug"] for cube in task["cubes"] if cube["status"] == "processing"}
            assert (current is None) == (not running or task["status"] in FINAL)
            if current is not None:
                assert current["slug"] in running
                named += 1
    assert named > 10


async def test_artifacts_are_registered_then_there_on_another_host() -> None:
    seen = []
    for run in (await history(RELEASE))[1:]:
        for file in cubes(run, "build")["compile"]["artifacts"]:
            assert bool(file["download_url"]) == (file["status"] == "success")
            assert "demo.invalid" not in file["download_url"]
            seen.append(file["status"])
    assert list(dict.fromkeys(seen)) == ["registered", "success"]


async def test_a_failed_cube_misses_its_artifacts() -> None:
    last = (await history(release(FAIL_AT="compile")))[-1]
    files = cubes(last, "build")["compile"]["artifacts"]
    assert {file["status"] for file in files} == {"missing"}


async def test_a_fresh_download_address_is_given_later() -> None:
    demo = Demo()
    await demo.post(RELEASE)
    path = RUNS.replace("/runs", "/artifacts/142/release/build/compile")
    urls = set()
    for seconds in (60, 90, 6000):
        demo.seconds = seconds
        urls.add((await demo.get(path))["artifacts"][0]["download_url"])
    assert len(urls) == 2


async def test_a_canceled_run_stops_all_at_once() -> None:
    run = await Demo().at(0, "135")
    assert run["status"] == "canceled"
    states = {node["status"] for node in nodes(run)}
    assert states == {"success", "canceled"}


async def test_a_run_can_time_out() -> None:
    run = await Demo().at(0, "132")
    assert (run["status"], cubes(run, "load")["soak"]["status"]) == ("timeout", "timeout")
