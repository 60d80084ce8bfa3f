"""What a run looks like at a moment, as the JSON that the server answers with."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from tui.demo.schedule import PREPARED_AFTER, STARTED_AFTER, RunPlan, Span, TaskPlan, WorkflowPlan
from tui.demo.schedule import CubePlan
from tui.demo.workload import work_of
from tui.domain.status import CREATED, FINAL, PREPARED, PROCESSING, SUCCESS

Json = dict[str, Any]
Percent = Literal["fraction", "percentage", "none"]

EPOCH = "1970-01-01T00:00:00Z"
FILES_HOST = "https://files.shop.invalid"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as it was created; all that comes later follows from `plan` and the time."""

    slug: str
    created: datetime
    event: str
    user: str
    plan: RunPlan
    pull: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A run seen at one moment, `seconds` after it was created."""

    record: RunRecord
    seconds: float
    percent: Percent

    def run(self, *, with_tasks: bool = True) -> Json:
        """The whole run; a list leaves the tasks out."""
        plan, record = self.record.plan, self.record
        shown = plan.workflows if self.seconds >= PREPARED_AFTER else ()
        answer: Json = {
            "id": "",
            "slug": record.slug,
            "dates": self.dates(plan.span, record.slug),
            "status": self.run_status(),
            "workflows": [self.workflow(each, with_tasks=with_tasks) for each in shown],
            "event_type": record.event,
            "error_messages": list(plan.refusals) if self.seconds >= plan.span.end else [],
            "user": {"id": "", "slug": record.user},
        }
        if record.pull:
            answer["pull"] = {"id": "", "slug": record.pull}
        return answer

    def run_status(self) -> str:
        if self.seconds >= self.record.plan.span.end:
            return self.record.plan.span.outcome
        if self.seconds < PREPARED_AFTER:
            return CREATED
        return PREPARED if self.seconds < STARTED_AFTER else PROCESSING

    def workflow(self, plan: WorkflowPlan, *, with_tasks: bool = True) -> Json:
        path = f"{self.record.slug}/{plan.name}"
        cubes = [(task, cube) for task in plan.tasks for cube in task.cubes]
        return {
            "id": "",
            "slug": plan.name,
            "description": "",
            "dates": self.dates(plan.span, path),
            "status": self.status(plan.span),
            "tasks": [self.task(plan, task) for task in plan.tasks] if with_tasks else [],
            **self.progress(plan.span, path, [self._cube_at(path, *pair) for pair in cubes]),
            "environment_id": "",
        }

    def task(self, workflow: WorkflowPlan, plan: TaskPlan) -> Json:
        above = f"{self.record.slug}/{workflow.name}"
        path = f"{above}/{plan.name}"
        places = [self._cube_at(above, plan, cube) for cube in plan.cubes]
        return {
            "id": "",
            "slug": plan.name,
            "description": "",
            "dates": self.dates(plan.span, path),
            "status": self.status(plan.span),
            "cubes": [self.cube(*place) for place in places],
            **self.progress(plan.span, path, places),
            "relations": {"needs": [{"name": name} for name in plan.needs]},
        }

    def _cube_at(self, path: str, task: TaskPlan, cube: CubePlan) -> tuple[str, CubePlan]:
        return f"{path}/{task.name}/{cube.name}", cube

    def cube(self, path: str, plan: CubePlan) -> Json:
        return {
            "id": "",
            "slug": plan.name,
            "dates": self.dates(plan.span, path),
            "status": self.status(plan.span),
            "artifacts": self.artifacts(path, plan),
            "relations": {"needs": [{"name": name} for name in plan.needs]},
        }

    def artifacts(self, path: str, plan: CubePlan) -> list[Json]:
        """What the cube keeps: registered when it starts, there or missing when it has ended."""
        start, end = plan.span.start, plan.span.end
        if start is None or self.seconds < start:
            return []
        over = self.seconds >= end
        there = over and plan.span.outcome == SUCCESS
        status = ("success" if there else "missing") if over else "registered"
        return [
            {
                "id": "",
                "local_path": local_path,
                "dates": {
                    "registered_at": self.moment(start, local_path),
                    "obtained_at": self.moment(end, local_path) if there else EPOCH,
                    "updated_at": self.moment(end if over else start, local_path),
                },
                "status": status,
                "download_url": self._download_url(path, local_path) if there else "",
            }
            for local_path in work_of(plan.name).artifacts
        ]

    def _download_url(self, path: str, local_path: str) -> str:
        """A temporary address on another host; every ten minutes there is a new one."""
        signature = _chance(f"{path}/{local_path}/{int(self.seconds // 600)}")
        return f"{FILES_HOST}/{path.replace('#', '%23')}/{local_path}?sig={signature:08x}"

    def status(self, span: Span) -> str:
        if self.seconds >= span.end:
            return span.outcome
        began = span.start is not None and self.seconds >= span.start
        return PROCESSING if began else CREATED

    def progress(self, span: Span, path: str, cubes: list[tuple[str, CubePlan]]) -> Json:
        """`progress` as the server writes it: null or empty once it is over."""
        if self.seconds >= span.end:
            empty: list[Json] = [
                {"progress": None},
                {"progress": {"percent": None, "current_cube": None}},
                {},
            ]
            return empty[_chance(path) % len(empty)]
        running = [place for place in cubes if self.status(place[1].span) == PROCESSING]
        answer: Json = {"current_cube": self.cube(*running[-1]) if running else None}
        if self.percent != "none":
            share = sum(self._share(cube.span) for _, cube in cubes) / (len(cubes) or 1)
            scale = 100 if self.percent == "percentage" else 1
            answer["percent"] = round(share * scale, 4)
        return {"progress": answer}

    def _share(self, span: Span) -> float:
        if self.seconds >= span.end:
            return 1.0
        if span.start is None or self.seconds < span.start:
            return 0.0
        return (self.seconds - span.start) / (span.end - span.start)

    def dates(self, span: Span, path: str) -> Json:
        """The stages that have come; for one that has not, null, 1970 or nothing at all."""
        start = span.start if span.start is not None and span.start <= self.seconds else None
        end = span.end if span.end <= self.seconds else None
        came: dict[str, float | None] = {
            "created_at": 0.0,
            "started_at": start,
            "finished_at": end,
            "updated_at": end if end is not None else start,
        }
        dates: Json = {}
        for stage, seconds in came.items():
            if seconds is not None:
                dates[stage] = self.moment(seconds, path + stage)
            elif (habit := _chance(path + stage) % 3) < 2:
                dates[stage] = None if habit else EPOCH
        return dates

    def moment(self, seconds: float, key: str) -> str:
        """A date with 0 to 6 digits after the second, as `key` has it."""
        when = self.record.created + timedelta(seconds=seconds)
        digits = _chance(key) % 7
        fraction = f".{when.microsecond:06}"[: digits + 1] if digits else ""
        return f"{when:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def is_over(record: RunRecord, seconds: float) -> bool:
    return seconds >= record.plan.span.end


def _chance(key: str) -> int:
    """A number that looks like chance and is always the same for a key."""
    return zlib.crc32(key.encode())
