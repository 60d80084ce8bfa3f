"""Draft: what a form or a command line holds so far, right or not."""

from dataclasses import dataclass

from tui.domain.request import RevisionKind


@dataclass(frozen=True, slots=True)
class RevisionDraft:
    """A revision as far as it is written; `kind` None is the default branch, and not sent."""

    kind: RevisionKind | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowDraft:
    """A chosen workflow and what was written for its inputs, in order: (name, value)."""

    name: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A run request as far as it is written."""

    head: RevisionDraft = RevisionDraft()
    config_revision: RevisionDraft = RevisionDraft()
    workflows: tuple[WorkflowDraft, ...] = ()
    shared: bool = False
