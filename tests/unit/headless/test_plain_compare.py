"""`compare` and `trace` over an API with a dozen earlier runs."""

import json
from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx

from cubewatch.api.client import Client, Limits
from cubewatch.headless.compare import print_comparison, print_trace
from cubewatch.headless.output import Output
from cubewatch.model.repository import RepoSlug
from cubewatch.session import Session
from cubewatch.settings import Secret, Settings
from cubewatch.settings.one_shot import CompareRuns, PrintTrace
from tests.support.earlier import Shape, planned
from tests.support.polling import HandTiming
from tests.support.runs import Json
from tests.support.scripted import Clock

SHOP = RepoSlug("acme", "shop")
STEADY = Shape({"build": [60.0, 80.0], "test": [60.0, 80.0, 40.0]}, {"test": ["build"]}, named=True)
NEWEST = 13


class Api:
    """Runs by their numbers; `calls` counts the requests by path."""

    def __init__(self) -> None:
        self.there: dict[str, Json] = {}
        self.calls: Counter[str] = Counter()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        self.calls[last] += 1
        if last == "runs":
            newest = sorted(self.there.values(), key=lambda one: -int(one["slug"]))
            return httpx.Response(200, json={"runs": newest})
        if last not in self.there:
            return httpx.Response(404, json={"message": "no such run"})
        return httpx.Response(200, json=self.there[last])

    def session(self) -> Session:
        return Session(
            Settings(SHOP),
            client=lambda _: Client(
                "https://api.example",
                Secret("x"),
                transport=httpx.MockTransport(self),
                limits=Limits(spacing=0),
                timing=Clock(),
            ),
            timing=HandTiming(),
        )

    def cube(self, slug: str, task: int, cube: int) -> Json:
        found: Json = self.there[slug]["workflows"][0]["tasks"][task]["cubes"][cube]
        return found


def with_history() -> Api:
    api = Api()
    for number in range(1, NEWEST + 1):
        one = planned(STEADY, number, Random(number), slow=False)
        api.there[one.slug] = one.at(one.end)
    return api


def later(moment: str, seconds: float) -> str:
    return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat()


class Written(Output):
    def __init__(self) -> None:
        super().__init__(-1, "utf-8")
        self.text = ""

    def write_text(self, text: str) -> None:
        self.text += text


async def compare(api: Api, command: CompareRuns) -> tuple[int, str, list[str]]:
    output, told, session = Written(), list[str](), api.session()
    status = await print_comparison(session, command, output, told.append)
    await session.close()
    return status, output.text, told


async def compared(api: Api) -> dict[str, Any]:
    status, text, _ = await compare(api, CompareRuns("13", json=True))
    assert status == 0
    found: dict[str, Any] = json.loads(text)
    return found


async def test_what_was_injected_is_named_exactly() -> None:
    api = with_history()
    api.there["13"]["status"] = "failed"
    api.cube("13", 1, 0)["status"] = "failed"
    api.cube("13", 1, 2)["status"] = "skipped"
    dates = api.cube("13", 0, 1)["dates"]
    dates["started_at"] = later(dates["started_at"], -80)
    api.cube("13", 0, 0)["dates"] = {
        stage: later(moment, -80) for stage, moment in api.cube("13", 0, 0)["dates"].items()
    }
    found = await compared(api)
    assert found["newly_red"] == ["release/test/c0"]
    assert found["newly_skipped"] == ["release/test/c2"]
    assert [one["path"] for one in found["slower"]] == ["release/build/c1"]
    empty = ("still_red", "fixed", "new", "gone", "faster", "longer_queued")
    assert all(found[name] == [] for name in empty)
    assert found["failed_before"] == {"release/test/c0": {"failed": 1, "of": 11}}
    assert (found["run"], found["baseline"], found["change"]) == ("13", "12", None)


async def test_a_run_like_the_others_has_no_difference() -> None:
    status, text, told = await compare(with_history(), CompareRuns("13"))
    assert (status, told) == (0, [])
    assert text.startswith("#13 against #12: 5m")
    assert text.endswith("no difference\n")


async def test_lines_for_a_person() -> None:
    api = with_history()
    api.cube("13", 1, 0)["status"] = "failed"
    _, text, _ = await compare(api, CompareRuns("13"))
    assert "newly red:\n  release/test/c0  failed in 1 of the last 11\n" in text


async def test_history_is_asked_for_once() -> None:
    api = with_history()
    await compare(api, CompareRuns("13"))
    assert api.calls.total() == 12
    await compare(api, CompareRuns("13"))
    assert api.calls.total() == 13


async def test_another_run_can_be_named() -> None:
    _, text, _ = await compare(with_history(), CompareRuns("13", "5", json=True))
    assert json.loads(text)["baseline"] == "5"


async def test_without_a_good_run_before_there_is_a_hint() -> None:
    status, text, [told] = await compare(with_history(), CompareRuns("1"))
    assert (status, text) == (2, "")
    assert "name one to compare it with" in told


async def test_a_run_that_is_not_there_is_a_refusal() -> None:
    status, text, [told] = await compare(with_history(), CompareRuns("99"))
    assert (status, text) == (3, "")
    assert "404" in told


async def test_runs_without_a_common_workflow_are_not_compared() -> None:
    api = with_history()
    api.there["5"]["workflows"][0]["slug"] = "nightly"
    status, _, [told] = await compare(api, CompareRuns("13", "5"))
    assert status == 2
    assert "no workflow in common" in told


async def test_a_trace_is_one_json_object() -> None:
    api = with_history()
    output, session = Written(), api.session()
    assert await print_trace(session, PrintTrace("13"), output, print) == 0
    await session.close()
    names = {event["name"] for event in json.loads(output.text)["traceEvents"]}
    assert {"acme/shop#13", "release", "build", "test", "c0"} <= names
