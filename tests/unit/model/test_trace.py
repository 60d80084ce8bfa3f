"""A run as Trace Event JSON."""

import json
from datetime import timedelta
from random import Random
from typing import Any

from cubewatch.model.trace import trace
from tests.support.earlier import IN_LAYERS, planned
from tests.support.runs import BEGIN, Json, cube, dates, run, snapshot, task, workflow

NOW = BEGIN + timedelta(seconds=100)
Event = dict[str, Any]


def events(value: Json, *critical: tuple[str, ...]) -> list[Event]:
    found = trace(snapshot(value), NOW, critical)
    return list(json.loads(json.dumps(found))["traceEvents"])


def slices(value: Json, kind: str, *critical: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Begin and end of each, in seconds after the run's begin."""
    begin = BEGIN.timestamp()
    return {
        event["name"]: (event["ts"] / 1e6 - begin, (event["ts"] + event["dur"]) / 1e6 - begin)
        for event in events(value, *critical)
        if event["ph"] == "X" and event["cat"] == kind
    }


RUN = run(
    "processing",
    workflow(
        "release",
        "processing",
        task(
            "build",
            "success",
            cube("compile", "success", dates=dates(2.25, 30)),
            cube("unit", "success", dates=dates(35, 60.5)),
            dates=dates(2, 61),
        ),
        task("deploy", "awaiting_approval", relations={"needs": [{"name": "build"}]}),
        dates=dates(2),
    ),
    dates=dates(1),
)


def test_spans_equal_the_dates_of_the_run() -> None:
    assert slices(RUN, "cube") == {"compile": (2.25, 30), "unit": (35, 60.5)}
    assert slices(RUN, "task") == {"build": (2, 61)}


def test_what_goes_on_ends_now() -> None:
    assert slices(RUN, "workflow") == {"release": (2, 100)}
    assert slices(RUN, "run") == {"run #142": (1, 100)}


def test_queue_is_distinguished_from_work() -> None:
    assert slices(RUN, "queue")["unit queued"] == (30, 35)


def test_an_approval_has_a_span_of_its_own() -> None:
    assert slices(RUN, "approval") == {"deploy waits for approval": (61, 100)}


def test_the_critical_path_has_a_thread_of_its_own() -> None:
    path = ("release", "build", "unit")
    assert slices(RUN, "critical path", path) == {"release/build/unit": (35, 60.5)}
    [args] = [event["args"] for event in events(RUN, path) if event["name"] == "unit"]
    assert args["critical path"] == "yes"


def test_what_never_began_has_no_span() -> None:
    assert slices(run("rejected", dates=dates(None, 3)), "run") == {}


def test_slices_of_a_thread_never_overlap_in_part() -> None:
    """A viewer nests what lies within: what overlaps in part is drawn wrong."""
    last = planned(IN_LAYERS, 1, Random(3))
    found = trace(
        last.snapshot(last.end / 2), BEGIN + timedelta(seconds=last.created + last.end / 2)
    )
    threads: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for event in found["traceEvents"]:
        if event["ph"] == "X":
            span = (event["ts"], event["ts"] + event["dur"])
            threads.setdefault((event["pid"], event["tid"]), []).append(span)
    for spans in threads.values():
        for a, b in zip(sorted(spans), sorted(spans)[1:], strict=False):
            assert a[1] <= b[0] or b[1] <= a[1]
    assert len(threads) > 6


def test_dates_of_any_year_are_written() -> None:
    odd = {
        "started_at": "1971-01-02T00:00:00Z",
        "finished_at": "9998-01-01T00:00:00Z",
    }
    value = run("success", workflow("w", "success", dates=odd), dates=odd)
    [found] = [event for event in events(value) if event.get("cat") == "workflow"]
    assert found["dur"] > 0
