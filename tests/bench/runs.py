"""Runs to measure with, as a server writes them."""

import json
from collections.abc import Callable

from tests.support.runs import Json, cube, dates, progress, run, task, workflow

CUBES = 100
"""Cubes of a task, and tasks of the big run."""


def big_run(step: int) -> bytes:
    """10,000 cubes under 100 tasks, with all that a server says of them; every cube changes with
    every step."""
    return _big("processing", lambda t, c: "success" if (t + c + step) % 2 else "processing")


def failed_run() -> bytes:
    """The same run, which goes on although all of its cubes have failed."""
    return _big("failed", lambda _t, _c: "failed")


def _big(task_status: str, status_of: Callable[[int, int], str]) -> bytes:
    tasks = [
        task(
            f"task-{t}",
            task_status,
            *(_cube(t, c, status_of(t, c)) for c in range(CUBES)),
            id="",
            dates=dates(400),
            progress=progress(0.43),
        )
        for t in range(CUBES)
    ]
    return _answer(workflow("release", "processing", *tasks, dates=dates(400)))


def _cube(of_task: int, number: int, status: str) -> Json:
    start = of_task * 3.217 + number * 1.873  # each has dates of its own, as in life
    stages: Json = dates(start) if status == "processing" else dates(start, start + 90.418)
    return cube(
        f"cube-{number}",
        status,
        id="",
        dates=stages | {"updated_at": stages["created_at"]},
        artifacts=[],
        relations={"needs": [{"name": f"cube-{number - 1}"}] if number else []},
    )


def still_run(done: int, changed: int | None = None, finished: bool = False) -> bytes:
    """A run whose clocks all stand still: nothing in it that is under way tells since when.

    Of the 40 cubes of its two tasks the first `done` are; task, workflow and run tell so by their
    bars. `changed`: a cube that waits for approval, which moves no bar.
    """
    tasks = []
    for t in range(2):
        cubes = [_still_cube(n, done, changed) for n in range(20 * t, 20 * t + 20)]
        share = min(1.0, max(0.0, done / 20 - t))
        tasks.append(task(f"task-{t}", "processing", *cubes, progress=progress(share)))
    status = "success" if finished else "processing"
    return _answer(workflow("release", status, *tasks, progress=progress(done / 40)), status)


def _still_cube(number: int, done: int, changed: int | None) -> Json:
    if number < done:
        return cube(f"cube-{number}", "success", dates=dates(5, 90 + number))
    waits = number == changed
    return cube(f"cube-{number}", "awaiting_approval" if waits else "created")


def _answer(whole: Json, status: str = "processing") -> bytes:
    return json.dumps(run(status, whole, event_type="manual", user={"slug": "ann"})).encode()
