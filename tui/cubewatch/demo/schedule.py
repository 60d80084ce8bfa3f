"""The schedule of a run, computed when it is created, from its config and a seed.

All times are seconds after the run's creation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from random import Random
from typing import Final

from cubewatch.demo.figures import APPROVAL_SECONDS, MAY_TIME_OUT, figure
from cubewatch.model.config import TaskSpec, WorkflowSpec

CREATE_ENVIRONMENT: Final = "#create-environment"
GIT_CLONE: Final = "#git-clone"
PREPARE_IMAGE: Final = "#prepare-image-for-"

_GAP = 0.1
_JITTER = 0.05
_SLOW = 2.2
_FAILS_AFTER = 0.6
_TIMES_OUT_AFTER = 2.5


@dataclass(frozen=True, slots=True)
class CubePlan:
    """The plan of a cube: from `start` to `end` it is at work, then it is `outcome`; `start` None:
    it never is, and at `end` that is known. `expected` is how many seconds it takes if all goes
    well."""

    name: str
    needs: tuple[str, ...]
    start: float | None
    end: float
    outcome: str
    expected: float


@dataclass(frozen=True, slots=True)
class Gate:
    """A wait for a person, from `since` to `until`. `outcome` is empty if the task was approved,
    else the final status of the task: rejected or timeout."""

    since: float
    until: float
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class TaskPlan:
    name: str
    needs: tuple[str, ...]
    cubes: tuple[CubePlan, ...]
    gate: Gate | None = None

    @property
    def end(self) -> float:
        return max((cube.end for cube in self.cubes), default=0.0)

    @property
    def is_good(self) -> bool:
        return all(cube.outcome == "success" for cube in self.cubes)


@dataclass(frozen=True, slots=True)
class WorkflowPlan:
    name: str
    tasks: tuple[TaskPlan, ...]

    @property
    def end(self) -> float:
        return max((task.end for task in self.tasks), default=0.0)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Until `prepared` the run is created and has no workflows, until `started` it is prepared.
    One with `errors` is rejected at `prepared`."""

    prepared: float
    started: float
    workflows: tuple[WorkflowPlan, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def end(self) -> float:
        """The second at which everything has its final status."""
        if self.errors:
            return self.prepared
        return max((workflow.end for workflow in self.workflows), default=self.started)


@dataclass(frozen=True, slots=True)
class Fate:
    """The planned failure of a workflow: the cube of a name fails, the cube that may time out does,
    or a person cancels it so many seconds after the run's creation. A task that needs approval gets
    its decision `decided_after` seconds (None: what its figures say), which is `gate_outcome`."""

    fail_at: str = ""
    times_out: bool = False
    canceled_after: float | None = None
    decided_after: float | None = None
    gate_outcome: str = ""


def plan_run(workflows: Iterable[tuple[WorkflowSpec, Fate]], rng: Random) -> RunPlan:
    """The plan of a run of these workflows, all of which start together."""
    prepared = rng.uniform(1.0, 1.6)
    started = prepared + rng.uniform(0.5, 0.9)
    plans = [_workflow(spec, fate, started, rng) for spec, fate in workflows]
    return RunPlan(prepared, started, tuple(plans))


def rejected(errors: tuple[str, ...], rng: Random) -> RunPlan:
    """The plan of a run that is refused, for reasons that it tells."""
    prepared = rng.uniform(0.5, 1.0)
    return RunPlan(prepared, prepared, errors=errors)


def cube_names(spec: WorkflowSpec) -> set[str]:
    """The names of all cubes of a workflow, with those that every task gets."""
    return {draft.name for task in spec.tasks for draft in _drafts(task)}


@dataclass(frozen=True, slots=True)
class _Draft:
    """A cube before its times are known: it waits for `after`, but tells of `needs`."""

    name: str
    needs: tuple[str, ...]
    after: tuple[str, ...]
    seconds: float


def _drafts(task: TaskSpec) -> Iterator[_Draft]:
    """The cubes of a task in the order a server lists them, internal ones before their users."""
    yield _Draft(CREATE_ENVIRONMENT, (), (), 2.0)
    yield _Draft(GIT_CLONE, (CREATE_ENVIRONMENT,), (CREATE_ENVIRONMENT,), 1.5)
    for cube in task.cubes:
        ready = GIT_CLONE
        known = figure(task.name, cube.name)
        if known.image_seconds is not None:
            ready = PREPARE_IMAGE + cube.name
            yield _Draft(ready, (GIT_CLONE,), (GIT_CLONE,), known.image_seconds)
        yield _Draft(cube.name, cube.needs or (ready,), (*cube.needs, ready), known.seconds)


def _workflow(spec: WorkflowSpec, fate: Fate, start: float, rng: Random) -> WorkflowPlan:
    tasks = {task.name: task for task in spec.tasks}
    slow = _slow_cube(spec, rng)
    plans: dict[str, TaskPlan] = {}
    for name in TopologicalSorter(
        {name: task.needs for name, task in tasks.items()}
    ).static_order():
        needed = [plans[need] for need in tasks[name].needs]
        bad = [plan.end for plan in needed if not plan.is_good]
        begin = max((plan.end + _GAP for plan in needed), default=start)
        gate = _gate(name, begin, fate)
        if bad:
            plans[name] = _skipped(tasks[name], min(bad))
        elif gate and gate.outcome:
            plans[name] = replace(_skipped(tasks[name], gate.until), gate=gate)
        else:
            plan = _task(tasks[name], fate, gate.until if gate else begin, slow, rng)
            plans[name] = replace(plan, gate=gate)
    in_order = tuple(plans[name] for name in tasks)
    if fate.canceled_after is not None:
        in_order = tuple(_canceled(plan, fate.canceled_after) for plan in in_order)
    return WorkflowPlan(spec.name, in_order)


def _gate(task: str, begin: float, fate: Fate) -> Gate | None:
    usual = APPROVAL_SECONDS.get(task)
    if usual is None:
        return None
    seconds = usual if fate.decided_after is None else fate.decided_after
    return Gate(begin, begin + seconds, fate.gate_outcome)


def _slow_cube(spec: WorkflowSpec, rng: Random) -> tuple[str, str] | None:
    """The cube whose image takes long, in every other workflow."""
    images = [
        (task.name, draft.name)
        for task in spec.tasks
        for draft in _drafts(task)
        if draft.name.startswith(PREPARE_IMAGE)
    ]
    return rng.choice(images) if images and rng.random() < 0.5 else None


def _task(
    spec: TaskSpec, fate: Fate, begin: float, slow: tuple[str, str] | None, rng: Random
) -> TaskPlan:
    plans: dict[str, CubePlan] = {}
    drafts = {draft.name: draft for draft in _drafts(spec)}
    graph = {name: draft.after for name, draft in drafts.items()}
    for name in TopologicalSorter(graph).static_order():
        draft = drafts[name]
        needed = [plans[need] for need in draft.after]
        bad = [plan.end for plan in needed if plan.outcome != "success"]
        if bad:
            plans[name] = CubePlan(name, draft.needs, None, min(bad), "skipped", draft.seconds)
            continue
        seconds = draft.seconds * rng.uniform(1 - _JITTER, 1 + _JITTER)
        seconds *= _SLOW if (spec.name, name) == slow else 1
        outcome, share = "success", 1.0
        if name == fate.fail_at:
            outcome, share = "failed", _FAILS_AFTER
        elif fate.times_out and (spec.name, name) == MAY_TIME_OUT:
            outcome, share = "timeout", _TIMES_OUT_AFTER
        start = max((plan.end + _GAP for plan in needed), default=begin)
        end = start + seconds * share
        plans[name] = CubePlan(name, draft.needs, start, end, outcome, seconds)
    return TaskPlan(spec.name, spec.needs, tuple(plans[name] for name in drafts))


def _skipped(spec: TaskSpec, at: float) -> TaskPlan:
    """A task that never starts, as it needs one that did not go well."""
    cubes = (
        CubePlan(draft.name, draft.needs, None, at, "skipped", draft.seconds)
        for draft in _drafts(spec)
    )
    return TaskPlan(spec.name, spec.needs, tuple(cubes))


def _canceled(task: TaskPlan, at: float) -> TaskPlan:
    """The same task, stopped `at` these seconds."""
    cubes = (
        cube
        if cube.end <= at
        else replace(
            cube,
            start=cube.start if cube.start is not None and cube.start < at else None,
            end=at,
            outcome="canceled",
        )
        for cube in task.cubes
    )
    gate = task.gate if task.gate and task.gate.since < at else None
    if gate and gate.until > at:
        gate = Gate(gate.since, at)
    return replace(task, cubes=tuple(cubes), gate=gate)
