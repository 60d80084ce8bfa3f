"""Checks of a run that is started without a form against the local clone."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cubewatch.cli.arguments import UsageError
from cubewatch.cli.defaults import clone_here, print_notice
from cubewatch.git.git import GitError
from cubewatch.git.surroundings import ConfigFound, Surroundings
from cubewatch.model.config import CiConfig
from cubewatch.model.draft import (
    Draft,
    Problem,
    RevisionDraft,
    as_revision,
    check,
    input_field,
    workflow_field,
)
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision
from cubewatch.model.wording import config_differs, push_state_notice
from cubewatch.runtime.folders import current_folder
from cubewatch.text.near_miss import did_you_mean
from cubewatch.text.sanitize import inert

if TYPE_CHECKING:
    from cubewatch.git.clone import Clone

MAX_PROBLEMS = 5
"""So many are named in the line of a refusal."""


def check_against_clone(clone: "Clone", repo: RepoSlug, draft: Draft) -> None:
    """Prints the warnings that a form would show, as far as the clone knows. Raises UsageError if a
    form would not send it."""
    around, found = Surroundings(current_folder(), repo, clone), ConfigFound()
    try:
        default = as_revision(RevisionDraft("branch", around.default_branch()))
        found = around.config(as_revision(draft.config_revision) or default)
        notices = list(_notices(around, draft, default, found))
    except (GitError, OSError) as error:
        notices = [str(error)]
    config = found.config or CiConfig()
    _refuse_forgotten_values(draft, config)
    checked = check(draft, found.config)
    if checked.problems:
        raise UsageError(_refusal(checked.problems, draft, found))
    warnings = (_with_near_miss(warning, draft, config) for warning in checked.warnings)
    for notice in (*notices, *warnings):
        print_notice(notice)


def check_against_clone_here(repo: RepoSlug, draft: Draft) -> None:
    """The same where the repository is named and we may stand in a clone of it, or in none."""
    try:
        clone = clone_here()
    except UsageError:
        return
    if clone.remote_of(repo):
        check_against_clone(clone, repo, draft)


def _notices(
    around: Surroundings, draft: Draft, default: GitRevision | None, found: ConfigFound
) -> Iterator[str]:
    """Notices about the revisions. Raises GitError and OSError."""
    if found.trouble and (found.blob or found.missing):
        yield found.trouble
    head = as_revision(draft.head)
    if head is None:
        return
    ref, push_state = around.look_up(head)
    if ref is None:
        yield inert(f"{head.kind} {head} is not in the clone here: nothing is known of it")
    if notice := push_state_notice(head, push_state):
        yield notice
    if draft.config_revision.kind is None and found.blob and head != default:
        of_head = around.config(head)
        if of_head.source and of_head.blob != found.blob:
            yield config_differs(found.source, str(head))


def _refuse_forgotten_values(draft: Draft, config: CiConfig) -> None:
    """Raises UsageError for an input of a workflow whose `=` was forgotten, so that it would be a
    workflow of its own."""
    inputs: dict[str, str] = {}
    for workflow in draft.workflows:
        name, spec = inert(workflow.name), config.workflow(workflow.name)
        if spec is None and workflow.name in inputs:
            raise UsageError(f"{name} is an input of {inputs[workflow.name]}: write {name}=...")
        inputs |= {wanted.name: name for wanted in spec.inputs} if spec else {}


def _with_near_miss(warning: Problem, draft: Draft, config: CiConfig) -> str:
    """The text of a warning, with the workflow that was meant if its name is almost right."""
    known = [spec.name for spec in config.workflows]
    for workflow in draft.workflows:
        if warning.field == workflow_field(workflow.name) and workflow.name not in known:
            near = did_you_mean(workflow.name, known)
            return f"{warning.text}: {inert(near)}" if near else warning.text
    return warning.text


def _refusal(problems: Sequence[Problem], draft: Draft, found: ConfigFound) -> str:
    """The error for a draft with problems: what is wrong, and what to write, in one line."""
    missing = {
        input_field(workflow.name, wanted.name): inert(
            f": add {wanted.name}=... behind {workflow.name}"
        )
        for workflow in draft.workflows
        if (spec := found.config and found.config.workflow(workflow.name))
        for wanted in spec.inputs
    }
    shown = [problem.text + missing.get(problem.field, "") for problem in problems[:MAX_PROBLEMS]]
    if more := len(problems) - len(shown):
        shown.append(f"and {more} more")
    config = f" (config from {found.source}; git fetch may bring a newer one)"
    return "; ".join(shown) + (config if found.config else "")
