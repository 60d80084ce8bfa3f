"""FormState: all that a form holds, also what it does not send."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
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
from cubewatch.model.request import RunRequest
from cubewatch.text.sanitize import inert

REPOSITORY = "repository"
Origin = Literal["draft", "config", "hand", "recent"]
"""How a workflow got into the form: what was asked for at the start, a config, typing, a look at
the newest runs."""
FORGOTTEN = "its value was not kept, as its name looks secret"


@dataclass(slots=True)
class InputState:
    """An input. `value` None: nobody touched it, and it is not sent. `forgotten`: it had a value
    when the same was sent before, which was kept nowhere, and nobody has touched it since."""

    name: str
    value: str | None = field(default=None, repr=False)
    spec: InputSpec | None = None
    forgotten: bool = False

    @property
    def is_missed(self) -> bool:
        """Whether a value is to be typed again."""
        return self.forgotten and self.value is None

    @property
    def default(self) -> str | None:
        """What the server takes if nothing is sent; None if the config says nothing of that."""
        return self.spec.default if self.spec else None

    def put(self, value: str | None) -> None:
        """The person has said so, or has left it to the server."""
        self.value, self.forgotten = value, False


@dataclass(slots=True)
class WorkflowState:
    """A workflow, ticked or not, with what was written for it.

    `spec` None: the config does not know it. `adding` is an input being written, `NAME=value`.
    """

    name: str
    ticked: bool = False
    spec: WorkflowSpec | None = None
    inputs: dict[str, InputState] = field(default_factory=dict)
    adding: str = field(default="", repr=False)
    origin: Origin = "config"

    @property
    def is_wanted(self) -> bool:
        """Whether there is more to it than what a config said."""
        written = any(one.value is not None for one in self.inputs.values())
        return self.origin in ("draft", "hand") or self.ticked or bool(self.adding) or written

    def learn(self, spec: WorkflowSpec | None) -> None:
        """Take in what another config says, without losing what was written. Required inputs
        come first, those that no config knows last."""
        self.spec = spec
        known = {one.name: one for one in spec.inputs} if spec else {}
        for name in sorted(known, key=lambda name: not known[name].required):
            one = self.inputs.pop(name, InputState(name))
            one.spec = known[name]
            self.inputs[name] = one
        for one in [one for name, one in self.inputs.items() if name not in known]:
            del self.inputs[one.name]
            if one.value is not None or one.forgotten:
                one.spec = None
                self.inputs[one.name] = one

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
    """The whole form. `repository` is `ORG/REPO` as far as it is known or written, `adding` the
    name of a workflow being written. `notices` are warnings about a field that others than the
    form have found."""

    head: RevisionDraft
    config_revision: RevisionDraft
    shared: bool = False
    workflows: dict[str, WorkflowState] = field(default_factory=dict)
    repository: str = ""
    adding: str = field(default="", repr=False)
    config: CiConfig | None = None
    certain: bool = True
    """The config is what the server has, as far as that is known."""
    notices: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, draft: Draft, forgotten: Iterable[tuple[str, str]] = ()) -> "FormState":
        """A form filled with `draft`. What it names comes first on screen and in the request.
        `forgotten` are inputs (workflow, name) that had a value which was not kept."""
        state = cls(draft.head, draft.config_revision, draft.shared)
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
        """The repository, if it is one."""
        try:
            return RepoSlug.parse(self.repository)
        except RepoError:
            return None

    def workflow(self, name: str, origin: Origin = "config") -> WorkflowState:
        """The workflow of that name; it is added if there is none."""
        return self.workflows.setdefault(name, WorkflowState(name, origin=origin))

    def begin(self, repository: str, notices: dict[str, str]) -> None:
        """Forget what is known of another repository; what was written stays."""
        self.repository = repository
        self.notices = notices
        for workflow in self.workflows.values():
            if workflow.origin == "recent":
                workflow.origin = "config"
        self.learn(None)

    def learn(self, config: CiConfig | None, *, certain: bool = True) -> None:
        """Take in what another config says, without losing what was written."""
        self.config, self.certain = config, certain
        specs = {spec.name: spec for spec in config.workflows} if config else {}
        before = self.workflows
        drafted = [name for name, one in before.items() if one.origin == "draft"]
        self.workflows = {}
        for name in dict.fromkeys((*drafted, *specs, *before)):
            workflow = before.get(name, WorkflowState(name))
            workflow.learn(specs.get(name))
            is_offered = config is None and workflow.origin == "recent"
            if workflow.spec or workflow.is_wanted or is_offered:
                self.workflows[name] = workflow

    def have_seen(self, names: Iterable[str]) -> None:
        """Offer workflows that ran not long ago."""
        for name in names:
            self.workflow(name, "recent")

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
        where = () if self.repo else (Problem(REPOSITORY, "name a repository: ORG/REPO"),)
        missed = tuple(
            Problem(
                input_field(workflow.name, one.name), f"type {inert(one.name)} again: {FORGOTTEN}"
            )
            for workflow in self.workflows.values()
            for one in workflow.inputs.values()
            if workflow.ticked and one.is_missed
        )
        found = tuple(Problem(field, text) for field, text in self.notices.items() if text)
        return replace(
            checked,
            problems=where + checked.problems + missed + half,
            warnings=found + checked.warnings,
        )

    def doubtful(self) -> RunRequest | None:
        """What would be sent if nothing spoke against it but a config that may not be what the
        server has; None if more does, or nothing."""
        checked = self.checked()
        by_config = [problem.by_config for problem in checked.problems]
        return checked.so_far if by_config and all(by_config) and not self.certain else None


def adding_field(workflow: str) -> str:
    """The field in which an input of that workflow is added."""
    return f"adding/{workflow}"


def _written(revision: RevisionDraft) -> RevisionDraft:
    """A name that was written before the default was chosen counts no more."""
    return RevisionDraft() if revision.kind is None else revision
