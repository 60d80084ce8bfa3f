"""What will happen in a run: worked out whole when it is created, from its config and a seed.

All times are seconds after the run's creation.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from random import Random
from typing import Final

from tui.demo.figures import MAY_TIME_OUT, figure
from tui.domain.ci_config import CubeSpec, TaskSpec, WorkflowSpec

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
    """From `start` to `end` the cube is at work, then it is `outcome`; `start` None: it never is,
    and at `end` that is known. `expected` is how many seconds it takes if all goes well."""

    name: str
    needs: tuple[str, ...]
    start: float | None
    end: float
    outcome: str
    expected: float


@dataclass(frozen=True, slots=True)
class TaskPlan:
    name: str
    needs: tuple[str, ...]
    cubes: tuple[CubePlan, ...]

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
        """When everything has its final status."""
        if self.errors:
            return self.prepared
        return max((workflow.end for workflow in self.workflows), default=self.started)


@dataclass(frozen=True, slots=True)
class Fate:
    """What goes wrong in a workflow: the cube of a name fails, the cube that may time out does,
    or a person cancels it so many seconds after the run's creation."""

    fail_at: str = ""
    times_out: bool = False
    canceled_after: float | None = None


def plan_run(workflows: Iterable[tuple[WorkflowSpec, Fate]], rng: Random) -> RunPlan:
    """The plan of a run of these workflows, all of which start together."""
    prepared = rng.uniform(1.0, 1.6)
    started = prepared + rng.uniform(0.5, 0.9)
    plans = [_Planner(fate, rng).workflow(spec, started) for spec, fate in workflows]
    return RunPlan(prepared, started, tuple(plans))


def rejected(errors: tuple[str, ...], rng: Random) -> RunPlan:
    """The plan of a run that is refused, for reasons that it tells."""
    prepared = rng.uniform(0.5, 1.0)
    return RunPlan(prepared, prepared, errors=errors)


def cube_names(spec: WorkflowSpec) -> set[str]:
    """The names of all cubes of a workflow, with those that every task gets."""
    return {
        name for task in spec.tasks for draft in _drafts(task) for name in (draft.name,)
    }


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
