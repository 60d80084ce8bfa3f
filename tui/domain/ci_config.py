"""CiConfig: what `.sourcecraft/ci.yaml` says about composing a run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputSpec:
    """An input of a workflow. `default` None: none is given. `type` is as written."""

    name: str
    type: str = "string"
    required: bool = False
    default: str | None = None
    description: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CubeSpec:
    """A cube of a task. `needs` names cubes of the same task, already resolved: a cube that says
    nothing needs the one before it, `needs: ['-']` needs none."""

    name: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A task of a workflow; `needs` names tasks of the same workflow."""

    name: str
    needs: tuple[str, ...] = ()
    cubes: tuple[CubeSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkflowSpec:
    """A workflow with its inputs, in the order they are written, and its tasks."""

    name: str
    inputs: tuple[InputSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class CiConfig:
    """All workflows of a config, in the order they are written."""

    workflows: tuple[WorkflowSpec, ...] = ()

    def workflow(self, name: str) -> WorkflowSpec | None:
        """The workflow of that name, or None."""
        return next((spec for spec in self.workflows if spec.name == name), None)
