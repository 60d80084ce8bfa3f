"""A whole sample, as JSON, of each answer that is read: every field the contract has."""

import json
from datetime import UTC, datetime
from typing import Any

from cubewatch.model.run import (
    BranchPage,
    CubeArtifacts,
    ErrorBody,
    LogPage,
    Repository,
    Run,
    RunPage,
    TagPage,
    Workflow,
)

DATE = "2026-10-21T07:28:00Z"
MOMENT = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)
DATES = {"created_at": DATE, "started_at": DATE, "finished_at": DATE, "updated_at": DATE}
ARTIFACT = {
    "id": "a1",
    "local_path": "dist/app.tar.gz",
    "dates": {"registered_at": DATE, "obtained_at": DATE, "updated_at": DATE},
    "status": "success",
    "download_url": "https://files.example/a1",
}
CUBE = {
    "id": "c1",
    "slug": "build",
    "dates": DATES,
    "status": "success",
    "artifacts": [ARTIFACT],
    "relations": {"needs": [{"name": "#git-clone"}]},
}
PROGRESS = {"percent": 0.5, "current_cube": CUBE}
TASK = {
    "id": "t1",
    "slug": "compile",
    "description": "Compiles",
    "dates": DATES,
    "status": "success",
    "cubes": [CUBE],
    "progress": PROGRESS,
    "relations": {"needs": [{"name": "prepare"}]},
}
WORKFLOW = {
    "id": "w1",
    "slug": "release",
    "description": "Releases",
    "dates": DATES,
    "status": "success",
    "tasks": [TASK],
    "progress": PROGRESS,
    "environment_id": "e1",
}
RUN = {
    "id": "r1",
    "slug": "142",
    "dates": DATES,
    "status": "success",
    "workflows": [WORKFLOW],
    "event_type": "manual",
    "error_messages": ["none really"],
    "pull": {"id": "p1", "slug": "7"},
    "user": {"id": "u1", "slug": "ann"},
}
SIGNATURE = {"name": "Ann", "email": "ann@example", "date": DATE}
COMMIT = {"hash": "abc", "message": "m", "author": SIGNATURE, "committer": SIGNATURE}
WHOLE: dict[type, dict[str, Any]] = {
    Run: RUN,
    Workflow: WORKFLOW,
    RunPage: {"runs": [RUN], "next_page_token": "n"},
    LogPage: {"logs": "text", "page_complete": True, "done": True},
    CubeArtifacts: {"artifacts": [ARTIFACT]},
    BranchPage: {"branches": [{"name": "main", "commit": COMMIT}], "next_page_token": "n"},
    TagPage: {"tags": [{"name": "v1", "commit": COMMIT, "message": "m"}], "next_page_token": "n"},
    Repository: {"id": "i", "slug": "shop", "name": "Shop", "default_branch": "main"},
    ErrorBody: {"error_code": "E", "message": "m", "request_id": "r"},
}

MISSING = object()
Path = tuple[str | int, ...]


def paths(value: Any, start: Path = ()) -> list[Path]:
    """Where each value below `value` stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[Path] = []
    for key, below in items:
        found.append((*start, key))
        if isinstance(below, dict | list):
            found += paths(below, (*start, key))
    return found


def changed(value: Any, path: Path, new: object) -> Any:
    """A copy of `value` with `new` at `path`, or without that field."""
    copy = json.loads(json.dumps(value))
    place = copy
    for key in path[:-1]:
        place = place[key]
    if new is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return copy


def at(value: object, path: Path) -> object:
    """The attribute of a value that was read, at the JSON path; None if an item is left out."""
    for key in path:
        if isinstance(key, int):
            items = list(value) if isinstance(value, tuple) else []
            if key >= len(items):
                return None
            value = items[key]
        else:
            value = getattr(value, key)
    return value
