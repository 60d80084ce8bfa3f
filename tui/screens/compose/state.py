"""FormState: all that a form holds, also what it does not send."""

from dataclasses import dataclass, field, replace

from tui.domain.ci_config import CiConfig, InputSpec, WorkflowSpec
from tui.domain.draft import (
    Checked,
    Draft,
    Problem,
    RevisionDraft,
    WorkflowDraft,
    check,
)


@dataclass(slots=True)
class InputState:
    """An input. `value` None: nobody touched it, and it is not sent."""

    name: str
    value: str | None = None
    spec: InputSpec | None = None


@dataclass(slots=True)
class WorkflowState:
    """A workflow, ticked or not, with what was written for it.

    `spec` None: the config does not know it. `adding` is an input being written, `NAME=value`.
    """

    name: str
    ticked: bool = False
    spec: WorkflowSpec | None = None
    inputs: dict[str, InputState] = field(default_factory=dict)
    adding: str = ""

    def learn(self, spec: WorkflowSpec) -> None:
        """Take in what the config says, without losing what was written."""
        self.spec = spec
        for known in spec.inputs:
            self.input(known.name).spec = known

    def input(self, name: str) -> InputState:
        """The input of that name; it is added if there is none."""
        return self.inputs.setdefault(name, InputState(name))

    def added(self) -> tuple[str, str] | None:
        """The input being written as (name, value); None if it is not one yet."""
        name, equals, value = self.adding.partition("=")
        name = name.strip()
        return (name, value) if name and equals else None

    def draft(self) -> WorkflowDraft:
        """The workflow as it would be sent now."""
        values = {one.name: one.value for one in self.inputs.values() if one.value is not None}
        if added := self.added():
            values[added[0]] = added[1]
        return WorkflowDraft(self.name, tuple(values.items()))


@dataclass(slots=True)
class FormState:
    """The whole form. `adding` is the name of a workflow being written."""

    head: RevisionDraft
    config_revision: RevisionDraft
    shared: bool = False
    workflows: dict[str, WorkflowState] = field(default_factory=dict)
    adding: str = ""
    config: CiConfig | None = None

    @classmethod
    def of(cls, draft: Draft) -> "FormState":
        """A form filled with `draft`. What it names comes first on screen and in the request."""
        state = cls(draft.head, draft.config_revision, draft.shared)
        for chosen in draft.workflows:
            workflow = state.workflow(chosen.name)
            workflow.ticked = True
            for name, value in chosen.values:
                workflow.input(name).value = value
        return state

    def workflow(self, name: str) -> WorkflowState:
        """The workflow of that name; it is added if there is none."""
        return self.workflows.setdefault(name, WorkflowState(name))

    def learn(self, config: CiConfig) -> None:
        """Take in what the config says, without losing what was written."""
        self.config = config
        for spec in config.workflows:
            self.workflow(spec.name).learn(spec)

    def draft(self) -> Draft:
        """What would be sent now, what is just being written included."""
        chosen = {one.name: one.draft() for one in self.workflows.values() if one.ticked}
        if name := self.adding.strip():
            known = self.workflows.get(name)
            chosen[name] = known.draft() if known else WorkflowDraft(name)
        return Draft(
            _written(self.head), _written(self.config_revision), tuple(chosen.values()), self.shared
        )

    def checked(self) -> Checked:
        """The request that the form makes, and what speaks against it."""
        checked = check(self.draft(), self.config)
        half = tuple(
            Problem(adding_field(one.name), "an input is written NAME=value")
            for one in self.workflows.values()
            if one.ticked and one.adding.strip() and not one.added()
        )
        return replace(checked, problems=checked.problems + half)


def adding_field(workflow: str) -> str:
    """The field in which an input of that workflow is added."""
    return f"adding/{workflow}"


def _written(revision: RevisionDraft) -> RevisionDraft:
    """A name that was written before the default was chosen counts no more."""
    return RevisionDraft() if revision.kind is None else revision
