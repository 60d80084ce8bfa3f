"""Draft: the content of a form or a command line so far, valid or not, and its problems."""

from collections.abc import Iterator
from typing import NamedTuple

from cubewatch.model.config import CiConfig, InputSpec, WorkflowSpec
from cubewatch.model.request import (
    WORKFLOWS_PER_EVENT,
    GitRevision,
    InputValue,
    RevisionKind,
    RunRequest,
    WorkflowData,
    revision_problem,
)
from cubewatch.text.sanitize import inert

HEAD = "head"
CONFIG_REVISION = "config_revision"
WORKFLOWS = "workflows"


class RevisionDraft(NamedTuple):
    """A revision as far as it is written; `kind` None is the default branch, and not sent."""

    kind: RevisionKind | None = None
    name: str = ""

    @classmethod
    def of(cls, revision: GitRevision | None) -> "RevisionDraft":
        """The draft that makes `revision`."""
        return cls(revision.kind, revision.name) if revision else cls()


class WorkflowDraft(NamedTuple):
    """A chosen workflow and what was written for its inputs, in order: (name, value).

    An untouched input is not in `values`, and is not sent.
    """

    name: str
    values: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        """A text without the values, which may be secrets."""
        return f"WorkflowDraft(name={self.name!r})"


class Draft(NamedTuple):
    """A run request as far as it is written."""

    head: RevisionDraft = RevisionDraft()
    config_revision: RevisionDraft = RevisionDraft()
    workflows: tuple[WorkflowDraft, ...] = ()
    shared: bool = False

    @classmethod
    def of(cls, request: RunRequest) -> "Draft":
        """The draft that makes `request`."""
        workflows = tuple(
            WorkflowDraft(workflow.name, tuple((one.name, one.value) for one in workflow.values))
            for workflow in request.workflows
        )
        head, config_revision = map(RevisionDraft.of, (request.head, request.config_revision))
        return cls(head, config_revision, workflows, request.shared)


class Problem(NamedTuple):
    """One line, inert, about one field: `HEAD`, `CONFIG_REVISION`, `WORKFLOWS`, or what
    `workflow_field` and `input_field` give. `by_config`: it is one only because of the config."""

    field: str
    text: str
    by_config: bool = False


class Checked(NamedTuple):
    """The result of checking a draft: problems forbid sending, warnings don't.

    `so_far` is the request without the parts that have a problem; None while no workflow is left.
    """

    so_far: RunRequest | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def request(self) -> RunRequest | None:
        """The request that may be sent; None as long as there is a problem."""
        return None if self.problems else self.so_far


def workflow_field(workflow: str) -> str:
    """The field of a workflow by its name."""
    return f"{WORKFLOWS}/{workflow}"


def input_field(workflow: str, name: str) -> str:
    """The field of an input of a workflow, whatever is in their names."""
    return f"inputs/{workflow}\0{name}"


def check(draft: Draft, config: CiConfig | None) -> Checked:
    """Checks a draft: the request that it makes, and its problems and warnings in the order of the
    form.

    Without a config nothing is known about workflows and inputs, so any name is right.
    """
    return Checked(_so_far(draft), tuple(_problems(draft, config)), tuple(_warnings(draft, config)))


def _so_far(draft: Draft) -> RunRequest | None:
    workflows: dict[str, WorkflowData] = {}
    for workflow in draft.workflows:
        if _name_problem(workflow.name) is None:
            values = {
                name: InputValue(name, value)
                for name, value in workflow.values
                if _name_problem(name) is None and _can_be_sent(value)
            }
            data = WorkflowData(workflow.name, tuple(values.values()))
            workflows.setdefault(workflow.name, data)
    if not workflows:
        return None
    head, config_revision = as_revision(draft.head), as_revision(draft.config_revision)
    return RunRequest(tuple(workflows.values()), head, config_revision, draft.shared)


def as_revision(draft: RevisionDraft) -> GitRevision | None:
    """The revision that a draft names; None for the default branch, and for what is no name."""
    if draft.kind is None or _revision_problem(draft):
        return None
    return GitRevision(draft.kind, draft.name)


def _revision_problem(draft: RevisionDraft) -> str | None:
    if draft.kind is None:
        return None
    if problem := revision_problem(draft.kind, draft.name):
        return inert(problem)
    return None if _can_be_sent(draft.name) else f"the {draft.kind} is not valid Unicode"


def _name_problem(name: str) -> str | None:
    if not name.strip():
        return "has no name"
    return None if _can_be_sent(name) else "has a name that is not valid Unicode"


def _can_be_sent(text: str) -> bool:
    """False for half a character, as undecodable bytes of a command line become."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _problems(draft: Draft, config: CiConfig | None) -> Iterator[Problem]:
    if text := _revision_problem(draft.head):
        yield Problem(HEAD, f"Head: {text}")
    if text := _revision_problem(draft.config_revision):
        yield Problem(CONFIG_REVISION, f"Config from: {text}")
    if not draft.workflows:
        yield Problem(WORKFLOWS, "choose a workflow")
    for workflow in draft.workflows:
        if config and (owner := _owner_of_input(workflow.name, draft, config)):
            name = inert(workflow.name)
            text = f"{name} is an input of {inert(owner)}, not a workflow: write {name}=…"
            yield Problem(workflow_field(workflow.name), text, by_config=True)
    seen: set[str] = set()
    for workflow in draft.workflows:
        field = workflow_field(workflow.name)
        if text := _name_problem(workflow.name):
            yield Problem(field, f"a workflow {text}")
        elif workflow.name in seen:
            yield Problem(field, f"{inert(workflow.name)} is chosen twice")
        seen.add(workflow.name)
        spec = config.workflow(workflow.name) if config else None
        suffix = f" of {inert(workflow.name)}" if len(draft.workflows) > 1 else ""
        yield from _value_problems(workflow, spec, suffix)


def _owner_of_input(name: str, draft: Draft, config: CiConfig) -> str | None:
    """The chosen workflow that has an input of that name, if no workflow has it."""
    if config.workflow(name):
        return None
    specs = (config.workflow(workflow.name) for workflow in draft.workflows)
    owners = (spec.name for spec in specs if spec for one in spec.inputs if one.name == name)
    return next(owners, None)


def _value_problems(
    workflow: WorkflowDraft, spec: WorkflowSpec | None, suffix: str
) -> Iterator[Problem]:
    """`suffix` says which workflow an input belongs to, where several are chosen."""
    seen: set[str] = set()
    for name, value in workflow.values:
        field = input_field(workflow.name, name)
        if text := _name_problem(name):
            yield Problem(field, f"an input{suffix} {text}")
        elif name in seen:
            yield Problem(field, f"{inert(name)}{suffix} is given twice")
        elif not _can_be_sent(value):
            yield Problem(field, f"{inert(name)}{suffix} is not valid Unicode")
        seen.add(name)
    given = dict(workflow.values)
    for wanted in spec.inputs if spec else ():
        empty = not given.get(wanted.name, wanted.default)
        if wanted.required and empty and wanted.default != "":
            field = input_field(workflow.name, wanted.name)
            yield Problem(field, f"{inert(wanted.name)}{suffix} is required", by_config=True)


def _warnings(draft: Draft, config: CiConfig | None) -> Iterator[Problem]:
    if (chosen := len(draft.workflows)) > WORKFLOWS_PER_EVENT:
        text = f"{chosen} workflows in one run: the server may accept {WORKFLOWS_PER_EVENT} only"
        yield Problem(WORKFLOWS, text)
    for workflow in draft.workflows if config else ():
        spec = config.workflow(workflow.name) if config else None
        if spec:
            yield from _value_warnings(workflow, spec)
        else:
            text = f"{inert(workflow.name)} is not in the config that is known here"
            yield Problem(workflow_field(workflow.name), text)


def _value_warnings(workflow: WorkflowDraft, spec: WorkflowSpec) -> Iterator[Problem]:
    known: dict[str, InputSpec] = {wanted.name: wanted for wanted in spec.inputs}
    for name, value in workflow.values:
        field = input_field(workflow.name, name)
        wanted = known.get(name)
        if wanted is None:
            yield Problem(field, f"{inert(workflow.name)} has no input {inert(name)} in the config")
        elif wanted.options and value not in wanted.options:
            options = ", ".join(wanted.options)
            yield Problem(field, f"{inert(name)} must be one of: {options}")
