"""The draft that the words of a command line fill in."""

import re
from collections.abc import Sequence

from cubewatch.cli.arguments import Arguments, UsageError
from cubewatch.model.draft import WORKFLOWS, Draft, RevisionDraft, WorkflowDraft, check
from cubewatch.model.request import RevisionKind
from cubewatch.text.repeat import repeatable

_INPUT_NAME = r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"
"""How inputs are usually named, and workflows hardly ever."""


def draft_of(arguments: Arguments) -> Draft:
    """The draft that the arguments make. Raises UsageError if it could never be sent, whatever the
    form adds."""
    draft = Draft(
        head=_revision(
            ("--ref", "branch", arguments.ref),
            ("--tag", "tag", arguments.tag),
            ("--commit", "commit", arguments.commit),
        ),
        config_revision=_revision(
            ("--cfg-ref", "branch", arguments.cfg_ref),
            ("--cfg-tag", "tag", arguments.cfg_tag),
            ("--cfg-commit", "commit", arguments.cfg_commit),
        ),
        workflows=_workflows(arguments.words),
        shared=arguments.shared,
    )
    if arguments.yes and not draft.workflows:
        raise UsageError("-y starts a run at once: name a workflow, as in cubewatch run release -y")
    for problem in check(draft, config=None).problems:
        if problem.field != WORKFLOWS:
            raise UsageError(problem.text)
    return draft


def _revision(*options: tuple[str, RevisionKind, str | None]) -> RevisionDraft:
    given = [(option, kind, name) for option, kind, name in options if name is not None]
    if not given:
        return RevisionDraft()
    if len(given) > 1:
        raise UsageError(f"give only one of {', '.join(option for option, *_ in options)}")
    [(_, kind, name)] = given
    return RevisionDraft(kind, name)


def _workflows(words: Sequence[str]) -> tuple[WorkflowDraft, ...]:
    workflows: list[WorkflowDraft] = []
    for word in words:
        name, equals, value = word.partition("=")
        last = workflows[-1] if workflows else None
        if not equals:
            if (
                last
                and re.fullmatch(_INPUT_NAME, name)
                and not re.fullmatch(_INPUT_NAME, last.name)
            ):
                raise UsageError(
                    f"{repeatable(name)} looks like an input without a value: write "
                    f"{repeatable(name)}=... (a workflow of that name has to come first)"
                )
            workflows.append(WorkflowDraft(name))
        elif not last:
            said = repeatable(word)
            raise UsageError(f"{said!r} stands before any workflow: write WORKFLOW {said}")
        else:
            workflows[-1] = WorkflowDraft(last.name, (*last.values, (name, value)))
    return tuple(workflows)
