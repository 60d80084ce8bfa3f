"""The state of a run at a moment, as the JSON of an answer."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from cubewatch.demo.figures import figure
from cubewatch.demo.schedule import CubePlan, RunPlan, TaskPlan, WorkflowPlan
from cubewatch.model.status import (
    AWAITING_APPROVAL,
    CANCELED,
    CREATED,
    FAILED,
    PREPARED,
    PROCESSING,
    REJECTED,
    SKIPPED,
    SUCCESS,
    TIMEOUT,
)

Json = dict[str, Any]
Percent = Literal["fraction", "percentage", "none"]

EPOCH = "1970-01-01T00:00:00Z"
FILES_HOST = "https://files.shop.invalid"

_WORST_FIRST = (FAILED, TIMEOUT, REJECTED, CANCELED)


@dataclass(frozen=True, slots=True)
class Span:
    """The beginning and end of something, in seconds after the run's creation, and its final
    status. `start` None: it never begins."""

    start: float | None
    end: float
    outcome: str


def span_of(cubes: Iterable[CubePlan]) -> Span:
    """The span of what consists of these cubes: from the first start to the last end."""
    return _joined([Span(cube.start, cube.end, cube.outcome) for cube in cubes])


def _joined(spans: list[Span]) -> Span:
    starts = [span.start for span in spans if span.start is not None]
    outcomes = {span.outcome for span in spans}
    outcome = next((worst for worst in _WORST_FIRST if worst in outcomes), SUCCESS)
    if outcomes == {SKIPPED}:
        outcome = SKIPPED
    return Span(min(starts, default=None), max(span.end for span in spans), outcome)


def _task_span(task: TaskPlan) -> Span:
    span = span_of(task.cubes)
    decided = task.gate.outcome if task.gate else ""
    return Span(span.start, span.end, decided) if decided else span


def _workflow_span(workflow: WorkflowPlan) -> Span:
    return _joined([_task_span(task) for task in workflow.tasks])


def _run_span(plan: RunPlan) -> Span:
    if plan.errors:
        return Span(None, plan.end, REJECTED)
    if not plan.workflows:
        return Span(plan.started, plan.end, SUCCESS)
    span = _joined([_workflow_span(workflow) for workflow in plan.workflows])
    return Span(plan.started, plan.end, span.outcome)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as it was created; all that comes later follows from `plan` and the time."""

    slug: str
    created: datetime
    event: str
    user: str
    plan: RunPlan
    pull: str = ""
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A run seen at one moment, `seconds` after it was created."""

    record: RunRecord
    seconds: float
    percent: Percent

    def run(self, *, with_tasks: bool = True) -> Json:
        """The whole run; a list leaves the tasks out."""
        record, span = self.record, _run_span(self.record.plan)
        over = self.seconds >= span.end
        answer: Json = {
            "id": "",
            "slug": record.slug,
            "dates": self._dates(span, record.slug),
            "status": span.outcome if over else self._early_status(),
            "workflows": [self.workflow(each, with_tasks=with_tasks) for each in self.workflows()],
            "event_type": record.event,
            "error_messages": list(record.plan.errors) if over else [],
            "user": {"id": record.user_id, "slug": record.user},
        }
        if record.pull:
            answer["pull"] = {"id": "", "slug": record.pull}
        return answer

    def workflows(self) -> tuple[WorkflowPlan, ...]:
        """The workflows of the run; none as long as it is only created."""
        plan = self.record.plan
        return plan.workflows if self.seconds >= plan.prepared else ()

    def _early_status(self) -> str:
        if self.seconds < self.record.plan.prepared:
            return CREATED
        if self.seconds < self.record.plan.started:
            return PREPARED
        tasks = [task for workflow in self.record.plan.workflows for task in workflow.tasks]
        return self._status_while_running(tasks)

    def _status_while_running(self, tasks: Iterable[TaskPlan]) -> str:
        """Processing, or awaiting approval when nothing is left to do but to wait for a person."""
        seconds = self.seconds
        at_work = any(
            cube.start is not None and cube.start <= seconds < cube.end
            for task in tasks
            for cube in task.cubes
        )
        return AWAITING_APPROVAL if not at_work and any(map(self._waits, tasks)) else PROCESSING

    def _waits(self, task: TaskPlan) -> bool:
        """Whether the task waits for a person at this moment."""
        return task.gate is not None and task.gate.since <= self.seconds < task.gate.until

    def workflow(self, plan: WorkflowPlan, *, with_tasks: bool = True) -> Json:
        path = f"{self.record.slug}/{plan.name}"
        span = _workflow_span(plan)
        status = self._status(span)
        if status == PROCESSING:
            status = self._status_while_running(plan.tasks)
        return {
            "id": "",
            "slug": plan.name,
            "description": "",
            "dates": self._dates(span, path),
            "status": status,
            "tasks": [self._task(path, task) for task in plan.tasks] if with_tasks else [],
            **self._progress(span, path, plan.tasks),
            "environment_id": "",
        }

    def _task(self, workflow_path: str, plan: TaskPlan) -> Json:
        path = f"{workflow_path}/{plan.name}"
        span = _task_span(plan)
        return {
            "id": "",
            "slug": plan.name,
            "description": "",
            "dates": self._dates(span, path),
            "status": AWAITING_APPROVAL if self._waits(plan) else self._status(span),
            "cubes": [self._cube(plan.name, cube) for cube in plan.cubes],
            **self._progress(span, path, (plan,)),
            "relations": {"needs": [{"name": name} for name in plan.needs]},
        }

    def _cube(self, task: str, plan: CubePlan) -> Json:
        span = span_of([plan])
        return {
            "id": "",
            "slug": plan.name,
            "dates": self._dates(span, f"{self.record.slug}/{task}/{plan.name}"),
            "status": self._status(span),
            "artifacts": self.artifacts(task, plan),
            "relations": {"needs": [{"name": name} for name in plan.needs]},
        }

    def artifacts(self, task: str, plan: CubePlan) -> list[Json]:
        """The artifacts of a cube: registered when it starts, there or missing when it has
        ended."""
        start, end = plan.start, plan.end
        if start is None or self.seconds < start:
            return []
        over = self.seconds >= end
        there = over and plan.outcome == SUCCESS
        status = ("success" if there else "missing") if over else "registered"
        return [
            {
                "id": "",
                "local_path": local_path,
                "dates": {
                    "registered_at": self._moment(start, local_path),
                    "obtained_at": self._moment(end, local_path) if there else EPOCH,
                    "updated_at": self._moment(end if over else start, local_path),
                },
                "status": status,
                "download_url": self._download_url(local_path) if there else "",
            }
            for local_path in figure(task, plan.name).artifacts
        ]

    def _download_url(self, local_path: str) -> str:
        """A temporary address on another host; every ten minutes there is a new one."""
        path = quote(f"{self.record.slug}/{local_path}")
        return f"{FILES_HOST}/{path}?signature={_chance(path + str(self.seconds // 600)):08x}"

    def _status(self, span: Span) -> str:
        if self.seconds >= span.end:
            return span.outcome
        return PROCESSING if self._has_begun(span.start) else CREATED

    def _has_begun(self, start: float | None) -> bool:
        return start is not None and self.seconds >= start

    def _progress(self, span: Span, path: str, tasks: tuple[TaskPlan, ...]) -> Json:
        """`progress` as the field of an answer: null, empty or absent when it is over."""
        if self.seconds >= span.end:
            habits: list[Json] = [
                {"progress": None},
                {"progress": {"percent": None, "current_cube": None}},
                {},
            ]
            return habits[_chance(path) % len(habits)]
        cubes = [(task.name, cube) for task in tasks for cube in task.cubes]
        running = [place for place in cubes if self._status(span_of([place[1]])) == PROCESSING]
        progress: Json = {"current_cube": self._cube(*running[-1]) if running else None}
        if self.percent != "none":
            share = sum(self._share(cube) for _, cube in cubes) / len(cubes)
            hundredths = round(share * 100)
            progress["percent"] = hundredths / (1 if self.percent == "percentage" else 100)
        return {"progress": progress}

    def _share(self, cube: CubePlan) -> float:
        """The share of a cube that is done, 0 to 1."""
        if self.seconds >= cube.end:
            return 1.0
        if cube.start is None or self.seconds < cube.start:
            return 0.0
        return (self.seconds - cube.start) / (cube.end - cube.start)

    def _dates(self, span: Span, path: str) -> Json:
        """The stages that have come; for one that has not, null, 1970 or nothing at all."""
        start = span.start if self._has_begun(span.start) else None
        end = span.end if self.seconds >= span.end else None
        came: dict[str, float | None] = {
            "created_at": 0.0,
            "started_at": start,
            "finished_at": end,
            "updated_at": start if end is None else end,
        }
        dates: Json = {}
        for stage, seconds in came.items():
            if seconds is not None:
                dates[stage] = self._moment(seconds, path + stage)
            elif (habit := _chance(path + stage) % 3) < 2:
                dates[stage] = None if habit else EPOCH
        return dates

    def _moment(self, seconds: float, key: str) -> str:
        """A date with 0 to 6 digits after the second, as `key` has it."""
        when = self.record.created + timedelta(seconds=seconds)
        digits = _chance(key) % 7
        fraction = f".{when.microsecond:06}"[: digits + 1] if digits else ""
        return f"{when:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _chance(key: str) -> int:
    """A number that looks like chance and is always the same for a key."""
    return zlib.crc32(key.encode())
