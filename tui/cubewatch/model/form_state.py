"""FormState: the whole content of a form, also what is not sent."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from cubewatch.model.config import CiConfig, InputSpec, WorkflowSpec
from cubewatch.model.draft import (
    Checked,
    Draft,
    Problem,
    RevisionDraft,
    WorkflowDraft,
    check,
    input_field,
)
from cubewatch.model.repository import RepoError, RepoSlug
from cubewatch.model.request import RevisionKind, RunRequest
from cubewatch.text.sanitize import inert

REPOSITORY = "repository"
Origin = Literal["draft", "config", "hand", "recent"]
"""How a workflow got into the form: from the draft it was opened with, a config, the keyboard, or
the newest runs."""
NOT_STORED = "its value was not stored, as its name looks secret"


@dataclass(slots=True)
class RevisionField:
    """A revision being written: the chosen kind (None: the default branch), and a name for each
    kind, so that switching between kinds loses none."""

    kind: RevisionKind | None = None
    names: dict[RevisionKind, str] = field(default_factory=dict)

    @classmethod
    def of(cls, draft: RevisionDraft) -> "RevisionField":
        """The field that holds `draft`."""
        return cls(draft.kind, {draft.kind: draft.name} if draft.kind else {})

    @property
    def name(self) -> str:
        """The name for the chosen kind."""
        return self.names.get(self.kind, "") if self.kind else ""

    @name.setter
    def name(self, text: str) -> None:
        if self.kind:
            self.names[self.kind] = text.strip()

    @property
    def draft(self) -> RevisionDraft:
        """The revision as it would be sent now."""
        return RevisionDraft(self.kind, self.name)

    def put(self, draft: RevisionDraft) -> None:
        """Choose another revision."""
        self.kind = draft.kind
        self.name = draft.name


@dataclass(slots=True)
class InputField:
    """An input of a workflow. `value` is None if it was not edited; it is then not sent.
    `forgotten`: it had a value in an earlier request that was not stored, and was not edited
    since."""

    name: str
    value: str | None = field(default=None, repr=False)
    spec: InputSpec | None = None
    forgotten: bool = False

    @property
    def is_missed(self) -> bool:
        """Whether a value has to be typed again."""
        return self.forgotten and self.value is None

    @property
    def default(self) -> str | None:
        """The value that the server takes if nothing is sent; None if the config does not say."""
        return self.spec.default if self.spec else None

    def put(self, value: str | None) -> None:
        """Set the value; None leaves it to the server."""
        self.value, self.forgotten = value, False


@dataclass(slots=True)
class WorkflowField:
    """A workflow, ticked or not, with its inputs.

    `spec` None: the config does not know it. `adding` is an input being typed, `NAME=value`.
    """

    name: str
    ticked: bool = False
    spec: WorkflowSpec | None = None
    inputs: dict[str, InputField] = field(default_factory=dict)
    adding: str = field(default="", repr=False)
    origin: Origin = "config"

    @property
    def is_wanted(self) -> bool:
        """Whether the person has put anything into it."""
        written = any(one.value is not None for one in self.inputs.values())
        return self.origin in ("draft", "hand") or self.ticked or bool(self.adding) or written

    def learn(self, spec: WorkflowSpec | None) -> None:
        """Take over what another config says, without losing what was typed. Required inputs
        come first, those that no config knows last."""
        self.spec = spec
        known = {one.name: one for one in spec.inputs} if spec else {}
        for name in sorted(known, key=lambda name: not known[name].required):
            one = self.inputs.pop(name, InputField(name))
            one.spec = known[name]
            self.inputs[name] = one
        for one in [one for name, one in self.inputs.items() if name not in known]:
            del self.inputs[one.name]
            if one.value is not None or one.forgotten:
                one.spec = None
                self.inputs[one.name] = one

    def input(self, name: str) -> InputField:
        """The input of that name; it is added if there is none."""
        return self.inputs.setdefault(name, InputField(name))

    def added(self) -> tuple[str, str] | None:
        """The input being typed as (name, value); None if it is not one yet."""
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
    """The whole form. `repository` is `ORG/REPO` as far as it is known or typed, `adding` the name
    of a workflow being typed. `warnings` are about things that the form itself cannot check."""

    head: RevisionField
    config_revision: RevisionField
    shared: bool = False
    workflows: dict[str, WorkflowField] = field(default_factory=dict)
    repository: str = ""
    adding: str = field(default="", repr=False)
    config: CiConfig | None = None
    certain: bool = True
    """The config is the server's, as far as is known."""
    warnings: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, draft: Draft, forgotten: Iterable[tuple[str, str]] = ()) -> "FormState":
        """A form filled with `draft`. What it names comes first on screen and in the request.
        `forgotten` inputs (workflow, name) had a value that was not stored."""
        state = cls(
            RevisionField.of(draft.head), RevisionField.of(draft.config_revision), draft.shared
        )
        for chosen in draft.workflows:
            workflow = state.workflow(chosen.name, "draft")
            workflow.ticked = True
            for name, value in chosen.values:
                workflow.input(name).value = value
        for workflow_name, name in forgotten:
            state.workflow(workflow_name, "draft").input(name).forgotten = True
        return state

    @property
    def repo(self) -> RepoSlug | None:
        """The repository, if the text names one."""
        try:
            return RepoSlug.parse(self.repository)
        except RepoError:
            return None

    def workflow(self, name: str, origin: Origin = "config") -> WorkflowField:
        """The workflow of that name; it is added if there is none."""
        return self.workflows.setdefault(name, WorkflowField(name, origin=origin))

    def change_repository(self, repository: str) -> None:
        """Forget what is known of another repository; what was typed stays."""
        self.repository = repository
        for workflow in self.workflows.values():
            if workflow.origin == "recent":
                workflow.origin = "config"
        self.learn(None)

    def learn(self, config: CiConfig | None, *, certain: bool = True) -> None:
        """Take over what another config says, without losing what was typed."""
        self.config, self.certain = config, certain
        specs = {spec.name: spec for spec in config.workflows} if config else {}
        before = self.workflows
        drafted = [name for name, one in before.items() if one.origin == "draft"]
        self.workflows = {}
        for name in dict.fromkeys((*drafted, *specs, *before)):
            workflow = before.get(name, WorkflowField(name))
            workflow.learn(specs.get(name))
            is_offered = config is None and workflow.origin == "recent"
            if workflow.spec or workflow.is_wanted or is_offered:
                self.workflows[name] = workflow

    def offer_recent(self, names: Iterable[str]) -> None:
        """Offer workflows that ran recently."""
        for name in names:
            self.workflow(name, "recent")

    def tick_only_workflow(self) -> None:
        """Tick the workflow of a config that has no other."""
        if len(self.workflows) == 1:
            [workflow] = self.workflows.values()
            workflow.ticked = True

    def draft(self) -> Draft:
        """The draft that would be sent now, including what is just being typed."""
        chosen = {one.name: one.draft() for one in self.workflows.values() if one.ticked}
        if name := self.adding.strip():
            known = self.workflows.get(name)
            chosen[name] = known.draft() if known else WorkflowDraft(name)
        return Draft(
            self.head.draft, self.config_revision.draft, tuple(chosen.values()), self.shared
        )

    def checked(self) -> Checked:
        """The request that the form makes, its problems and its warnings."""
        checked = check(self.draft(), self.config)
        unfinished = tuple(
            Problem(adding_field(one.name), "an input is written NAME=value")
            for one in self.workflows.values()
            if one.ticked and one.adding.strip() and not one.added()
        )
        repository = () if self.repo else (Problem(REPOSITORY, "name a repository: ORG/REPO"),)
        missed = tuple(
            Problem(
                input_field(workflow.name, one.name), f"type {inert(one.name)} again: {NOT_STORED}"
            )
            for workflow in self.workflows.values()
            for one in workflow.inputs.values()
            if workflow.ticked and one.is_missed
        )
        return checked._replace(
            problems=repository + checked.problems + missed + unfinished,
            warnings=self.warnings + checked.warnings,
        )

    def doubtful(self) -> RunRequest | None:
        """The request if its only problems come from a config that may not be the server's; else
        None."""
        checked = self.checked()
        by_config = [problem.by_config for problem in checked.problems]
        return checked.so_far if by_config and all(by_config) and not self.certain else None


def adding_field(workflow: str) -> str:
    """The field in which an input of that workflow is added."""
    return f"adding/{workflow}"
