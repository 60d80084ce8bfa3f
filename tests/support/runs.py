"""Runs as a server writes them, built from a few words."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cubewatch.model.decode import read_run
from cubewatch.model.run import Run
from cubewatch.model.snapshot import Snapshot, advance

Json = dict[str, Any]
BEGIN = datetime(2026, 10, 21, 7, 0, tzinfo=UTC)


def moment(seconds: float) -> str:
    """A moment so many seconds after the run began."""
    return (BEGIN + timedelta(seconds=seconds)).isoformat()


def dates(start: float | None = None, end: float | None = None) -> Json:
    stages = {"created_at": 0.0, "started_at": start, "finished_at": end}
    return {name: moment(at) for name, at in stages.items() if at is not None}


def cube(slug: str, status: str = "created", **more: Any) -> Json:
    return {"slug": slug, "status": status, **more}


def task(slug: str, status: str, *cubes: Json, **more: Any) -> Json:
    return {"slug": slug, "status": status, "cubes": list(cubes), **more}


def workflow(slug: str, status: str, *tasks: Json, **more: Any) -> Json:
    return {"slug": slug, "status": status, "tasks": list(tasks), **more}


def run(status: str, *workflows: Json, **more: Any) -> Json:
    return {"slug": "142", "status": status, "workflows": list(workflows), **more}


def progress(percent: float | None, current: str | None = None) -> Json:
    return {"percent": percent, "current_cube": {"slug": current} if current else None}


def read(value: Json) -> Run:
    return read_run(json.dumps(value).encode())


def snapshot(*values: Json) -> Snapshot:
    """The snapshot of the last of several answers in a row."""
    before: Snapshot | None = None
    for value in values:
        before = advance(before, read(value))
    assert before
    return before


def big(tasks: int, cubes: int, status: str = "processing") -> Json:
    """A run of one workflow with so many tasks of so many cubes."""
    return run(
        "processing",
        workflow(
            "w",
            "processing",
            *(
                task(f"t{t}", "processing", *(cube(f"c{c}", status) for c in range(cubes)))
                for t in range(tasks)
            ),
        ),
    )
