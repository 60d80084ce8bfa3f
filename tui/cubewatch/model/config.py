"""CiConfig: the workflows, inputs and tasks in `.sourcecraft/ci.yaml`."""

from typing import NamedTuple

_BOOLEANS = frozenset({"bool", "boolean"})
_ON_OFF = (("true", "false"), ("yes", "no"), ("on", "off"), ("y", "n"), ("1", "0"))


class InputSpec(NamedTuple):
    """An input of a workflow. `default` None: none is given. `type` is as written, and so is
    `name`, which is not inert; all else is."""

    name: str
    type: str = "string"
    required: bool = False
    default: str | None = None
    description: str = ""
    options: tuple[str, ...] = ()

    @property
    def is_boolean(self) -> bool:
        """Whether the type says that it is either on or off."""
        return self.type.lower() in _BOOLEANS

    @property
    def on_off(self) -> tuple[str, str]:
        """The values that are sent for on and off, spelled as the default is."""
        for on, off in _ON_OFF:
            for spelled in (str.lower, str.capitalize, str.upper):
                texts = (spelled(on), spelled(off))
                if self.default in texts:
                    return texts
        return _ON_OFF[0]


class CubeSpec(NamedTuple):
    """A cube of a task. `needs` names cubes of the same task, or says a name that no cube of it
    has: a cube that says nothing needs the one before it, `needs: ['-']` needs none."""

    name: str
    needs: tuple[str, ...] = ()


class ApprovalSpec(NamedTuple):
    """The approval that a task waits for. Both texts are inert, and "" where it says nothing."""

    timeout: str = ""
    note: str = ""


class TaskSpec(NamedTuple):
    """A task of a workflow. `needs` names tasks of the same workflow, or says a name that none of
    its tasks has. `approval` None: it starts without a person."""

    name: str
    needs: tuple[str, ...] = ()
    cubes: tuple[CubeSpec, ...] = ()
    approval: ApprovalSpec | None = None


class WorkflowSpec(NamedTuple):
    """A workflow with its inputs, in the order they are written, and its tasks. `name` is as
    written: not inert."""

    name: str
    inputs: tuple[InputSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()
    shared: bool = False


class CiConfig(NamedTuple):
    """All workflows of a config, in the order they are written."""

    workflows: tuple[WorkflowSpec, ...] = ()

    def workflow(self, name: str) -> WorkflowSpec | None:
        """The workflow of that name, or None."""
        return next((spec for spec in self.workflows if spec.name == name), None)
